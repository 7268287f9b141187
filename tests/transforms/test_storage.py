"""The raw store and the Parquet writer: what goes in comes out, or a named error does."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines import clock
from pipelines.polling import Landed, Polled, batches
from schemas.arrow import DATASETS
from transforms.fetch import raw
from transforms.fetch.policy import Feed
from transforms.fetch.result import Fetched
from transforms.parquet import stage_table, table_of
from transforms.storage import file_sha256


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.binary(max_size=2000))
def test_a_landed_body_comes_back_and_lands_once(tmp_path: Path, body: bytes) -> None:
    path = raw.land(tmp_path, body)
    assert raw.land(tmp_path, body) == path
    assert raw.read(path) == body
    assert not list(tmp_path.rglob("*.tmp"))


def test_damaged_raw_files_are_named(tmp_path: Path) -> None:
    path = raw.land(tmp_path, b"<rss/>")
    other = raw.land(tmp_path, b"<feed/>")
    path.write_bytes(other.read_bytes())
    with pytest.raises(ValueError, match=f"{path.name}.*does not match its name"):
        raw.read(path)
    path.write_bytes(b"no zstd")
    with pytest.raises(ValueError, match="not a zstd stream"):
        raw.read(path)


def test_a_staged_file_is_sorted_hashed_and_of_the_schema(tmp_path: Path) -> None:
    rows = [
        {"run_id": "r", "source_id": s, "feed_url": None, "stage": "parse", "exception": "E", "message": "m",
         "raw_entry": None, "at": clock.now()}
        for s in ("b", "a")
    ]  # fmt: skip
    staged = stage_table("errors", "date=2026-03-05", table_of("errors", rows), tmp_path)
    path = tmp_path / staged.staged
    assert pq.read_table(path)["source_id"].to_pylist() == ["a", "b"]
    assert pq.read_schema(path).equals(DATASETS["errors"])
    assert (staged.rows, staged.size, staged.sha256) == (2, path.stat().st_size, file_sha256(path))


def test_a_file_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="without rows"):
        stage_table("errors", "date=2026-03-05", table_of("errors", []), tmp_path)


def landed(size: int) -> Landed:
    return Landed("port", "u", "u", "0" * 64, 0, None, None, None, None, size)


@given(st.lists(st.lists(st.integers(0, 50), max_size=6), max_size=8))
def test_batches_lose_no_document_and_keep_their_order(sizes: list[list[int]]) -> None:
    feed = Feed(id="port", url="file:///drop")
    polled = [Polled(Fetched(feed=feed, started_at=clock.now()), [landed(n) for n in s]) for s in sizes]
    split = list(batches(polled, max_bytes=60))
    assert [d for batch in split for p in batch for d in p.documents] == [
        d for p in polled for d in p.documents
    ]
    assert sum(len(batch) for batch in split) == len(polled)
    assert all(len(batch) == 1 or sum(p.size for p in batch) <= 60 for batch in split)
