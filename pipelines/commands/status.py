"""``khabar status``: where each feed and the dataset stand."""

import argparse
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.arguments import add_root


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser("status", help="show runs, feeds, embargoes and sizes of a dataset")
    add_root(parser)
    parser.add_argument("--json", action="store_true", help="print one object")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the status."""
    status = collect(arguments.root, arguments.ledger)
    if arguments.json:
        print(json.dumps(status, ensure_ascii=False, default=str))
    else:
        _print(status)
    return 0


def collect(path: Path, ledger_given: str | None = None) -> dict[str, Any]:
    """Everything ``status`` knows, from the ledger alone (and the sizes on disk of raw/).

    Raises:
        RootError: There is no dataset.
    """
    from pipelines.gc import held_documents
    from pipelines.ledger import Ledger
    from pipelines.maintenance import existing

    root = existing(path, ledger_given)
    ledger = Ledger(root.ledger_place)
    files = ledger.files()
    datasets: dict[str, dict[str, int]] = {}
    for file in files:
        entry = datasets.setdefault(file.dataset, {"files": 0, "rows": 0, "bytes": 0})
        entry["files"] += 1
        entry["rows"] += file.rows
        entry["bytes"] += file.bytes
    raw = [file.stat().st_size for file in root.raw.rglob("*.zst")]
    return {
        "root": str(root.path),
        "runs": ledger.runs(5),
        "datasets": datasets,
        "raw": {"files": len(raw), "bytes": sum(raw), "held": len(held_documents(root, ledger))},
        "pending_files": len(ledger.files(status="pending")),
        "feeds": [json.loads(state) | {"id": name} for name, state in sorted(ledger.feed_states().items())],
        "embargoed": [
            {"source_id": held.source_id, "title": held.title, "until_us": held.until_us}
            for held in ledger.held()
        ],
    }


def _print(status: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    feeds = Table(box=None, header_style="bold", title=status["root"], title_justify="left")
    for name, justify in (
        ("feed", "left"), ("last success", "left"), ("next due", "left"), ("why", "left"),
        ("interval", "right"), ("gaps", "right"), ("error", "left"),
    ):  # fmt: skip
        feeds.add_column(name, justify=justify)  # type: ignore[arg-type]
    for feed in status["feeds"]:
        error = feed.get("error_class")
        feeds.add_row(
            feed["id"],
            _minute(feed.get("last_success_at")),
            _minute(feed.get("next_due")) if not feed.get("stopped_at") else "stopped",
            feed.get("due_reason") or "",
            _span(feed.get("interval_seconds")),
            str(feed.get("gap_count", 0)),
            f"[red]{error} x{feed.get('error_count', 1)}[/red]" if error else "",
        )
    console.print(feeds)
    for held in status["embargoed"]:
        console.print(
            f"under embargo: {held['source_id']}: {held['title']} until {_instant(held['until_us'])}"
        )
    for name, size in status["datasets"].items():
        console.print(
            f"{name:<17} {size['rows']:>9} rows {size['files']:>6} files {size['bytes'] / 1e6:>9.2f} MB"
        )
    console.print(
        f"{'raw':<17} {'':>9}      {status['raw']['files']:>6} files {status['raw']['bytes'] / 1e6:>9.2f} MB"
    )
    for run_ in status["runs"]:
        console.print(
            f"run {run_['run_id']}: {run_['new']} new, {run_['edited']} edited, {run_['seen']} seen, "
            f"{run_['feeds_failed']} of {run_['feeds_polled']} feeds failed"
        )


def _minute(text: str | None) -> str:
    return datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%MZ") if text else "never"


def _instant(microseconds: int) -> str:
    from pipelines import clock

    return clock.from_us(microseconds).strftime("%Y-%m-%d %H:%MZ")


def _span(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds / 60:.0f} min"
