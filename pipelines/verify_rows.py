"""What ``verify`` says of the rows of one file, alone and against what they were derived from."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.ledger import FileRecord
from schemas.arrow import SORTED_BY
from schemas.versions import base_of
from transforms.storage import opened
from transforms.text.fingerprints import Fingerprints, fingerprints

KEYS = ["article_id", "content_hash", "version"]
SPANS = ["text_len", "n_sentences", "sentence_spans", "is_edit"]
TEXTS = ["text", "language", "pipeline_version", *Fingerprints._fields]
BATCH = 2_000  # rows with their texts in memory at once


@dataclass
class Rows:
    """The rows of one file, as far as they are looked at."""

    record: FileRecord
    path: Path
    deep: bool

    @cached_property
    def place(self) -> dict[str, str]:
        """Keys of the path: ``{"source": ..., "date": ...}``."""
        return dict(part.split("=", 1) for part in self.record.path.split("/") if "=" in part)

    @property
    def period(self) -> str:
        """The partition's date, or its month."""
        return self.place.get("date") or self.place["month"]

    def read_keys(self) -> Iterator[tuple[str, str, int, str]]:
        """Key, version and partition date of each row."""
        table = pq.ParquetFile(opened(self.path)).read([*KEYS, "partition_date"])
        columns = (column.to_pylist() for column in table.columns)
        for article_id, content_hash, version, day in zip(*columns, strict=True):
            yield article_id, content_hash, version, day.isoformat()

    def batches(self, columns: list[str]) -> Iterator[list[dict[str, Any]]]:
        """Some columns, some rows at a time."""
        for batch in pq.ParquetFile(opened(self.path)).iter_batches(BATCH, columns=columns):
            yield batch.to_pylist()


Findings = Iterator[tuple[str, str]]


def row_findings(rows: Rows) -> Findings:
    """Kind and message of everything wrong within the file."""
    dataset = rows.record.dataset
    if "source" in rows.place:
        yield from _agreement(rows)
    if len(SORTED_BY[dataset]) > 1 or rows.deep:
        yield from _order(rows)
    if base_of(dataset) == "articles":
        for batch in rows.batches([*KEYS, *SPANS, *(TEXTS if rows.deep else [])]):
            for row in batch:
                yield from _article(row, deep=rows.deep)
    elif rows.deep:
        # Every column, so that every page has been read and decoded.
        for _ in pq.ParquetFile(opened(rows.path)).iter_batches(BATCH):
            pass


def _agreement(rows: Rows) -> Findings:
    table = pq.ParquetFile(opened(rows.path)).read(["source_id", "partition_date"])
    for source in table["source_id"].unique().to_pylist():
        if source != rows.place["source"]:
            yield "partition", f"rows of source_id {source!r} under source={rows.place['source']}"
    for date in table["partition_date"].unique().to_pylist():
        if not date.isoformat().startswith(rows.period):
            yield "partition", f"rows of partition_date {date} under {rows.path.parent.name}"


def _order(rows: Rows) -> Findings:
    columns = list(SORTED_BY[rows.record.dataset])
    table = pq.ParquetFile(opened(rows.path)).read(columns)
    ordered = table.sort_by([(name, "ascending") for name in columns])
    if not ordered.equals(table):
        yield "order", f"rows are not sorted by {', '.join(columns)}, as the footer promises"


def _article(row: dict[str, Any], *, deep: bool) -> Findings:
    name = f"{row['article_id']} v{row['version']}"
    if row["is_edit"] != (row["version"] > 1):
        yield "is_edit", f"{name}: {row['is_edit']}"
    spans = row["sentence_spans"]
    if row["n_sentences"] != len(spans):
        yield "n_sentences", f"{name}: {row['n_sentences']}, but {len(spans)} spans"
    before = 0
    for span in spans:
        if not before <= span["start"] < span["end"] <= row["text_len"]:
            yield "span", f"{name}: [{span['start']}, {span['end']}) of {row['text_len']} code points"
        before = span["end"]
    if deep:
        yield from _derived(row, name)


def _derived(row: dict[str, Any], name: str) -> Findings:
    text, folded = row["text"], row["text_search"]
    if row["text_len"] != len(text or ""):
        yield "text_len", f"{name}: {row['text_len']}, but text has {len(text or '')} code points"
    digest = None if folded is None else hashlib.sha256(folded.encode()).hexdigest()
    if row["content_sha256"] != digest:
        yield "content_sha256", f"{name}: not the hash of text_search"
    # Another version of khabar may have derived otherwise, rightly.
    if text is not None and row["pipeline_version"] == metadata.version("khabar"):
        spans = [(span["start"], span["end"]) for span in row["sentence_spans"]]
        for column, value in fingerprints(text, row["language"], spans)._asdict().items():
            if row[column] != value and column != "content_sha256":
                yield column, f"{name}: not what khabar derives from its text"


def sentence_findings(rows: Rows, articles: Path) -> Findings:
    """What a file of sentences says otherwise than the articles of its partition."""
    texts = _texts(articles)
    for batch in rows.batches(["article_id", "version", "idx", "start", "end", "text"]):
        for row in batch:
            name = f"{row['article_id']} v{row['version']} sentence {row['idx']}"
            if (row["article_id"], row["version"]) not in texts:
                yield "sentence", f"{name}: its article is not in {articles.name}"
            elif texts[row["article_id"], row["version"]][row["start"] : row["end"]] != row["text"]:
                yield "sentence", f"{name}: not text[{row['start']}:{row['end']}] of its article"


def _texts(folder: Path) -> dict[tuple[str, int], str]:
    tables = [
        pq.ParquetFile(opened(p)).read(["article_id", "version", "text"]) for p in folder.glob("*.parquet")
    ]
    if not tables:
        return {}
    rows = pa.concat_tables(tables).to_pylist()
    return {(row["article_id"], row["version"]): row["text"] or "" for row in rows}
