"""pandas, polars, DuckDB, pyarrow.dataset and HF datasets read the same root and agree."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from schemas.arrow import DATASETS
from tests.newsroom import Newsroom, item, rss, story

ARABIC = (
    "<p>القاهرة، 5 مارس. /تاس/. أعلنت هيئة قناة السويس عبور 61 سفينة.</p>"
    "<p>وقالت الهيئة إن الحركة منتظمة.</p>"
)


@pytest.fixture
def root(newsroom: Newsroom) -> Path:
    """Arabic text, nulls, lists, an edit, several runs."""
    newsroom.publish("port", rss(story(1), story(2), item("x", "No body, no date", "", date="")))
    newsroom.publish("tass_ar", rss(item("a", "عبور 61 سفينة", ARABIC)), language="ar", agency="tass")
    newsroom.run()
    newsroom.publish("port", rss(story(1, edition=2), story(2), story(3)))
    newsroom.run()
    return newsroom.root


KEYS = ["article_id", "content_hash", "version", "source_id", "partition_date"]
Answer = tuple[int, str]


def checksum(keys: Iterable[Sequence[object]]) -> str:
    return hashlib.sha256(repr(sorted(tuple(map(str, key)) for key in keys)).encode()).hexdigest()


def by_pyarrow(root: Path, dataset: str = "articles") -> Answer:
    table = ds.dataset(root / dataset, partitioning="hive").to_table()
    return table.num_rows, checksum(zip(*(table[name].to_pylist() for name in KEYS), strict=True))


def by_pandas(root: Path, dataset: str = "articles") -> Answer:
    frame = pd.read_parquet(root / dataset)
    return len(frame), checksum(frame[KEYS].itertuples(index=False))


def by_polars(root: Path, dataset: str = "articles") -> Answer:
    frame = pl.scan_parquet(root / dataset, hive_partitioning=True).collect()
    return frame.height, checksum(frame.select(KEYS).iter_rows())


def by_duckdb(root: Path, dataset: str = "articles") -> Answer:
    files = f"read_parquet('{root}/{dataset}/**/*.parquet', hive_partitioning = true)"
    rows = duckdb.sql(f"SELECT {', '.join(KEYS)} FROM {files}").fetchall()
    return len(rows), checksum(rows)


def by_hf_datasets(root: Path, dataset: str = "articles", *, streaming: bool = False) -> Answer:
    from datasets import load_dataset

    data = load_dataset(
        "parquet",
        data_files=f"{root}/{dataset}/**/*.parquet",
        split="train",
        cache_dir=str(root.parent / "hf"),
        streaming=streaming,
    )
    rows = [[row[name] for name in KEYS] for row in data]
    return len(rows), checksum(rows)


def by_hf_streaming(root: Path, dataset: str = "articles") -> Answer:
    return by_hf_datasets(root, dataset, streaming=True)


FIVE = (by_pyarrow, by_pandas, by_polars, by_duckdb, by_hf_datasets, by_hf_streaming)


def test_five_readers_agree_on_rows_and_keys(root: Path) -> None:
    answers = [read(root) for read in FIVE]
    assert [rows for rows, _ in answers] == [6] * 6
    assert len({keys for _, keys in answers}) == 1


def test_partition_columns_are_in_the_path_and_not_in_the_file(root: Path) -> None:
    (path,) = (root / "articles" / "source=tass_ar").rglob("*.parquet")
    names = pa.parquet.read_schema(path).names
    assert "source" not in names
    assert "date" not in names
    assert path.parent.name == "date=2026-03-05"


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_file_has_the_schema_to_the_letter(root: Path, dataset: str) -> None:
    for path in (root / dataset).rglob("*.parquet"):
        assert pa.parquet.read_schema(path).equals(DATASETS[dataset])
        assert pa.parquet.read_metadata(path).metadata[b"khabar.schema_version"] == b"1"


def test_dataset_folders_hold_parquet_files_and_nothing_else(root: Path) -> None:
    for dataset in DATASETS:
        assert {path.suffix for path in (root / dataset).rglob("*") if path.is_file()} <= {".parquet"}


def test_arabic_text_survives_every_reader(root: Path) -> None:
    files = f"read_parquet('{root}/articles/**/*.parquet')"
    (by_duck,) = duckdb.sql(f"SELECT text FROM {files} WHERE source_id = 'tass_ar'").fetchall()
    frame = pd.read_parquet(root / "articles", filters=[("source", "==", "tass_ar")])
    assert by_duck[0] == frame["text"].iloc[0]
    assert by_duck[0].endswith("وقالت الهيئة إن الحركة منتظمة.")
