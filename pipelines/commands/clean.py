"""``khabar clean``: show what the text rules make of one article, so that a linguist can try a rule."""

import argparse
import json
from dataclasses import asdict
from datetime import date
from html import escape
from typing import TYPE_CHECKING

from pipelines.textfile import read_text

if TYPE_CHECKING:
    from transforms.text.body import Body
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
    parser.add_argument("--json", action="store_true", help="print one object")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the article piece by piece."""
    from transforms.text import quality
    from transforms.text.body import read_body
    from transforms.text.furniture import strip_furniture
    from transforms.text.search import search_form

    source = read_text(args.file)
    body = read_body(_as_html(source) if args.plain else source, args.language)
    found = strip_furniture(body.paragraphs, args.language, args.published)
    text = "\n".join(found.body)
    flags = quality.flags(text, args.title, repaired=body.repaired, tails=body.tails)
    if args.json:
        fields = {"text": text, "search_form": search_form(text, args.language), "flags": list(flags)}
        blocks = [block._asdict() for block in body.blocks]
        furniture = asdict(found) | {"removed": [piece._asdict() for piece in found.removed]}
        whole = fields | {"blocks": blocks, "furniture": furniture}
        print(json.dumps(whole, ensure_ascii=False, default=str))
        return 0
    _show_body(body)
    _show("text", text)
    _show_furniture(found)
    if args.search:
        _show("search form", search_form(text, args.language))
    _show("flags", ", ".join(flags) or "none")
    return 0


def _as_html(plain: str) -> str:
    """Every line a paragraph, nothing in it a tag."""
    return "".join(f"<p>{escape(line, quote=False)}</p>" for line in plain.splitlines())


def _show(heading: str, text: str) -> None:
    print(f"== {heading}\n{text}\n")


def _show_body(body: "Body") -> None:
    _show("blocks", "\n".join(f"{block.kind:10} {block.text}" for block in body.blocks))
    if body.dropped:
        _show("dropped", "\n".join(f"{reason:10} {text[:200]}" for reason, text in body.dropped))


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
