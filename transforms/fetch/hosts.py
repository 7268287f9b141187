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
    backed_off: bool = False


class HostQueues:
    """Feeds waiting for their turn, host by host. Times are ``time.monotonic()`` seconds.

    At most ``concurrency`` feeds of one host are under way, and their starts lie ``spacing`` apart.
    """

    def __init__(self, feeds: Iterable[tuple[Feed, str]], concurrency: int, spacing: float) -> None:
        self._concurrency, self._spacing = concurrency, spacing
        self._hosts: dict[str, _Host] = {}
        for feed, host in feeds:
            self._hosts.setdefault(host, _Host()).waiting.append(feed)
        self._ready = deque(self._hosts)

    def __len__(self) -> int:
        return sum(len(host.waiting) for host in self._hosts.values())

    def take(self, now: float) -> tuple[str, Feed] | None:
        """Return a host and a feed of it that may start now, hosts taking turns; None when none may."""
        for _ in range(len(self._ready)):
            name = self._ready[0]
            self._ready.rotate(-1)
            host = self._hosts[name]
            if host.waiting and host.active < self._concurrency and host.free_at <= now:
                host.active += 1
                host.free_at = now + self._spacing
                return name, host.waiting.popleft()
        return None

    def next_at(self) -> float:
        """Return when spacing lets the next feed start; infinity when only a finished one can."""
        free = [h.free_at for h in self._hosts.values() if h.waiting and h.active < self._concurrency]
        return min(free, default=math.inf)

    def release(self, name: str) -> None:
        """Note that a feed of the host has finished."""
        self._hosts[name].active -= 1

    def back_off(self, name: str) -> list[Feed]:
        """Give up on the host for this run; return the feeds that will not get their turn."""
        waiting = list(self._hosts[name].waiting)
        self._hosts[name].waiting.clear()
        return waiting
