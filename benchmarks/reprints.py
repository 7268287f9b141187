"""How well near-duplicates are found, and how fast: ``python -m benchmarks.reprints FILE [--rows 70000]``.

FILE is a TSV with the columns ``lang`` and ``text`` of articles that are not copies of each other (rows of
fewer than 60 words are left out). Each is printed again as another newsroom would: respelled, with words
replaced, cut short. Printed: the share of copies that are found as such, pairs of different articles that are
taken for copies, signatures a second beside the rest of an article's way through the graph, and the time of
``khabar reprints`` on a dataset of many articles.

Floors: respelled and up to 6 % of words 1.00, cut to 70 % 1.00, to 40 % 0.98, to 25 % 0.85; 10 false pairs in
a million.
"""

import argparse
import csv
import itertools
import random
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.reprints import find
from schemas.arrow import ARTICLES
from transforms.text.duplicates import Story, relation
from transforms.text.fingerprints import Fingerprints, fingerprints
from transforms.text.sentences import segment

MIN_WORDS = 60
FALSE_PER_MILLION = 10.0


def respelled(text: str, draw: random.Random) -> str:
    """Hamzas, teh marbutas, composed letters and case as another desk writes them."""
    for one, other in ("أا", "إا", "ةه"):
        text = text.replace(one, other)
    return text.replace('"', "»").upper() if text.isascii() else unicodedata.normalize("NFD", text)


def replaced(share: float) -> Callable[[str, random.Random], str]:
    """A share of the words is another word of the text."""

    def change(text: str, draw: random.Random) -> str:
        words = text.split(" ")
        return " ".join(draw.choice(words) if draw.random() < share else word for word in words)

    return change


def cut(share: float) -> Callable[[str, random.Random], str]:
    """The first sentences, as many as make the share."""

    def change(text: str, draw: random.Random) -> str:
        ends = [end for *_, end in segment(text, None).sentences]
        return text[: next((end for end in ends if end >= share * len(text)), len(text))]

    return change


CHANGES: dict[str, tuple[Callable[[str, random.Random], str], float]] = {
    "respelled": (respelled, 1.0),
    "2 % other words": (replaced(0.02), 1.0),
    "6 % other words": (replaced(0.06), 1.0),
    "cut to 70 %": (cut(0.7), 1.0),
    "cut to 40 %": (cut(0.4), 0.98),
    "cut to 25 %": (cut(0.25), 0.85),
}


def derive(text: str, language: str) -> Fingerprints:
    return fingerprints(
        text, language, [(start, end) for *_, start, end in segment(text, language).sentences]
    )


def story(source: str, text: str, found: Fingerprints) -> Story:
    assert found.minhash_b8 is not None
    return Story(source, len(text), found.content_sha256, found.minhash_b8, frozenset(found.sent_fp))


def marks(found: Fingerprints) -> set[int]:
    """What makes two articles candidates."""
    return {*found.lsh32, *found.sent_fp}


def related(one: tuple[Story, set[int]], other: tuple[Story, set[int]]) -> bool:
    return bool(one[1] & other[1]) and relation(one[0], other[0]) is not None


def write_root(texts: list[tuple[str, str]], rows: int, root: Path) -> None:
    """A root of ``rows`` articles, a file a day: each text in several sources, with some words replaced."""
    change, draw = replaced(0.05), random.Random(7)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for day, numbers in itertools.groupby(range(rows), lambda n: n // 2_500):
        table = []
        for n in numbers:
            language, text = texts[n % len(texts)]
            text = change(text, draw)
            at = start + timedelta(days=day, seconds=n % 2_500)
            empty = {f.name: [] if pa.types.is_list(f.type) else None for f in ARTICLES}
            table.append(
                empty
                | derive(text, language)._asdict()
                | {
                    "article_id": f"{n:032x}", "content_hash": f"{n:032x}", "version": 1, "is_edit": False,
                    "source_id": f"source_{n % 97}", "partition_date": at.date(),
                    "date_source": "published", "first_seen_at": at, "fetched_at": at, "ingested_at": at,
                    "published_at": at, "feed_url": "", "title": text[:60], "text": text,
                    "text_len": len(text),
                    "n_sentences": 0, "status": "published", "document_sha256": "", "run_id": "",
                    "pipeline_version": "", "language": language,
                }
            )  # fmt: skip
        folder = root / f"articles/source=all/date={start + timedelta(days=day):%Y-%m-%d}"
        folder.mkdir(parents=True)
        rows_of_day = pa.Table.from_pylist(table, schema=ARTICLES)
        pq.write_table(rows_of_day, folder / "0.parquet", compression="zstd")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--rows", type=int, default=20_000, help="articles of the dataset (default 20 000)")
    arguments = parser.parse_args()
    csv.field_size_limit(1 << 24)
    with arguments.file.open(encoding="utf-8", newline="") as lines:
        read = [
            (row["lang"], row["text"])
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]
    texts = [(lang, text) for lang, text in read if text.count(" ") >= MIN_WORDS]
    failed = False

    started = time.process_time()
    derived = [derive(text, lang) for lang, text in texts]
    spent = time.process_time() - started
    stories = [(story("first", t, f), marks(f)) for (_, t), f in zip(texts, derived, strict=True)]
    print(f"{len(texts)} articles; segmented and fingerprinted {len(texts) / spent:.0f} a CPU-second\n")

    draw = random.Random(3)
    print(f"{'copy':<18}{'found':>7}{'floor':>7}")
    for name, (change, floor) in CHANGES.items():
        found = 0
        for (lang, text), original in zip(texts, stories, strict=True):
            copy = change(text, draw)
            fresh = derive(copy, lang)
            found += related(original, (story("second", copy, fresh), marks(fresh)))
        share = found / len(texts)
        failed |= round(share, 2) < floor
        print(f"{name:<18}{share:>7.3f}{floor:>7.2f}")

    pairs = len(stories) * (len(stories) - 1) // 2
    false = sum(related(one, other) for one, other in itertools.combinations(stories, 2))
    rate = false / pairs * 1e6
    failed |= rate > FALSE_PER_MILLION
    print(f"\n{false} of {pairs} pairs of different articles taken for copies: {rate:.1f} in a million")

    with tempfile.TemporaryDirectory() as folder:
        write_root(texts, arguments.rows, Path(folder))
        started, cpu = time.monotonic(), time.process_time()
        clusters = find(Path(folder), days=3)
        print(
            f"khabar reprints on {arguments.rows} articles: {len(clusters)} stories,"
            f" {time.monotonic() - started:.1f} s, {time.process_time() - cpu:.1f} CPU-s"
        )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
