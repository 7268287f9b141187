"""``khabar gc`` drops what is old, keeps what is waited for, and nothing comes back."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipelines import cli
from pipelines.ledger import Held
from pipelines.polling import Landed
from tests.newsroom import REPOSITORY, Newsroom, item, rss, story

OLD = "Thu, 05 Mar 2015 06:15:00 GMT"
pytestmark = pytest.mark.ledgers


@pytest.fixture
def filled(newsroom: Newsroom) -> Newsroom:
    """Two articles of 2015, in a source of their own and beside a newer one."""
    newsroom.publish("port", rss(story(1), item("a", "Old news", "<p>Of long ago.</p>", date=OLD)))
    newsroom.publish("archive", rss(item("b", "Older news", "<p>Of long ago too.</p>", date=OLD)))
    newsroom.run()
    return newsroom


def gc(newsroom: Newsroom, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    code = cli.main(["gc", "--root", str(newsroom.root), "--json", *words])
    return json.loads(capsys.readouterr().out) | {"exit": code}


def titles(newsroom: Newsroom) -> set[str]:
    return {row["title"] for row in newsroom.rows()}


def age(path: Path, days: int) -> None:
    then = path.stat().st_mtime - days * 86_400
    os.utime(path, (then, then))


def test_old_partitions_go_and_do_not_come_back(filled: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    done = gc(filled, capsys, "--keep", "3650d")
    assert (done["exit"], done["partitions"]) == (0, 4)
    assert titles(filled) == {"Port traffic report 1"}
    assert not (filled.root / "articles" / "source=archive").exists()
    filled.publish("archive", rss(item("b", "Older news", "<p>Of long ago too.</p>", date=OLD), story(9)))
    summary = filled.run()
    assert (summary["new"], summary["seen"]) == (1, 1)
    assert filled.verify(deep=True).findings == []


def test_without_an_option_nothing_goes(filled: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    done = gc(filled, capsys)
    assert (done["partitions"], done["raw_documents"]) == (0, 0)


def test_a_dry_run_only_tells(filled: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (filled.root / "raw").rglob("*.zst"):
        age(path, 100)
    done = gc(filled, capsys, "--keep", "3650d", "--keep-raw", "90d", "--dry-run")
    assert (done["partitions"], done["raw_documents"]) == (4, 2)
    assert len(titles(filled)) == 3
    assert len(list((filled.root / "raw").rglob("*.zst"))) == 2


def test_a_partition_with_a_strange_file_is_left_alone(
    filled: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = filled.root / "articles" / "source=archive" / "date=2015-03-05"
    (folder / "mine.parquet").write_bytes(b"mine")
    done = gc(filled, capsys, "--keep", "3650d")
    assert done["exit"] == 1
    assert "mine.parquet" in done["refused"][0]
    assert len(list(folder.iterdir())) == 2


def test_old_raw_documents_go_but_not_those_an_embargo_waits_for(
    filled: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = sorted((filled.root / "raw").rglob("*.zst"))
    for path in (first, second):
        age(path, 100)
    scratch = first.with_suffix(".dead.tmp")
    scratch.touch()
    age(scratch, 2)
    landed = Landed("port", "u", "u", first.stem, 0, None, None, None, None, 1)
    ledger = filled.ledger()
    held = Held("0" * 32, "1" * 32, "port", landed.to_json(), "Later", 2**60)
    with ledger.transaction() as db:
        values = (bytes(16), bytes(16), *held[2:])
        db.execute("INSERT INTO held VALUES (?, ?, ?, ?, ?, ?)", values)
    ledger.close()
    done = gc(filled, capsys, "--keep-raw", "90d")
    assert (done["raw_documents"], done["raw_held"]) == (1, 1)
    assert list((filled.root / "raw").rglob("*.*")) == [first]
    cli.main(["status", "--root", str(filled.root), "--json"])
    assert json.loads(capsys.readouterr().out)["raw"]["held"] == 1


@pytest.mark.parametrize("step", ["swap-staged", "swap-intended", "swap-exchanged", "swap-recorded"])
def test_a_kill_while_dropping_is_completed_or_forgotten(
    filled: Newsroom, capsys: pytest.CaptureFixture[str], step: str
) -> None:
    words = [sys.executable, "-m", "pipelines.cli", "gc", "--root", str(filled.root), "--keep", "3650d"]
    assert (
        subprocess.run(
            words, cwd=REPOSITORY, env=os.environ | {"KHABAR_KILL_AT": step}, check=False
        ).returncode
        == -9
    )
    assert gc(filled, capsys, "--keep", "3650d")["exit"] == 0
    assert titles(filled) == {"Port traffic report 1"}
    assert filled.verify(deep=True).findings == []
