"""Poll many feeds at once: every host gently, no host waiting for another, all within the run's time."""

import contextlib
import math
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from transforms.fetch.addresses import Resolver, system_resolver
from transforms.fetch.fetcher import Fetcher
from transforms.fetch.hosts import HostQueues, host_of
from transforms.fetch.policy import Feed, FetchPolicy
from transforms.fetch.result import Fetched
from transforms.fetch.state import FeedState, state_of
from transforms.fetch.transport import Transport

__all__ = ["Fetched", "backfill", "poll"]
_HEARTBEAT = 0.2  # seconds between looks at ``stop`` and the deadline
_GRACE = 0.5  # after a request's own deadline, before its thread is left behind


def poll(
    feeds: Sequence[Feed],
    states: Mapping[str, FeedState],
    policy: FetchPolicy,
    *,
    clock: Callable[[], datetime],
    deadline: float | None = None,
    stop: Callable[[], bool] = lambda: False,
    transport: Transport | None = None,
    resolver: Resolver = system_resolver,
) -> Iterator[Fetched]:
    """Poll feeds and yield each outcome as it comes, in no particular order.

    A request older than ``policy.slow_after_seconds`` gives its place to the next, so that any number of
    slow hosts up to ``policy.max_connections`` delays nobody. Feeds of a host that answers 429 are not
    asked any more and come out as ``host_backoff``. At the run's end, requests under way come out as
    ``interrupted`` at once; feeds not yet asked do not come out and stay due.

    Requests start while the caller waits for the next outcome: what it does between two should be short.

    Args:
        feeds: http and https feeds, in the order to prefer; each id once.
        states: By feed id, as far as there are any.
        policy: How politely.
        clock: The time, UTC.
        deadline: ``time.monotonic()`` at which the run is over; None for never.
        stop: Asked five times a second; True ends the run as the deadline does.
        transport: Instead of the network.
        resolver: Instead of the system's name look-up.
    """
    fetcher = Fetcher(policy, clock=clock, transport=transport, resolver=resolver)
    with fetcher:
        yield from _Run(fetcher, feeds, states, clock).outcomes(deadline, stop)


@dataclass
class _Job:
    feed: Feed
    host: str
    started_at: datetime
    began: float = field(default_factory=time.monotonic)


