"""Thirty days of 500 feeds on a virtual clock: our schedule against polling at fixed intervals.

    python -m benchmarks.schedule [--feeds 500] [--days 30] [--tick 0] [--seed khabar]

Publishing rhythms are drawn from seeded random processes: wires with a daily curve, news days on which
everything happens at once, sites that publish in batches, offices that keep office hours, blogs. An entry
counts as visible while fewer than the window's entries are newer than it. It can be missed only where it is
visible for at least the shortest polling interval: what falls out sooner no polite reader can promise to see.

Floors: no such entry missed; fewer requests than every 15 minutes; a shorter mean delay than polling every 15
minutes gives where it, too, keeps to the ttl that some publishers ask for.
"""

import argparse
import bisect
import math
import random
import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from transforms.fetch.policy import Feed, FetchPolicy
from transforms.fetch.result import Fetched
from transforms.fetch.schedule import Window, next_state
from transforms.fetch.state import FeedState

START = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
HOUR = 3600.0
WARM_UP = 2 * 24 * HOUR  # published before the first poll, so that first bodies are full
POLICY = FetchPolicy()


@dataclass(frozen=True)
class Site:
    """One simulated publisher: when it publishes (seconds from START) and how it serves."""

    feed: Feed
    kind: str
    published: list[float]
    window: int
    validators: bool
    max_age: float | None
    ttl: float | None
    dated: bool


@dataclass
class Tally:
    """What one schedule achieved on one site."""

    requests: int = 0
    unchanged: int = 0  # answered with 304
    seen: int = 0
    missed: int = 0
    delays: list[float] = field(default_factory=list)


# --- publishing rhythms -----------------------------------------------------------------------------


def poisson(rng: random.Random, rate: Callable[[float], float], top: float, end: float) -> Iterator[float]:
    """Draw the instants of a process with a changing rate per hour, by thinning (Lewis and Shedler 1979)."""
    at = -WARM_UP
    while (at := at + rng.expovariate(top) * HOUR) < end:
        if rng.random() * top < rate(at):
            yield at


