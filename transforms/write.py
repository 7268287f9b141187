"""Write articles, sentences and rejects as finished Parquet files into the run's staging folder."""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import apache_beam as beam
import pyarrow as pa

from schemas.arrow import ARTICLES
from schemas.rows import Article, Reject
from transforms.clean import RunStamp
from transforms.instants import utc_date
from transforms.parquet import StagedFile, stage_table, table_of


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
    files = [stage_table("articles", partition, articles_table(rows), staging)]
    sentences = [sentence for article in rows for sentence in sentences_of(article)]
    if sentences:
        files.append(stage_table("sentences", partition, table_of("sentences", sentences), staging))
    return files


def articles_table(articles: list[Article]) -> pa.Table:
    """Articles as the dataset's table, in its order."""
    columns = {name: [plain(getattr(article, name)) for article in articles] for name in ARTICLES.names}
    for name in ("partition_date", "dateline_date"):
        columns[name] = [None if day is None else date.fromisoformat(day) for day in columns[name]]
    table = pa.table(
        [pa.array(columns[field.name], field.type) for field in ARTICLES],
        schema=ARTICLES,
    )
    return table.sort_by([(name, "ascending") for name in ("published_at", "article_id", "version")])


def plain(value: Any) -> Any:
    """A row's value as pyarrow takes it: instants as microseconds, nested rows as dicts."""
    if isinstance(value, beam.utils.timestamp.Timestamp):
        return value.micros
    if isinstance(value, (list, tuple)):
        return [item._asdict() if hasattr(item, "_asdict") else item for item in value]
    return value


def sentences_of(article: Article) -> Iterator[dict[str, Any]]:
    """The rows of ``sentences`` for one article."""
    text = article.text or ""
    for idx, span in enumerate(article.sentence_spans):
        yield {
            "article_id": article.article_id,
            "version": article.version,
            "source_id": article.source_id,
            "partition_date": date.fromisoformat(article.partition_date),
            "paragraph": span.paragraph,
            "idx": idx,
            "start": span.start,
            "end": span.end,
            "text": text[span.start : span.end],
            "language": span.language or article.language,
        }


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