class _Run:
    """The dispatcher: one thread (the caller's) starts requests and hands out what they bring."""

    def __init__(
        self,
        fetcher: Fetcher,
        feeds: Sequence[Feed],
        states: Mapping[str, FeedState],
        clock: Callable[[], datetime],
    ) -> None:
        self._fetcher, self._states, self._clock = fetcher, states, clock
        self._policy = fetcher.policy
        hosts = ((f, host_of(state_of(states.get(f.id), f.url).current_url)) for f in feeds)
        self._queues = HostQueues(
            hosts, self._policy.per_host_concurrency, self._policy.per_host_spacing_seconds
        )
        self._running: dict[str, _Job] = {}
        self._todo: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[Fetched | BaseException] = queue.SimpleQueue()
        self._threads = 0
        self._idle = threading.Semaphore(0)

    def outcomes(self, deadline: float | None, stop: Callable[[], bool]) -> Iterator[Fetched]:
        try:
            while self._running or len(self._queues):
                now = time.monotonic()
                if stop() or (deadline is not None and now >= deadline):
                    running = list(self._running.values())
                    yield from self._abandon(running, "interrupted", "the run ended first")
                    return
                late = [j for j in self._running.values() if now - j.began > self._limit]
                yield from self._abandon(late, "timeout", "the request was not over in time")
                self._start_what_may(now)
                # All that has come by now, so that nothing is called late because the caller took its time.
                yield from self._finished(self._patience(deadline))
        finally:
            for _ in range(self._threads):
                self._todo.put(None)

    def _finished(self, wait: float) -> Iterator[Fetched]:
        """Yield what has come out by now; where nothing has, wait so many seconds for it."""
        with contextlib.suppress(queue.Empty):
            while self._running:
                found = self._done.get(timeout=wait) if wait else self._done.get_nowait()
                wait = 0.0
                yield from self._settle(found)

    @property
    def _limit(self) -> float:
        return self._policy.timeout_seconds + _GRACE

    def _start_what_may(self, now: float) -> None:
        while self._place_free_at(now) <= now:
            taken = self._queues.take(now)
            if taken is None:
                return
            host, feed = taken
            self._start(_Job(feed, host, self._clock()))

    def _place_free_at(self, now: float) -> float:
        """Return when one more request may start, should none finish before: now, or when one turns slow."""
        if len(self._running) >= self._policy.max_connections:
            return math.inf
        slow_at = sorted(job.began + self._policy.slow_after_seconds for job in self._running.values())
        fast = [at for at in slow_at if at > now]
        return now if len(fast) < self._policy.concurrency else fast[-self._policy.concurrency]

    def _start(self, job: _Job) -> None:
        self._running[job.feed.id] = job
        if not self._idle.acquire(blocking=False):
            self._threads += 1
            # Daemons: a thread stuck in a look-up must not keep the process alive.
            threading.Thread(target=self._work, name=f"fetch {self._threads}", daemon=True).start()
        self._todo.put(job)

    def _work(self) -> None:
        while (job := self._todo.get()) is not None:
            try:
                found: Fetched | BaseException = self._fetcher.fetch(job.feed, self._states.get(job.feed.id))
            except BaseException as error:  # noqa: BLE001 - our bug: raised again in the caller's thread
                found = error
            self._idle.release()
            self._done.put(found)

    def _patience(self, deadline: float | None) -> float:
        """Return how long to wait for an outcome before something else may have to be done."""
        now = time.monotonic()
        may_start = max(self._place_free_at(now), self._queues.next_at())
        run_over = math.inf if deadline is None else deadline
        return max(0.001, min(now + _HEARTBEAT, may_start, run_over) - now)

    def _settle(self, found: Fetched | BaseException) -> Iterator[Fetched]:
        if isinstance(found, BaseException):
            raise found
        job = self._running.pop(found.feed.id, None)
        if job is None:  # left behind earlier, and reported then
            return
        self._queues.release(job.host)
        yield found
        if found.error_class == "rate_limited":
            for feed in self._queues.back_off(job.host):
                yield self._unasked(feed, job.host, found)

    def _unasked(self, feed: Feed, host: str, cause: Fetched) -> Fetched:
        url = state_of(self._states.get(feed.id), feed.url).current_url
        line = f"{feed.id}: {host} answered HTTP 429 to {cause.feed.id}; not asked in this run"
        return Fetched(
            feed=feed,
            started_at=self._clock(),
            requested_url=url,
            final_url=url,
            retry_after_seconds=cause.retry_after_seconds,
            error_class="host_backoff",
            error=line,
        )

    def _abandon(self, jobs: Sequence[_Job], error_class: str, finding: str) -> Iterator[Fetched]:
        for job in jobs:
            del self._running[job.feed.id]
            self._queues.release(job.host)
            url = state_of(self._states.get(job.feed.id), job.feed.url).current_url
            yield Fetched(
                feed=job.feed,
                started_at=job.started_at,
                duration_ms=round((time.monotonic() - job.began) * 1000),
                requested_url=url,
                final_url=url,
                error_class=error_class,
                error=f"{job.feed.id}: {url}: {finding}",
            )


def backfill(
    feed: Feed,
    first_url: str,
    policy: FetchPolicy,
    *,
    next_url: Callable[[Fetched], str | None],
    clock: Callable[[], datetime],
    max_pages: int = 20,
    deadline: float | None = None,
    stop: Callable[[], bool] = lambda: False,
    transport: Transport | None = None,
    resolver: Resolver = system_resolver,
) -> Iterator[Fetched]:
    """Follow a feed's older pages (RFC 5005 ``prev-archive`` or ``next``), oldest last.

    Ends at the first failure, at a page seen before, after ``max_pages`` or with the run. Pages lie
    ``policy.per_host_spacing_seconds`` apart and never touch the feed's state.

    Args:
        feed: The feed being filled.
        first_url: Where its newest page points.
        policy: How politely.
        next_url: Parses a page and returns where it points; None at the end.
        clock: The time, UTC.
        max_pages: Most pages to read.
        deadline: As for ``poll``.
        stop: As for ``poll``.
        transport: As for ``poll``.
        resolver: As for ``poll``.
    """
    seen: set[str] = set()
    url: str | None = first_url
    with Fetcher(policy, clock=clock, transport=transport, resolver=resolver) as fetcher:
        while url and url not in seen and len(seen) < max_pages:
            if stop() or (deadline is not None and time.monotonic() >= deadline):
                return
            if seen:
                time.sleep(policy.per_host_spacing_seconds)
            seen.add(url)
            page = fetcher.fetch(feed, url=url)
            yield page
            url = next_url(page) if page.ok else None
