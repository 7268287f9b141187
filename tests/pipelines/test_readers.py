"""pandas, polars, DuckDB, pyarrow.dataset and HF datasets read the same root and agree."""

import hashlib
from collections.abc import Iterable
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


def checksum(keys: Iterable[tuple[str, int]]) -> str:
    return hashlib.sha256(repr(sorted((str(a), int(v)) for a, v in keys)).encode()).hexdigest()


def by_pyarrow(root: Path) -> tuple[int, str]:
    table = ds.dataset(root / "articles", partitioning="hive").to_table()
    return table.num_rows, checksum((r["article_id"], r["version"]) for r in table.to_pylist())


def by_pandas(root: Path) -> tuple[int, str]:
    frame = pd.read_parquet(root / "articles")
    return len(frame), checksum(zip(frame["article_id"], frame["version"], strict=True))


def by_polars(root: Path) -> tuple[int, str]:
    frame = pl.scan_parquet(root / "articles", hive_partitioning=True).collect()
    return frame.height, checksum(frame.select("article_id", "version").iter_rows())


def by_duckdb(root: Path) -> tuple[int, str]:
    files = f"read_parquet('{root}/articles/**/*.parquet', hive_partitioning = true)"
    rows = duckdb.sql(f"SELECT article_id, version FROM {files}").fetchall()
    return len(rows), checksum(rows)


def by_hf_datasets(root: Path) -> tuple[int, str]:
    from datasets import load_dataset

    data = load_dataset(
        "parquet",
        data_files=f"{root}/articles/**/*.parquet",
        split="train",
        cache_dir=str(root.parent / "hf"),
    )
    return len(data), checksum(zip(data["article_id"], data["version"], strict=True))


def test_five_readers_agree_on_rows_and_keys(root: Path) -> None:
    answers = [read(root) for read in (by_pyarrow, by_pandas, by_polars, by_duckdb, by_hf_datasets)]
    assert [rows for rows, _ in answers] == [6] * 5
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
