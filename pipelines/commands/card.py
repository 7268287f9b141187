"""``khabar card``: the dataset card, catalog and data package."""

import argparse
import dataclasses
import json
import sys
from pathlib import Path

from pipelines.arguments import add_maintenance


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "card",
        help="write the dataset card, catalog.json and datapackage.json",
        description="Write README.md (a dataset card by which Hugging Face load_dataset(ROOT) works),"
        " catalog.json and datapackage.json. Every command that changes the dataset does so by itself;"
        " call this to take licences and terms from a feeds.toml that has changed.",
        epilog="exit codes: 0 done, 1 README.md is not khabar's and was left alone, 75 a run holds the lock,"
        " 78 no dataset, or bad configuration",
    )
    parser.add_argument("--feeds", type=Path, help="titles, licences and terms of the sources (TOML)")
    add_maintenance(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write what has changed and say what."""
    from pipelines.config import load_feeds
    from pipelines.describe import describe
    from pipelines.exits import Exit
    from pipelines.maintenance import maintained

    feeds = load_feeds(arguments.feeds) if arguments.feeds else []
    with maintained(arguments.root, arguments.lock_wait, arguments.ledger) as (root, ledger):
        done = describe(root, ledger, feeds)
    if arguments.json:
        print(json.dumps(dataclasses.asdict(done)))
    else:
        for name in done.foreign:
            print(
                f"khabar: {root.path / name}: not made by khabar, left alone; rename it and try again",
                file=sys.stderr,
            )
        print(", ".join([f"wrote {name}" for name in done.written] or ["nothing had changed"]))
    return Exit.FAILED if done.foreign else Exit.OK
