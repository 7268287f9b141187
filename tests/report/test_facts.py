"""The figures of the report, and the page as text."""

import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from lxml import html

from pipelines import cli
from pipelines.report.attention import findings
from pipelines.report.page import render
from tests.newsroom import Newsroom, item, rss, story
from tests.report.poison import MARKUP, poisoned

MADE = datetime(2026, 4, 1, tzinfo=UTC)
CHARTS = 11


def tags(page: str) -> Counter[str]:
    return Counter(
        str(node.tag) for node in html.fromstring(page.encode()).iter() if isinstance(node.tag, str)
    )


def test_totals_are_those_of_the_files(root: Path, facts: dict[str, Any]) -> None:
    files = f"read_parquet('{root}/articles/**/*.parquet')"
    (versions, articles, sources) = duckdb.sql(
        f"SELECT count(*), count(DISTINCT article_id), count(DISTINCT source_id) FROM {files}"
    ).fetchall()[0]
    totals = facts["totals"]
    assert (totals["versions"], totals["articles"], totals["sources"]) == (versions, articles, sources)
    assert sum(source["articles"] for source in facts["sources"]) == articles
    assert sum(language["articles"] for language in facts["languages"]) == articles
    assert sum(length["articles"] for length in facts["lengths"]) == articles
    for rows in (facts["volume"]["rows"], facts["volume"]["by_language"]):
        assert sum(day["articles"] for day in rows) + facts["volume"]["outside"] == articles


def test_feeds_that_fail_are_silent_or_leave_gaps_are_told_apart(facts: dict[str, Any]) -> None:
    states = {feed["source"]: feed["state"] for feed in facts["feeds"]}
    assert {name: state for name, state in states.items() if state != "ok"} == {
        "feed_02": "failing",
        "feed_03": "silent",
        "feed_05": "gaps",
    }


def test_what_needs_a_look_names_source_and_finding_worst_first(facts: dict[str, Any]) -> None:
    found = findings(facts)
    assert [(f.level, f.subject) for f in found[:2]] == [("bad", "feed_02"), ("bad", "feed_03")]
    assert "HTTP 503" in found[0].finding
    assert any(f.subject == "feed_04" and "first sight" in f.finding for f in found)


def test_reprints_go_from_the_first_source_to_the_later_ones(facts: dict[str, Any]) -> None:
    found = facts["syndication"]
    assert found["texts"] > 0
    assert all(pair["origin"] != pair["reprinted_by"] and pair["lag_median"] >= 0 for pair in found["pairs"])
    assert all(story["printed_by"].startswith(story["origin"]) for story in found["widest"])


def test_lag_leaves_out_what_the_first_poll_of_a_feed_found(newsroom: Newsroom) -> None:
    newsroom.publish("port", rss(story(1), story(2)))
    newsroom.run()
    assert report_of(newsroom)["lag"]["n"] == 0
    newsroom.publish("port", rss(story(3)))
    newsroom.run()
    assert report_of(newsroom)["lag"]["n"] == 1


def test_a_date_that_cannot_be_read_is_told_from_one_that_is_not_there(newsroom: Newsroom) -> None:
    newsroom.publish(
        "port", rss(story(1), item("a", "No date", "x", date=""), item("b", "Odd date", "y", "soon"))
    )
    newsroom.run()
    found = {finding["finding"] for finding in report_of(newsroom)["dates"]["findings"]}
    assert len(found) == 3
    assert {"exact", "missing"} < found


def report_of(newsroom: Newsroom) -> Any:
    words = [sys.executable, "-m", "pipelines.cli", "report", "--root", str(newsroom.root), "--json"]
    return json.loads(subprocess.run(words, capture_output=True, check=True, text=True).stdout)


def test_a_root_without_an_article_has_a_report_too(newsroom: Newsroom) -> None:
    newsroom.feeds["gone"] = {"url": newsroom.origin.url("/nowhere")}
    newsroom.run()
    assert cli.main(["report", "--root", str(newsroom.root)]) == 0
    page = (newsroom.root / "report.html").read_text("utf-8")
    assert "No articles yet" in page
    assert "not_found" in page


def test_markup_from_feeds_becomes_text_and_nothing_else(facts: dict[str, Any]) -> None:
    clean, hostile = render(facts, MADE), render(poisoned(facts), MADE)
    before, after = tags(clean), tags(hostile)
    assert after["script"] == before["script"] == 1
    assert after["img"] == before["img"] == 0
    # Links and lines of long labels apart, the page has the same elements.
    assert {tag for tag in after if tag not in before} == set()
    assert "window.hacked = 1" in html.fromstring(hostile.encode()).text_content()
    assert "49" not in MARKUP


def test_an_address_that_is_no_web_page_becomes_no_link(facts: dict[str, Any]) -> None:
    sample = facts["samples"][0] | {"url": "javascript:alert(1)"}
    page = render(facts | {"samples": [sample]}, MADE)
    assert "javascript:" not in page


def test_every_chart_has_a_text_alternative_and_its_figures(facts: dict[str, Any]) -> None:
    page = html.fromstring(render(facts, MADE).encode())
    figures = page.findall(".//figure")
    assert len(figures) == CHARTS
    for figure in figures:
        assert len(figure.findall(".//svg")) == 2
        assert figure.find("figcaption/p").text_content().strip().endswith(".")
        assert figure.findall("details//tbody/tr")


def test_right_to_left_text_is_isolated_and_has_its_language(facts: dict[str, Any]) -> None:
    page = html.fromstring(render(facts, MADE).encode())
    (sample,) = [node for node in page.iter("article") if node.get("aria-label") == "Sample in ar"]
    assert {
        (node.get("lang"), node.get("dir")) for node in sample if node.tag in ("h4", "p") and node.get("lang")
    } == {("ar", "auto")}
    for title in page.findall(".//li/bdi"):
        assert title.get("dir") == "auto" or title.getparent().getparent().get("class") == "findings"


def test_the_page_asks_for_nothing_from_anywhere(facts: dict[str, Any]) -> None:
    page = html.fromstring(render(facts, MADE).encode())
    assert [node for node in page.iter() if node.get("src")] == []
    assert [node.get("href") for node in page.iter("link")] == ["data:,"]


def test_a_folder_without_a_dataset_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["report", "--root", str(tmp_path)]) == 78
    assert "no dataset here" in capsys.readouterr().err


def test_a_page_that_cannot_be_written_is_named(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["report", "--root", str(root), "--out", str(root / "no" / "x.html")]) == 1
    assert "no/x.html: cannot write" in capsys.readouterr().err


def test_without_the_extra_one_line_says_how_to_get_it(root: Path) -> None:
    hide = "import sys; sys.modules['vl_convert'] = None\nfrom pipelines.cli import main\n"
    words = [sys.executable, "-c", hide + "sys.exit(main(sys.argv[1:]))", "report", "--root", str(root)]
    result = subprocess.run(words, capture_output=True, check=False, text=True)
    assert result.returncode == 2
    assert "pip install 'khabar[report]'" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_many_sources_are_stacked_by_language(facts: dict[str, Any]) -> None:
    few = render(facts, MADE)
    rows = [row | {"source": f"{row['source']}_{n}"} for n, row in enumerate(facts["volume"]["rows"])]
    many = render(facts | {"volume": facts["volume"] | {"rows": rows}}, MADE)
    assert "Articles a day by source" in few
    assert "Articles a day by language" in many
