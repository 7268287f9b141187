"""``khabar peek``: read articles in the terminal."""

import argparse
import json
from pathlib import Path

from transforms.storage import place


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "peek",
        help="read articles in the terminal",
        description="Show articles as one reads them, newest first; right-to-left texts run from the right.",
    )
    parser.add_argument("--root", type=place, default=Path("."), help="folder of the dataset (default: here)")
    parser.add_argument("--source", action="append", default=[], metavar="ID", help="only this (repeatable)")
    parser.add_argument(
        "--language", action="append", default=[], metavar="TAG", help="only this, as identified (repeatable)"
    )
    parser.add_argument(
        "--grep",
        metavar="PATTERN",
        help="only where title or text matches this regular expression, case aside",
    )
    parser.add_argument("--id", metavar="PREFIX", help="only articles whose article_id begins so")
    parser.add_argument("--limit", type=int, default=5, metavar="N", help="how many (default 5)")
    parser.add_argument("--versions", action="store_true", help="every version, not only the newest")
    parser.add_argument("--sentences", action="store_true", help="one numbered sentence a line")
    parser.add_argument("--furniture", action="store_true", help="also what was taken out of the text")
    parser.add_argument("--flags", action="store_true", help="also quality flags and findings on the date")
    parser.add_argument("--json", action="store_true", help="one object a line")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Find and show."""
    from pipelines.answer import plain
    from pipelines.peek import Shown, Wanted, find, show
    from pipelines.query import connect

    wanted = Wanted(
        sources=tuple(arguments.source),
        languages=tuple(arguments.language),
        pattern=arguments.grep,
        id_prefix=arguments.id,
        limit=arguments.limit,
        versions=arguments.versions,
    )
    articles = find(connect(arguments.root), wanted)
    if arguments.json:
        for article in articles:
            print(json.dumps(article, ensure_ascii=False, default=plain))
    else:
        show(articles, Shown(arguments.sentences, arguments.furniture, arguments.flags, arguments.grep))
    return 0
