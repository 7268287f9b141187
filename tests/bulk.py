"""A root of any size, written in the layout without polling anything: for reports and their benchmark.

Everything is derived from one seed. Feeds differ in pace, language, lag and manners: one fails, one has gone
silent, one leaves gaps, one dates badly, and agencies' stories are reprinted by others.
"""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import corpus
from schemas.arrow import DATASETS
from transforms.parquet import table_of

NOW = datetime(2026, 3, 31, 18, 0, tzinfo=UTC)
AGENCIES = {
    "ar": ("spa", "wam", "petra"),
    "ru": ("tass", "interfax"),
    "en": ("reuters", "ap"),
    "fr": ("afp",),
}
REPRINTED = (
    "title", "text", "text_search", "text_len", "content_sha256", "language", "script", "agency",
    "sentence_spans", "n_sentences", "quality_flags", "text_origin", "language_confidence",
)  # fmt: skip
FLAGS = ("short", "truncated_teaser", "glued_words", "machine_listing", "title_only", "markup_left")


@dataclass(frozen=True)
class Bulk:
    """How much to write."""

    feeds: int = 12
    days: int = 30
    per_day: int = 6
    seed: int = 7
    titles: tuple[str, ...] = ()  # put in place of the first titles, as they are


def write(root: Path, bulk: Bulk) -> int:
    """Write the root; the number of article versions."""
    written = 0
    stories: list[dict[str, Any]] = []
    titles = list(bulk.titles)
    for number in range(bulk.feeds):
        source = corpus.feed_id(number)
        for back in range(bulk.days):
            if number == 3 and back < 5:
                continue  # has gone silent
            day = NOW.date() - timedelta(days=back)
            articles = list(_articles(number, day, bulk, stories, titles))
            if articles:
                _write(root, "articles", f"source={source}/date={day}", articles)
                _write(root, "sentences", f"source={source}/date={day}", list(_sentences(articles)))
                written += len(articles)
    for back in range(bulk.days):
        day = NOW.date() - timedelta(days=back)
        _write(root, "fetch_log", f"date={day}", list(_polls(bulk.feeds, day)))
        if back % 3 == 0:
            _write(root, "errors", f"date={day}", list(_errors(bulk.feeds, day)))
    return written


def _articles(
    number: int, day: Any, bulk: Bulk, stories: list[dict[str, Any]], titles: list[str]
) -> Iterator[dict[str, Any]]:
    chosen = random.Random(f"{bulk.seed}-{number}-{day}")
    language = ("ar", "ru", "en", "ar", "fa", "fr")[number % 6]
    pace = bulk.per_day * (0.5 + (number % 4) / 3) * (0.5 if day.weekday() > 4 else 1)
    for _ in range(max(1, round(pace + chosen.uniform(-1, 1)))):
        noon = datetime(day.year, day.month, day.day, tzinfo=UTC)
        published = noon + timedelta(seconds=chosen.randrange(86_000))
        row = _story(number, language, published, chosen)
        if stories and chosen.random() < 0.06:
            reprinted = chosen.choice(stories[-200:])
            row |= {key: reprinted[key] for key in REPRINTED}
        elif row["text_len"] > 300 and chosen.random() < 0.3:
            stories.append(row)
        if titles:
            row["title"] = titles.pop()
        for version in range(1, 2 + (chosen.random() < 0.08) + (chosen.random() < 0.02)):
            seen = row["first_seen_at"] + timedelta(minutes=47 * (version - 1))
            yield row | {
                "version": version,
                "is_edit": version > 1,
                "content_hash": _hex(f"{row['article_id']}{version}"),
                "fetched_at": seen,
                "ingested_at": seen,
            }


