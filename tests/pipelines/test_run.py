"""``khabar run`` against a real server: what comes in, what a second run does, what bad input does."""

import json
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta

import pytest

from pipelines.layout import Root
from pipelines.maintenance import alone
from tests.newsroom import REPOSITORY, Newsroom, item, rss, story

pytestmark = pytest.mark.ledgers


def counts(summary: dict) -> tuple[int, int, int]:
    return summary["new"], summary["edited"], summary["seen"]


def test_first_run_adds_every_entry_once(newsroom: Newsroom) -> None:
    newsroom.publish("port", rss(story(1), story(2), story(2)))
    summary = newsroom.run()
    assert (summary["exit"], *counts(summary), summary["repeated"]) == (0, 2, 0, 0, 1)
    assert sorted(row["title"] for row in newsroom.rows()) == [
        "Port traffic report 1",
        "Port traffic report 2",
    ]


def test_unchanged_feed_adds_nothing_and_asks_with_the_validator(newsroom: Newsroom) -> None:
    newsroom.publish("port", rss(story(1)))
    newsroom.run()
    summary = newsroom.run()
    assert (summary["exit"], summary["feeds_unchanged"], *counts(summary)) == (0, 1, 0, 0, 0)
    assert "if-none-match" in newsroom.origin.requests[-1].headers
    assert len(newsroom.rows()) == 1
    log = sorted(newsroom.rows("fetch_log"), key=lambda row: row["started_at"])
    assert [row["not_modified"] for row in log] == [False, True]


def test_an_edit_becomes_the_next_version_in_the_same_partition(newsroom: Newsroom) -> None:
    newsroom.publish("port", rss(item("a", "Old headline", "<p>Body of the report.</p>")))
    newsroom.run()
    later = item("a", "New headline", "<p>Body of the report.</p>", date="Sat, 07 Mar 2026 09:00:00 GMT")
    newsroom.publish("port", rss(later))
    assert counts(newsroom.run()) == (0, 1, 0)
    rows = sorted(newsroom.rows(), key=lambda row: row["version"])
    assert [(r["version"], r["is_edit"], r["title"]) for r in rows] == [
        (1, False, "Old headline"),
        (2, True, "New headline"),
    ]
    assert {r["partition_date"] for r in rows} == {date(2026, 3, 5)}
    assert len({r["article_id"] for r in rows}) == len({r["first_seen_at"] for r in rows}) == 1


def test_returning_to_an_old_text_adds_nothing(newsroom: Newsroom) -> None:
    for title in ("First", "Second", "First"):
        newsroom.publish("port", rss(item("a", title, "<p>Body.</p>")))
        newsroom.run()
    assert sorted(row["version"] for row in newsroom.rows()) == [1, 2]


def test_an_entry_without_a_date_goes_to_the_day_it_was_seen(newsroom: Newsroom) -> None:
    newsroom.publish("port", rss(item("a", "Undated", "<p>Body.</p>", date="")))
    newsroom.run()
    (row,) = newsroom.rows()
    assert row["published_at"] is None
    assert (row["date_source"], row["partition_date"]) == ("first_seen", row["first_seen_at"].date())


def test_an_impossible_date_is_kept_but_does_not_choose_the_partition(newsroom: Newsroom) -> None:
    newsroom.publish("port", rss(item("a", "Future", "<p>Body.</p>", date="Thu, 05 Mar 2071 06:15:00 GMT")))
    newsroom.run()
    (row,) = newsroom.rows()
    assert row["published_raw"] == "Thu, 05 Mar 2071 06:15:00 GMT"
    assert row["date_quality"]
    assert (row["date_source"], row["partition_date"]) == ("first_seen", row["first_seen_at"].date())


def test_sentences_are_slices_of_the_text(newsroom: Newsroom) -> None:
    newsroom.publish("port", rss(story(1)))
    newsroom.run()
    (article,) = newsroom.rows()
    sentences = sorted(newsroom.rows("sentences"), key=lambda row: row["idx"])
    assert [s["text"] for s in sentences] == [
        "The port of Aqaba handled 1 ships in March.",
        "Traffic rose by 1 percent.",
    ]
    assert all(article["text"][s["start"] : s["end"]] == s["text"] for s in sentences)


def test_a_failing_feed_is_named_and_stops_nobody(newsroom: Newsroom) -> None:
    newsroom.publish("port", rss(story(1)))
    newsroom.feeds["gone"] = {"url": newsroom.origin.url("/nowhere.xml")}
    summary = newsroom.run("--fail-on", "60%")
    assert (summary["exit"], summary["new"], summary["feeds_failed"]) == (0, 1, 1)
    (error,) = newsroom.rows("errors")
    assert (error["source_id"], error["stage"], error["exception"]) == ("gone", "fetch", "not_found")
    log = {row["source_id"]: row for row in newsroom.rows("fetch_log")}
    assert (log["gone"]["error_class"], log["gone"]["http_status"]) == ("not_found", 404)
    assert log["port"]["error_class"] is None


