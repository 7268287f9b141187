"""Whole partitions in a store: compacted, rolled up, replayed, migrated, dropped, exported, killed."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.dataset as ds
import pytest

from pipelines import cli, clock
from pipelines.partitions import standing
from schemas.arrow import DATASETS
from tests.newsroom import REPOSITORY, Newsroom, item, rss, story
from tests.pipelines.test_reprints import STORY, body
from tests.pipelines.test_store import publish
from tests.reading import StoreReader

pytestmark = [pytest.mark.slow, pytest.mark.engine]
Capture = pytest.CaptureFixture[str]
SWAP = ("swap-staged", "swap-intended", "swap-copied", "swap-exchanged", "swap-recorded")
OLD = "Thu, 05 Mar 2015 06:15:00 GMT"


@pytest.fixture
def filled(room: Newsroom) -> Newsroom:
    """One closed day in three files: three editions of some stories."""
    for edited in (0, 2, 3):
        publish(room, 4, edited)
        room.run()
    publish(room, 5, 3)
    assert room.run()["new"] == 1
    return room


def khabar(capsys: Capture, newsroom: Newsroom, command: str, *words: str) -> dict[str, Any]:
    capsys.readouterr()
    code = cli.main([command, "--root", str(newsroom.root), "--json", *words])
    out, err = capsys.readouterr()
    return (json.loads(out) if out else {}) | {"exit": code, "err": err}


def kill(newsroom: Newsroom, step: str, command: str, *words: str, module: str = "pipelines.cli") -> None:
    done = subprocess.run(
        [sys.executable, "-m", module, command, "--root", str(newsroom.root), *words],
        cwd=REPOSITORY,
        env=os.environ | {"KHABAR_KILL_AT": step},
        capture_output=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


def everything(newsroom: Newsroom) -> dict[str, Counter[str]]:
    """Every row as a plain reader finds it, who knows nothing of what replaces what."""
    return {
        name: Counter(repr(sorted(row.items())) for row in newsroom.rows(name))
        for name in DATASETS
        if (newsroom.root / name).is_dir()
    }


def counted(capsys: Capture, newsroom: Newsroom, table: str = "articles") -> list[int]:
    """Rows and distinct rows, as ``khabar sql`` finds them."""
    query = f"select count(*) n, count(distinct (article_id, version)) d from {table}"
    capsys.readouterr()
    assert cli.main(["sql", "--root", str(newsroom.root), "--json", query]) == 0
    return list(json.loads(capsys.readouterr().out).values())


def files(newsroom: Newsroom, dataset: str = "articles") -> list[str]:
    return sorted(path.name for path in (newsroom.root / dataset).rglob("*.parquet"))


def test_a_closed_day_becomes_one_object_with_the_same_rows(filled: Newsroom, capsys: Capture) -> None:
    before = everything(filled)
    assert len(files(filled)) == 4
    done = khabar(capsys, filled, "compact")
    assert (done["exit"], done["partitions"]) == (0, 2)
    assert len(files(filled)) == len(files(filled, "sentences")) == 1
    assert everything(filled) == before
    assert filled.verify(deep=True).findings == []
    assert khabar(capsys, filled, "compact")["partitions"] == 0
    assert list((filled.root / "_state" / "staging").rglob("*.parquet")) == []
    publish(filled, 6, 4)
    assert filled.run()["new"] == 1
    assert khabar(capsys, filled, "compact")["files_before"] == 4


@pytest.mark.parametrize("step", ["folder-written", *SWAP])
def test_a_kill_at_a_step_of_compaction_changes_no_row(
    filled: Newsroom, capsys: Capture, tmp_path: Path, step: str
) -> None:
    before, rows = everything(filled), len(filled.rows())
    for _ in range(2):  # the second one dies while it completes the first, or at the same step
        kill(filled, step, "compact")
        assert counted(capsys, filled) == [rows, rows]
        done = khabar(capsys, filled, "export", "--format", "jsonl", "--to", str(tmp_path / "x.jsonl"))
        assert (done["exit"], done["rows"]) == (0, 5)
    assert khabar(capsys, filled, "compact")["exit"] == 0
    assert everything(filled) == before
    assert len(files(filled)) == len(files(filled, "sentences")) == 1
    assert filled.verify(deep=True).findings == []


def test_a_reader_sees_every_row_once_all_the_time(room: Newsroom, capsys: Capture) -> None:
    publish(room, 3, 0)
    room.run()
    reader = StoreReader(room.root / "articles", key=("article_id", "content_hash"))
    thread = threading.Thread(target=reader.read_until_stopped)
    thread.start()
    try:
        for edition in range(2, 8):
            room.publish("port", rss(*(story(n, edition) for n in range(3))))
            assert room.run()["edited"] == 3
            assert khabar(capsys, room, "compact")["partitions"] == 2
    finally:
        reader.stop.set()
        thread.join()
    reader.read()
    assert reader.reads > 1
    assert asdict(reader.tally) == {"duplicated": 0, "unreadable": 0, "shrunk": 0}
    assert reader.last == 21


def test_a_ledger_lost_in_the_middle_of_an_exchange_is_built_again(filled: Newsroom, capsys: Capture) -> None:
    before = everything(filled)
    kill(filled, "swap-copied", "compact")
    ledger = Path(str(filled.ledger_given))
    for path in ledger.parent.glob(f"{ledger.name}*"):
        path.unlink()
    assert khabar(capsys, filled, "rebuild-ledger")["exit"] == 0
    assert everything(filled) == before
    assert filled.run()["new"] == 0
    assert filled.verify(deep=True).findings == []


@pytest.mark.parametrize("step", ["rollup-written", *SWAP])
def test_a_kill_at_a_step_leaves_the_old_month_or_the_new_one(
    filled: Newsroom, capsys: Capture, step: str
) -> None:
    assert khabar(capsys, filled, "rollup", "--monthly")["months"] == 1
    old = len(filled.rows())
    assert khabar(capsys, filled, "compact")["exit"] == 0
    publish(filled, 6, 4)
    filled.run()
    days = everything(filled)
    kill(filled, step, "rollup", "--monthly")
    assert counted(capsys, filled, "articles_monthly") in ([old] * 2, [old + 2] * 2)
    assert counted(capsys, filled) == [old + 2] * 2
    khabar(capsys, filled, "rollup", "--monthly")
    assert counted(capsys, filled, "articles_monthly") == [old + 2] * 2
    assert everything(filled) == days
    assert len(files(filled, "articles_monthly")) == len(files(filled, "sentences_monthly")) == 1
    assert filled.verify(deep=True).findings == []


@pytest.mark.parametrize("step", ["", "swap-intended", "swap-exchanged", "swap-recorded"])
def test_what_is_old_goes_and_does_not_come_back(
    room: Newsroom,
    capsys: Capture,
    step: str,
) -> None:
    room.publish("port", rss(story(1), item("a", "Old news", "<p>Of long ago.</p>", date=OLD)))
    room.publish("archive", rss(item("b", "Older news", "<p>Of long ago too.</p>", date=OLD)))
    room.run()
    if step:
        kill(room, step, "gc", "--keep", "3650d")
    done = khabar(capsys, room, "gc", "--keep", "3650d")
    assert (done["exit"], done["partitions"]) == (0, 0 if step else 4)
    assert [row["title"] for row in room.rows()] == ["Port traffic report 1"]
    assert len(files(room)) == 1
    left = {path.name for path in (room.root / "articles").iterdir()}
    assert left == {"source=port"} | ({"source=archive"} if step == "swap-recorded" else set())
    assert room.run()["new"] == 0
    assert room.verify(deep=True).findings == []


def test_old_raw_documents_go(filled: Newsroom, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2030, 1, 1, tzinfo=UTC))
    assert khabar(capsys, filled, "gc", "--keep-raw", "30d", "--dry-run")["raw_documents"] == 4
    assert len(list((filled.root / "raw").rglob("*.zst"))) == 4
    assert khabar(capsys, filled, "gc", "--keep-raw", "30d")["raw_documents"] == 4
    assert list((filled.root / "raw").rglob("*.zst")) == []


def test_what_is_derived_is_derived_again(
    filled: Newsroom, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(filled)
    assert khabar(capsys, filled, "compact")["exit"] == 0
    done = khabar(capsys, filled, "replay", *filled.command()[3:7], "--everything")
    assert (done["exit"], done["partitions"], done["replayed"]) == (0, 1, 8), done["err"]
    assert everything(filled) == before
    assert [name.partition("-")[0] for name in files(filled)] == ["replay"]
    assert filled.verify(deep=True).findings == []


@pytest.mark.parametrize("step", ["swap-intended", "swap-copied", "swap-exchanged"])
def test_a_migration_killed_on_the_way_is_completed(filled: Newsroom, capsys: Capture, step: str) -> None:
    assert khabar(capsys, filled, "rollup", "--monthly")["months"] == 1
    rows = len(filled.rows())
    kill(filled, step, "migrate", module="tests.next_schema")
    assert counted(capsys, filled) == [rows] * 2
    done = subprocess.run(
        [sys.executable, "-m", "tests.next_schema", "migrate", "--root", str(filled.root), "--json"],
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout)["refused"] == []
    [path] = standing(filled.root / "articles")
    table = filled.table("articles")
    assert table.num_rows == rows
    assert set(table["priority"].to_pylist()) == {5}
    assert path.name.startswith("migrate-")


def test_exports_are_those_of_what_was_read(filled: Newsroom, capsys: Capture, tmp_path: Path) -> None:
    words = ("export", "--format", "parquet", "--to", str(tmp_path / "days"), "--layout", "partitioned")
    done = khabar(capsys, filled, *words, "--all-versions")
    assert (done["exit"], done["rows"]) == (0, 8), done["err"]
    assert khabar(capsys, filled, *words, "--all-versions")["partitions_written"] == 0
    khabar(capsys, filled, "compact")
    assert khabar(capsys, filled, *words, "--all-versions")["partitions_written"] == 1
    columns = DATASETS["articles"].names
    exported = ds.dataset(tmp_path / "days", partitioning="hive").to_table().select(columns)
    kept = filled.table("articles").select(columns)
    assert Counter(map(repr, exported.to_pylist())) == Counter(map(repr, kept.to_pylist()))
    ways = {"parquet": "flat", "jsonl": "x.jsonl.zst", "csv-sample": "x.csv", "delta": "t"}
    for kind, name in ways.items():
        done = khabar(capsys, filled, "export", "--format", kind, "--to", str(tmp_path / name))
        assert (done["exit"], done["rows"]) == (0, 5), done["err"]
    query = f"select count(*) from read_json('{tmp_path}/x.jsonl.zst')"
    assert duckdb.sql(query).fetchall() == [(5,)]


def test_reprints_are_found_in_a_store(room: Newsroom, capsys: Capture) -> None:
    for hour, feed in enumerate(("paper", "port"), start=6):
        date = f"Thu, 05 Mar 2026 {hour:02}:15:00 GMT"
        room.publish(feed, rss(item(feed, "نمو حركة الحاويات", body(*STORY), date=date)))
    room.run()
    capsys.readouterr()
    assert cli.main(["reprints", "--root", str(room.root), "--json"]) == 0
    [members] = map(json.loads, capsys.readouterr().out.splitlines())
    assert {member["source_id"]: member["kind"] for member in members} == {"paper": "first", "port": "exact"}
