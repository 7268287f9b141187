from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.fetch.state import FeedState, fresh_state, state_of

instants = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=3))]))
states = st.builds(
    FeedState,
    url=st.text(),
    current_url=st.text(),
    etag=st.none() | st.text(),
    next_due=st.none() | instants,
    last_200_at=st.none() | instants,
    host_until=st.none() | instants,
    guard_scale=st.floats(0.01, 1),
    gap_count=st.integers(0, 10**9),
    possible_gap=st.booleans(),
    skip_hours=st.lists(st.integers(0, 23)).map(tuple),
)


@given(states)
def test_json_gives_back_the_state(state: FeedState) -> None:
    assert FeedState.from_json(state.to_json()) == state


@given(states)
def test_json_is_one_ascii_line(state: FeedState) -> None:
    assert state.to_json().isascii()
    assert "\n" not in state.to_json()


def test_keys_of_a_newer_version_are_dropped() -> None:
    assert FeedState.from_json('{"url": "u", "current_url": "u", "mood": 1}') == fresh_state("u")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "JSON"),
        ("[]", "list"),
        ('{"url": "u"}', "current_url"),
        ('{"url": "u", "current_url": "u", "next_due": "soon"}', "next_due"),
        ('{"url": "u", "current_url": "u", "next_due": "2026-01-01T00:00:00"}', "next_due"),
    ],
)
def test_a_damaged_state_is_refused_by_name(text: str, key: str) -> None:
    with pytest.raises(ValueError, match=key):
        FeedState.from_json(text)


def test_instants_come_back_in_utc() -> None:
    moscow = datetime(2026, 1, 1, 3, tzinfo=timezone(timedelta(hours=3)))
    state = FeedState(url="u", current_url="u", next_due=moscow)
    assert FeedState.from_json(state.to_json()).next_due == datetime(2026, 1, 1, tzinfo=UTC)


def test_the_state_of_another_url_does_not_count() -> None:
    assert state_of(FeedState(url="old", current_url="old", etag="x"), "new") == fresh_state("new")
