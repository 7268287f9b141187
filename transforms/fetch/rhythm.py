"""A feed's own rhythm: how fast entries come, how soon they fall out, and how often to look therefore."""

import math
from dataclasses import replace
from datetime import datetime

from transforms.fetch.policy import FetchPolicy
from transforms.fetch.state import FeedState
from transforms.fetch.window import Window

# For a given number of requests the summed delay of all entries is least when each feed is polled at
# intervals proportional to 1/sqrt(its rate) (minimise sum(rate * T / 2) under sum(1 / T) = budget).
SECONDS_AT_ONE_PER_HOUR = 1500.0
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
    if state.rate_per_hour is None or hours is None:
        rate = _first_rate(window, now)
        peak = rate or 0.0
    else:
        rate = _blend(state.rate_per_hour, new, hours, MEMORY_HOURS)
        # Never less than an hour: two entries a minute apart are no burst of a hundred an hour.
        peak = max(state.peak_per_hour * 0.5 ** (hours / PEAK_HALF_LIFE_HOURS), new / max(1.0, hours))
    if window is None or not window.n_entries:
        return replace(state, rate_per_hour=rate, peak_per_hour=peak)
    return replace(
        state,
        rate_per_hour=rate,
        peak_per_hour=max(peak, float(window.busiest_hour(now))),
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
    rate = state.rate_per_hour or 0.0
    soon = SECONDS_AT_ONE_PER_HOUR / math.sqrt(rate) if rate > 0 else longest
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


def _blend(rate: float, new: int, hours: float, memory: float) -> float:
    """Return an exponentially forgetting mean rate; exact for entries that come evenly."""
    keep = math.exp(-hours / memory)
    return rate * keep + (new / hours) * (1 - keep) if hours > 0 else rate


def _hours_since(earlier: datetime | None, now: datetime) -> float | None:
    if earlier is None:
        return None
    return max(0.0, (now - earlier).total_seconds() / 3600)
