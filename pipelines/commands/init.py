"""``khabar init``: a starter configuration."""

import argparse
import json
import sys
from pathlib import Path

STARTER = """\
# What to read: one [[feed]] table each. docs/operations.md documents every key; `khabar feeds list` shows the
# shipped catalogue of agency feeds to copy from. verified = false: nobody has seen this address deliver yet.

"""
STARTER_FEEDS = ("tass_ar", "tass_ru", "tass_en", "un_news_ar", "dw_ar", "france24_ar")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser("init", help="write a starter feeds.toml and khabar.toml")
    parser.add_argument(
        "directory", nargs="?", type=Path, default=Path("."), metavar="DIR", help="where to (default: here)"
    )
    parser.add_argument("--json", action="store_true", help="print one object")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the two files; never over existing ones."""
    from pipelines.config import load_feeds, shipped
    from pipelines.exits import Exit
    from pipelines.feeds_file import render

    directory: Path = arguments.directory
    targets = {name: directory / name for name in ("feeds.toml", "khabar.toml")}
    for target in targets.values():
        if target.exists():
            print(f"khabar: {target} exists already", file=sys.stderr)
            return Exit.USAGE
    catalogue = load_feeds(shipped("feeds.toml"))
    chosen = [feed for feed in catalogue if feed.id in STARTER_FEEDS] or catalogue[:6]
    directory.mkdir(parents=True, exist_ok=True)
    targets["feeds.toml"].write_text(STARTER + render(chosen), encoding="utf-8")
    targets["khabar.toml"].write_text(shipped("khabar.toml").read_text(encoding="utf-8"), encoding="utf-8")
    if arguments.json:
        print(json.dumps({"written": [str(target) for target in targets.values()], "feeds": len(chosen)}))
        return Exit.OK
    print(
        f"wrote {targets['feeds.toml']} ({len(chosen)} feeds) and {targets['khabar.toml']}\nnext: khabar run "
        f"--root khabar-data --feeds {targets['feeds.toml']} --config {targets['khabar.toml']}"
    )
    return Exit.OK