def test_more_failures_than_allowed_give_exit_3_and_the_good_feed_is_kept(newsroom: Newsroom) -> None:
    newsroom.publish("port", rss(story(1)))
    newsroom.feeds["gone"] = {"url": newsroom.origin.url("/nowhere.xml")}
    assert newsroom.run("--fail-on", "20%")["exit"] == 3
    assert len(newsroom.rows()) == 1


def test_a_page_instead_of_a_feed_is_rejected_and_asked_for_in_full_again(newsroom: Newsroom) -> None:
    newsroom.publish("port", b"<!doctype html><html><body><p>Maintenance</p></body></html>")
    assert newsroom.run()["exit"] == 3
    (error,) = newsroom.rows("errors")
    assert error["exception"] == "not_a_feed"
    newsroom.publish("port", rss(story(1)))
    assert newsroom.run()["new"] == 1
    assert "if-none-match" not in newsroom.origin.requests[-1].headers


def test_every_entry_is_accounted_for_in_the_fetch_log(newsroom: Newsroom) -> None:
    newsroom.publish("port", rss(*(story(n) for n in range(5)), story(0)))
    newsroom.run()
    newsroom.publish("port", rss(*(story(n, edition=2 if n < 2 else 1) for n in range(7))))
    newsroom.run()
    for row in newsroom.rows("fetch_log"):
        parts = ("n_new", "n_edited", "n_seen", "n_repeated", "n_held", "n_error")
        assert row["n_entries"] == sum(row[part] for part in parts)
    assert counts(newsroom.run()) == (0, 0, 0)


def test_two_edits_of_one_article_in_one_run_are_two_versions(newsroom: Newsroom) -> None:
    drop = newsroom.folder / "drop"
    drop.mkdir()
    for n, title in enumerate(["Alert", "Alert, corrected"]):
        (drop / f"{n}.xml").write_bytes(rss(item("a", title, "<p>Body.</p>")))
    newsroom.feeds["wire"] = {"url": drop.as_uri()}
    assert counts(newsroom.run()) == (1, 1, 0)
    assert {(r["version"], r["title"]) for r in newsroom.rows()} == {(1, "Alert"), (2, "Alert, corrected")}


def test_a_folder_drop_is_read_once_and_kept(newsroom: Newsroom) -> None:
    drop = newsroom.folder / "drop"
    drop.mkdir()
    (drop / "1.xml").write_bytes(rss(story(1)))
    (drop / ".unfinished").write_bytes(b"half")
    newsroom.feeds["wire"] = {"url": drop.as_uri()}
    assert newsroom.run()["new"] == 1
    (drop / "2.xml").write_bytes(rss(story(2)))
    assert newsroom.run()["new"] == 1
    assert newsroom.run()["feeds_unchanged"] == 1
    assert sorted(path.name for path in drop.iterdir()) == [".unfinished", "1.xml", "2.xml"]
    log = [row["n_documents"] for row in newsroom.rows("fetch_log")]
    assert sorted(log) == [0, 1, 1]


def test_a_missing_drop_is_an_error_and_an_empty_glob_is_not(newsroom: Newsroom) -> None:
    newsroom.feeds["missing"] = {"url": (newsroom.folder / "nowhere").as_uri()}
    newsroom.feeds["glob"] = {"url": newsroom.folder.as_uri() + "/*.newsml"}
    summary = newsroom.run("--fail-on", "50%")
    assert summary["exit"] == 0
    assert list(summary["failures"]) == ["missing"]


def test_a_dry_run_counts_and_writes_nothing(newsroom: Newsroom) -> None:
    newsroom.publish("port", rss(story(1), story(2)))
    assert counts(newsroom.run("--dry-run")) == (2, 0, 0)
    assert not newsroom.root.exists()
    newsroom.run()
    newsroom.publish("port", rss(story(1), story(2), story(3)))
    before = sorted(newsroom.root.rglob("*.parquet"))
    assert counts(newsroom.run("--dry-run")) == (1, 0, 2)
    assert sorted(newsroom.root.rglob("*.parquet")) == before
    assert counts(newsroom.run()) == (1, 0, 2)


def test_only_what_is_due_is_polled(newsroom: Newsroom) -> None:
    newsroom.publish("port", rss(story(1)))
    assert newsroom.run(all_feeds=False)["feeds_polled"] == 1
    again = newsroom.run(all_feeds=False)
    assert (again["exit"], again["feeds_polled"], again["feeds_not_due"]) == (0, 0, 1)


