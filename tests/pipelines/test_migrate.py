"""A root of schema 1 under a khabar of schema 2: readable before, on the way, and after, killed anywhere."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from pipelines import cli
from pipelines.verify import verify
from schemas.arrow import SCHEMA_VERSION
from schemas.versions import ADDED, schema_of, version_of
from tests.newsroom import REPOSITORY, Newsroom, build, item, rss

NEXT = "tests.next_schema"
STEPS = ("folder-written", "swap-staged", "swap-intended", "swap-exchanged", "swap-recorded")
DAYS = ("Tue, 03 Mar 2026 06:15:00 GMT", "Thu, 05 Mar 2026 06:15:00 GMT")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two editions of two stories on two days of one month, which is rolled up."""

    def publish(newsroom: Newsroom, edition: int) -> None:
        body = f"<p>The port handled ships. Traffic rose by {edition} percent.</p>"
        newsroom.publish("port", rss(*(item(f"s{n}", f"R{n}", body, day) for n, day in enumerate(DAYS))))

    root = build(tmp_path_factory.mktemp("built"), 2, publish)
    assert cli.main(["rollup", "--monthly", "--root", str(root)]) == 0
    return root


def khabar(
    root: Path, command: str, *words: str, kill_at: str = "", module: str = "tests.next_schema"
) -> Any:
    """The command line of the next khabar; its exit code and what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", module, command, "--root", str(root), "--json", *words],
        cwd=REPOSITORY,
        env=os.environ | {"KHABAR_KILL_AT": kill_at},
        capture_output=True,
        text=True,
        check=False,
    )
    return (json.loads(done.stdout) if done.stdout else {}) | {"exit": done.returncode, "err": done.stderr}


@pytest.fixture
def half(root: Path) -> Path:
    """A migration that was killed after its first partition."""
    assert khabar(root, "migrate", kill_at="swap-recorded")["exit"] == -signal.SIGKILL
    assert set(versions(root)) == {1, 2}
    return root


def versions(root: Path) -> Counter[int | None]:
    return Counter(version_of(pq.read_metadata(path).metadata) for path in root.rglob("*.parquet"))


def old_columns(root: Path, dataset: str = "articles") -> Counter[str]:
    names = schema_of(dataset, 1).names
    tables = [pq.ParquetFile(path).read(names) for path in (root / dataset).rglob("*.parquet")]
    return Counter(repr(row) for table in tables for row in table.to_pylist())


def test_the_schema_in_force_is_the_newest_that_is_declared() -> None:
    assert max(ADDED, default=1) == SCHEMA_VERSION


def test_an_old_root_is_sound_to_a_newer_khabar(root: Path) -> None:
    report = khabar(root, "verify", "--deep")
    assert (report["exit"], report["findings"]) == (0, [])
    assert report["older_files"] == report["files"]


def test_every_file_gets_the_new_columns_and_keeps_the_old(root: Path) -> None:
    before = {name: old_columns(root, name) for name in ("articles", "articles_monthly", "sentences")}
    would = khabar(root, "migrate", "--dry-run")
    assert set(versions(root)) == {1}
    done = khabar(root, "migrate")
    assert done["exit"] == 0, done
    assert done["partitions"] == would["partitions"] > 0
    assert set(versions(root)) == {2}
    assert {name: old_columns(root, name) for name in before} == before
    for path in (root / "articles").rglob("*.parquet"):
        added = pq.ParquetFile(path).read(["desk", "priority"])
        assert {(row["desk"], row["priority"]) for row in added.to_pylist()} == {(None, 5)}
    report = khabar(root, "verify", "--deep")
    assert (report["findings"], report["older_files"]) == ([], 0)
    assert khabar(root, "migrate")["partitions"] == 0
    assert khabar(root, "rollup", "--monthly")["months"] == 1
    assert khabar(root, "verify", "--deep")["findings"] == []


def test_a_damaged_partition_is_left_alone_and_named(root: Path) -> None:
    path = next((root / "articles").rglob("*.parquet"))
    path.write_bytes(path.read_bytes()[:-9] + b"x" + path.read_bytes()[-8:])
    done = khabar(root, "migrate")
    assert done["exit"] == 1
    assert str(path.relative_to(root)) in "".join(done["refused"])
    assert path.exists()


def test_compaction_of_both_versions_writes_the_newer(half: Path) -> None:
    rows = old_columns(half)
    assert khabar(half, "compact")["exit"] == 0
    assert old_columns(half) == rows
    assert khabar(half, "verify", "--deep")["findings"] == []


def test_an_older_khabar_leaves_newer_files_alone(half: Path) -> None:
    rows = old_columns(half)
    report = verify(half)
    assert "schema version 2; this khabar knows up to 1" in {finding.message for finding in report.findings}
    for command in (["migrate"], ["rollup", "--monthly", "--everything"]):
        done = khabar(half, *command, module="pipelines.cli")
        assert done["exit"] == 1
        assert "has schema 2; this khabar knows up to 1" in done["refused"][0]
        assert old_columns(half) == rows
    to = ["--to", str(half.parent / "x.jsonl")]
    done = khabar(half, "export", "--format", "jsonl", *to, module="pipelines.cli")
    assert done["exit"] == 78
    assert "unknown columns ['desk', 'priority']; written by a newer khabar?" in done["err"]
    assert "Traceback" not in done["err"]


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_a_step_changes_no_row(root: Path, step: str) -> None:
    rows = old_columns(root)
    for _ in range(2):
        assert khabar(root, "migrate", kill_at=step)["exit"] == -signal.SIGKILL
        assert old_columns(root) == rows
    done = khabar(root, "migrate")
    assert done["exit"] == 0, done
    assert old_columns(root) == rows
    assert set(versions(root)) == {2}
    assert khabar(root, "verify", "--deep")["findings"] == []


def test_sql_reads_both_versions_together(half: Path) -> None:
    answer = khabar(half, "sql", "select count(*) as rows, count(desk) as desks from articles")
    assert (answer["exit"], answer["rows"], answer["desks"]) == (0, 4, 0)


def unified(root: Path) -> pa.Schema:
    return pa.unify_schemas([pq.read_schema(path) for path in (root / "articles").rglob("*.parquet")])


def by_pyarrow(root: Path) -> list[Any]:
    return ds.dataset(root / "articles", schema=unified(root)).to_table()["desk"].to_pylist()


def by_pandas(root: Path) -> list[Any]:
    return list(pd.read_parquet(root / "articles", schema=unified(root))["desk"])


def by_polars(root: Path) -> list[Any]:
    files = sorted((root / "articles").rglob("*.parquet"), key=lambda p: -len(pq.read_schema(p)))
    return pl.scan_parquet(files, missing_columns="insert").collect()["desk"].to_list()


def by_duckdb(root: Path) -> list[Any]:
    files = f"read_parquet('{root}/articles/**/*.parquet', union_by_name = true)"
    return [desk for (desk,) in duckdb.sql(f"SELECT desk FROM {files}").fetchall()]


@pytest.mark.parametrize("read", [by_pyarrow, by_pandas, by_polars, by_duckdb])
def test_both_versions_read_together(half: Path, read: Callable[[Path], list[Any]]) -> None:
    found = read(half)
    assert len(found) == 4
    assert all(pd.isna(value) for value in found)
