"""What a stream decides without an engine: which feeds are on their way, and what of a window is new."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from apache_beam.utils.timestamp import Timestamp

from pipelines import clock
from pipelines.ledger import Commit, Key, Ledger, LedgerReader
from pipelines.streaming.commit import Parts, commit_window, settle
from pipelines.streaming.due import FindDue, StreamJob, on_its_way, shard_of
from schemas.rows import Article, Entry, NewEntry, Version
from transforms.clean import RunStamp, clean_entry
from transforms.fetch.policy import Feed
from transforms.fetch.state import FeedState

NOW = datetime(2026, 3, 5, 6, tzinfo=UTC)
NOW_US = clock.to_us(NOW)
STAMP = RunStamp("stream-1", Timestamp(micros=NOW_US), "0")
IDS = {"a": "0" * 31 + "a", "b": "0" * 31 + "b"}


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(Ledger(tmp_path / "ledger.sqlite")) as opened:
        yield opened


def article(name: str, content: int, version: int = 1, day: str = "2026-03-05") -> Article:
    """An article as the graph hands it to the commit: numbered by what the ledger said earlier."""
    blank = dict.fromkeys(Entry._fields)
    lists = ("date_quality", "authors", "categories", "subjects", "links")
    entry = Entry(
        **blank | dict.fromkeys(lists, ())
        | {
            "source_id": "port", "article_id": IDS[name], "content_hash": f"{content:032x}", "position": 0,
            "feed_url": "https://agency.example/feed", "document_sha256": "0" * 64, "status": "published",
            "fetched_at": Timestamp(micros=NOW_US), "title": f"Report {content}",
        }
    )  # fmt: skip
    stamp = RunStamp("", Timestamp(micros=0), "0")
    return clean_entry(NewEntry(entry, Version(version, day, "published", entry.fetched_at)), stamp)


def known(ledger: Ledger, name: str, *contents: int, day: str = "2026-01-01") -> None:
    keys = [
        Key(IDS[name], f"{content:032x}", n, "port", day, "published", 7)
        for n, content in enumerate(contents, start=1)
    ]
    ledger.commit(Commit(run_id=f"r-{name}", started_us=1, pipeline_version="0", summary={}, keys=keys))


def settled(ledger: Ledger, *articles: Article) -> tuple[list[Article], dict[str, int]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for one in articles:
        counts["port"]["edited" if one.is_edit else "new"] += 1
    found = list(settle(articles, ledger, STAMP, counts))
    return found, {name: n for name, n in counts["port"].items() if n}


def test_what_is_new_stays_new_and_is_stamped_by_its_window(ledger: Ledger) -> None:
    (found,), counts = settled(ledger, article("a", 1))
    assert (found.version, found.is_edit, found.run_id) == (1, False, "stream-1")
    assert found.ingested_at == STAMP.started_at
    assert counts == {"new": 1}


def test_what_another_window_has_committed_meanwhile_is_seen(ledger: Ledger) -> None:
    known(ledger, "a", 1)
    assert settled(ledger, article("a", 1), article("b", 5))[1] == {"seen": 1, "new": 1}


def test_versions_go_on_from_the_ledger_in_its_partition(ledger: Ledger) -> None:
    known(ledger, "a", 1, 2)
    found, counts = settled(ledger, article("a", 3), article("a", 4, version=2))
    assert [(one.version, one.is_edit, one.partition_date) for one in found] == [
        (3, True, "2026-01-01"),
        (4, True, "2026-01-01"),
    ]
    assert {one.first_seen_at.micros for one in found} == {7}
    assert counts == {"edited": 2}


def test_a_window_of_many_articles_asks_a_few_times(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.ledger.ASKED", 2)
    names = "abcdef"
    monkeypatch.setattr("tests.pipelines.test_streaming.IDS", {name: name * 32 for name in names})
    for name in names[:3]:
        known(ledger, name, 1, 2)
    asked: list[str] = []
    ledger._db.set_trace_callback(asked.append)  # type: ignore[attr-defined]
    found, counts = settled(ledger, *(article(name, content) for name in names for content in (2, 3)))
    assert counts == {"seen": 3, "edited": 6, "new": 3}
    assert sorted(one.version for one in found if one.article_id[0] in "abc") == [3, 3, 3]
    assert len(asked) == 3


def test_the_same_content_twice_in_a_window_is_one_version(ledger: Ledger) -> None:
    found, counts = settled(ledger, article("a", 1), article("a", 1))
    assert ([one.version for one in found], counts) == ([1], {"new": 1, "seen": 1})


def test_versions_of_one_window_share_the_first_ones_day(ledger: Ledger) -> None:
    found, _ = settled(ledger, article("a", 1), article("a", 2, version=2, day="2026-03-07"))
    assert {one.partition_date for one in found} == {"2026-03-05"}


def test_a_window_is_committed_once(tmp_path: Path) -> None:
    job = StreamJob(name="s", root=tmp_path / "root", ledger=None, feeds=[])
    first = commit_window(job, NOW, Parts(articles=[article("a", 1)], outcomes=[("port", "new")]))
    assert first is not None
    assert (first.run_id, first.new) == ("s-20260305T060000Z", 1)
    again = Parts(articles=[article("a", 1), article("b", 2)], outcomes=[("port", "new")] * 2)
    assert commit_window(job, NOW, again) is None
    later = commit_window(job, NOW.replace(minute=1), again)
    assert later is not None
    assert (later.new, later.seen) == (1, 1)


@pytest.mark.parametrize(
    ("asked_seconds_ago", "polled_seconds_ago", "expected"),
    [
        (None, None, False),  # never asked
        (5, None, True),  # asked, never committed
        (5, 60, True),  # asked after the last commit
        (60, 5, False),  # the answer is committed
        (700, None, False),  # lost with its window
    ],
)
def test_a_feed_is_on_its_way_until_its_answer_is_committed(
    asked_seconds_ago: int | None, polled_seconds_ago: int | None, expected: bool
) -> None:
    asked = None if asked_seconds_ago is None else NOW_US - asked_seconds_ago * 1_000_000
    state = FeedState(url="u", current_url="u")
    if polled_seconds_ago is not None:
        state = replace(state, last_polled_at=clock.from_us(NOW_US - polled_seconds_ago * 1_000_000))
    assert on_its_way(asked, state, NOW_US, 600) is expected


def test_feeds_of_a_host_share_a_shard() -> None:
    feeds = [Feed(id=f"f{n}", url=f"https://agency.example/{n}.xml") for n in range(20)]
    assert len({shard_of(feed) for feed in feeds}) == 1


def test_a_look_serves_every_tick_before_it(ledger: Ledger, tmp_path: Path) -> None:
    job = StreamJob(
        name="s", root=tmp_path, ledger=None, feeds=[Feed(id="f", url="https://agency.example/f.xml")]
    )
    find = FindDue(job, LedgerReader(tmp_path / "ledger.sqlite"))
    find.setup()
    now = time.time()
    looks = [
        [feed.id for _, due in find.process(tick) for feed in due.feeds]
        for tick in (now - 9, now - 6, now - 3, now + 60)
    ]
    find.teardown()
    assert looks == [["f"], [], [], ["f"]]
