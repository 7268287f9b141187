"""Every real feed at hand, served from loopback in one run."""

import html
import io
from collections import Counter
from pathlib import Path

import feedparser
import pytest

from tests.newsroom import Newsroom, item, rss

FOLDERS = ("feeds", "feeds_ar_fa_ur", "feeds_ru", "defects", "derived", "feedparser_tests")
CONTENT_TYPES = {".json": "application/feed+json", ".atom": "application/atom+xml", ".html": "text/html"}


def by_feedparser(body: bytes) -> int:
    """How many entries feedparser finds, or -1 where it raises (three of its own tests make it)."""
    try:
        return len(
            feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False).entries
        )
    except (ValueError, KeyError, OverflowError):
        return -1


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_sample_feed_is_accounted_for_and_a_second_run_adds_nothing(
    newsroom: Newsroom, shared: Path
) -> None:
    expected = {}
    for folder in FOLDERS:
        for n, path in enumerate(sorted((shared / "samples" / folder).iterdir())):
            body, feed_id = path.read_bytes(), f"{folder}_{n}"
            content_type = CONTENT_TYPES.get(path.suffix, "text/xml")
            newsroom.origin.serve(f"/{feed_id}", body, etag=f'"{n}"', content_type=content_type)
            newsroom.feeds[feed_id] = {"url": newsroom.origin.url(f"/{feed_id}")}
            expected[feed_id] = (path.name, by_feedparser(body))
    summary = newsroom.run()
    assert summary["exit"] in (0, 3)
    log = {row["source_id"]: row for row in newsroom.rows("fetch_log")}
    assert set(log) == set(expected)
    different = {
        name: (found, log[feed_id]["n_entries"], log[feed_id]["error_class"])
        for feed_id, (name, found) in expected.items()
        if found > 0 and log[feed_id]["n_entries"] != found
    }
    assert different == {}
    failed = {row["source_id"] for row in newsroom.rows("errors")}
    assert {name for name, row in log.items() if row["error_class"]} <= failed
    for row in log.values():
        parts = ("n_new", "n_edited", "n_seen", "n_repeated", "n_held", "n_error")
        assert row["n_entries"] == sum(row[part] for part in parts), row["source_id"]
    rows = newsroom.table("articles").num_rows
    assert rows == sum(row["n_new"] + row["n_edited"] for row in log.values())
    print(f"{len(log)} feeds, {rows} articles, {len(failed)} with errors; {summary['seconds']} s")
    again = newsroom.run()
    assert (again["new"], again["edited"]) == (0, 0)
    assert newsroom.table("articles").num_rows == rows


def test_the_seed_article_comes_through_complete(newsroom: Newsroom, shared: Path) -> None:
    lines = (shared / "seed" / "tass-ar-republished.txt").read_text(encoding="utf-8").strip().split("\n")
    body = "".join(f"<p>{html.escape(line, quote=False)}</p>" for line in lines)
    entry = item("seed", lines[0], body, date="Sat, 27 Jun 2020 10:00:00 GMT")
    newsroom.publish("tass_ar", rss(entry), language="ar", agency="tass")
    assert newsroom.run()["new"] == 1
    (row,) = newsroom.rows()
    assert (row["language"], str(row["partition_date"]), row["agency"]) == ("ar", "2020-06-27", "tass")
    assert (newsroom.root / "articles/source=tass_ar/date=2020-06-27").is_dir()
    removed = "".join(piece["text"] for piece in row["furniture_removed"])
    assert letters(row["text"] + removed) == letters("".join(lines))
    assert "<...>" in row["text"]
    assert row["n_sentences"] == len(newsroom.rows("sentences"))


def letters(text: str) -> Counter[str]:
    """Every letter and digit, counted: what cleaning may move but not lose."""
    return Counter(char for char in text if char.isalnum())
