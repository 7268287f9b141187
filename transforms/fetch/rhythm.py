"""A feed's own rhythm: how fast entries come, how soon they fall out, and how often to look therefore."""

import math
from dataclasses import replace
from datetime import datetime

from transforms.fetch.policy import FetchPolicy
from transforms.fetch.state import FeedState
from transforms.fetch.window import Window

# For a given number of requests the summed delay of all entries is least when each feed is polled at
# intervals proportional to 1/sqrt(its rate) (minimise sum(rate * T / 2) under sum(1 / T) = budget).
SECONDS_AT_ONE_PER_HOUR = 1200.0
UNKNOWN_SECONDS = 900.0
LEAST_HOURS = 1 / 12  # polls by hand, seconds apart, say nothing about a pace
MEMORY_HOURS = 4.0  # the rate follows day and night
PEAK_HALF_LIFE_HOURS = 14 * 24.0  # a burst is remembered for weeks
OVERLAP = 3.0  # look this many times while a window rolls over as it did lately
HEADROOM = 6.0  # and this many times if it did at the pace of the busiest hour: the next may be busier still
SMALLEST_SCALE = 1 / 16


def learn(state: FeedState, window: Window | None, now: datetime) -> FeedState:
    """Return the state with rate, peak and window brought up to date by a good answer.

    Args:
        state: Before the answer, ``last_success_at`` included.
        window: What came; None for 304 or the same body, which say that nothing did.
        now: When it came, UTC.
    """
    hours = _hours_since(state.last_success_at, now)
    new = window.n_new if window else 0
    if hours is None:
        rate = _first_rate(window, now)
    elif hours == 0:
        rate = state.rate_per_hour
    else:
        rate = _blend(state.rate_per_hour, new / hours, hours)
    peak = max(_faded(state.peak_per_hour, hours or 0.0), _busiest_rate(window, hours, now))
    if window is None or not window.n_entries:
        return replace(state, rate_per_hour=rate, peak_per_hour=peak)
    return replace(
        state,
        rate_per_hour=rate,
        peak_per_hour=peak,
        window_entries=window.n_entries,
        window_span_seconds=window.span_seconds(),
        overlap_ratio=window.n_seen / window.n_entries,
    )


def mind_gaps(state: FeedState, window: Window) -> FeedState:
    """Return the state with a possible gap counted: nothing in this body was in an earlier one.

    Halves the interval until bodies overlap again, then lets it recover slowly. Judged before ``learn``.
    """
    gap = window.n_entries > 0 and window.n_seen == 0 and state.window_entries > 0
    if gap:
        scale = max(SMALLEST_SCALE, state.guard_scale / 2)
        return replace(state, possible_gap=True, gap_count=state.gap_count + 1, guard_scale=scale)
    return replace(state, possible_gap=False, guard_scale=min(1.0, state.guard_scale * 1.1))


def wanted_interval(state: FeedState, shortest: float, longest: float) -> float:
    """Return the seconds until the next look that the feed's rhythm asks for, within the limits."""
    if state.rate_per_hour is None:  # nothing known: neither dates nor a second look
        soon = UNKNOWN_SECONDS
    else:
        soon = SECONDS_AT_ONE_PER_HOUR / math.sqrt(max(state.rate_per_hour, 1e-9))
    return min(longest, max(shortest, min(soon, safe_interval(state)) * state.guard_scale))


def safe_interval(state: FeedState) -> float:
    """Return the longest time in seconds after which the next body will surely overlap the last one.

    Judged by the window as it is (1.5 hours of a wire, 21 of others) and by the busiest hour remembered.
    """
    if not state.window_entries:
        return math.inf
    at_peak = state.window_entries * 3600 / state.peak_per_hour if state.peak_per_hour else math.inf
    return min(at_peak / HEADROOM, (state.window_span_seconds or math.inf) / OVERLAP)


def limits(state_min: float | None, state_max: float | None, policy: FetchPolicy) -> tuple[float, float]:
    """Return a feed's shortest and longest interval: its own, else the policy's."""
    shortest = state_min or policy.min_interval_seconds
    return shortest, max(shortest, state_max or policy.max_interval_seconds)


def _first_rate(window: Window | None, now: datetime) -> float | None:
    """Return the rate of the newer half of the first body; None when it has no dates."""
    ages = window.ages_hours(now) if window else []
    half = ages[: max(2, (len(ages) + 1) // 2)]
    return len(half) / max(half[-1], 0.25) if len(half) > 1 else None


def _blend(rate: float | None, latest: float, hours: float) -> float:
    """Return an exponentially forgetting mean of rates, each weighted by the time it covers."""
    keep = math.exp(-hours / MEMORY_HOURS) if rate is not None else 0.0
    return (rate or 0.0) * keep + latest * (1 - keep)


def _faded(peak: float, hours: float) -> float:
    return peak * math.exp2(-hours / PEAK_HALF_LIFE_HOURS)


def _busiest_rate(window: Window | None, hours: float | None, now: datetime) -> float:
    """Return the entries of the busiest hour a body shows by its dates, else by how much of it is new."""
    if window is None:
        return 0.0
    if window.published:
        return float(window.busiest_hour(now))
    # One standard deviation below the count: two entries in five minutes are no pace of 24 an hour.
    count = window.n_new - math.sqrt(window.n_new)
    return count / max(hours, LEAST_HOURS) if hours is not None else 0.0


def _hours_since(earlier: datetime | None, now: datetime) -> float | None:
    if earlier is None:
        return None
    return max(0.0, (now - earlier).total_seconds() / 3600)
