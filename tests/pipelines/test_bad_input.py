"""Bad configuration and bad roots: one line that names the thing, exit 2 or 78, nothing written."""

import sqlite3
from pathlib import Path

import pytest

from pipelines import cli
from tests.newsroom import Newsroom, rss, story

FEED = '[[feed]]\nid = "port"\nurl = "https://agency.example/rss"\n'


@pytest.mark.parametrize(
    ("feeds", "finding"),
    [
        ("[[feed]\n", "not TOML"),
        ("", "no [[feed]] table"),
        (FEED + 'langauge = "ar"\n', "unknown key 'langauge' (did you mean 'language'?)"),
        (FEED.replace("port", "Port-Said"), "'Port-Said': id must match [a-z][a-z0-9_]*"),
        (FEED + FEED, "feed id 'port' is used twice"),
        (FEED.replace("https:", "gopher:"), "feed port: url must start with"),
        ('[[feed]]\nid = "port"\n', "url missing"),
        (FEED + "verified = 1\n", "verified must be true or false"),
        (FEED + 'timezone = "Moscow"\n', "timezone must be an IANA zone"),
        (FEED + "headers = { X = 1 }\n", "headers must be"),
    ],
)
def test_a_bad_feeds_file_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], feeds: str, finding: str
) -> None:
    path = tmp_path / "feeds.toml"
    path.write_text(feeds)
    assert cli.main(["run", "--root", str(tmp_path / "root"), "--feeds", str(path)]) == 78
    message = capsys.readouterr().err
    assert message.startswith(f"khabar: {path}: ")
    assert finding in message
    assert message.count("\n") == 1
    assert not (tmp_path / "root").exists()


@pytest.mark.parametrize(
    ("config", "finding"),
    [
        ("[fetch]\ntimeout = 3\n", "unknown key 'timeout'"),
        ("[fetch]\ntimeout_seconds = 0\n", "timeout_seconds must be positive"),
        ("[fetch]\ntimeout_seconds = '3'\n", "timeout_seconds must be a number"),
        ("[fetch]\nallow_addresses = ['10.0.0.1/8']\n", "allow_addresses"),
        ("[language]\nbackend = 'guess'\n", "backend must be one of"),
        ("fetch = 3\n", "fetch must be a table"),
        ("[fetsch]\n", "unknown key 'fetsch' (did you mean 'fetch'?)"),
    ],
)
def test_a_bad_configuration_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], config: str, finding: str
) -> None:
    feeds, path = tmp_path / "feeds.toml", tmp_path / "khabar.toml"
    feeds.write_text(FEED)
    path.write_text(config)
    words = ["run", "--root", str(tmp_path / "root"), "--feeds", str(feeds), "--config", str(path)]
    assert cli.main(words) == 78
    message = capsys.readouterr().err
    assert finding in message
    assert message.count("\n") == 1
    assert not (tmp_path / "root").exists()


def test_a_missing_file_and_an_unknown_source_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "feeds.toml"
    words = ["run", "--root", str(tmp_path / "root"), "--feeds", str(path)]
    assert cli.main(words) == 78
    assert "No such file" in capsys.readouterr().err
    path.write_text(FEED)
    assert cli.main([*words, "--source", "prot"]) == 78
    assert "no feed 'prot' (did you mean 'port'?)" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [["run"], ["run", "--fail-on", "x%"], ["fly"], ["run", "--max-runtime", "soon"]]
)
def test_wrong_usage_exits_2(words: list[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        cli.main(words)
    assert raised.value.code == 2


def test_a_root_that_is_a_file_or_under_one_is_refused(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    newsroom.publish("port", rss(story(1)))
    newsroom.root.write_text("occupied")
    assert newsroom.run()["exit"] == 78
    assert f"root {newsroom.root}: cannot write" in capsys.readouterr().err


def test_state_on_another_file_system_is_refused(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = Path("/dev/shm")
    if not elsewhere.is_dir() or elsewhere.stat().st_dev == newsroom.folder.stat().st_dev:
        pytest.skip("no second file system here")
    newsroom.publish("port", rss(story(1)))
    newsroom.root.mkdir()
    state = elsewhere / f"khabar-{newsroom.folder.name}-{id(newsroom)}"
    state.mkdir()
    (newsroom.root / "_state").symlink_to(state)
    assert newsroom.run()["exit"] == 78
    assert "on another file system" in capsys.readouterr().err
    assert newsroom.rows() == []


def test_a_dataset_of_a_newer_khabar_is_refused(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    newsroom.publish("port", rss(story(1)))
    newsroom.run()
    with sqlite3.connect(newsroom.root / "_state/ledger.sqlite") as ledger:
        ledger.execute("UPDATE meta SET value = '99' WHERE key = 'schema_version'")
    before = sorted(newsroom.root.rglob("*.parquet"))
    assert newsroom.run()["exit"] == 78
    assert "written by a newer khabar (schema 99" in capsys.readouterr().err
    assert sorted(newsroom.root.rglob("*.parquet")) == before


def test_a_damaged_ledger_is_refused(newsroom: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    newsroom.publish("port", rss(story(1)))
    newsroom.run()
    for name in ("ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"):
        (newsroom.root / "_state" / name).unlink(missing_ok=True)
    assert newsroom.run()["exit"] == 78
    assert "has articles but no ledger" in capsys.readouterr().err
    (newsroom.root / "_state/ledger.sqlite").write_bytes(b"not a database, but long enough to look" * 50)
    assert newsroom.run()["exit"] == 78
    assert "cannot use as ledger" in capsys.readouterr().err
