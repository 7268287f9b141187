"""``khabar export``: the dataset in a form that others ask for."""

import argparse
import dataclasses
import json
from datetime import date
from pathlib import Path

from pipelines.arguments import add_root

FORMATS = ("parquet", "jsonl", "delta", "csv-sample")
# What a spreadsheet shows when no columns are named.
SHEET = ("article_id", "source_id", "published_at", "language", "agency", "title", "url", "text")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "export",
        help="write articles as Parquet, JSON lines, a Delta table or a CSV sample",
        description="Write articles outside the root: finished beside the target, then put in its place in"
        " one step. Takes no lock and disturbs nobody. A partitioned export and a Delta table write only"
        " what has changed since the last one.",
        epilog="exit codes: 0 done, 75 another export to the same target is on, 78 a root or a target that"
        " cannot be used",
    )
    add_root(parser)
    parser.add_argument("--format", choices=FORMATS, required=True, help="what to write")
    parser.add_argument(
        "--to", type=Path, required=True, metavar="TARGET", help="a folder (parquet, delta) or a file"
    )
    parser.add_argument("--source", action="append", default=[], metavar="ID", help="only this (repeatable)")
    parser.add_argument("--since", type=date.fromisoformat, metavar="DATE", help="first partition date")
    parser.add_argument("--until", type=date.fromisoformat, metavar="DATE", help="last partition date")
    parser.add_argument("--columns", metavar="A,B", help="only these columns, in this order")
    versions = parser.add_mutually_exclusive_group()
    versions.add_argument("--latest", action="store_true", help="the newest version of each (default)")
    versions.add_argument("--all-versions", action="store_true", help="every version")
    parser.add_argument(
        "--layout", choices=("flat", "partitioned"), default="flat", help="of parquet (default flat)"
    )
    parser.add_argument("--rows", type=int, default=1000, metavar="N", help="of csv-sample (default 1000)")
    parser.add_argument("--json", action="store_true", help="print one object")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Export and say what came of it."""
    from pipelines import export_files
    from pipelines.exits import Exit
    from pipelines.export import Exported, Snapshot, Wanted
    from pipelines.export_delta import export_delta
    from pipelines.export_target import check
    from pipelines.maintenance import existing

    root = existing(arguments.root, arguments.ledger)
    target = check(root, arguments.to)
    named = tuple(arguments.columns.split(",")) if arguments.columns else None
    wanted = Wanted(
        sources=frozenset(arguments.source),
        since=arguments.since and arguments.since.isoformat(),
        until=arguments.until and arguments.until.isoformat(),
        columns=named or (SHEET if arguments.format == "csv-sample" else Wanted.columns),
        all_versions=arguments.all_versions,
    )
    snapshot = Snapshot(root, wanted)
    done = Exported(arguments.format, str(target))
    match arguments.format:
        case "jsonl":
            export_files.export_jsonl(snapshot, target, done)
        case "csv-sample":
            export_files.export_csv_sample(snapshot, target, done, arguments.rows)
        case "delta":
            export_delta(snapshot, target, done)
        case _ if arguments.layout == "partitioned":
            export_files.export_partitioned(snapshot, target, done)
        case _:
            export_files.export_flat(snapshot, target, done)
    if arguments.json:
        print(json.dumps(dataclasses.asdict(done), ensure_ascii=False))
    else:
        print(
            f"{done.target}: {done.rows} rows written of {done.partitions_written} of {done.partitions}"
            f" partitions; {done.files} files, {done.bytes / 1e6:.2f} MB"
        )
    return Exit.OK
