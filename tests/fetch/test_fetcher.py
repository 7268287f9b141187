"""One request without the dispatcher around it: its own deadline must hold by itself."""

from collections.abc import Callable, Iterator

import pytest

from tests.fetch.asking import NOW, RSS, loopback_policy
from tests.fetch.faults import OK, then
from tests.origin import Exchange, Origin
from transforms.fetch.fetcher import Fetcher
from transforms.fetch.policy import Feed
from transforms.fetch.result import Fetched


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as origin:
        yield origin


def fetch(origin: Origin, path: str = "/feed") -> Fetched:
    with Fetcher(loopback_policy(timeout_seconds=0.4), clock=lambda: NOW) as fetcher:
        return fetcher.fetch(Feed(id="a_feed", url=origin.url(path)))


@pytest.mark.parametrize(
    "how",
    [
        pytest.param(lambda e: e.drip(OK + b"X: y\r\n" * 10_000, every=0.02), id="dripping headers"),
        pytest.param(then(OK + b"\r\n", lambda e: e.drip(RSS * 1000, every=0.02)), id="dripping body"),
        pytest.param(lambda e: e.drip(b"HTTP/1.1 100 C\r\n\r\n" * 10_000, every=0.02), id="dripping 1xx"),
        pytest.param(Exchange.stall, id="stall"),
    ],
)
def test_a_request_ends_itself_at_its_deadline(origin: Origin, how: Callable[[Exchange], None]) -> None:
    origin.fault("/feed", how)
    found = fetch(origin)
    assert (found.error_class, found.duration_ms < 1400) == ("timeout", True)


def test_redirects_share_one_deadline(origin: Origin) -> None:
    def slow_hop(exchange: Exchange) -> None:
        exchange.sleep(0.15)
        exchange.head(302, Location=exchange.seen.path + "x", Content_Length="0")

    for length in range(6):
        origin.fault("/hop" + "x" * length, slow_hop)
    found = fetch(origin, "/hop")
    assert (found.error_class, found.duration_ms < 1400) == ("timeout", True)


def test_the_deadline_is_new_for_each_request_on_a_kept_connection(origin: Origin) -> None:
    def late(exchange: Exchange) -> None:
        exchange.sleep(0.25)
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(RSS), RSS))

    origin.serve("/quick", RSS)
    origin.fault("/late", late)
    feed = Feed(id="a_feed", url=origin.url("/quick"))
    with Fetcher(loopback_policy(timeout_seconds=0.4), clock=lambda: NOW) as fetcher:
        answers = [fetcher.fetch(feed, url=origin.url(path)).ok for path in ("/quick", "/late", "/late")]
    assert answers == [True, True, True]


def test_closing_leaves_no_connection_open(origin: Origin) -> None:
    origin.serve("/feed", RSS)
    assert fetch(origin).ok
    for sock in tuple(origin._open):
        sock.settimeout(2)
        assert sock.recv(1) == b""
