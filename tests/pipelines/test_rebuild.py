"""A lost ledger comes back from the dataset, and a ledger never serves a root that is not its own."""

import os
import shutil
import signal
from pathlib import Path

import pytest

from pipelines import cli
from pipelines.layout import Root
from pipelines.ledger import Ledger
from pipelines.verify import verify
from tests.newsroom import Newsroom, rss, story


@pytest.fixture
def filled(newsroom: Newsroom) -> Newsroom:
    """Two runs, an edit and a compaction."""
    newsroom.publish("port", rss(story(1), story(2)))
    newsroom.run()
    newsroom.publish("port", rss(story(1, edition=2), story(2), story(3)))
    newsroom.run()
    assert cli.main(["compact", "--root", str(newsroom.root)]) == 0
    return newsroom


def rebuild(newsroom: Newsroom, *words: str) -> int:
    return cli.main(["rebuild-ledger", "--root", str(newsroom.root), *words])


def keys(root: Path) -> dict[str, list[object]]:
    ledger = Ledger(Root(root).ledger)
    try:
        return {
            name: ledger.query(f"SELECT * FROM {name} ORDER BY 1, 2") for name in ("articles", "versions")
        } | {"files": [(f.path, f.rows, f.bytes, f.sha256, f.run_id) for f in ledger.files("live")]}
    finally:
        ledger.close()


def lose(root: Path) -> None:
    for path in (root / "_state").glob("ledger.sqlite*"):
        path.unlink()


def test_a_lost_ledger_comes_back_with_the_same_keys_and_files(filled: Newsroom) -> None:
    before = keys(filled.root)
    lose(filled.root)
    assert filled.run()["exit"] == 78
    assert rebuild(filled) == 0
    assert keys(filled.root) == before
    assert verify(filled.root, deep=True).findings == []


def test_a_run_after_rebuilding_finds_nothing_new(filled: Newsroom) -> None:
    lose(filled.root)
    assert rebuild(filled) == 0
    summary = filled.run(all_feeds=False)
    assert (summary["exit"], summary["new"], summary["edited"], summary["seen"]) == (0, 0, 0, 3)
    assert cli.main(["status", "--root", str(filled.root)]) == 0


def test_a_damaged_ledger_is_refused_by_run_and_kept_when_rebuilt(
    filled: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = Root(filled.root).ledger
    ledger.write_bytes(b"no database" * 1000)
    assert filled.run()["exit"] == 78
    assert "khabar rebuild-ledger" in capsys.readouterr().err
    assert rebuild(filled) == 0
    assert [p.read_bytes()[:11] for p in ledger.parent.glob("*.old")] == [b"no database"]
    assert filled.run()["new"] == 0


def test_a_usable_ledger_is_not_rebuilt_unless_forced(filled: Newsroom) -> None:
    before = keys(filled.root)
    assert rebuild(filled) == 78
    assert rebuild(filled, "--force") == 0
    assert keys(filled.root) == before


def test_a_row_twice_or_an_unreadable_file_stops_it(
    filled: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    lose(filled.root)
    path = next((filled.root / "articles").rglob("*.parquet"))
    shutil.copy(path, path.with_name("part-again-0.parquet"))
    assert rebuild(filled) == 1
    assert "is in" in capsys.readouterr().err
    path.with_name("part-again-0.parquet").write_bytes(b"PAR1")
    assert rebuild(filled) == 1
    assert "part-again-0.parquet: unreadable" in capsys.readouterr().err
    assert not Root(filled.root).ledger.exists()


def test_a_half_published_run_is_not_forgotten_unasked(newsroom: Newsroom) -> None:
    newsroom.publish("port", rss(story(1)))
    process = newsroom.spawn(KHABAR_KILL_AT="renamed-one")
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    lose(newsroom.root)
    assert rebuild(newsroom) == 78
    assert rebuild(newsroom, "--force") == 0
    assert newsroom.run()["exit"] == 0
    assert verify(newsroom.root).findings == []


def test_a_kill_before_the_new_ledger_stands_leaves_it_to_do(
    filled: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Crash(BaseException):
        pass

    def crash(step: str) -> None:
        if step == "rebuilt":
            raise Crash

    before = keys(filled.root)
    lose(filled.root)
    monkeypatch.setattr("pipelines.steps.reached", crash)
    with pytest.raises(Crash):
        rebuild(filled)
    monkeypatch.undo()
    assert filled.run()["exit"] == 78
    assert rebuild(filled) == 0
    assert keys(filled.root) == before


def at(newsroom: Newsroom, name: str) -> Newsroom:
    """The same feeds with another root."""
    folder = newsroom.folder / name
    folder.mkdir(exist_ok=True)
    return Newsroom(folder, newsroom.origin, newsroom.feeds)


def test_a_moved_root_goes_on(filled: Newsroom) -> None:
    moved = at(filled, "elsewhere")
    filled.root.rename(moved.root)
    assert (moved.run()["exit"], moved.run()["new"]) == (0, 0)


def test_a_copied_root_becomes_a_dataset_of_its_own(filled: Newsroom) -> None:
    copied = at(filled, "copy")
    shutil.copytree(filled.root, copied.root)
    assert copied.run()["exit"] == filled.run()["exit"] == 0
    ids = {Root(room.root).marker.read_text() for room in (filled, copied)}
    assert len(ids) == 2
    assert copied.run()["exit"] == filled.run()["exit"] == 0
    assert {Root(room.root).marker.read_text() for room in (filled, copied)} == ids


def test_a_ledger_of_another_root_is_refused(filled: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    other = at(filled, "other")
    assert other.run()["exit"] == 0
    shutil.copy(Root(filled.root).ledger, Root(other.root).ledger)
    assert other.run()["exit"] == 78
    assert f"belongs to root {filled.root}" in capsys.readouterr().err


def test_a_ledger_copied_to_a_new_root_is_refused(filled: Newsroom) -> None:
    other = at(filled, "other")
    Root(other.root).state.mkdir(parents=True)
    shutil.copy(Root(filled.root).ledger, Root(other.root).ledger)
    assert other.run()["exit"] == 78


@pytest.mark.parametrize("share", [os.symlink, os.link])
def test_two_roots_never_share_a_ledger(filled: Newsroom, share: object) -> None:
    other = at(filled, "other")
    Root(other.root).state.mkdir(parents=True)
    assert callable(share)
    share(Root(filled.root).ledger, Root(other.root).ledger)
    assert other.run()["exit"] == 78


def test_two_roots_never_share_a_state_folder(filled: Newsroom) -> None:
    other = at(filled, "other")
    other.root.mkdir()
    Root(other.root).state.symlink_to(Root(filled.root).state)
    assert other.run()["exit"] == 78