def test_a_run_that_is_held_off_by_another_says_so(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    newsroom.publish("port", rss(story(1)))
    newsroom.run()
    with alone(Root(newsroom.root, newsroom.ledger_given)):
        assert newsroom.run()["exit"] == 75
    assert "held by another run" in capsys.readouterr().err


def test_a_signal_commits_what_is_fetched_and_leaves_the_rest_due(newsroom: Newsroom) -> None:
    newsroom.publish("port", rss(story(1)))
    newsroom.origin.fault("/slow.xml", lambda exchange: exchange.stall())
    newsroom.feeds["slow"] = {"url": newsroom.origin.url("/slow.xml")}
    process = newsroom.spawn()
    deadline = time.monotonic() + 30
    while newsroom.origin.hits("/slow.xml") + newsroom.origin.hits("/port.xml") < 2:
        assert time.monotonic() < deadline, process.communicate()
        time.sleep(0.05)
    time.sleep(0.5)
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM
    assert json.loads(out)["new"] == 1
    assert [row["source_id"] for row in newsroom.rows()] == ["port"]


def test_an_embargoed_entry_waits_and_is_published_after(newsroom: Newsroom) -> None:
    lifts = datetime.now(UTC) + timedelta(seconds=4)
    ninjs = {
        "uri": "urn:agency:1",
        "type": "text",
        "version": "1",
        "versioncreated": "2026-03-05T06:15:00Z",
        "embargoed": lifts.isoformat(),
        "pubstatus": "usable",
        "language": "en",
        "headline": "Budget speech",
        "body_html": "<p>The minister presents the budget.</p>",
    }
    drop = newsroom.folder / "drop"
    drop.mkdir()
    (drop / "1.json").write_text(json.dumps(ninjs))
    newsroom.feeds["wire"] = {"url": drop.as_uri()}
    first = newsroom.run()
    assert (first["new"], first["held"]) == (0, 1)
    assert newsroom.rows() == []
    time.sleep(max(0.0, (lifts - datetime.now(UTC)).total_seconds()) + 0.1)
    second = newsroom.run()
    assert (second["new"], second["held"]) == (1, 0)
    assert [row["title"] for row in newsroom.rows()] == ["Budget speech"]
    assert counts(newsroom.run()) == (0, 0, 0)


def test_an_unchanged_poll_imports_neither_beam_nor_a_language_model(newsroom: Newsroom) -> None:
    newsroom.publish("port", rss(story(1)))
    newsroom.run()
    script = (
        "import sys; from pipelines import cli; code = cli.main(sys.argv[1:]);"
        "print([m for m in ('apache_beam', 'langdetect', 'feedparser', 'transforms.text.language')"
        " if m in sys.modules], file=sys.stderr); sys.exit(code)"
    )
    words = [sys.executable, "-c", script, *newsroom.command("--all")]
    done = subprocess.run(words, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["feeds_unchanged"] == 1
    assert done.stderr.strip().splitlines()[-1] == "[]"


def test_a_new_feed_is_back_filled_from_its_older_pages(newsroom: Newsroom) -> None:
    def page(n: int) -> bytes:
        older = newsroom.origin.url(f"/page-{n + 1}.xml")
        link = f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href="{older}"/>'
        return rss(story(2 * n), story(2 * n + 1)).replace(b"<item>", link.encode() + b"<item>", 1)

    newsroom.publish("port", page(0))
    for n in range(1, 5):
        newsroom.origin.serve(f"/page-{n}.xml", page(n))
    summary = newsroom.run("--backfill", "2")
    assert (summary["exit"], summary["new"]) == (0, 6)
    newsroom.publish("port", page(0) + b" ")
    assert counts(newsroom.run("--backfill", "2")) == (0, 0, 2)
    assert newsroom.origin.hits("/page-3.xml") == 0
    assert newsroom.origin.hits("/page-1.xml") == 1


def test_a_canceled_item_becomes_a_withdrawn_version(newsroom: Newsroom) -> None:
    drop = newsroom.folder / "drop"
    drop.mkdir()
    newsroom.feeds["wire"] = {"url": drop.as_uri()}
    ninjs = {
        "uri": "urn:agency:7",
        "type": "text",
        "headline": "Bridge opens",
        "body_html": "<p>It is open.</p>",
    }
    for version, status in enumerate(("usable", "canceled"), start=1):
        (drop / f"{version}.json").write_text(
            json.dumps(
                ninjs
                | {"version": str(version), "pubstatus": status, "versioncreated": "2026-03-05T06:15:00Z"}
            )
        )
        newsroom.run()
    rows = sorted(newsroom.rows(), key=lambda row: row["version"])
    assert [(r["version"], r["status"], r["text"]) for r in rows] == [
        (1, "published", "It is open."),
        (2, "withdrawn", "It is open."),
    ]