def _story(number: int, language: str, published: datetime, chosen: random.Random) -> dict[str, Any]:
    parts = corpus.PARTS[language]
    sentences = [corpus.sentence(parts, chosen) for _ in range(chosen.choice((0, 1, 3, 5, 8, 13, 21)))]
    text = "\n".join(" ".join(sentences[i : i + 3]) for i in range(0, len(sentences), 3))
    undated = number == 4 and chosen.random() < 0.3
    lag = chosen.lognormvariate(6.2 + number % 3, 1.1)
    spans, start = [], 0
    for i, sentence in enumerate(sentences):
        spans.append({"paragraph": i // 3, "start": start, "end": start + len(sentence), "language": None})
        start += len(sentence) + 1
    return _blank("articles") | {
        "article_id": _hex(f"{number}{published}{chosen.random()}"),
        "source_id": corpus.feed_id(number),
        "partition_date": published.date(),
        "date_source": "first_seen" if undated else "published",
        "published_at": None if undated else published,
        "published_raw": None if undated else published.isoformat(),
        "date_quality": ["assumed_zone"] if number % 5 == 1 else [],
        "first_seen_at": published + timedelta(seconds=lag),
        "feed_url": f"https://{corpus.feed_id(number)}.example/rss",
        "url": f"https://{corpus.feed_id(number)}.example/news/{chosen.randrange(10**9)}",
        "title": corpus.sentence(parts, chosen).rstrip("."),
        "text": text or None,
        "text_search": text.lower() or None,
        "text_origin": chosen.choice(("content", "content", "summary")) if text else None,
        "text_len": len(text),
        "n_sentences": len(sentences),
        "sentence_spans": spans,
        "language": language if text else "und",
        "language_confidence": round(chosen.uniform(0.7, 1), 3) if text else None,
        "script": {"ar": "Arab", "fa": "Arab", "ru": "Cyrl"}.get(language, "Latn"),
        "agency": chosen.choice((*AGENCIES.get(language, ()), None)),
        "content_sha256": hashlib.sha256(text.encode()).hexdigest() if text else None,
        "quality_flags": sorted(chosen.sample(FLAGS, chosen.choice((0, 0, 0, 0, 1, 2))))
        if text
        else ["empty"],
        "status": "published",
        "document_sha256": "0" * 64,
        "run_id": f"{published:%Y%m%dT%H}0000Z-00000000",
        "pipeline_version": "0.1.0",
    }


def _sentences(articles: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in articles:
        for idx, span in enumerate(row["sentence_spans"]):
            yield {
                **{
                    key: row[key]
                    for key in ("article_id", "version", "source_id", "partition_date", "language")
                },
                **{key: span[key] for key in ("paragraph", "start", "end")},
                "idx": idx,
                "text": row["text"][span["start"] : span["end"]],
            }


def _polls(feeds: int, day: Any) -> Iterator[dict[str, Any]]:
    for number in range(feeds):
        for hour in range(0, 18 if day == NOW.date() else 24, 2):
            started = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
            failed = number == 2 and started > NOW - timedelta(days=2)
            silent = number == 3 and started > NOW - timedelta(days=5)
            new = 0 if failed or silent or hour % 4 else 3
            yield _blank("fetch_log") | {
                "run_id": f"{started:%Y%m%dT%H}0000Z-00000000",
                "source_id": corpus.feed_id(number),
                "feed_url": f"https://{corpus.feed_id(number)}.example/rss",
                "started_at": started,
                "duration_ms": 120 + number * 7,
                "http_status": 503 if failed else 304 if not new else 200,
                "not_modified": not failed and not new,
                "bytes": 40_000 if new else 0,
                "n_entries": new,
                "n_new": new,
                "possible_gap": number == 5 and hour == 8 and day.day % 7 == 0,
                "error_class": "server_error" if failed else None,
                "error": f"{corpus.feed_id(number)}: HTTP 503 from https://{corpus.feed_id(number)}.example/rss"
                if failed
                else None,
            }


def _errors(feeds: int, day: Any) -> Iterator[dict[str, Any]]:
    moment = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
    causes = (
        ("fetch", "server_error", "HTTP 503", None),
        (
            "parse",
            "Truncated",
            "cut mid-item",
            "<item>\n<title>أمطار متوسطة على المرتفعات</title>\n<link>https://",
        ),
        ("clean", "ValueError", "nested deeper than 400 elements", "<item><title><b><b><b>"),
    )
    for n, (stage, exception, message, entry) in enumerate(causes):
        for _ in range(3 - n):
            yield {
                "run_id": f"{moment:%Y%m%dT%H}0000Z-00000000",
                "source_id": corpus.feed_id((2 + n) % feeds),
                "feed_url": None,
                "stage": stage,
                "exception": exception,
                "message": f"{corpus.feed_id((2 + n) % feeds)}: {message}",
                "raw_entry": entry,
                "at": moment,
            }


def _blank(dataset: str) -> dict[str, Any]:
    """A row with every column at its emptiest."""
    return {field.name: None if field.nullable else _empty(field.type) for field in DATASETS[dataset]}


def _empty(kind: pa.DataType) -> Any:
    if pa.types.is_list(kind):
        return []
    if pa.types.is_boolean(kind):
        return False
    return 0 if pa.types.is_integer(kind) else ""


def _write(root: Path, dataset: str, partition: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        folder = root / dataset / partition
        folder.mkdir(parents=True, exist_ok=True)
        # Not write_file: nothing here has to survive a power cut, and 4 000 fsyncs take minutes.
        pq.write_table(table_of(dataset, rows), folder / "part-0-0.parquet", compression="zstd")


def _hex(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
