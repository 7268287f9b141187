"""``khabar rebuild-ledger``: a new ledger from the dataset itself."""

import argparse
import dataclasses
import json

from pipelines.arguments import add_maintenance


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "rebuild-ledger",
        help="build a lost or damaged ledger from the dataset",
        description="Build the ledger again: keys and files from Parquet, feeds and runs from fetch_log."
        " Validators and embargoed entries do not come back; every feed is read once in full.",
        epilog="exit codes: 0 done, 1 a file cannot be read or a row is there twice, 75 a run holds the lock,"
        " 78 the ledger is usable, or the root is not",
    )
    parser.add_argument("--force", action="store_true", help="also when the ledger there is usable")
    add_maintenance(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Rebuild and say what is in it."""
    from pipelines import clock
    from pipelines.rebuild import rebuild

    done = rebuild(
        arguments.root,
        clock.now(),
        force=arguments.force,
        lock_wait_seconds=arguments.lock_wait,
        ledger=arguments.ledger,
    )
    if arguments.json:
        print(json.dumps(dataclasses.asdict(done)))
    else:
        kept = f"; the old one is _state/{done.old_ledger}" if done.old_ledger else ""
        print(
            f"{done.versions} versions of {done.articles} articles in {done.files} files,"
            f" {done.runs} runs, {done.feeds} feeds{kept}"
        )
    return 0
