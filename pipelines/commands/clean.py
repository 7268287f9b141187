"""``khabar clean``: show what the text rules make of one article, so that a linguist can try a rule."""

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transforms.text.blocks import Page
    from transforms.text.furniture import Furniture


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "clean", help="show blocks, canonical text, furniture and flags of one article"
    )
    parser.add_argument("file", metavar="FILE", help="HTML or plain text in UTF-8; - reads standard input")
    parser.add_argument("--language", metavar="TAG", help="BCP 47 tag; by default unknown")
    parser.add_argument(
        "--published",
        type=date.fromisoformat,
        metavar="DATE",
        help="YYYY-MM-DD, for datelines without a year",
    )
    parser.add_argument("--title", help="headline, for the flags that compare with it")
    parser.add_argument(
        "--plain", action="store_true", help="the file is plain text: every line is a paragraph"
    )
    parser.add_argument("--search", action="store_true", help="also show the search form")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the article piece by piece; 2 when the file cannot be read."""
    from transforms.text import mojibake, quality
    from transforms.text.blocks import TEXT_KINDS, Block, Page, read_html
    from transforms.text.furniture import strip_furniture
    from transforms.text.normalize import canonical
    from transforms.text.search import search_form

    try:
        source = sys.stdin.read() if args.file == "-" else Path(args.file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        print(f"khabar clean: {args.file}: {error}", file=sys.stderr)
        return 2
    source, repaired = mojibake.repair(source)
    plain = [Block("paragraph", line) for line in source.splitlines() if line.strip()]
    page = Page(plain, []) if args.plain else read_html(source)
    paragraphs = [canonical(b.text, args.language) for b in page.blocks if b.kind in TEXT_KINDS]
    found = strip_furniture(paragraphs, args.language, args.published)
    text = "\n".join(found.body)
    tails = sum(reason == "tail" for reason, _ in page.dropped)
    _show_page(page)
    _show("text", text)
    _show_furniture(found)
    if args.search:
        _show("search form", search_form(text, args.language))
    _show("flags", ", ".join(quality.flags(text, args.title, repaired=repaired, tails=tails)) or "none")
    return 0


def _show(heading: str, text: str) -> None:
    print(f"== {heading}\n{text}\n")


def _show_page(page: "Page") -> None:
    _show("blocks", "\n".join(f"{block.kind:10} {block.text}" for block in page.blocks))
    if page.dropped:
        _show("dropped", "\n".join(f"{reason:10} {text[:200]}" for reason, text in page.dropped))


def _show_furniture(found: "Furniture") -> None:
    fields = {
        "agency": found.agency,
        "agencies": ", ".join(found.agencies),
        "place": found.place,
        "date": found.date,
        "hijri": found.hijri,
        "byline": found.byline,
        "publisher": found.publisher,
        "photo": ", ".join(found.photo_credits),
    }
    lines = [f"{name:10} {value}" for name, value in fields.items() if value]
    lines += [f"{piece.where:>6} {piece.kind:12} {piece.text!r}" for piece in found.removed]
    _show("furniture", "\n".join(lines) or "none")
