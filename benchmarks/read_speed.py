"""What the layout is worth to a reader: the same articles as naive hourly files, compacted days, and months.

    python -m benchmarks.read_speed [--sources 50] [--days 30] [--per-day 48]

Naive is what a job writes that appends a Parquet file per source and hour with pyarrow's defaults. All are
read by the same lines of code: a month of one source (pyarrow.dataset), a keyword scan and a language
histogram (DuckDB over a glob). Prints seconds, the best of three, and naive divided by ours; and bytes per
article (the texts are made of few parts, and so compress better than news). Exits 1 below 10x.
"""

import argparse
import hashlib
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from benchmarks.corpus import LANGUAGES, PARTS, sentence
from schemas.arrow import ARTICLES, SCHEMAS
from transforms.parquet import COMPACT_LEVEL, sorted_in_order, write_file
from transforms.text.search import search_form

FIRST = date(2026, 3, 1)
FLOOR = 10.0
KEYWORD = "قمح"
# Descriptions weigh 17 kB a file; a naive job has none.
PLAIN = pa.schema([pa.field(field.name, field.type, field.nullable) for field in ARTICLES])
EMPTY: dict[str, Any] = {field.name: [] if pa.types.is_list(field.type) else None for field in ARTICLES}


def article(source: int, day: date, n: int, per_day: int) -> dict[str, Any]:
    """One article as a row of the dataset."""
    chosen = random.Random(f"{source} {day} {n}")
    language = LANGUAGES[source % len(LANGUAGES)]
    sentences = [sentence(PARTS[language], chosen) for _ in range(chosen.randint(8, 20))]
    text = " ".join(sentences)
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=n * 86_400 // per_day)
    digest = hashlib.sha256(f"{source} {day} {n}".encode()).hexdigest()
    url = f"https://agency{source}.example/{day}/{digest[:8]}"
    folded = search_form(text, language)
    spans, start = [], 0
    for part in sentences:
        spans.append({"paragraph": 0, "start": start, "end": start + len(part), "language": None})
        start += len(part) + 1
    return EMPTY | dict.fromkeys(("published_at", "first_seen_at", "fetched_at", "ingested_at"), at) | {
        "version": 1, "is_edit": False, "date_source": "published", "status": "published",
        "article_id": digest[:32], "content_hash": digest[32:], "document_sha256": digest,
        "source_id": f"source_{source:02d}", "partition_date": day,
        "published_raw": f"{at:%a, %d %b %Y %T GMT}",
        "feed_url": f"https://agency{source}.example/", "url": url, "url_canonical": url, "guid": url,
        "title": sentences[0], "text": text, "text_search": folded, "text_origin": "content",
        "text_len": len(text), "n_sentences": len(spans), "sentence_spans": spans, "language": language,
        "language_confidence": 0.99, "language_detector": "langdetect", "script": "Arab",
        "content_sha256": hashlib.sha256(folded.encode()).hexdigest(),
        "run_id": f"{at:%Y%m%dT%H0000Z}-00000000", "pipeline_version": "0.1.0",
    }  # fmt: skip


def days(sources: int, count: int, per_day: int) -> Iterator[pa.Table]:
    """The articles, a day of one source at a time."""
    for source in range(sources):
        for offset in range(count):
            day = FIRST + timedelta(days=offset)
            rows = [article(source, day, n, per_day) for n in range(per_day)]
            yield pa.Table.from_pylist(rows, ARTICLES)


def write(root: Path, sources: int, count: int, per_day: int) -> None:
    """Every layout of the same rows."""
    month: list[pa.Table] = []
    for table in days(sources, count, per_day):
        source, day = table["source_id"][0].as_py(), table["partition_date"][0].as_py()
        place, plain = f"source={source}/date={day}", table.cast(PLAIN)
        for hour in range(24):
            first, last = hour * per_day // 24, (hour + 1) * per_day // 24
            part = plain.slice(first, last - first)
            pq.write_table(part, _made(root / "naive" / place) / f"{hour}.parquet")
        pq.write_table(plain, _made(root / "default days" / place) / "day.parquet")
        table = sorted_in_order("articles", table)
        write_file(table, _made(root / "days" / place) / "day.parquet", COMPACT_LEVEL, describe=True)
        month.append(table)
        if len(month) == count:
            whole = pa.concat_tables(month).cast(SCHEMAS["articles_monthly"])
            folder = _made(root / "months" / f"source={source}" / f"month={FIRST:%Y-%m}")
            write_file(whole, folder / "month.parquet", COMPACT_LEVEL, describe=True)
            month = []


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def month_of_one_source(root: Path) -> object:
    """Ids and titles of one source."""
    wanted = ds.field("source") == "source_07"
    return ds.dataset(root, partitioning="hive").to_table(["article_id", "title"], filter=wanted).num_rows


def _ask(root: Path, question: str) -> object:
    files = f"read_parquet('{root}/**/*.parquet', hive_partitioning = true)"
    return duckdb.sql(question.format(files)).fetchall()


def keyword_scan(root: Path) -> object:
    """How many articles of all sources hold a word."""
    return _ask(root, f"SELECT count(*) FROM {{}} WHERE text_search LIKE '%{KEYWORD}%'")


def language_histogram(root: Path) -> object:
    """Articles by language."""
    return _ask(root, "SELECT language, count(*) FROM {} GROUP BY 1 ORDER BY 1")


def best(read: Callable[[Path], object], root: Path) -> tuple[float, object]:
    """Seconds of the best of three, and the answer."""
    seconds, answer = float("inf"), None
    for _ in range(3):
        begun = time.perf_counter()
        answer = read(root)
        seconds = min(seconds, time.perf_counter() - begun)
    return seconds, answer


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sources", type=int, default=50)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--per-day", type=int, default=48)
    arguments = parser.parse_args()
    articles = arguments.sources * arguments.days * arguments.per_day
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write(root, arguments.sources, arguments.days, arguments.per_day)
        for layout in ("naive", "default days", "days", "months"):
            files = list((root / layout).rglob("*.parquet"))
            size = sum(path.stat().st_size for path in files)
            print(f"{layout:<13}{len(files):>6} files {size / articles:>7.0f} bytes an article")
        for read in (month_of_one_source, keyword_scan, language_histogram):
            naive, answer = best(read, root / "naive")
            times = {layout: best(read, root / layout) for layout in ("days", "months")}
            if any(other != answer for _, other in times.values()):
                raise AssertionError(f"{read.__name__}: layouts differ: {answer}, {times}")
            ratios.append(naive / times["days"][0])
            shown = ", ".join(f"{name} {s:.3f} s ({naive / s:.1f}x)" for name, (s, _) in times.items())
            print(f"{read.__name__}: naive {naive:.3f} s, {shown}", flush=True)
    return 0 if min(ratios) >= FLOOR else 1


if __name__ == "__main__":
    sys.exit(main())
