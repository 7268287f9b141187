"""Parsing: what recorded files of every format yield, and how fast against feedparser.

    KHABAR_SHARED=DIR python -m benchmarks.parse

Floors: every file that is a feed yields entries (those known to be empty aside), no parse takes a second,
the two readers agree on every recorded feed, ``parse`` is at least as fast as feedparser with options off,
the fast reader at least eight times as fast as feedparser as it comes.
"""

import csv
import io
import os
import sys
import time
import warnings
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import feedparser

from transforms.feeds import charset, detect, fast_reader, feedparser_reader
from transforms.feeds.context import FeedContext
from transforms.feeds.entry import FeedEntry, FeedError, ParsedFeed
from transforms.feeds.parse import parse
from transforms.feeds.prolog import cut_junk

NOW = datetime(2026, 11, 23, tzinfo=UTC)
URL = "https://news.example/feed.xml"
CONTEXT = FeedContext(url=URL, fetched_at=NOW)
MAX_SECONDS = 1.0
PARSE_FLOOR, FAST_FLOOR = 1.0, 8.0
FOLDERS = ("feeds", "feeds_ar_fa_ur", "feeds_ru", "derived", "defects", "agency", "iptc", "sitemaps")


@dataclass
class Tally:
    """Counts of one row of the table."""

    files: int = 0
    entries: int = 0
    title: int = 0
    date: int = 0
    guid: int = 0
    body: int = 0
    language: int = 0

    def add(self, entries: list[FeedEntry]) -> None:
        """Count the entries of one file."""
        self.files += 1
        self.entries += len(entries)
        self.title += sum(bool(entry.title) for entry in entries)
        self.date += sum(entry.published is not None for entry in entries)
        self.guid += sum(bool(entry.guid or entry.url) for entry in entries)
        self.body += sum(bool(entry.content or entry.summary) for entry in entries)
        self.language += sum(bool(entry.language) for entry in entries)


def read(body: bytes) -> ParsedFeed:
    return parse(body, url=URL, content_type=None, language=None, timezone=None, fetched_at=NOW)


def table(paths: list[Path]) -> bool:
    rows: dict[str, Tally] = defaultdict(Tally)
    empty: list[str] = []
    refused: list[str] = []
    slowest, slow_name = 0.0, ""
    for path in paths:
        body = path.read_bytes()
        start = time.process_time()
        try:
            found = read(body)
        except FeedError as error:
            refused.append(f"{path.parent.name}/{path.name}: {error.error_class}")
            continue
        finally:
            seconds = time.process_time() - start
            slowest, slow_name = max((slowest, slow_name), (seconds, path.name))
        rows[f"{path.parent.name}: {found.format}"].add(found.entries)
        if not found.entries:
            empty.append(f"{path.parent.name}/{path.name} ({', '.join((found.format, *found.flags))})")
    print_rows(rows)
    print(f"slowest parse {slowest:.3f} s ({slow_name}); floor {MAX_SECONDS} s")
    print(f"without entries ({len(empty)}):", *empty, sep="\n  ")
    print(f"refused ({len(refused)}):", *refused, sep="\n  ")
    return slowest < MAX_SECONDS


def print_rows(rows: dict[str, Tally]) -> None:
    print(f"{'folder: format':32} files entries  title   date     id   body   lang")
    for name, tally in sorted(rows.items()):
        counts = (tally.title, tally.date, tally.guid, tally.body, tally.language)
        shares = "".join(f"{count / max(tally.entries, 1):7.0%}" for count in counts)
        print(f"{name:32}{tally.files:6}{tally.entries:8}{shares}")


def cpu(call: Callable[[str, bytes], object], documents: list[tuple[str, bytes]]) -> float:
    """CPU seconds over all documents, the better of three rounds."""
    rounds = []
    for _ in range(3):
        start = time.process_time()
        for text, body in documents:
            call(text, body)
        rounds.append(time.process_time() - start)
    return min(rounds)


def by_feedparser(body: bytes, **options: bool) -> object:
    return feedparser.parse(io.BytesIO(body), response_headers={"content-type": "application/xml"}, **options)


def speed(paths: list[Path]) -> bool:
    texts = []
    for path in paths:
        body = path.read_bytes()
        try:
            text, _ = cut_junk(charset.decode(body).text)
        except FeedError:
            continue
        if detect.detect(text) == detect.SYNDICATION:
            texts.append((text, body))
    fast = [(text, body) for text, body in texts if fast_reader.read(text, CONTEXT)]
    differing = sum(fast_reader.read(t, CONTEXT) != feedparser_reader.read(t, CONTEXT) for t, _ in fast)
    print(
        f"\n{len(texts)} syndication feeds, {len(fast)} through the fast reader, {differing} read differently"
    )
    plain = cpu(lambda _, body: by_feedparser(body), fast)
    off = cpu(lambda _, body: by_feedparser(body, sanitize_html=False, resolve_relative_uris=False), fast)
    figures = {
        "feedparser as it comes": plain,
        "feedparser, both options off": off,
        "reference reader": cpu(lambda text, _: feedparser_reader.read(text, CONTEXT), fast),
        "fast reader": cpu(lambda text, _: fast_reader.read(text, CONTEXT), fast),
        "parse(), bytes to entries": cpu(lambda _, body: read(body), fast),
    }
    print(f"{'CPU seconds over them':32}{'s':>8}{'x plain':>9}{'x off':>8}")
    for name, seconds in figures.items():
        print(f"{name:32}{seconds:8.3f}{plain / seconds:9.1f}{off / seconds:8.1f}")
    every = cpu(lambda _, body: read(body), texts)
    every_off = cpu(
        lambda _, body: by_feedparser(body, sanitize_html=False, resolve_relative_uris=False), texts
    )
    print(f"all {len(texts)} feeds: parse() {every:.3f} s, {every_off / every:.1f} x feedparser, options off")
    met = plain / figures["fast reader"] >= FAST_FLOOR and every_off / every >= PARSE_FLOOR
    return met and not differing


def main() -> int:
    shared = os.environ.get("KHABAR_SHARED")
    if not shared:
        print("skipped: KHABAR_SHARED is not set, no recorded feeds here")
        return 0
    warnings.simplefilter("ignore")
    samples = Path(shared) / "samples"
    with (samples / "MANIFEST.tsv").open(encoding="utf-8") as manifest:
        paths = [samples / row["file"] for row in csv.DictReader(manifest, delimiter="\t")]
    paths = [path for path in paths if path.exists() and path.parent.name in FOLDERS]
    read_well = table(paths)
    read_fast = speed(paths)
    print("floors", "held" if read_well and read_fast else "MISSED")
    return 0 if read_well and read_fast else 1


if __name__ == "__main__":
    sys.exit(main())
