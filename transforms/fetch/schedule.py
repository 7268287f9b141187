"""When to poll a feed next: the publisher's wishes, the feed's own rhythm, and what went wrong."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from transforms.fetch.hosts import host_of
from transforms.fetch.policy import Feed, FetchPolicy
from transforms.fetch.result import Fetched
from transforms.fetch.rhythm import learn, limits, mind_gaps, safe_interval, wanted_interval
from transforms.fetch.state import FeedState, state_of
from transforms.fetch.window import Window

__all__ = ["Window", "due", "next_due", "next_state"]

DAY = timedelta(days=1)
FIRST_RETRY_SECONDS = 900.0  # after a failure of a feed whose rhythm is not known, and after 429
JITTER = 0.1
FARTHEST = timedelta(days=60)  # a time further off than any rule sets was written under a wrong clock
# Not worth asking for every hour: they end when somebody does something.
_LASTING = frozenset(
    (
        *("bad_url", "credentials", "blocked_address", "blocked", "forbidden"),
        *("not_found", "not_a_feed", "redirect"),
    )
)
# A permanent redirect that led here was a mistake: go back to the configured URL.
_LOST = _LASTING | {"gone", "dns", "connect", "tls"}


def due(feeds: Iterable[Feed], states: Mapping[str, FeedState], now: datetime) -> list[Feed]:
    """Return the feeds to poll now: those never polled, then the longest overdue.

    A feed is also due when its turn comes within a tenth of its interval, a minute at most: a scheduler that
    calls every five minutes must not find it ten seconds early and come back five minutes late.

    Args:
        feeds: Candidates.
        states: What is remembered, by feed id.
        now: UTC.
    """
    quiet = _quiet_hosts(states.values(), now)
    dated = []
    for feed in feeds:
        state = state_of(states.get(feed.id), feed.url)
        if _is_due(state, quiet, now):
            dated.append((state.next_due or datetime.min.replace(tzinfo=UTC), feed))
    return [feed for _, feed in sorted(dated, key=lambda pair: pair[0])]


def next_due(feeds: Iterable[Feed], states: Mapping[str, FeedState], now: datetime) -> datetime | None:
    """Return when the first of these feeds has its turn: ``now`` at the earliest, None where none ever will.

    By then ``due`` finds it, and with it what would have its turn within a tenth of its interval.
    """
    quiet = _quiet_hosts(states.values(), now)
    running = (state_of(states.get(feed.id), feed.url) for feed in feeds)
    return min((_turn(state, quiet, now) for state in running if state.stopped_at is None), default=None)


def next_state(
    state: FeedState | None, fetched: Fetched, window: Window | None, policy: FetchPolicy, now: datetime
) -> FeedState:
    """Return what to remember after a poll; write it in the transaction that commits the poll's data.

    Validators and body hash move only for a body that was parsed. For a body that could not be, pass
    ``window=None``: it counts as a failure (``unreadable``, or what ``fetched.error_class`` was set to).

    Args:
        state: Before the poll; None for a new feed.
        fetched: The poll's outcome.
        window: What parsing found; None for 304, the same body, failures and unreadable bodies.
        policy: Limits.
        now: UTC.
    """
    feed = fetched.feed
    before = state_of(state, feed.url)
    if fetched.error_class == "interrupted":
        return before
    if fetched.error_class == "host_backoff":
        return _put_off(before, fetched, now)
    before = replace(before, polls=before.polls + 1, last_polled_at=now)
    if not fetched.ok or (window is None and not fetched.nothing_new):
        return _after_failure(before, fetched, policy, now)
    after = _after_success(before, fetched, window, now)
    after = _follow_redirects(after, fetched, policy, now)
    return _plan(after, fetched, policy, now)


def _quiet_hosts(states: Iterable[FeedState], now: datetime) -> dict[str, datetime]:
    """Return the hosts that asked for peace, and until when."""
    asked = [(s.host, s.host_until) for s in states if s.host and s.host_until]
    return {host: until for host, until in sorted(asked) if _lies_ahead(until, now)}


def _lies_ahead(instant: datetime | None, now: datetime) -> bool:
    return instant is not None and now < instant <= now + FARTHEST


def _is_due(state: FeedState, quiet: Mapping[str, datetime], now: datetime) -> bool:
    slack = timedelta(seconds=min(60.0, 0.1 * (state.interval_seconds or 0.0)))
    early = replace(state, next_due=state.next_due - slack if state.next_due else None)
    return state.stopped_at is None and _turn(early, quiet, now) <= now


def _turn(state: FeedState, quiet: Mapping[str, datetime], now: datetime) -> datetime:
    """Return when nothing keeps a feed waiting any more, ``now`` at the earliest."""
    waits = (state.next_due, state.retry_after_until, quiet.get(host_of(state.current_url)))
    return max((until for until in waits if until is not None and _lies_ahead(until, now)), default=now)


def _after_success(before: FeedState, fetched: Fetched, window: Window | None, now: datetime) -> FeedState:
    after = mind_gaps(before, window) if window else before
    after = replace(
        learn(after, window, now),
        error_class=None,
        error_count=0,
        gone_first_at=None,
        stopped_at=None,
        retry_after_until=None,
        host=None,
        host_until=None,
        last_success_at=now,
    )
    if fetched.not_modified:
        return replace(after, last_304_at=now)
    after = replace(
        after,
        etag=None if fetched.suspect else fetched.etag,
        last_modified=None if fetched.suspect else fetched.last_modified,
        validator_url=fetched.final_url,
        body_sha256=fetched.body_sha256,
        last_200_at=now,
        bogus_304_count=before.bogus_304_count + _was_lied_to(before, fetched, window),
    )
    if window is None:
        return after
    return replace(
        after,
        last_new_at=now if window.n_new else after.last_new_at,
        ttl_minutes=window.ttl_minutes,
        skip_hours=tuple(window.skip_hours),
        skip_days=tuple(window.skip_days),
    )


def _was_lied_to(before: FeedState, fetched: Fetched, window: Window | None) -> bool:
    """Whether a forced full fetch brought news under validators that had been answered with 304."""
    same = (fetched.etag, fetched.last_modified) == (before.etag, before.last_modified) != (None, None)
    told = before.last_304_at is not None and before.last_200_at is not None
    return same and not fetched.etag_sent and told and window is not None and window.n_new > 0


def _follow_redirects(after: FeedState, fetched: Fetched, policy: FetchPolicy, now: datetime) -> FeedState:
    """Believe a permanent redirect only after many equal sightings over a day: portals lie for an hour."""
    target = fetched.permanent_url
    if target is None:
        return replace(after, redirect_url=None, redirect_count=0, redirect_first_at=None)
    if target != after.redirect_url:
        return replace(after, redirect_url=target, redirect_count=1, redirect_first_at=now)
    count, since = after.redirect_count + 1, after.redirect_first_at or now
    if count < policy.redirect_sightings or now - since < DAY:
        return replace(after, redirect_count=count)
    return replace(after, current_url=target, redirect_url=None, redirect_count=0, redirect_first_at=None)


def _plan(after: FeedState, fetched: Fetched, policy: FetchPolicy, now: datetime) -> FeedState:
    """Set the next poll after a good answer."""
    feed = fetched.feed
    shortest, longest = limits(feed.min_interval_seconds, feed.max_interval_seconds, policy)
    interval = wanted_interval(after, shortest, longest)
    # A first body spreads the feeds of one file over their interval; later ones only keep them apart.
    share = 1 - (0.5 if after.polls <= 1 else JITTER) * _spread(feed.id, now)
    wait, reason = max(shortest, interval * share), "rhythm"
    # A cache between us would give the same bytes until then; ten years and the like are cut to the longest.
    fresh = min(fetched.max_age_seconds or 0.0, longest)
    # ttl is often a generator's default: obeyed unless it would make us lose entries.
    wish = min((after.ttl_minutes or 0.0) * 60, longest, safe_interval(after))
    for floor, name in ((fresh, "max-age"), (wish, "ttl")):
        if floor > wait:
            wait, reason = floor, name
    instant = now + timedelta(seconds=wait)
    allowed = _outside_skips(instant, after)
    reason = reason if allowed == instant else "skip hours"
    return replace(after, interval_seconds=interval, next_due=allowed, due_reason=reason)


def _outside_skips(instant: datetime, state: FeedState) -> datetime:
    """Return the first instant outside the publisher's skipHours and skipDays; they are in UTC.

    Skipping everything is a mistake nobody meant, and ignored.
    """
    at = instant
    for _ in range(7 * 24):
        if at.hour not in state.skip_hours and at.weekday() not in state.skip_days:
            return at
        at = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return instant


def _after_failure(before: FeedState, fetched: Fetched, policy: FetchPolicy, now: datetime) -> FeedState:
    name = fetched.error_class or "unreadable"
    after = replace(before, error_class=name, error_count=before.error_count + 1, possible_gap=False)
    if name == "gone" and before.current_url == before.url:
        return _after_gone(after, now)
    after = replace(after, gone_first_at=None)
    if name in _LOST and after.error_count > 1:
        after = replace(after, current_url=after.url)
    wait = _backoff(after, fetched, policy)
    until = now + timedelta(seconds=wait)
    asked = fetched.retry_after_seconds is not None and name in ("rate_limited", "unavailable")
    after = replace(after, retry_after_until=until if asked else None)
    if name == "rate_limited":  # 429 is about the client, so about every feed it reads there
        after = replace(after, host=host_of(fetched.final_url), host_until=until)
    due_at = until + timedelta(seconds=JITTER * wait * _spread(fetched.feed.id, now))
    reason = "retry-after" if asked else f"after {name}"
    return replace(after, next_due=_outside_skips(due_at, after), due_reason=reason)


def _after_gone(after: FeedState, now: datetime) -> FeedState:
    first = after.gone_first_at or now
    if now - first >= DAY:
        return replace(after, stopped_at=now, next_due=None, due_reason="gone for good")
    return replace(after, gone_first_at=first, next_due=first + DAY, due_reason="to confirm 410")


def _backoff(after: FeedState, fetched: Fetched, policy: FetchPolicy) -> float:
    """Return the seconds to leave a failing feed alone: its interval, doubled with each failure in a row.

    Failures that may pass by themselves are retried within the longest interval all the same: our own
    network may have been the cause, and a busy feed forgets its entries in hours.
    """
    feed, name = fetched.feed, after.error_class
    shortest, longest = limits(feed.min_interval_seconds, feed.max_interval_seconds, policy)
    asked = fetched.retry_after_seconds
    if asked is not None and name in ("rate_limited", "unavailable"):
        return max(asked, shortest)
    cap = policy.max_backoff_seconds if name in _LASTING or name == "rate_limited" else longest
    start = max(shortest, after.interval_seconds or FIRST_RETRY_SECONDS)
    if name == "rate_limited":
        start = max(start, FIRST_RETRY_SECONDS)
    return min(cap, start * 2.0 ** min(after.error_count - 1, 20))


def _put_off(before: FeedState, fetched: Fetched, now: datetime) -> FeedState:
    """Return the state of a feed not asked because its host wanted peace: no failure of its own."""
    wait = fetched.retry_after_seconds or FIRST_RETRY_SECONDS
    at = now + timedelta(seconds=wait * (1 + JITTER * _spread(fetched.feed.id, now)))
    return replace(before, next_due=at, due_reason="host asked for peace")


def _spread(feed_id: str, now: datetime) -> float:
    """Return a number in [0, 1), the same for the same feed and instant, evenly spread over feeds."""
    digest = hashlib.blake2b(f"{feed_id} {now.isoformat()}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64
