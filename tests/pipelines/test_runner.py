"""Which runner runs, and what it may touch."""

import json
import subprocess
import sys

import pytest

from tests.newsroom import REPOSITORY, Newsroom, rss, story

AUDITED = """
import sys
def watch(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "urllib.Request"):
        print("TOUCHED", event, args[1:], file=sys.stderr)
sys.addaudithook(watch)
from pipelines import cli
sys.exit(cli.main(sys.argv[1:]))
"""


@pytest.fixture
def dropped(newsroom: Newsroom) -> Newsroom:
    """A newsroom whose only feed is a folder."""
    drop = newsroom.folder / "drop"
    drop.mkdir()
    (drop / "1.xml").write_bytes(rss(*(story(n) for n in range(8))))
    newsroom.feeds["wire"] = {"url": drop.as_uri()}
    return newsroom


def test_the_local_runner_touches_no_network(dropped: Newsroom) -> None:
    words = [sys.executable, "-c", AUDITED, *dropped.command("--all")]
    done = subprocess.run(words, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["new"] == 8
    assert "TOUCHED" not in done.stderr


@pytest.mark.slow
def test_beam_flags_pass_through_and_two_processes_give_the_same_rows(dropped: Newsroom) -> None:
    summary = dropped.run("--", "--direct_running_mode=multi_processing", "--direct_num_workers=2")
    assert (summary["exit"], summary["new"]) == (0, 8)
    parallel = sorted((row["article_id"], row["text"], row["language"]) for row in dropped.rows())
    dropped.folder = dropped.folder / "again"
    dropped.folder.mkdir()
    dropped.run()
    assert sorted((row["article_id"], row["text"], row["language"]) for row in dropped.rows()) == parallel


def test_an_unknown_runner_is_named(dropped: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    assert dropped.run("--runner", "HorseRunner")["exit"] == 2
    assert "HorseRunner" in capsys.readouterr().err
    assert dropped.rows() == []
