"""Write articles, sentences and rejects as finished Parquet files into the run's staging folder."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import apache_beam as beam
import pyarrow as pa

from schemas.arrow import ARTICLES, SENTENCES
from schemas.rows import Article, Reject
from transforms.clean import RunStamp
from transforms.instants import utc_date
from transforms.parquet import StagedFile, sorted_table, stage_table, table_of


class WriteArticles(beam.PTransform["beam.PCollection[Article]", "beam.PCollection[StagedFile]"]):
    """Articles to finished files, one of ``articles`` and one of ``sentences`` per source and date.

    A retried bundle writes files under new names; only those whose ``StagedFile`` reaches the manifest
    are ever committed.
    """

    def __init__(self, staging: Path) -> None:
        super().__init__()
        self.staging = staging

    def expand(self, articles: "beam.PCollection[Article]") -> "beam.PCollection[StagedFile]":  # noqa: D102
        return (
            articles
            | "key_by_partition" >> beam.Map(_keyed).with_output_types(tuple[tuple[str, str], Article])
            | "group_by_partition" >> beam.GroupByKey()
            | "write_partition" >> beam.FlatMap(write_partition, self.staging)
        )


class WriteRejects(beam.PTransform["beam.PCollection[Reject]", "beam.PCollection[StagedFile]"]):
    """Rejects to one finished file of ``errors``."""

    def __init__(self, staging: Path, stamp: RunStamp) -> None:
        super().__init__()
        self.staging = staging
        self.stamp = stamp

    def expand(self, rejects: "beam.PCollection[Reject]") -> "beam.PCollection[StagedFile]":  # noqa: D102
        return (
            rejects
            | "key_by_run" >> beam.Map(_under_run).with_output_types(tuple[str, Reject])
            | "group_by_run" >> beam.GroupByKey()
            | "write_rejects" >> beam.Map(write_rejects, self.staging, self.stamp)
        )


def write_partition(group: tuple[tuple[str, str], Iterable[Article]], staging: Path) -> list[StagedFile]:
    """Write one partition's articles and their sentences."""
    (source_id, partition_date), articles = group
    partition = f"source={source_id}/date={partition_date}"
    rows = list(articles)
    sentences = sentences_table(rows)
    files = [stage_table("articles", partition, articles_table(rows), staging)]
    if sentences.num_rows:
        files.append(stage_table("sentences", partition, sentences, staging))
    return files


def articles_table(articles: Sequence[Article]) -> pa.Table:
    """Articles as the dataset's table, in its order."""
    columns = dict(zip(Article._fields, zip(*articles, strict=True), strict=True))
    return sorted_table("articles", [_array(columns[field.name], field.type) for field in ARTICLES])


def sentences_table(articles: Iterable[Article]) -> pa.Table:
    """The sentences of articles as the dataset's table, in its order."""
    rows = [row for article in articles for row in _sentences(article)]
    columns = zip(*rows, strict=True) if rows else ((),) * len(SENTENCES)
    return sorted_table("sentences", [_array(c, f.type) for c, f in zip(columns, SENTENCES, strict=True)])


def _sentences(article: Article) -> Iterator[tuple[Any, ...]]:
    """Rows in the order of the schema's fields."""
    text = article.text or ""
    head = (article.article_id, article.version, article.source_id, article.partition_date)
    for idx, (paragraph, start, end, language) in enumerate(article.sentence_spans):
        yield (*head, paragraph, idx, start, end, text[start:end], language or article.language)


def _array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """One column; pyarrow takes nested rows as tuples, instants and dates need a hand."""
    if pa.types.is_timestamp(kind):
        values = [None if value is None else value.micros for value in values]
    elif pa.types.is_date(kind):
        values = [None if value is None else date.fromisoformat(value) for value in values]
    return pa.array(values, kind)


def write_rejects(group: tuple[str, Iterable[Reject]], staging: Path, stamp: RunStamp) -> StagedFile:
    """Write one run's rejects."""
    rows = [
        {**reject._asdict(), "run_id": stamp.run_id, "at": stamp.started_at.micros} for reject in group[1]
    ]
    return stage_table("errors", f"date={utc_date(stamp.started_at)}", table_of("errors", rows), staging)


def _keyed(article: Article) -> tuple[tuple[str, str], Article]:
    return (article.source_id, article.partition_date), article


def _under_run(reject: Reject) -> tuple[str, Reject]:
    return "", reject
