"""Three polls of the demo feeds give what config/demo/expected.toml promises."""

import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest

from pipelines import clock
from pipelines.config import load_feeds, load_settings
from pipelines.demo import serving
from pipelines.job import Job, run_job
from pipelines.monitor import Monitor
from pipelines.summary import Summary

DEMO = Path(__file__).parent.parent / "config" / "demo"
EXPECTED = tomllib.loads((DEMO / "expected.toml").read_text("utf-8"))
FIRST = EXPECTED["edition-1"]
SUMS = ("new", "edited", "seen", "rejected")


@dataclass(frozen=True)
class Demo:
    """A finished demo: what each poll said, and every article version."""

    polls: list[Summary]
    articles: list[dict[str, Any]]

    def of(self, poll: int, source: str) -> list[dict[str, Any]]:
        run_id = self.polls[poll].run_id
        return [row for row in self.articles if (row["run_id"], row["source_id"]) == (run_id, source)]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo")
    feeds, config, root = folder / "feeds.toml", folder / "khabar.toml", folder / "data"
    config.write_text('[fetch]\nallow_addresses = ["127.0.0.0/8"]\nper_host_spacing_seconds = 0\n')
    with serving(DEMO) as origin:
        text = (DEMO / "feeds.toml").read_text("utf-8")
        feeds.write_text(text.replace("{origin}", origin.address), "utf-8")
        polls = [poll(root, feeds, config), poll(root, feeds, config)]
        origin.editions.append("edition-2")
        polls.append(poll(root, feeds, config))
    return Demo(polls, ds.dataset(root / "articles", format="parquet").to_table().to_pylist())


def poll(root: Path, feeds: Path, config: Path) -> Summary:
    settings, run_id = load_settings(config), clock.new_run_id(clock.now())
    job = Job(run_id=run_id, root=root, feeds=load_feeds(feeds), settings=settings, all_feeds=True)
    return run_job(job, Monitor())


@pytest.mark.parametrize("number", range(3))
def test_a_poll_counts_what_is_promised(demo: Demo, number: int) -> None:
    want, got = EXPECTED["poll"][number], demo.polls[number]
    assert {name: getattr(got, name) for name in SUMS} == {name: want[name] for name in SUMS}


@pytest.mark.parametrize("number", range(3))
def test_a_poll_reaches_every_feed_and_finds_the_unchanged_ones(demo: Demo, number: int) -> None:
    want, got = EXPECTED["poll"][number], demo.polls[number]
    assert (got.feeds_ok, got.feeds_unchanged) == (want["feeds"], want["unchanged"])


def test_the_dataset_holds_every_version_of_every_article_once(demo: Demo) -> None:
    want = EXPECTED["poll"][-1]
    articles = {row["article_id"] for row in demo.articles}
    assert (len(demo.articles), len(articles)) == (want["versions"], want["articles"])


@pytest.mark.parametrize("source", FIRST)
def test_rows_of_the_first_poll_lie_in_the_partitions_promised(demo: Demo, source: str) -> None:
    want, rows = FIRST[source], demo.of(0, source)
    days = Counter(str(row["partition_date"]) for row in rows if row["date_source"] != "first_seen")
    assert days == want["partitions"]


@pytest.mark.parametrize("source", EXPECTED["edition-2"])
def test_rows_of_the_third_poll_lie_in_the_partitions_promised(demo: Demo, source: str) -> None:
    days = Counter(str(row["partition_date"]) for row in demo.of(2, source))
    assert days == EXPECTED["edition-2"][source]["partitions"]


@pytest.mark.parametrize("source", FIRST)
def test_undated_entries_lie_under_the_day_they_were_first_seen(demo: Demo, source: str) -> None:
    undated = [row for row in demo.of(0, source) if row["date_source"] == "first_seen"]
    assert len(undated) == FIRST[source].get("undated", 0)


@pytest.mark.parametrize("source", FIRST)
def test_articles_have_the_languages_promised(demo: Demo, source: str) -> None:
    assert Counter(row["language"] for row in demo.of(0, source)) == FIRST[source]["languages"]


def test_an_edit_stays_in_the_partition_of_its_first_version(demo: Demo) -> None:
    days = {str(row["partition_date"]) for row in demo.articles if row["guid"] == "tass-ar-1002"}
    assert days == {"2025-03-05"}


def test_two_entries_with_one_guid_are_two_articles(demo: Demo) -> None:
    ids = {row["article_id"] for row in demo.articles if row["guid"] == "tass-ar-space"}
    assert len(ids) == 2


def test_a_charset_that_lies_is_seen_through(demo: Demo) -> None:
    titles = {row["title"] for row in demo.of(0, "ina_ar")}
    assert "وزارة الموارد المائية: مناسيب دجلة مستقرة" in titles


def test_the_elision_survives_and_no_paragraph_or_markup_does(demo: Demo) -> None:
    text = " ".join(row["text"] or "" for row in demo.articles)
    assert text.count("<...>") == text.count("<") > 0


def test_datelines_and_credits_leave_the_text_for_columns(demo: Demo) -> None:
    (row,) = [row for row in demo.articles if row["guid"] == "tass-ar-1001"]
    assert (row["agency"], row["dateline_place"]) == ("tass", "مورمانسك")
    assert "تاس" not in row["text"]
