"""A full disk, a read-only root, a clock that goes backwards: nothing lost, nothing twice, one line said."""

import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines import cli, clock
from pipelines.ledger import CommitError, Ledger
from tests.newsroom import Newsroom, rss, story


@pytest.fixture
def small(newsroom: Newsroom) -> Iterator[Newsroom]:
    """A root on a file system of four megabytes."""
    newsroom.root.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(newsroom.root)]
    if os.geteuid() != 0 or subprocess.run(words, capture_output=True, check=False).returncode != 0:
        pytest.skip("cannot mount a small file system here")
    yield newsroom
    subprocess.run(["umount", "-l", str(newsroom.root)], check=True)


def fill(folder: Path, leave: int) -> Path:
    """Take all space but ``leave`` bytes."""
    status = os.statvfs(folder)
    filler = folder / "filler"
    with filler.open("wb") as file:
        file.write(bytes(max(0, status.f_bavail * status.f_frsize - leave)))
    return filler


def titles(newsroom: Newsroom) -> Counter[str]:
    return Counter(row["title"] for row in newsroom.rows())


def expected(stories: range) -> Counter[str]:
    return Counter(f"Port traffic report {n}" for n in stories)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_disk_that_fills_up_anywhere_in_a_run_harms_nothing(small: Newsroom) -> None:
    failures = 0
    stories = range(3)
    small.publish("port", rss(*(story(n) for n in stories)))
    assert small.run()["exit"] == 0
    for leave in (0, 4, 12, 20, 32, 48, 64, 96, 160):
        before, stories = stories, range(stories.stop + 1)
        small.publish("port", rss(*(story(n) for n in stories)))
        filler = fill(small.root, leave * 1024)
        process = small.spawn()
        _, err = process.communicate()
        if process.returncode != 0:
            failures += 1
            assert process.returncode in (1, 78)
            # Beam logs what failed in it with a traceback of its own; the last line is ours.
            assert err.splitlines()[-1].startswith("khabar: ")
        assert titles(small) in (expected(before), expected(stories))
        filler.unlink()
        assert small.run()["exit"] == 0
        assert titles(small) == expected(stories)
        assert small.verify(deep=True).findings == []
    assert failures >= 3


def test_a_full_disk_stops_compaction_and_harms_nothing(
    small: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    for n in (2, 3):
        small.publish("port", rss(*(story(k) for k in range(n))))
        small.run()
    filler = fill(small.root, 8192)
    assert cli.main(["compact", "--root", str(small.root)]) in (1, 78)
    assert capsys.readouterr().err.splitlines()[-1].startswith("khabar: ")
    assert titles(small) == expected(range(3))
    filler.unlink()
    assert cli.main(["compact", "--root", str(small.root)]) == 0
    assert titles(small) == expected(range(3))
    assert small.verify(deep=True).findings == []


def test_a_read_only_root_can_be_asked_and_verified_but_not_written(
    small: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    small.publish("port", rss(story(0)))
    small.run()
    subprocess.run(["mount", "-o", "remount,ro", str(small.root)], check=True)
    small.publish("port", rss(story(0), story(1)))
    root = str(small.root)
    capsys.readouterr()
    assert small.run()["exit"] == 78
    assert "cannot write: Read-only file system" in capsys.readouterr().err
    assert cli.main(["compact", "--root", root]) == 78
    assert cli.main(["verify", "--root", root, "--deep"]) == 0
    assert cli.main(["status", "--root", root]) == 0
    assert cli.main(["sql", "--root", root, "select count(*) from latest"]) == 0
    assert titles(small) == expected(range(1))


@pytest.mark.parametrize("step", [timedelta(hours=-5), timedelta(days=-4000), timedelta(days=400)])
def test_a_clock_that_jumps_neither_loses_nor_repeats(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, step: timedelta
) -> None:
    real = clock.now
    newsroom.publish("port", rss(story(0), story(1)))
    assert newsroom.run()["new"] == 2
    monkeypatch.setattr(clock, "now", lambda: real() + step)
    newsroom.publish("port", rss(story(0, edition=2), story(1), story(2)))
    summary = newsroom.run()
    assert (summary["new"], summary["edited"], summary["seen"]) == (1, 1, 1)
    monkeypatch.setattr(clock, "now", real)
    summary = newsroom.run()
    assert (summary["exit"], summary["new"], summary["edited"]) == (0, 0, 0)
    assert cli.main(["compact", "--root", str(newsroom.root)]) == 0
    assert titles(newsroom) == expected(range(3)) + expected(range(1))
    assert newsroom.verify(deep=True).findings == []


def test_a_feed_due_in_a_future_that_was_a_mistake_is_polled(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = clock.now
    newsroom.publish("port", rss(story(0)))
    monkeypatch.setattr(clock, "now", lambda: datetime(2038, 1, 1, tzinfo=UTC))
    assert newsroom.run()["new"] == 1
    monkeypatch.setattr(clock, "now", real)
    newsroom.publish("port", rss(story(0), story(1)))
    assert newsroom.run(all_feeds=False)["new"] == 1


def test_a_run_id_seen_before_keeps_nothing_and_the_next_run_repeats_the_work(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = clock.new_run_id
    newsroom.publish("port", rss(story(0)))
    monkeypatch.setattr(clock, "new_run_id", lambda started: "20260305T061500Z-00000000")
    assert newsroom.run()["new"] == 1
    newsroom.publish("port", rss(story(0, edition=2), story(1)))
    assert newsroom.run()["exit"] == 1
    assert "run 20260305T061500Z-00000000 is committed already" in capsys.readouterr().err
    assert titles(newsroom) == expected(range(1))
    monkeypatch.setattr(clock, "new_run_id", real)
    summary = newsroom.run()
    assert (summary["exit"], summary["new"], summary["edited"]) == (0, 1, 1)
    assert titles(newsroom) == expected(range(2)) + expected(range(1))
    assert newsroom.verify(deep=True).findings == []


def test_a_full_disk_stops_every_maintenance_and_harms_nothing(
    small: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    for edition in (1, 2):
        small.publish("port", rss(*(story(n, edition) for n in range(3))))
        small.run()
    words = small.command()
    feeds = words[words.index("--feeds") : words.index("--json")]
    root = str(small.root)
    commands = {"rollup": ["--monthly"], "replay": ["--everything", *feeds], "compact": []}
    for command, more in commands.items():
        filler = fill(small.root, 8192)
        assert cli.main([command, "--root", root, *more]) in (1, 78), command
        assert capsys.readouterr().err.splitlines()[-1].startswith("khabar: ")
        assert titles(small) == expected(range(3)) + expected(range(3))
        filler.unlink()
        assert cli.main([command, "--root", root, *more]) == 0, command
        assert small.verify(deep=True).findings == []
    assert titles(small) == expected(range(3)) + expected(range(3))


def test_a_ledger_that_cannot_grow_is_one_line_and_serves_again_later(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    ((pages,),) = ledger.query("PRAGMA page_count")
    ledger.query(f"PRAGMA max_page_count = {pages}")
    rows = [(str(n), "x" * 4000) for n in range(100)]
    with pytest.raises(CommitError, match="database or disk is full"), ledger.transaction() as db:
        db.executemany("INSERT INTO meta VALUES (?, ?)", rows)
    ledger.query(f"PRAGMA max_page_count = {pages + 1000}")
    with ledger.transaction() as db:
        db.executemany("INSERT INTO meta VALUES (?, ?)", rows)
    assert ledger.query("SELECT count(*) FROM meta WHERE value LIKE 'xx%'") == [(100,)]
