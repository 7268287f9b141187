"""Compaction: the same rows in one file, whatever happens on the way, whoever reads meanwhile."""

import dataclasses
import errno
import json
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines import cli, lock, swap
from pipelines.compact import worth_it
from pipelines.layout import Root
from pipelines.ledger import FileRecord, Ledger
from pipelines.verify import verify
from schemas.arrow import ARTICLES, DATASETS
from tests.newsroom import REPOSITORY, Newsroom, build, rss, story
from tests.pipelines.test_readers import by_duckdb, by_hf_datasets, by_pandas, by_polars, by_pyarrow
from tests.reading import Reader

STEPS = ("folder-written", "swap-staged", "swap-intended", "swap-exchanged", "swap-recorded")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root whose one closed day has three files."""

    def publish(newsroom: Newsroom, edition: int) -> None:
        newsroom.publish("port", rss(*(story(n, edition) for n in range(3 * edition))))

    return build(tmp_path_factory.mktemp("built"), 3, publish)


def compact(root: Path, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    code = cli.main(["compact", "--root", str(root), "--json", *words])
    out = capsys.readouterr().out
    return (json.loads(out) if out else {}) | {"exit": code}


def content(root: Path, dataset: str = "articles") -> Counter[str]:
    tables = [pq.ParquetFile(path).read() for path in (root / dataset).rglob("*.parquet")]
    return Counter(repr(row) for row in pa.concat_tables(tables).to_pylist())


def day(root: Path, dataset: str = "articles") -> list[Path]:
    return sorted((root / dataset / "source=port" / "date=2026-03-05").iterdir())


def spawn(root: Path, step: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli", "compact", "--root", str(root)],
        cwd=REPOSITORY,
        env={"KHABAR_KILL_AT": step},
        capture_output=True,
        check=False,
    ).returncode


def test_a_closed_day_becomes_one_file_with_the_same_rows(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {name: content(root, name) for name in DATASETS if (root / name).is_dir()}
    assert len(day(root)) == 3
    done = compact(root, capsys)
    assert (done["exit"], done["partitions"], done["files_before"]) == (0, 2, 6)
    assert len(day(root)) == len(day(root, "sentences")) == 1
    assert {name: content(root, name) for name in before} == before
    assert verify(root, deep=True).findings == []
    assert compact(root, capsys)["partitions"] == 0


def test_a_compacted_file_is_sorted_described_and_has_a_bloom_filter(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    compact(root, capsys)
    (path,) = day(root)
    schema = pq.read_schema(path)
    assert schema.equals(DATASETS["articles"])
    assert all(f.metadata[b"description"] == schema.field(f.name).metadata[b"description"] for f in ARTICLES)
    group = pq.read_metadata(path).row_group(0)
    assert [group.sorting_columns[n].column_index for n in range(3)] == [
        DATASETS["articles"].get_field_index(name) for name in ("published_at", "article_id", "version")
    ]
    assert group.column(0).compression == "ZSTD"
    # pyarrow does not tell of bloom filters; DuckDB does.
    found = duckdb.sql(
        f"SELECT bloom_filter_length FROM parquet_metadata('{path}') WHERE path_in_schema = 'article_id'"
    ).fetchall()
    assert all(length and length > 0 for (length,) in found)


@pytest.mark.parametrize("read", [by_pyarrow, by_pandas, by_polars, by_duckdb, by_hf_datasets])
def test_readers_find_the_same_before_and_after(
    root: Path, capsys: pytest.CaptureFixture[str], read: Callable[[Path], tuple[int, str]]
) -> None:
    before = by_pyarrow(root)
    compact(root, capsys)
    assert read(root) == before


def test_what_follows_a_compaction_lands_beside_it(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    for edition in (1, 2):
        newsroom.publish("port", rss(*(story(n, edition) for n in range(3))))
        newsroom.run()
    assert compact(newsroom.root, capsys)["partitions"] == 2
    newsroom.publish("port", rss(story(1, 2), story(2, 3), story(7)))
    summary = newsroom.run()
    assert (summary["new"], summary["edited"], summary["seen"]) == (1, 1, 1)
    assert max(Counter((row["article_id"], row["version"]) for row in newsroom.rows()).values()) == 1
    assert compact(newsroom.root, capsys)["files_before"] == 4
    assert newsroom.verify(deep=True).findings == []


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_a_step_of_compaction_changes_no_row(
    root: Path, capsys: pytest.CaptureFixture[str], step: str
) -> None:
    before = content(root)
    assert spawn(root, step) == -signal.SIGKILL
    assert content(root) == before
    assert spawn(root, step) in (-signal.SIGKILL, 0)
    assert content(root) == before
    assert compact(root, capsys)["exit"] == 0
    assert content(root) == before
    assert verify(root, deep=True).findings == []
    assert len(day(root)) == 1


def test_without_an_exchange_the_folder_goes_away_and_comes_back(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(one: Path, other: Path) -> None:
        raise OSError(errno.EINVAL, "not here")

    before = content(root)
    monkeypatch.setattr(swap, "rename_exchange", refuse)
    assert compact(root, capsys)["partitions"] == 2
    assert content(root) == before
    assert verify(root, deep=True).findings == []


def test_a_crash_while_the_folder_is_away_is_rolled_forward(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(one: Path, other: Path) -> None:
        raise OSError(errno.ENOSYS, "not here")

    class Crash(BaseException):
        pass

    def crash(step: str) -> None:
        if step == "swap-away":
            raise Crash

    before = content(root)
    monkeypatch.setattr(swap, "rename_exchange", refuse)
    monkeypatch.setattr("pipelines.steps.reached", crash)
    with pytest.raises(Crash):
        cli.main(["compact", "--root", str(root)])
    assert not (root / "articles" / "source=port" / "date=2026-03-05").exists()
    monkeypatch.undo()
    assert compact(root, capsys)["exit"] == 0
    assert content(root) == before
    assert verify(root, deep=True).findings == []


def test_a_damaged_file_is_never_compacted(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = day(root)[0]
    path.write_bytes(path.read_bytes() + b"x")
    done = compact(root, capsys)
    assert done["exit"] == 1
    assert str(path.relative_to(root)) in done["refused"][0]
    assert path.exists()


def test_a_file_the_ledger_does_not_know_is_never_lost(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stray = day(root)[0].with_name("stray.parquet")
    stray.write_bytes(b"mine")
    assert compact(root, capsys)["exit"] == 1
    assert stray.read_bytes() == b"mine"


def test_compaction_waits_for_nobody_unless_asked(root: Path) -> None:
    with lock.hold(Root(root).lock):
        assert cli.main(["compact", "--root", str(root)]) == 75


def test_only_closed_days_and_crowded_partitions_are_worth_it() -> None:
    def files(day: str, count: int) -> list[FileRecord]:
        folder = f"articles/source=a/date={day}"
        return [FileRecord(f"{folder}/{n}", "", "articles", "", 1, 1, "") for n in range(count)]

    listed = [
        *files("2026-03-01", 2),
        *files("2026-03-02", 1),
        *files("2026-03-09", 8),
        *files("2026-03-10", 9),
    ]
    today = datetime(2026, 3, 10, tzinfo=UTC).date()
    chosen = [folder.rpartition("=")[2] for folder, _ in worth_it(listed, today, 2, 8)]
    assert chosen == ["2026-03-01", "2026-03-10"]


def test_a_reader_sees_every_row_once_all_the_time(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    expected = sum(content(root).values())
    reader = Reader(root / "articles", key=("article_id", "content_hash"))
    thread = threading.Thread(target=reader.read_until_stopped)
    thread.start()
    pristine = {path: path.read_bytes() for path in day(root)}
    try:
        for n in range(15):
            assert compact(root, capsys)["partitions"] == (2 if n == 0 else 1)
            _split(root, pristine, n)
    finally:
        reader.stop.set()
        thread.join()
    assert reader.reads > 0
    assert dataclasses.asdict(reader.tally) == {"duplicated": 0, "unreadable": 0, "shrunk": 0}
    assert reader.last == expected


def _split(root: Path, files: dict[Path, bytes], n: int) -> None:
    """Bring the old files back by the same exchange, so that there is something to compact again."""
    from transforms.storage import file_sha256

    opened = Root(root)
    ledger = Ledger(opened.ledger)
    folder = next(iter(files)).parent
    staged = opened.staging / f"split-{n}"
    staged.mkdir()
    for path, data in files.items():
        (staged / path.name).write_bytes(data)
    with ledger.transaction() as db:
        db.execute("DELETE FROM files WHERE path GLOB 'articles/*'")
        swap.exchange(staged, folder)
        for path in files:
            name = str(path.relative_to(root))
            rows = pq.read_metadata(path).num_rows
            values = (name, name, "articles", "r", rows, path.stat().st_size, file_sha256(path))
            db.execute("INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?, 'live')", values)
    ledger.close()
    shutil.rmtree(staged)
