"""Fairness between hosts: who may be asked next, and when."""

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from transforms.fetch.errors import FetchError
from transforms.fetch.policy import Feed
from transforms.fetch.urls import parse_target


def host_of(url: str) -> str:
    """Return what counts as one host: the name, with the port where it is not the scheme's own.

    >>> host_of("https://tass.com/rss"), host_of("http://tass.com:8080/rss")
    ('tass.com', 'tass.com:8080')
    """
    try:
        return parse_target(url).authority
    except FetchError:
        return url


@dataclass
class _Host:
    waiting: deque[Feed] = field(default_factory=deque)
    active: int = 0
    free_at: float = -math.inf


class HostQueues:
    """Feeds waiting for their turn, host by host. Times are ``time.monotonic()`` seconds.

    At most ``concurrency`` feeds of one host are under way, and their starts lie ``spacing`` apart.
    """

    def __init__(self, feeds: Iterable[tuple[Feed, str]], concurrency: int, spacing: float) -> None:
        self._concurrency, self._spacing = concurrency, spacing
        self._hosts: dict[str, _Host] = {}
        for feed, host in feeds:
            self._hosts.setdefault(host, _Host()).waiting.append(feed)
        self._in_line = deque(self._hosts)  # hosts with a feed waiting, in turn
        self._waiting = sum(len(host.waiting) for host in self._hosts.values())

    def __len__(self) -> int:
        return self._waiting

    def take(self, now: float) -> tuple[str, Feed] | None:
        """Return a host and a feed of it that may start now, hosts taking turns; None when none may."""
        for _ in range(len(self._in_line)):
            name = self._in_line.popleft()
            host = self._hosts[name]
            feed = self._start(host, now) if host.waiting else None
            if host.waiting:
                self._in_line.append(name)
            if feed is not None:
                return name, feed
        return None

    def _start(self, host: _Host, now: float) -> Feed | None:
        if host.active >= self._concurrency or host.free_at > now:
            return None
        host.active += 1
        host.free_at = now + self._spacing
        self._waiting -= 1
        return host.waiting.popleft()

    def next_at(self) -> float:
        """Return when spacing lets the next feed start; infinity when only a finished one can."""
        hosts = (self._hosts[name] for name in self._in_line)
        return min((h.free_at for h in hosts if h.active < self._concurrency), default=math.inf)

    def release(self, name: str) -> None:
        """Note that a feed of the host has finished."""
        self._hosts[name].active -= 1

    def back_off(self, name: str) -> list[Feed]:
        """Give up on the host for this run; return the feeds that will not get their turn."""
        waiting = list(self._hosts[name].waiting)
        self._hosts[name].waiting.clear()
        self._waiting -= len(waiting)
        return waiting
