"""The other commands, as a newcomer types them."""

import json
from pathlib import Path

import pytest

from pipelines import cli
from pipelines.config import load_feeds
from pipelines.feeds_file import from_opml, render, to_opml
from tests.newsroom import Newsroom, rss, story
from transforms.fetch.policy import Feed


def test_init_writes_files_that_work_and_never_over_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["init", str(tmp_path)]) == 0
    assert cli.main(["feeds", "check", "--offline", "--feeds", str(tmp_path / "feeds.toml")]) == 0
    assert "valid" in capsys.readouterr().out
    assert cli.main(["init", str(tmp_path)]) == 2
    assert "exists already" in capsys.readouterr().err


def test_the_shipped_catalogue_is_valid(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["feeds", "check", "--offline"]) == 0
    assert cli.main(["feeds", "list"]) == 0
    assert "tass_ar" in capsys.readouterr().out


def test_feeds_survive_being_written_and_read(tmp_path: Path) -> None:
    feeds = [
        Feed(id="tass_ar", url="https://tass.example/rss", language="ar", timezone="Europe/Moscow"),
        Feed(id="b", url="http://b.example/", headers={"Accept": 'text/"xml"'}, verified=False, title="خبر"),
    ]
    path = tmp_path / "feeds.toml"
    path.write_text(render(feeds), encoding="utf-8")
    assert load_feeds(path) == feeds


def test_opml_goes_out_and_comes_back(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    feeds = [Feed(id="ar_agency", url="https://a.example/rss?x=1&y=2", title="Ar Agency", language="ar")]
    assert from_opml(to_opml(feeds), []) == feeds
    opml, target = tmp_path / "in.opml", tmp_path / "feeds.toml"
    opml.write_bytes(to_opml(feeds))
    assert cli.main(["feeds", "import-opml", str(opml), "--feeds", str(target)]) == 0
    assert cli.main(["feeds", "import-opml", str(opml), "--feeds", str(target)]) == 0
    assert load_feeds(target) == feeds
    capsysbinary.readouterr()
    assert cli.main(["feeds", "export-opml", "--feeds", str(target)]) == 0
    assert from_opml(capsysbinary.readouterr().out, []) == feeds


@pytest.mark.parametrize("document", [b"", b"<rss/>", b"<opml><body/></opml>"])
def test_what_is_no_opml_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], document: bytes
) -> None:
    path = tmp_path / "in.opml"
    path.write_bytes(document)
    assert cli.main(["feeds", "import-opml", str(path), "--feeds", str(tmp_path / "feeds.toml")]) == 78
    assert str(path) in capsys.readouterr().err


def test_feeds_add_looks_before_it_adds(newsroom: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    newsroom.publish("port", rss(story(1)))
    *_, config = newsroom.command()[:7]
    target = newsroom.folder / "added.toml"
    words = ["feeds", "add", newsroom.origin.url("/port.xml"), "--feeds", str(target), "--config", config]
    assert cli.main([*words, "--id", "port", "--language", "en"]) == 0
    assert [(feed.id, feed.language) for feed in load_feeds(target)] == [("port", "en")]
    assert cli.main(words) == 2
    page = b"<!doctype html><head><link rel='alternate' type='application/rss+xml' href='/port.xml'></head>"
    newsroom.origin.serve("/home", page, content_type="text/html")
    capsys.readouterr()
    words[2] = newsroom.origin.url("/home")
    assert cli.main(words) == 1
    assert f"khabar feeds add {newsroom.origin.url('/port.xml')}" in capsys.readouterr().out
    assert len(load_feeds(target)) == 1


def test_feeds_check_fetches_and_says_what_is_wrong(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    newsroom.publish("port", rss(story(1), story(2)))
    newsroom.feeds["gone"] = {"url": newsroom.origin.url("/nowhere")}
    words = newsroom.command()
    assert cli.main(["feeds", "check", *words[3:7]]) == 1
    out = capsys.readouterr().out
    assert "ok   port: rss20, 2 entries" in out
    assert "FAIL gone: " in out
    assert "404" in out


def test_check_looks_into_folder_drops(
    newsroom: Newsroom, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop" / "one.xml").write_bytes(rss(story(1), story(2)))
    newsroom.feeds["wire"] = {"url": (tmp_path / "drop").as_uri()}
    newsroom.feeds["gone"] = {"url": (tmp_path / "nowhere").as_uri()}
    assert cli.main(["feeds", "check", *newsroom.command()[3:7]]) == 1
    out = capsys.readouterr().out
    assert "ok   wire: 1 files; one.xml: rss20, 2 entries" in out
    assert "FAIL gone: gone: " in out


def test_status_shows_feeds_runs_and_sizes(newsroom: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    newsroom.publish("port", rss(story(1)))
    newsroom.feeds["gone"] = {"url": newsroom.origin.url("/nowhere")}
    newsroom.run()
    assert cli.main(["status", "--root", str(newsroom.root), "--json"]) == 0
    status = json.loads(capsys.readouterr().out)
    assert status["datasets"]["articles"]["rows"] == 1
    assert {feed["id"]: feed.get("error_class") for feed in status["feeds"]} == {
        "gone": "not_found",
        "port": None,
    }
    assert cli.main(["status", "--root", str(newsroom.root)]) == 0
    assert "not_found x1" in capsys.readouterr().out
    assert cli.main(["status", "--root", str(newsroom.folder / "nothing")]) == 78


def test_sql_asks_the_dataset(newsroom: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    newsroom.publish("port", rss(story(1)))
    newsroom.run()
    newsroom.publish("port", rss(story(1, edition=2)))
    newsroom.run()
    root = ["--root", str(newsroom.root)]
    assert cli.main(["sql", "select count(*) n, max(version) v from latest", *root, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"n": 1, "v": 2}
    assert cli.main(["sql", "select source, date, title from articles", *root]) == 0
    assert "Port traffic report 1" in capsys.readouterr().out
    assert cli.main(["sql", "select no_such_column from articles", *root]) == 2
    assert "no_such_column" in capsys.readouterr().err
