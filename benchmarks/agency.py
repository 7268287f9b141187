"""What the agency readers find in real deliveries: the development samples, format by format.

    KHABAR_SHARED=... python -m benchmarks.agency

Every file goes through ``transforms.feeds.parse.parse``, as in a run. A field counts against the documents
that have one, judged by a look at the raw text that shares no code with the readers.

Floors: headline, date, identifier in 95 %, body in 90 % of the entries whose document has one; no exception
but ``FeedError``; no document above one second of CPU time.
"""

import os
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from transforms.feeds.entry import FeedEntry, FeedError
from transforms.feeds.parse import parse

FLOORS = {"headline": 0.95, "date": 0.95, "id": 0.95, "body": 0.90}
SLOWEST_SECONDS = 1.0
FOLDERS = ("agency", "iptc")
NOW = datetime(2026, 1, 1, tzinfo=UTC)

# Whether a document has the field at all; text wires (no markup) have everything.
HAS = {
    "headline": re.compile(
        r"<(?:\w+:)?(?:headline|hl1|title)\b[^>]*>\s*(?:<!\[CDATA\[|<!--.*?-->|\s)*[^<\s]"
        r'|"head_?lines?"\s*:\s*["\[]|"title"\s*:\s*"',
        re.IGNORECASE,
    ),
    "date": re.compile(
        r"<(?:\w+:)?(?:versionCreated|firstCreated|pubDate)>\s*\w|date\.issue"
        r'|"(?:version|first)_?created"',
        re.IGNORECASE,
    ),
    "id": re.compile(
        r'\bguid="[^"]+|<NewsItemId>|<guid\b|id-string="[^"]+|"uri"\s*:\s*"[^"]|"itemid"', re.IGNORECASE
    ),
    "body": re.compile(
        r"<(?:\w+:)?(?:body\.content|inlineXML|inlineData|DataContent|content:encoded)\b[^>]*>(?:\s|<!--.*?-->)*"
        r'(?!</(?:\w+:)?(?:inlineXML|DataContent))\S|"body[_a-z0-9]*"\s*:\s*"[^"]|"bodies"',
        re.IGNORECASE | re.DOTALL,
    ),
    "language": re.compile(
        r'xml:lang="[^"x]|<language\b[^>]*="?\w|baselang=|"language"\s*:\s*"', re.IGNORECASE
    ),
}
FOUND = {
    "headline": lambda entry: entry.title,
    "date": lambda entry: entry.published,
    "id": lambda entry: entry.guid,
    "body": lambda entry: entry.content,
    "language": lambda entry: entry.language,
}


@dataclass
class Tally:
    """One row of the table."""

    files: int = 0
    entries: int = 0
    bad: int = 0
    not_news: int = 0
    refused: int = 0
    has: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0

    def add(self, other: "Tally") -> None:
        """Count another row into this one."""
        self.files += other.files
        self.entries += other.entries
        self.bad += other.bad
        self.not_news += other.not_news
        self.refused += other.refused
        self.has += other.has
        self.found += other.found
        self.slowest = max(self.slowest, other.slowest)

    def share(self, name: str) -> float | None:
        """Of the documents that have the field, the share where it was found; None when none has it."""
        return self.found[name] / self.has[name] if self.has[name] else None


def read(path: Path) -> tuple[str, Tally, list[str]]:
    """One file: its format, its row, and what it has but the entry lacks."""
    body = path.read_bytes()
    tally = Tally(files=1)
    started = time.process_time()
    try:
        feed = parse(
            body,
            url=f"https://agency.example/{path.name}",
            content_type=None,
            language=None,
            timezone=None,
            fetched_at=NOW,
        )
    except FeedError as error:
        tally.refused = 1
        return error.error_class, tally, []
    tally.slowest = time.process_time() - started
    tally.entries, tally.bad, tally.not_news = (
        len(feed.entries),
        len(feed.bad),
        int(any(flag.startswith("not_news") for flag in feed.flags)),
    )
    missing = [
        name for entry in feed.entries for name in _count(entry, body.decode("utf-8", "replace"), tally)
    ]
    return feed.format, tally, missing


def _count(entry: FeedEntry, raw: str, tally: Tally) -> list[str]:
    wire = not re.search(r"[<{]", raw[:200])
    package = any(link.rel == "item" for link in entry.links)
    missing = []
    for name, pattern in HAS.items():
        found = bool(FOUND[name](entry))
        expected = (
            found
            or (wire and name != "language")
            or (pattern.search(raw) and not (package and name == "body"))
        )
        tally.has[name] += bool(expected)
        tally.found[name] += found
        missing += [name] if expected and not found else []
    return missing


def main() -> int:
    shared = os.environ.get("KHABAR_SHARED")
    if not shared:
        print("skipped: KHABAR_SHARED names no directory with samples")
        return 0
    rows: dict[str, Tally] = {}
    for folder in FOLDERS:
        for path in sorted((Path(shared) / "samples" / folder).iterdir()):
            name, tally, missing = read(path)
            rows.setdefault(name, Tally()).add(tally)
            if missing:
                print(f"{path.name}: no {', '.join(missing)}")
    return report(rows)


def report(rows: dict[str, Tally]) -> int:
    total = Tally()
    print(f"{'format':<14}{'files':>6}{'entries':>8}{'bad':>5}{'other':>6}{'refused':>8}", end="")
    print("".join(f"{name:>10}" for name in HAS), f"{'slowest':>9}")
    for name, tally in sorted(rows.items()):
        total.add(tally)
        _row(name, tally)
    _row("all", total)
    failed = [name for name, floor in FLOORS.items() if (total.share(name) or 0) < floor]
    failed += ["slowest"] if total.slowest > SLOWEST_SECONDS else []
    print("floors: " + ("missed: " + ", ".join(failed) if failed else "held"))
    return 1 if failed else 0


def _row(name: str, tally: Tally) -> None:
    cells = (tally.files, tally.entries, tally.bad, tally.not_news, tally.refused)
    print(
        f"{name:<14}"
        + "".join(f"{cell:>{width}}" for cell, width in zip(cells, (6, 8, 5, 6, 8), strict=True)),
        end="",
    )
    shares = ("-" if (share := tally.share(field)) is None else f"{share:.1%}" for field in HAS)
    print("".join(f"{share:>10}" for share in shares), f"{tally.slowest * 1000:>6.1f} ms")


if __name__ == "__main__":
    sys.exit(main())
