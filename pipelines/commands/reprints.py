"""``khabar reprints``: who printed whose story, and how fast."""

import argparse
import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from transforms.storage import place

if TYPE_CHECKING:
    import pyarrow as pa

    from pipelines.reprints import Cluster


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "reprints",
        help="find stories that several sources printed",
        description="Cluster articles that share their words, across sources, spellings and datelines: by"
        " MinHash and by equal sentences. Nothing is changed; the newest version of each article counts.",
    )
    parser.add_argument("--root", type=place, default=Path("."), help="folder of the dataset (default: here)")
    parser.add_argument("--days", type=int, default=3, help="how much later a print may come (default 3)")
    parser.add_argument("--since", type=date.fromisoformat, metavar="DATE", help="first publication date")
    parser.add_argument("--until", type=date.fromisoformat, metavar="DATE", help="last publication date")
    parser.add_argument(
        "--min-sources",
        type=int,
        default=2,
        help="only stories of so many sources (default 2; 1 for updates too)",
    )
    parser.add_argument("--limit", type=int, default=20, help="stories to show (default 20; --out has all)")
    parser.add_argument(
        "--out", type=_table_file, help="write all as .parquet, .csv or .jsonl, one row an article"
    )
    parser.add_argument("--json", action="store_true", help="one object a story")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Find, show and perhaps write."""
    from pipelines.progress import working
    from pipelines.reprints import find

    with working("reprints"):
        found = find(arguments.root, arguments.days, arguments.since, arguments.until)
    clusters = [cluster for cluster in found if len(cluster.sources) >= arguments.min_sources]
    if arguments.out:
        _write(clusters, arguments.out)
    shown = clusters[: arguments.limit]
    if arguments.json:
        for cluster in shown:
            print(json.dumps([m._asdict() for m in cluster.members], ensure_ascii=False, default=str))
    else:
        _print(shown, len(clusters))
    return 0


def _table_file(text: str) -> Path:
    path = Path(text)
    if path.suffix not in WRITERS:
        raise argparse.ArgumentTypeError(f"{text!r} must end in {', '.join(WRITERS)}")
    return path


def _write(clusters: Iterable["Cluster"], path: Path) -> None:
    import pyarrow as pa

    instant = pa.timestamp("us", tz="UTC")
    schema = pa.schema(
        [
            ("cluster_id", pa.string()), ("article_id", pa.string()), ("version", pa.int32()), ("source_id",
            pa.string()), ("agency", pa.string()), ("language", pa.string()), ("story_at", instant),
            ("lag_seconds", pa.int64()), ("kind", pa.string()), ("jaccard", pa.float32()), ("containment",
            pa.float32()), ("title", pa.string()), ("url", pa.string()),
        ]
    )  # fmt: skip
    rows = [member._asdict() for cluster in clusters for member in cluster.members]
    part = path.with_name(f".{path.name}.part")
    WRITERS[path.suffix](pa.Table.from_pylist(rows, schema=schema), part)
    part.replace(path)


def _write_parquet(table: "pa.Table", path: Path) -> None:
    import pyarrow.parquet as pq

    pq.write_table(table, path)


def _write_csv(table: "pa.Table", path: Path) -> None:
    import pyarrow.csv

    pyarrow.csv.write_csv(table, path)


def _write_jsonl(table: "pa.Table", path: Path) -> None:
    lines = (json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in table.to_pylist())
    path.write_text("".join(lines), encoding="utf-8")


WRITERS = {".parquet": _write_parquet, ".csv": _write_csv, ".jsonl": _write_jsonl}


def _print(clusters: list["Cluster"], total: int) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold")
    for name in ("", "source", "when", "similar", "title"):
        table.add_column(name)
    for cluster in clusters:
        for member in cluster.members:
            first = member.kind == "first"
            table.add_row(
                "" if first else member.kind,
                Text(member.source_id, style="bold" if first else ""),
                f"{member.story_at:%Y-%m-%d %H:%M}Z" if first else f"+{_lag(member.lag_seconds)}",
                "" if first else f"{max(member.jaccard, member.containment):.2f}",
                Text(member.title or "", overflow="ellipsis", no_wrap=True),
            )
        table.add_section()
    console = Console()
    console.print(table)
    console.print(f"{total} stories in several prints, {len(clusters)} shown")


def _lag(seconds: int) -> str:
    """A time in the unit that fits.

    >>> _lag(5400), _lag(200000)
    ('1 h 30 min', '2 d 7 h')
    """
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h {minutes % 60} min" if hours < 48 else f"{hours // 24} d {hours % 24} h"
