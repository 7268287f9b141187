"""The ledger in PostgreSQL: one writer among machines, a server that goes away, what strangers see of it."""

import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from pipelines import cli
from pipelines.arguments import LEDGER
from pipelines.database import shown
from pipelines.layout import Root
from pipelines.ledger import Commit, CommitError, FileRecord, Held, Key, Ledger
from pipelines.maintenance import alone
from tests.newsroom import Newsroom, rss, story
from tests.postgres import Cluster

ARTICLE, CONTENT, OTHER = "0" * 31 + "a", "0" * 31 + "b", "0" * 31 + "c"


@pytest.fixture
def ledger_kind() -> str:
    return "postgres"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty ledger of either kind may be made."""
    if request.param == "sqlite":
        return str(tmp_path / "ledger.sqlite")
    return request.getfixturevalue("postgres").database()


@pytest.fixture
def ledger(place: str) -> Iterator[Ledger]:
    with closing(Ledger(place)) as opened:
        yield opened


def change(run_id: str, version: int = 1, content: str = CONTENT, **more: object) -> Commit:
    key = Key(ARTICLE, content, version, "port", "2026-03-05", "published", 1_700_000_000_000_000)
    return Commit(
        run_id=run_id, started_us=1, pipeline_version="0", summary={"run_id": run_id}, keys=[key], **more
    )  # type: ignore[arg-type]


def test_a_commit_is_remembered_whole(ledger: Ledger) -> None:
    file = FileRecord(
        "articles/source=port/date=2026-03-05/part-r-0.parquet", "r/x", "articles", "r", 1, 9, ""
    )
    held = Held(OTHER, CONTENT, "port", "{}", None, 5)
    assert ledger.commit(change("r", files=[file], feeds={"port": "{}"}, held=[held]))
    known = (1, "2026-03-05", "published", 1_700_000_000_000_000, {CONTENT})
    assert ledger.known([ARTICLE, OTHER]) == {ARTICLE: known}
    assert ledger.files(status="pending", dataset="articles") == [file]
    ledger.mark_live([file.path])
    assert (ledger.files("pending"), ledger.files("live")) == ([], [file])
    assert (ledger.held(), ledger.held(until_us=4)) == ([held], [])
    assert ledger.feed_states() == {"port": "{}"}


def test_a_run_is_committed_once(ledger: Ledger) -> None:
    assert ledger.commit(change("r"))
    assert not ledger.commit(change("r"))
    assert [run["run_id"] for run in ledger.runs()] == ["r"]


def test_a_key_that_is_there_aborts_the_whole_commit(ledger: Ledger) -> None:
    ledger.commit(change("r"))
    with pytest.raises(CommitError, match="run s not committed"):
        ledger.commit(change("s", version=2, feeds={"port": "moved"}))
    assert (len(ledger.runs()), ledger.feed_states()) == (1, {})


def test_paths_sort_by_byte_in_both(ledger: Ledger) -> None:
    paths = ["a/B", "a/_", "a/b", "a0/x", "b"]
    files = [FileRecord(path, path, "articles", "r", 1, 1, "") for path in paths]
    ledger.commit(change("r", files=files))
    assert [file.path for file in ledger.files()] == paths


def test_a_ledger_of_a_newer_khabar_is_refused(place: str) -> None:
    with closing(Ledger(place)) as ledger, ledger.transaction() as db:
        db.execute("UPDATE meta SET value = '99' WHERE key = 'schema_version'")
    with pytest.raises(Exception, match="newer khabar \\(schema 99"):
        Ledger(place)


@pytest.mark.slow
def test_a_second_writer_is_told_who_holds_the_ledger(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    newsroom.publish("port", rss(story(1)))
    newsroom.run()
    with alone(Root(newsroom.root, newsroom.ledger_given)):
        assert newsroom.run()["exit"] == 75
    assert "held by another run (server process" in capsys.readouterr().err
    assert newsroom.run()["exit"] == 0


@pytest.mark.slow
def test_two_ledgers_in_schemas_of_one_database_do_not_hold_each_other(postgres: Cluster) -> None:
    url = postgres.database()
    places = []
    for name in ("ar", "fa"):
        with psycopg.connect(url, autocommit=True) as db:
            db.execute(f"CREATE SCHEMA {name}".encode())
        places.append(f"{url}?options=-csearch_path%3D{name}")
    with closing(Ledger(places[0])) as one, closing(Ledger(places[1])) as other, one.alone(), other.alone():
        one.commit(change("r"))
        assert other.known([ARTICLE]) == {}


@pytest.mark.slow
def test_who_loses_the_server_commits_nothing_and_the_next_run_does(
    newsroom: Newsroom, postgres: Cluster
) -> None:
    newsroom.publish("port", rss(*(story(n) for n in range(6))))
    newsroom.origin.fault("/slow.xml", lambda exchange: exchange.stall())
    newsroom.feeds["slow"] = {"url": newsroom.origin.url("/slow.xml")}
    process = newsroom.spawn()
    until = time.monotonic() + 60
    while newsroom.origin.hits("/slow.xml") == 0:
        assert time.monotonic() < until, process.communicate()
        time.sleep(0.05)
    postgres.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        f" WHERE application_name = 'khabar' AND datname = '{str(newsroom.ledger_given).rpartition('/')[2]}'"
    )
    process.terminate()  # ends the wait for the slow feed; what was fetched goes to the commit
    _, err = process.communicate(timeout=90)
    assert process.returncode == 1, err
    assert "connection lost" in err
    assert "Traceback" not in err
    assert newsroom.rows() == []
    del newsroom.feeds["slow"]
    assert newsroom.run()["new"] == 6


@pytest.mark.slow
def test_writers_started_at_once_on_two_machines_lose_and_repeat_nothing(newsroom: Newsroom) -> None:
    """Two processes that share the disk and the server, and no lock file."""
    newsroom.publish("port", rss(*(story(n) for n in range(9))))
    started = [newsroom.spawn("--lock-wait", "60s") for _ in range(2)]
    assert [process.wait(120) for process in started] == [0, 0]
    for process in started:
        process.communicate()
    assert Counter(row["title"] for row in newsroom.rows()) == {
        f"Port traffic report {n}": 1 for n in range(9)
    }
    assert newsroom.verify(deep=True).findings == []


@pytest.mark.slow
def test_an_unreachable_server_is_one_line_without_the_password(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    newsroom.publish("port", rss(story(1)))
    monkeypatch.setenv(LEDGER, "postgresql://khabar:s3cret@127.0.0.1:1/news")
    assert newsroom.run()["exit"] == 78
    err = capsys.readouterr().err
    assert "postgresql://khabar@127.0.0.1:1/news: cannot open the ledger" in err
    assert "s3cret" not in err


def test_a_place_is_shown_without_its_password() -> None:
    assert shown("postgresql://a:b@[::1]:5/news?sslmode=require") == "postgresql://a@[::1]:5/news"
    assert shown(Path("/srv/ledger.sqlite")) == "/srv/ledger.sqlite"


@pytest.mark.slow
def test_a_root_with_articles_needs_their_ledger(
    newsroom: Newsroom, postgres: Cluster, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    newsroom.publish("port", rss(story(1)))
    newsroom.run()
    right = str(newsroom.ledger_given)
    monkeypatch.setenv(LEDGER, postgres.database())
    assert newsroom.run()["exit"] == 78
    monkeypatch.delenv(LEDGER)
    assert newsroom.run()["exit"] == 78
    assert capsys.readouterr().err.count("has articles but no ledger") == 2
    monkeypatch.setenv(LEDGER, right)
    assert newsroom.run()["exit"] == 0


@pytest.mark.slow
def test_a_copied_root_may_not_share_the_ledger(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    newsroom.publish("port", rss(story(1)))
    newsroom.run()
    copy = newsroom.folder / "copy"
    shutil.copytree(newsroom.root, copy)
    words = newsroom.command("--all")
    words[words.index("--root") + 1] = str(copy)
    assert cli.main(words) == 78
    assert "a copy of" in capsys.readouterr().err
    assert newsroom.run()["exit"] == 0


@pytest.mark.slow
def test_the_ledger_is_built_again_from_the_dataset(newsroom: Newsroom, postgres: Cluster) -> None:
    newsroom.publish("port", rss(story(1), story(2)))
    newsroom.run()
    words = ["rebuild-ledger", "--root", str(newsroom.root)]
    assert cli.main(words) == 78
    fresh = postgres.database()
    assert cli.main([*words, "--ledger", fresh]) == 0
    environment = os.environ | {LEDGER: fresh}
    command = [sys.executable, "-m", "pipelines.cli", *newsroom.command("--all")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert '"new": 0' in done.stdout
    assert len(newsroom.rows()) == 2
