"""Conformance of blocks, canonical text and furniture: pass counts by language.

``python -m benchmarks.text_cases [FOLDER]`` reads ``normalise.tsv``, ``furniture.jsonl`` and
``rss_body.jsonl`` from FOLDER, by default ``$KHABAR_SHARED/cases``, and the project's own cases of the
same kinds from ``tests/data/text``. Exits 1 when a case fails.
"""

import argparse
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from transforms.text.blocks import TEXT_KINDS, html_to_blocks
from transforms.text.furniture import Furniture, restore, strip_furniture
from transforms.text.normalize import canonical, search_form

OWN = Path(__file__).parent.parent / "tests" / "data" / "text"
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\([rnt])")


class Outcome(NamedTuple):
    """How one case went.

    Attributes:
        case: Its id.
        language: BCP 47 tag, or ``html``.
        wrong: Field to (got, expected); empty when the case passed.
    """

    case: str
    language: str
    wrong: dict[str, tuple[Any, Any]]


def _unescape(text: str) -> str:
    controls = {"r": "\r", "n": "\n", "t": "\t"}
    return _ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] else controls[m[2]], text)


def normalise_cases(path: Path) -> Iterator[Outcome]:
    """Columns id, lang, input, text, text_search, rationale."""
    for line in path.read_text(encoding="utf-8").split("\n")[1:]:
        if not line:
            continue
        case, language, *columns = line.split("\t")
        source, text, search = map(_unescape, columns[:3])
        got = canonical(source, language)
        fields = {"text": (got, text), "text_search": (search_form(got, language), search)}
        yield Outcome(case, language, {name: pair for name, pair in fields.items() if pair[0] != pair[1]})


def html_cases(path: Path) -> Iterator[Outcome]:
    """Keys id, html, expected_lines."""
    for line in path.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        lines = [block.text for block in html_to_blocks(case["html"]) if block.kind in TEXT_KINDS]
        pair = (lines, case["expected_lines"])
        yield Outcome(case["id"], "html", {"lines": pair} if pair[0] != pair[1] else {})


def _fields(found: Furniture) -> dict[str, Any]:
    return {
        "agency": found.agency,
        "agencies": found.agencies,
        "place": found.place,
        "date": found.date.isoformat() if found.date else None,
        "date_hijri": found.hijri,
        "byline": found.byline,
        "publisher": found.publisher,
        "photo_credit": found.photo_credits[0] if found.photo_credits else None,
        "captions": sum(piece.kind == "caption" for piece in found.removed),
        "negative": not found.removed,
        "body": found.body,
    }


def _judge(
    case: str, language: str, paragraphs: list[str], day: str | None, expected: dict[str, Any]
) -> Outcome:
    published = date.fromisoformat(day) if day else None
    found = strip_furniture(paragraphs, language, published)
    got = _fields(found)
    wrong = {name: (got[name], value) for name, value in expected.items() if got[name] != value}
    if restore(found.body, found.removed) != paragraphs:
        wrong["lossless"] = (found.removed, paragraphs)
    return Outcome(case, language, wrong)


def furniture_cases(path: Path) -> Iterator[Outcome]:
    """Keys id, lang, published, input, expected."""
    for line in path.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        yield _judge(case["id"], case["lang"], case["input"], case["published"], case["expected"])


def own_furniture_cases(path: Path) -> Iterator[Outcome]:
    """Columns id, lang, published, agency, place, date, more, text: the body is marked ``[[...]]``."""
    for line in path.read_text(encoding="utf-8").split("\n")[1:]:
        if not line:
            continue
        case, language, published, agency, place, day, more, text = (line + "\t" * 8).split("\t")[:8]
        marked = text.split(" ¶ ")
        body = [
            match[1] for paragraph in marked for match in [re.search(r"\[\[(.*)\]\]", paragraph)] if match
        ]
        expected: dict[str, Any] = {
            "agency": agency or None,
            "place": place or None,
            "date": day or None,
            "body": body,
        }
        for item in filter(None, more.split(";")):
            name, _, value = item.partition("=")
            key = {"neg": "negative", "photo": "photo_credit", "hijri": "date_hijri"}.get(name, name)
            expected[key] = True if name == "neg" else value.split(",") if name == "agencies" else value
        paragraphs = [re.sub(r"\[\[|\]\]", "", paragraph) for paragraph in marked]
        yield _judge(case, language, paragraphs, published or None, expected)


def outcomes(folder: Path | None) -> dict[str, list[Outcome]]:
    """The given cases, by file; none without a folder."""
    readers = {
        "normalise.tsv": normalise_cases,
        "furniture.jsonl": furniture_cases,
        "rss_body.jsonl": html_cases,
    }
    found: dict[str, list[Outcome]] = {}
    if folder is not None:
        found.update({name: list(read(folder / name)) for name, read in readers.items()})
    return found


def own_outcomes() -> dict[str, list[Outcome]]:
    """The project's own cases, by file."""
    readers = {"furniture_*": own_furniture_cases, "normalise_*": normalise_cases, "html_*": html_cases}
    paths = ((path, read) for pattern, read in readers.items() for path in sorted(OWN.glob(pattern)))
    return {path.name: list(read(path)) for path, read in paths}


def _count(name: str, cases: list[Outcome]) -> None:
    passed, total = Counter(c.language for c in cases if not c.wrong), Counter(c.language for c in cases)
    counts = "  ".join(f"{language} {passed[language]}/{total[language]}" for language in sorted(total))
    print(f"{name:18} {sum(passed.values())}/{sum(total.values())}   {counts}")


def _report(name: str, cases: list[Outcome]) -> int:
    """Print one file's counts and failures; how many failed."""
    _count(name, cases)
    failures = [case for case in cases if case.wrong]
    for case in failures:
        print(f"  {case.case}: {json.dumps(case.wrong, ensure_ascii=False, default=str)}")
    return len(failures)


def main() -> int:
    """Print the table; 1 when a case fails."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path)
    folder = parser.parse_args().folder
    if folder is None and os.environ.get("KHABAR_SHARED"):
        folder = Path(os.environ["KHABAR_SHARED"]) / "cases"
    if folder is None:
        print("skipped: KHABAR_SHARED is not set; only the project's own cases run")
    given = outcomes(folder)
    failed = sum(_report(name, cases) for name, cases in given.items())
    own = own_outcomes()
    failed += sum(_report(name, cases) for name, cases in own.items())
    for kind, files in (("given", given), ("own", own)):
        _count(f"all {kind} cases", [case for cases in files.values() for case in cases])
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
