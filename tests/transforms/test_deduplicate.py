"""Versions, partitions and holds: the rules that decide what becomes a row."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from apache_beam.utils.timestamp import Timestamp
from hypothesis import given
from hypothesis import strategies as st

from pipelines.ledger import Known
from schemas.rows import Entry, Page
from transforms.deduplicate import first_of_each_content, held_until, number_versions, partition_of

FETCHED = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
BLANK = dict.fromkeys(Entry._fields)


def stamp(moment: datetime) -> Timestamp:
    return Timestamp.from_utc_datetime(moment)


def entry(content: str = "a" * 32, published: datetime | None = None, **fields: object) -> Entry:
    given_fields = {
        "source_id": "port",
        "article_id": "0" * 32,
        "content_hash": content,
        "fetched_at": stamp(FETCHED),
        "published_at": stamp(published) if published else None,
        "position": 0,
        "document_sha256": "d",
    }
    return Entry(**(BLANK | given_fields | fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        (FETCHED - timedelta(days=3), ("2026-03-02", "published")),
        (datetime(2026, 3, 4, 23, 59, 59, 999999, tzinfo=UTC), ("2026-03-04", "published")),
        (FETCHED + timedelta(days=1), ("2026-03-06", "published")),
        (FETCHED + timedelta(days=1, microseconds=1), ("2026-03-05", "first_seen")),
        (datetime(1970, 12, 31, tzinfo=UTC), ("2026-03-05", "first_seen")),
        (datetime(1971, 1, 1, tzinfo=UTC), ("1971-01-01", "published")),
        (None, ("2026-03-05", "first_seen")),
    ],
)
def test_the_partition_is_the_day_of_publication_where_that_can_be(
    published: datetime | None, expected: tuple[str, str]
) -> None:
    assert partition_of(entry(published=published)) == expected


def test_versions_go_on_after_those_the_dataset_holds_and_keep_their_partition() -> None:
    known = Known(3, "2020-01-01", "published", first_seen_us=7, contents=frozenset())
    (new,) = number_versions([entry(published=FETCHED)], known)
    assert (new.version.number, new.version.partition_date) == (4, "2020-01-01")
    assert new.version.first_seen_at == Timestamp(micros=7)


contents = st.lists(st.sampled_from([c * 32 for c in "abc"]), min_size=1, max_size=12)


@given(contents, st.randoms())
def test_each_content_comes_once_and_the_rest_are_counted(
    hashes: list[str], random: "Callable[..., None]"
) -> None:
    entries = [entry(content, position=n) for n, content in enumerate(hashes)]
    shuffled = list(entries)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    distinct, repeated = first_of_each_content(shuffled)
    assert {e.content_hash for e in distinct} == set(hashes)
    assert len(distinct) + repeated == len(hashes)
    assert first_of_each_content(entries)[0] == distinct


def test_later_revisions_come_later_whatever_their_place_in_the_document() -> None:
    older = entry("a" * 32, published=FETCHED - timedelta(hours=2), position=0)
    newer = entry("b" * 32, published=FETCHED - timedelta(hours=1), position=1)
    assert first_of_each_content([newer, older])[0] == [older, newer]


def test_an_embargo_or_a_missing_page_holds_an_entry() -> None:
    now = stamp(FETCHED)
    later = stamp(FETCHED + timedelta(hours=1))
    assert held_until(entry(), now) is None
    assert held_until(entry(embargo_until=later), now) == later
    assert held_until(entry(embargo_until=now), now) is None
    assert held_until(entry(page=Page("u", "u", None, None)), now) == now
    assert held_until(entry(page=Page("u", "u", "/raw/x", None)), now) is None
