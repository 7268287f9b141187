"""When a feed is polled next, and why."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fetch.asking import NOW, known_state
from transforms.fetch.errors import ERROR_CLASSES
from transforms.fetch.policy import Feed, FetchPolicy
from transforms.fetch.result import Fetched
from transforms.fetch.schedule import Window, due, next_due, next_state
from transforms.fetch.state import FeedState, fresh_state

POLICY = FetchPolicy()
FEED = Feed(id="a_feed", url="https://news.example/rss")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def found(**changes: Any) -> Fetched:
    """A good poll with a new body."""
    usual = {"http_status": 200, "body": b"x", "body_sha256": "1", "final_url": FEED.url}
    return Fetched(**({"feed": FEED, "started_at": NOW} | usual | changes))


def failed(name: str, **changes: Any) -> Fetched:
    return found(http_status=None, body=None, body_sha256=None, error_class=name, error="x", **changes)


def window(
    count: int = 20, new: int = 20, every: timedelta = HOUR, now: datetime = NOW, **more: Any
) -> Window:
    """A body whose entries came out at even distances, the last one just now."""
    published = [now - i * every for i in range(count)]
    return Window(n_entries=count, n_new=new, n_seen=count - new, published=published, **more)


def wait_after(
    state: FeedState | None, fetched: Fetched, window: Window | None, now: datetime = NOW
) -> timedelta:
    after = next_state(state, fetched, window, POLICY, now)
    assert after.next_due is not None
    return after.next_due - now


def steady(every: timedelta, count: int = 20, polls: int = 60) -> FeedState:
    """The state of a feed with an even rhythm after many polls at the times the schedule itself chose."""
    state, now, known = None, NOW, -count
    for _ in range(polls):
        out = int((now - NOW) / every)
        new, known = min(count, out - known), out
        fetched = found(started_at=now) if new else found(http_status=304, body=None, not_modified=True)
        seen = window(count, new, every, now) if new else None
        state = next_state(state, fetched, seen, POLICY, now)
        assert state.next_due is not None
        now = state.next_due
    assert state is not None
    return state


# --- due --------------------------------------------------------------------------------------------


def test_a_feed_never_polled_is_due_at_once() -> None:
    assert due([FEED], {}, NOW) == [FEED]


def test_a_feed_with_a_new_url_is_due_at_once() -> None:
    state = known_state("https://old.example/rss", next_due=NOW + DAY)
    assert due([FEED], {FEED.id: state}, NOW) == [FEED]


def test_a_feed_is_not_due_before_its_time() -> None:
    assert due([FEED], {FEED.id: known_state(FEED.url, next_due=NOW + HOUR)}, NOW) == []


def test_a_feed_due_in_seconds_is_taken_along() -> None:
    state = known_state(FEED.url, next_due=NOW + timedelta(seconds=20), interval_seconds=300.0)
    assert due([FEED], {FEED.id: state}, NOW) == [FEED]


def test_the_longest_overdue_comes_first() -> None:
    feeds = [Feed(id=f"f{i}", url=f"https://f{i}.example/") for i in range(3)]
    states = {f.id: known_state(f.url, next_due=NOW - i * HOUR) for i, f in enumerate(feeds)}
    assert due(feeds, states, NOW) == feeds[::-1]


def test_a_stopped_feed_is_not_due() -> None:
    assert due([FEED], {FEED.id: known_state(FEED.url, stopped_at=NOW - DAY)}, NOW) == []


def test_retry_after_is_kept_to_the_second() -> None:
    state = known_state(
        FEED.url, next_due=NOW, interval_seconds=900.0, retry_after_until=NOW + timedelta(seconds=5)
    )
    assert due([FEED], {FEED.id: state}, NOW) == []


def test_a_time_set_under_a_wrong_clock_does_not_silence_a_feed() -> None:
    late = NOW + 4000 * DAY
    state = known_state(FEED.url, next_due=late, retry_after_until=late, host="news.example", host_until=late)
    assert due([FEED], {FEED.id: state}, NOW) == [FEED]


def test_every_feed_of_a_host_that_asked_for_peace_waits() -> None:
    other = Feed(id="other", url="https://news.example/sport")
    states = {
        FEED.id: next_state(None, failed("rate_limited", retry_after_seconds=3600.0), None, POLICY, NOW)
    }
    assert due([other], states, NOW + timedelta(minutes=30)) == []
    assert due([other], states, NOW + timedelta(minutes=61)) == [other]


def test_feeds_of_other_hosts_do_not_wait() -> None:
    other = Feed(id="other", url="https://sport.example/")
    states = {FEED.id: next_state(None, failed("rate_limited"), None, POLICY, NOW)}
    assert due([other], states, NOW) == [other]


# --- rhythm -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("minutes", [1, 2, 5, 15, 60, 600, 6000])
def test_bodies_of_a_steady_feed_overlap_by_two_thirds(minutes: int) -> None:
    every = timedelta(minutes=minutes)
    interval = timedelta(seconds=steady(every).interval_seconds or 0)
    assert interval <= max(20 * every / 3, timedelta(seconds=POLICY.min_interval_seconds))


def test_a_faster_feed_is_polled_more_often() -> None:
    waits = [steady(timedelta(minutes=m)).interval_seconds or 0 for m in (2, 10, 60, 600)]
    assert waits == sorted(waits)
    assert waits[0] < waits[-1]


def test_a_quiet_feed_is_polled_at_the_longest_interval() -> None:
    assert steady(DAY).interval_seconds == POLICY.max_interval_seconds


@given(
    st.integers(0, 200),
    st.integers(0, 200),
    st.lists(
        st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(lambda d: d.replace(tzinfo=NOW.tzinfo))
    ),
    st.none() | st.floats(0, 1e9),
    st.none() | st.floats(0, 1e12),
)
def test_whatever_a_body_says_the_interval_keeps_its_limits(
    new: int, seen: int, published: list[datetime], ttl: float | None, max_age: float | None
) -> None:
    body = Window(n_entries=new + seen, n_new=new, n_seen=seen, published=published, ttl_minutes=ttl)
    wait = wait_after(None, found(max_age_seconds=max_age), body).total_seconds()
    assert POLICY.min_interval_seconds <= wait <= POLICY.max_interval_seconds


def test_one_pinned_old_entry_does_not_make_a_feed_look_slow() -> None:
    dates = [NOW - timedelta(minutes=5 * i) for i in range(20)]
    pinned = Window(n_entries=21, n_new=21, published=[*dates, NOW - 400 * DAY])
    assert wait_after(None, found(), pinned) < timedelta(minutes=35)


@pytest.mark.parametrize("odd", [NOW - 400 * DAY, NOW - 9999 * DAY])
def test_one_odd_date_hardly_moves_the_span(odd: datetime) -> None:
    dates = [NOW - timedelta(minutes=5 * i) for i in range(20)]
    assert (Window(n_entries=21, published=[*dates, odd]).span_seconds() or 0) <= 100 * 60


def test_a_body_that_shares_nothing_with_the_last_is_a_possible_gap() -> None:
    before = steady(timedelta(minutes=10))
    after = next_state(before, found(), window(new=20), POLICY, NOW)
    assert (after.possible_gap, after.gap_count) == (True, before.gap_count + 1)


def test_a_possible_gap_halves_the_interval() -> None:
    before = steady(timedelta(minutes=10))
    after = next_state(before, found(), window(new=20), POLICY, NOW)
    assert after.guard_scale == before.guard_scale / 2


def test_after_a_gap_the_interval_recovers() -> None:
    state = next_state(steady(timedelta(minutes=10)), found(), window(new=20), POLICY, NOW)
    for _ in range(20):
        state = next_state(state, found(), window(new=1), POLICY, NOW)
    assert state.guard_scale == 1.0


def test_the_first_body_is_no_gap() -> None:
    assert not next_state(None, found(), window(new=20), POLICY, NOW).possible_gap


def test_an_emptied_feed_is_no_gap() -> None:
    after = next_state(steady(HOUR), found(), Window(n_entries=0), POLICY, NOW)
    assert (after.possible_gap, after.window_entries) == (False, 20)


def test_a_feed_restored_after_being_emptied_is_no_gap() -> None:
    emptied = next_state(steady(HOUR), found(), Window(n_entries=0), POLICY, NOW)
    assert not next_state(emptied, found(), window(new=0), POLICY, NOW).possible_gap


def test_a_feed_may_have_intervals_of_its_own() -> None:
    own = Feed(id="a_feed", url=FEED.url, min_interval_seconds=7200, max_interval_seconds=7200)
    after = next_state(None, found(feed=own), window(), POLICY, NOW)
    assert after.interval_seconds == 7200


def test_first_polls_together_do_not_stay_together() -> None:
    feeds = [Feed(id=f"f{i}", url=f"https://f{i}.example/") for i in range(100)]
    times = {next_state(None, found(feed=f, final_url=f.url), window(), POLICY, NOW).next_due for f in feeds}
    assert len(times) == 100


# --- the publisher's wishes -------------------------------------------------------------------------


def test_max_age_is_waited_for() -> None:
    busy = window(every=timedelta(minutes=1))
    assert wait_after(None, found(max_age_seconds=1800.0), busy) == timedelta(seconds=1800)


def test_a_max_age_of_ten_years_is_cut() -> None:
    assert wait_after(None, found(max_age_seconds=315_360_000.0), window()) <= HOUR


def test_ttl_is_waited_for() -> None:
    slow = window(every=DAY, ttl_minutes=60)
    assert wait_after(None, found(), slow) == HOUR


def test_a_ttl_that_would_lose_entries_is_cut() -> None:
    busy = window(every=timedelta(minutes=2), ttl_minutes=60)
    assert wait_after(None, found(), busy) < timedelta(minutes=20)


def test_ttl_outlives_304() -> None:
    before = next_state(None, found(), window(every=DAY, ttl_minutes=60), POLICY, NOW)
    assert wait_after(before, found(http_status=304, body=None, not_modified=True), None) == HOUR


@pytest.mark.parametrize("hours", [(12, 13, 14), tuple(range(12, 24))])
def test_skip_hours_are_kept(hours: tuple[int, ...]) -> None:
    after = next_state(None, found(), window(skip_hours=hours), POLICY, NOW)
    assert after.next_due is not None
    assert after.next_due.hour == (hours[-1] + 1) % 24


def test_skip_days_are_kept() -> None:
    after = next_state(None, found(), window(skip_days=(NOW.weekday(), NOW.weekday() + 1)), POLICY, NOW)
    assert after.next_due is not None
    assert after.next_due.weekday() == NOW.weekday() + 2


def test_a_feed_that_skips_every_hour_is_polled_all_the_same() -> None:
    assert wait_after(None, found(), window(skip_hours=tuple(range(24)))) <= HOUR


@pytest.mark.parametrize("name", ["rate_limited", "unavailable"])
def test_retry_after_is_never_undercut(name: str) -> None:
    assert wait_after(steady(HOUR), failed(name, retry_after_seconds=7200.0), None) >= timedelta(hours=2)


def test_429_without_retry_after_backs_off_a_quarter_of_an_hour() -> None:
    assert wait_after(None, failed("rate_limited"), None) >= timedelta(minutes=15)


# --- failures ---------------------------------------------------------------------------------------


def row_of(name: str, count: int) -> list[float]:
    """The waits in seconds of so many equal failures in a row."""
    state, now, waits = steady(HOUR), NOW, []
    for _ in range(count):
        state = next_state(state, failed(name), None, POLICY, now)
        assert state.next_due is not None
        waits.append((state.next_due - now).total_seconds())
        now = state.next_due
    return waits


def test_lasting_failures_back_off_to_a_day() -> None:
    assert 86_400 <= row_of("not_found", 12)[-1] <= 1.1 * 86_400


def test_passing_failures_are_retried_within_the_longest_interval() -> None:
    assert max(row_of("timeout", 12)) <= 1.1 * POLICY.max_interval_seconds


@pytest.mark.parametrize("name", sorted(ERROR_CLASSES.keys() - {"interrupted", "host_backoff", "gone"}))
def test_every_failure_is_counted_and_retried_within_a_day(name: str) -> None:
    after = next_state(steady(HOUR), failed(name), None, POLICY, NOW)
    assert (after.error_class, after.error_count) == (name, 1)
    assert after.next_due is not None
    assert NOW < after.next_due <= NOW + 1.1 * DAY


def test_a_good_poll_forgets_failures() -> None:
    bad = next_state(steady(HOUR), failed("timeout"), None, POLICY, NOW)
    good = next_state(bad, found(), window(new=0), POLICY, NOW)
    assert (good.error_class, good.error_count) == (None, 0)


def test_an_interrupted_poll_changes_nothing() -> None:
    before = steady(HOUR)
    assert next_state(before, failed("interrupted"), None, POLICY, NOW) == before


def test_a_new_feed_interrupted_stays_due() -> None:
    after = next_state(None, failed("interrupted"), None, POLICY, NOW)
    assert after == fresh_state(FEED.url)
    assert due([FEED], {FEED.id: after}, NOW) == [FEED]


def test_a_feed_not_asked_for_its_hosts_sake_has_not_failed() -> None:
    after = next_state(steady(HOUR), failed("host_backoff", retry_after_seconds=600.0), None, POLICY, NOW)
    assert (after.error_class, after.error_count) == (None, 0)
    assert after.next_due is not None
    assert after.next_due >= NOW + timedelta(minutes=10)


def gone_after(*hours: float) -> FeedState:
    """The state after 410 at these hours."""
    state: FeedState | None = steady(HOUR)
    for h in hours:
        state = next_state(state, failed("gone"), None, POLICY, NOW + h * HOUR)
    assert state is not None
    return state


def test_one_410_does_not_stop_a_feed() -> None:
    assert gone_after(0).stopped_at is None


def test_the_first_410_is_confirmed_a_day_later() -> None:
    assert gone_after(0).next_due == NOW + DAY


def test_410_twice_within_a_day_does_not_stop_a_feed() -> None:
    assert gone_after(0, 1).stopped_at is None


def test_410_confirmed_a_day_later_stops_a_feed() -> None:
    assert gone_after(0, 24).stopped_at == NOW + DAY


def test_a_stopped_feed_that_answers_again_goes_on() -> None:
    after = next_state(gone_after(0, 24), found(), window(new=0), POLICY, NOW + 9 * DAY)
    assert due([FEED], {FEED.id: after}, NOW + 10 * DAY) == [FEED]


def test_an_answer_between_two_410_starts_again() -> None:
    state = next_state(gone_after(0), found(), window(new=0), POLICY, NOW + HOUR)
    assert next_state(state, failed("gone"), None, POLICY, NOW + DAY).stopped_at is None


def test_a_body_that_cannot_be_read_is_a_failure() -> None:
    after = next_state(steady(HOUR), found(), None, POLICY, NOW)
    assert (after.error_class, after.error_count) == ("unreadable", 1)


def test_the_parsers_own_name_for_it_is_kept() -> None:
    after = next_state(steady(HOUR), replace(found(), error_class="not_a_feed"), None, POLICY, NOW)
    assert after.error_class == "not_a_feed"


@given(st.sampled_from(sorted(ERROR_CLASSES)), st.none() | st.floats(0, 86_400), st.integers(0, 10**6))
def test_no_failure_moves_a_validator(name: str, retry: float | None, errors: int) -> None:
    before = known_state(FEED.url, error_count=errors)
    after = next_state(before, failed(name, retry_after_seconds=retry, etag='"evil"'), None, POLICY, NOW)
    assert (after.etag, after.last_modified, after.body_sha256, after.validator_url) == (
        before.etag,
        before.last_modified,
        before.body_sha256,
        before.validator_url,
    )


@given(
    waits=st.lists(st.tuples(st.integers(-600, 6000), st.integers(0, 3600)), min_size=1, max_size=5),
    until=st.none() | st.integers(-600, 6000),
)
def test_a_feed_is_due_when_next_due_says_and_none_is_long_before(
    waits: list[tuple[int, int]], until: int | None
) -> None:
    feeds = [Feed(id=f"f{n}", url=f"https://news{n % 2}.example/{n}") for n in range(len(waits))]
    states = {feed.id: fresh_state(feed.url) for feed in feeds}
    for feed, (wait, interval) in zip(feeds, waits, strict=True):
        states[feed.id] = replace(
            states[feed.id], next_due=NOW + timedelta(seconds=wait), interval_seconds=float(interval)
        )
    if until is not None:
        states["f0"] = replace(states["f0"], host="news0.example", host_until=NOW + timedelta(seconds=until))
    turn = next_due(feeds, states, NOW)
    assert turn is not None
    assert turn >= NOW
    assert due(feeds, states, turn)
    if turn - NOW > timedelta(seconds=60):
        assert not due(feeds, states, turn - timedelta(seconds=61))


def test_without_a_feed_that_will_be_asked_nothing_is_ever_due() -> None:
    stopped = replace(fresh_state(FEED.url), stopped_at=NOW)
    assert next_due([FEED], {FEED.id: stopped}, NOW) is None
    assert next_due([], {}, NOW) is None
