"""Write one finished, durable Parquet file. Knows nothing of Beam, so that an idle poll needs none."""

import uuid
from collections.abc import Iterable, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.arrow import DATASETS, SORTED_BY
from transforms.storage import file_sha256, make_durable, sync_folder

ROW_GROUP_ROWS = 20_000
# zstd-3 at ingest; compaction spends five times the CPU on zstd-9.
INGEST_LEVEL = 3
COMPACT_LEVEL = 9
# Finding one article reads no row group that lacks it; 1 % of false hits costs 10 bits a key.
BLOOM_COLUMN, BLOOM_FALSE = "article_id", 0.01
# Dictionaries pay only where values repeat; statistics only where readers filter (statistics on text
# columns doubled two-row files, 16.1 against 7.5 kB).
DICTIONARY = (
    "source_id", "date_source", "feed_url", "text_origin", "language", "language_feed", "language_detector",
    "script", "agency", "dateline_place", "publisher", "status", "document_sha256", "run_id",
    "pipeline_version", "stage", "exception", "error_class", "format", "encoding",
)  # fmt: skip
STATISTICS = (
    "article_id", "version", "source_id", "partition_date", "published_at", "first_seen_at", "fetched_at",
    "language", "agency", "status", "run_id", "idx", "started_at", "stage",
)  # fmt: skip


class StagedFile(NamedTuple):
    """One finished Parquet file that waits in staging.

    Attributes:
        dataset: ``articles``, ``sentences``, ``fetch_log`` or ``errors``.
        partition: Path of its folder under the dataset, e.g. ``source=tass_ar/date=2026-03-05``.
        staged: Its path under the run's staging folder; the name is unique to the attempt.
        rows: Number of rows, never 0.
        size: Bytes.
        sha256: Of the file.
    """

    dataset: str
    partition: str
    staged: str
    rows: int
    size: int
    sha256: str


def table_of(dataset: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Build the dataset's table from rows as dicts, in the dataset's order."""
    schema = DATASETS[dataset]
    return sorted_table(dataset, [pa.array([row[f.name] for row in rows], f.type) for f in schema])


def sorted_table(dataset: str, columns: Sequence[pa.Array]) -> pa.Table:
    """Build the dataset's table from its columns, in the dataset's order."""
    return sorted_in_order(dataset, pa.table(list(columns), schema=DATASETS[dataset]))


def sorted_in_order(dataset: str, table: pa.Table) -> pa.Table:
    """A table with the dataset's schema, in the dataset's order."""
    if table.num_rows < 2:
        return table
    return table.sort_by([(column, "ascending") for column in SORTED_BY[dataset]])


def stage_table(dataset: str, partition: str, table: pa.Table, staging: Path) -> StagedFile:
    """Write ``table`` to ``staging`` and make it durable (file and folder fsynced)."""
    if table.num_rows == 0:
        raise ValueError(f"{dataset}/{partition}: refusing to write a file without rows")
    staged = f"{dataset}-{uuid.uuid4().hex}.parquet"
    path = staging / staged
    write_file(table, path, INGEST_LEVEL)
    return StagedFile(dataset, partition, staged, table.num_rows, path.stat().st_size, file_sha256(path))


def write_file(table: pa.Table, path: Path, compression_level: int, *, describe: bool = False) -> None:
    """Write one Parquet file with khabar's settings, and fsync it; see ``write_tables``."""
    write_tables([table], table.num_rows, table.schema, path, compression_level, describe=describe)


def write_tables(
    tables: Iterable[pa.Table],
    rows: int,
    schema: pa.Schema,
    path: Path,
    compression_level: int,
    *,
    describe: bool,
) -> None:
    """Write tables as row groups of one Parquet file with khabar's settings, and fsync it.

    Args:
        tables: Rows in the dataset's order; a row group holds rows of one table only.
        rows: How many there are in all, about: the bloom filter's size.
        schema: Of one dataset, and of every table.
        path: A file that does not exist yet.
        compression_level: Of zstd.
        describe: Keep the Arrow schema with the columns' descriptions in the footer. That is 17 kB a file,
            more than two articles weigh, and the types come back equal without it: only for compacted files.
            They get a page index and a bloom filter on ``article_id`` too.
    """
    names = set(schema.names)
    order = written_order(schema)
    with path.open("wb") as file:
        with pq.ParquetWriter(
            file,
            schema,
            compression="zstd",
            compression_level=compression_level,
            use_dictionary=[name for name in DICTIONARY if name in names],
            write_statistics=[name for name in STATISTICS if name in names],
            write_page_index=describe,
            store_schema=describe,
            bloom_filter_options=_bloom_filter(schema, rows) if describe else None,
            sorting_columns=[pq.SortingColumn(schema.get_field_index(name)) for name in order] or None,
        ) as writer:
            for table in tables:
                writer.write_table(table, row_group_size=ROW_GROUP_ROWS)
            if not describe:
                writer.add_key_value_metadata(schema.metadata)
        make_durable(file)
    sync_folder(path.parent)


def written_order(schema: pa.Schema) -> list[str]:
    """The columns its dataset is sorted by, up to the first that ``schema`` lacks."""
    order = SORTED_BY[schema.metadata[b"khabar.dataset"].decode()]
    return list(takewhile(set(schema.names).__contains__, order))


def _bloom_filter(schema: pa.Schema, rows: int) -> dict[str, dict[str, float]] | None:
    if BLOOM_COLUMN not in schema.names:
        return None
    return {BLOOM_COLUMN: {"ndv": min(rows, ROW_GROUP_ROWS), "fpp": BLOOM_FALSE}}