def daily(at: float, zone: float, night: float) -> float:
    """Activity between ``night`` and 1, highest in the afternoon, less at weekends."""
    hour = (at / HOUR + zone) % 24
    curve = night + (1 - night) * max(0.0, math.sin((hour - 5) / 19 * math.pi))
    return curve * (0.5 if int((at / HOUR + zone) // 24) % 7 >= 5 else 1.0)


def wire(rng: random.Random, end: float, per_hour: float, night: float) -> list[float]:
    """A newsroom; about one day in five something happens and it writes several times as fast for hours."""
    zone, times, days = rng.choice((0, 2, 3, 3, 3, 5, 8)), 5.0, range(-2, int(end / 24 / HOUR))
    events = [(day * 24 + rng.uniform(6, 22)) * HOUR for day in days if rng.random() < 0.2]
    lasting = [(start, start + rng.uniform(1, 5) * HOUR, rng.uniform(2, times)) for start in events]

    def rate(at: float) -> float:
        heat = max((h for start, stop, h in lasting if start <= at < stop), default=1.0)
        return per_hour * daily(at, zone, night) * heat

    return list(poisson(rng, rate, per_hour * times, end))


def batches(rng: random.Random, end: float, window: int) -> list[float]:
    """A site that publishes what it has at a few fixed hours, in one go."""
    hours, out = sorted(rng.sample(range(5, 21), rng.randint(2, 5))), []
    for day in range(-2, int(end / 24 / HOUR)):
        for hour in hours:
            at = (day * 24 + hour) * HOUR + rng.uniform(0, 600)
            out += [at + i for i in range(rng.randint(1, max(2, window // 2)))]
    return sorted(t for t in out if t < end)


def office(rng: random.Random, end: float, per_day: float) -> list[float]:
    """A ministry: working days, working hours."""

    def rate(at: float) -> float:
        hour, day = (at / HOUR + 3) % 24, int((at / HOUR + 3) // 24) % 7
        return per_day / 9 if 9 <= hour < 18 and day < 5 else per_day / 200

    return list(poisson(rng, rate, per_day / 9, end))


def site(index: int, end: float, seed: str = "khabar") -> Site:
    """Draw one publisher. Windows run from about 1.5 hours of entries (fast wires) to months (blogs)."""
    rng = random.Random(f"{seed} {index}")
    kind = rng.choices(("wire", "paper", "local", "batch", "office", "blog"), (8, 22, 30, 10, 18, 12))[0]
    window = {
        "wire": rng.choice((50, 50, 100, 100, 200)),
        "paper": rng.choice((20, 30, 40, 50)),
        "local": rng.choice((10, 15, 20, 25, 30)),
        "batch": rng.choice((20, 30, 50)),
        "office": rng.choice((10, 10, 15, 20)),
        "blog": 10,
    }[kind]
    if kind == "wire":
        per_hour = min(rng.uniform(8, 40), window / 1.5)
        published = wire(rng, end, per_hour, 0.25)
    elif kind in ("paper", "local"):
        published = wire(rng, end, rng.uniform(1.5, 8) if kind == "paper" else rng.uniform(0.15, 1.5), 0.05)
    elif kind == "batch":
        published = batches(rng, end, window)
    elif kind == "office":
        published = office(rng, end, rng.uniform(1, 12))
    else:
        published = list(poisson(rng, lambda _: 0.02, 0.02, end))
    return Site(
        feed=Feed(id=f"site_{index}", url=f"https://site{index}.example/rss"),
        kind=kind,
        published=published,
        window=window,
        validators=rng.random() < 0.7,
        max_age=rng.choice((None, None, None, 0.0, 60.0, 300.0, 600.0)),
        ttl=rng.choice((None, None, None, 5.0, 60.0, 60.0)),
        dated=rng.random() < 0.95,
    )


# --- schedules --------------------------------------------------------------------------------------


def adaptive(site: Site, end: float, tick: float) -> Iterator[float]:
    """Yield the instants at which our schedule polls the site."""
    state: FeedState | None = None
    at, known = 0.0, 0
    while at < end:
        yield at
        now = START + timedelta(seconds=at)
        count = bisect.bisect_right(site.published, at)
        state = next_state(state, *_answer(site, now, known, count, state), POLICY, now)
        known = count
        at = (state.next_due - START).total_seconds() if state.next_due else end
        at = math.ceil(at / tick) * tick if tick else at


def _answer(
    site: Site, now: datetime, known: int, count: int, state: FeedState | None
) -> tuple[Fetched, Window | None]:
    """Return what a poll finds when ``known`` entries were out at the last one and ``count`` are now."""
    same = known == count and state is not None
    base = Fetched(
        feed=site.feed,
        started_at=now,
        requested_url=site.feed.url,
        final_url=site.feed.url,
        http_status=304 if same and site.validators else 200,
        not_modified=same and site.validators,
        unchanged_body=same and not site.validators,
        body=None if same else b"feed",
        body_sha256=str(count),
        etag=f'"{count}"' if site.validators else None,
        max_age_seconds=site.max_age,
    )
    if same:
        return base, None
    first = max(0, count - site.window)
    instants = site.published[first:count] if site.dated else []
    fresh = count - max(first, known)
    window = Window(
        n_entries=count - first,
        n_new=fresh,
        n_seen=count - first - fresh,
        published=[START + timedelta(seconds=at) for at in instants],
        ttl_minutes=site.ttl,
    )
    return base, window


def fixed(minutes: float, polite: bool = False) -> Callable[[Site, float, float], Iterator[float]]:
    """Return a schedule that polls at one interval, each site with a phase of its own.

    A polite one waits as long as the site's ``ttl`` asks where that is longer, an hour at most, as ours does.
    """

    def polls(site: Site, end: float, _tick: float) -> Iterator[float]:
        interval = max(minutes, min(site.ttl or 0.0, 60.0) if polite else 0.0) * 60
        at = random.Random(site.feed.id).uniform(0, interval)
        while at < end:
            yield at
            at += interval

    return polls


def tally(site: Site, polls: list[float], end: float) -> Tally:
    """Count what polling at these instants sees of what was published while polling."""
    result = Tally(requests=len(polls))
    times, known = site.published, 0
    for at in polls:
        count = bisect.bisect_right(times, at)
        result.unchanged += site.validators and count == known and known > 0
        known = count
    for i in range(bisect.bisect_left(times, polls[0]), bisect.bisect_left(times, end - HOUR)):
        gone = times[i + site.window] if i + site.window < len(times) else math.inf
        k = bisect.bisect_left(polls, times[i])
        if k < len(polls) and polls[k] < gone:
            result.seen += 1
            result.delays.append(polls[k] - times[i])
        elif gone - times[i] >= POLICY.min_interval_seconds:
            result.missed += 1
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--feeds", type=int, default=500)
    parser.add_argument("--days", type=float, default=30)
    parser.add_argument("--tick", type=float, default=0, help="poll only at multiples of so many seconds")
    parser.add_argument("--seed", default="khabar", help="draw other publishers")
    parser.add_argument("--kinds", action="store_true", help="one line per kind of publisher, too")
    args = parser.parse_args()
    end = args.days * 24 * HOUR
    sites = [site(index, end, args.seed) for index in range(args.feeds)]
    schedules = {"ours": adaptive, "5 min": fixed(5), "15 min": fixed(15), "60 min": fixed(60)}
    schedules["15 min, ttl kept"] = fixed(15, polite=True)
    print(f"{args.feeds} feeds, {args.days:g} days, {sum(len(s.published) for s in sites)} entries")
    columns = f"{'req/feed/day':>12} {'304':>6} {'missed':>7} {'mean delay':>11} {'p50':>7} {'p95':>7}"
    print(f"{'schedule':20} {columns}")
    totals = {}
    for name, schedule in schedules.items():
        tallies = [(s, tally(s, list(schedule(s, end, args.tick)), end)) for s in sites]
        totals[name] = report(name, [t for _, t in tallies], args.days)
        for kind in sorted({s.kind for s in sites}) if args.kinds else ():
            report(f"  {name}: {kind}", [t for s, t in tallies if s.kind == kind], args.days)
    ours, quarter, polite = totals["ours"], totals["15 min"], totals["15 min, ttl kept"]
    floors = {
        "no entry missed": ours.missed == 0,
        "fewer requests than every 15 minutes": ours.requests < quarter.requests,
        "shorter mean delay than every 15 minutes with ttl kept": (
            statistics.fmean(ours.delays) < statistics.fmean(polite.delays)
        ),
    }
    for name, holds in floors.items():
        print(f"{'ok' if holds else 'MISSED':6} {name}")
    return 0 if all(floors.values()) else 1


def report(name: str, tallies: list[Tally], days: float) -> Tally:
    total = Tally()
    for t in tallies:
        total.requests += t.requests
        total.unchanged += t.unchanged
        total.seen += t.seen
        total.missed += t.missed
        total.delays += t.delays
    delays = sorted(total.delays) or [0.0]
    p50, p95 = (delays[int(len(delays) * q)] / 60 for q in (0.5, 0.95))
    print(
        f"{name:20} {total.requests / len(tallies) / days:12.1f} {total.unchanged / total.requests:6.0%} "
        f"{total.missed:7} {statistics.fmean(delays) / 60:7.1f} min {p50:7.1f} {p95:7.1f}"
    )
    return total


if __name__ == "__main__":
    sys.exit(main())
