"""Many feeds at once: gentle to each host, fair between hosts, over when the run is over."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import pairwise

import pytest

from tests.fetch.asking import NOW, RSS, ask, known_state, loopback_policy
from tests.fetch.fake import FakeTransport
from tests.origin import Exchange, Origin, answer
from transforms.fetch.fetcher import Fetcher
from transforms.fetch.policy import Feed, FetchPolicy
from transforms.fetch.poll import Fetched, backfill, poll
from transforms.fetch.transport import Answer
from transforms.fetch.urls import Target


def feeds_of(origin: Origin, count: int, name: str = "feed") -> list[Feed]:
    """So many feeds of one origin, each with a page of its own."""
    for i in range(count):
        origin.serve(f"/{name}_{i}", RSS)
    return [Feed(id=f"{name}_{i}", url=origin.url(f"/{name}_{i}")) for i in range(count)]


def poll_all(feeds: list[Feed], policy: FetchPolicy, **more: object) -> list[Fetched]:
    return list(poll(feeds, {}, policy, clock=lambda: NOW, **more))  # type: ignore[arg-type]


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as origin:
        yield origin


def test_fifty_feeds_of_one_host_are_asked_two_at_a_time() -> None:
    with Origin(latency_seconds=0.005) as origin:
        found = poll_all(feeds_of(origin, 50), loopback_policy())
        assert sum(f.ok for f in found) == 50
        assert origin.most_active == 2


def test_connections_to_a_host_are_used_again(origin: Origin) -> None:
    poll_all(feeds_of(origin, 50), loopback_policy())
    assert origin.connections == 2


def test_requests_to_one_host_lie_apart(origin: Origin) -> None:
    poll_all(feeds_of(origin, 6), loopback_policy(per_host_spacing_seconds=0.1))
    starts = sorted(seen.at for seen in origin.requests)
    # Sockets add some jitter to either of two neighbouring starts.
    assert min(b - a for a, b in pairwise(starts)) > 0.05


def test_a_stale_kept_connection_is_replaced(origin: Origin) -> None:
    feeds = feeds_of(origin, 2)
    # Announces keep-alive, then closes: the next request finds the connection gone.
    origin.fault("/feed_0", answer(RSS).replace(b"Connection: close\r\n", b""))
    found = poll_all(feeds, loopback_policy(per_host_concurrency=1))
    assert [f.error for f in found] == [None, None]


def test_a_kept_connection_cut_in_the_middle_of_a_request_is_tried_again(origin: Origin) -> None:
    feeds = feeds_of(origin, 2)
    cuts = iter([True, False])

    def cut_once(exchange: Exchange) -> None:
        if not next(cuts):
            exchange.send(answer(RSS))

    origin.fault("/feed_1", cut_once)
    found = poll_all(feeds, loopback_policy(per_host_concurrency=1))
    assert [f.error for f in found] == [None, None]


def test_a_fresh_connection_cut_is_not_tried_again(origin: Origin) -> None:
    origin.fault("/feed", lambda exchange: None)
    assert ask(origin.url("/feed")).error_class == "disconnected"
    assert origin.hits("/feed") == 1


class Gate:
    """A transport on which slow hosts answer only after every quick one has."""

    def __init__(self, quick: int) -> None:
        self.left = quick
        self.lock = threading.Lock()
        self.all_quick = threading.Event()

    def get(self, target: Target, headers: object, deadline: float, *, public_only: bool = False) -> Answer:
        if target.host.startswith("slow"):
            assert self.all_quick.wait(deadline - time.monotonic()), "a slow host held up the quick ones"
            return Answer(200, {}, RSS)
        with self.lock:
            self.left -= 1
            if not self.left:
                self.all_quick.set()
        return Answer(200, {}, RSS)

    def close(self) -> None:
        """Nothing is open."""


def test_a_hundred_slow_hosts_hold_up_no_quick_one() -> None:
    slow = [Feed(id=f"slow_{i}", url=f"http://slow{i}.example/") for i in range(100)]
    quick = [Feed(id=f"quick_{i}", url=f"http://quick{i}.example/") for i in range(20)]
    policy = loopback_policy(concurrency=8, slow_after_seconds=0.05, timeout_seconds=10.0)
    found = poll_all(slow + quick, policy, transport=Gate(len(quick)))
    assert sum(f.ok for f in found) == 120


def test_no_more_connections_than_allowed_are_open() -> None:
    with ExitStack() as stack:
        active, most, lock = [0], [0], threading.Lock()

        def count(exchange: Exchange) -> None:
            with lock:
                active[0] += 1
                most[0] = max(most[0], active[0])
            exchange.sleep(0.1)
            with lock:
                active[0] -= 1
            exchange.send(answer(RSS))

        feeds = []
        for i in range(30):
            origin = stack.enter_context(Origin())
            origin.fault("/feed", count)
            feeds.append(Feed(id=f"feed_{i}", url=origin.url("/feed")))
        poll_all(feeds, loopback_policy(concurrency=4, slow_after_seconds=0.01, max_connections=10))
        assert most[0] <= 10


def test_after_429_the_host_is_left_alone(origin: Origin) -> None:
    feeds = feeds_of(origin, 10)
    origin.fault("/feed_0", answer(b"", status=429, Retry_After="120"))
    found = {f.feed.id: f for f in poll_all(feeds, loopback_policy(per_host_concurrency=1))}
    assert len(origin.requests) == 1
    assert {f.error_class for f in found.values()} == {"rate_limited", "host_backoff"}
    assert {f.retry_after_seconds for f in found.values()} == {120.0}


def test_after_429_other_hosts_are_asked_all_the_same(origin: Origin) -> None:
    origin.fault("/busy", answer(b"", status=429))
    with Origin() as other:
        feeds = [Feed(id="busy", url=origin.url("/busy")), *feeds_of(other, 3)]
        assert sum(f.ok for f in poll_all(feeds, loopback_policy())) == 3


def test_at_the_deadline_what_is_fetched_has_come_out_and_the_rest_is_interrupted(origin: Origin) -> None:
    origin.fault("/slow", Exchange.stall)
    feeds = [Feed(id="slow", url=origin.url("/slow"))]
    with Origin() as quick:
        feeds += feeds_of(quick, 3)
        policy = loopback_policy(timeout_seconds=30.0)
        found = poll_all(feeds, policy, deadline=time.monotonic() + 0.5)
    assert {f.feed.id: f.error_class for f in found} == {
        "feed_0": None,
        "feed_1": None,
        "feed_2": None,
        "slow": "interrupted",
    }


def test_what_came_in_time_is_not_late_because_the_caller_was_slow(origin: Origin) -> None:
    run = poll(feeds_of(origin, 2), {}, loopback_policy(timeout_seconds=0.2), clock=lambda: NOW)
    classes = []
    for found in run:
        classes.append(found.error_class)
        time.sleep(0.8)  # longer than any request may take
    assert classes == [None, None]


def test_what_came_before_the_end_of_the_run_is_not_interrupted(origin: Origin) -> None:
    over = time.monotonic() + 0.5
    run = poll(feeds_of(origin, 2), {}, loopback_policy(), clock=lambda: NOW, deadline=over)
    classes = []
    for found in run:
        classes.append(found.error_class)
        time.sleep(0.6)
    assert classes == [None, None]


def test_redirects_that_lead_many_feeds_to_one_host_do_not_crowd_it() -> None:
    with Origin(latency_seconds=0.02) as crowded, ExitStack() as stack:
        crowded.serve("/feed", RSS)
        feeds = []
        for i in range(12):
            origin = stack.enter_context(Origin("127.0.0.2"))
            origin.redirect("/feed", crowded.url("/feed"))
            feeds.append(Feed(id=f"feed_{i}", url=origin.url("/feed")))
        found = poll_all(feeds, loopback_policy(allow_addresses=("127.0.0.0/8",)))
        assert sum(f.ok for f in found) == 12
        assert crowded.most_active <= 2


def test_after_the_deadline_nothing_is_asked(origin: Origin) -> None:
    assert poll_all(feeds_of(origin, 3), loopback_policy(), deadline=time.monotonic() - 1) == []
    assert origin.connections == 0


def test_stop_ends_the_run(origin: Origin) -> None:
    origin.fault("/slow", Exchange.stall)
    stopped = threading.Event()
    threading.Timer(0.3, stopped.set).start()
    slow = [Feed(id="slow", url=origin.url("/slow"))]
    [found] = poll_all(slow, loopback_policy(timeout_seconds=30.0), stop=stopped.is_set)
    assert found.error_class == "interrupted"


def test_a_request_that_cannot_be_ended_is_left_behind() -> None:
    class Stuck(FakeTransport):
        def get(
            self, target: Target, headers: object, deadline: float, *, public_only: bool = False
        ) -> Answer:
            time.sleep(5)
            raise AssertionError("nobody waits for this")

    stuck = [Feed(id="stuck", url="http://stuck.example/")]
    [found] = poll_all(stuck, loopback_policy(timeout_seconds=0.2), transport=Stuck({}))
    assert found.error_class == "timeout"


def test_a_bug_of_ours_stops_the_run() -> None:
    with pytest.raises(KeyError):
        poll_all(
            [Feed(id="a_feed", url="http://unknown.example/")], loopback_policy(), transport=FakeTransport({})
        )


def test_no_feeds_is_no_work() -> None:
    assert poll_all([], loopback_policy()) == []


def test_an_abandoned_poll_leaves_no_threads_behind(origin: Origin) -> None:
    before = set(threading.enumerate())
    run = poll(feeds_of(origin, 5), {}, loopback_policy(), clock=lambda: NOW)
    next(run)
    run.close()  # type: ignore[attr-defined]
    workers = [t for t in threading.enumerate() if t.name.startswith("fetch ") and t not in before]
    for worker in workers:
        worker.join(timeout=5)
    assert not any(worker.is_alive() for worker in workers)


def test_the_user_agent_names_product_and_contact(origin: Origin) -> None:
    origin.serve("/feed", RSS)
    ask(origin.url("/feed"), contact="mailto:news@example.org")
    assert origin.requests[0].headers["user-agent"] == "khabar/0.1 (+mailto:news@example.org)"


def test_the_state_decides_where_to_ask(origin: Origin) -> None:
    origin.serve("/new", RSS)
    state = replace(known_state(origin.url("/old")), current_url=origin.url("/new"))
    assert ask(origin.url("/old"), state).requested_url == origin.url("/new")


def pages(origin: Origin, count: int) -> Feed:
    for i in range(count):
        origin.serve(f"/page/{i}", b"<rss>%d</rss>" % i)
    return Feed(id="a_feed", url=origin.url("/page/0"))


def older(origin: Origin, last: int) -> object:
    """Where each page points: the next number, until the last."""

    def next_url(page: Fetched) -> str | None:
        number = int(page.final_url.rpartition("/")[2])
        return origin.url(f"/page/{number + 1}") if number < last else None

    return next_url


def fill(feed: Feed, origin: Origin, last: int, **more: object) -> list[Fetched]:
    policy = loopback_policy()
    found = backfill(
        feed,
        origin.url("/page/1"),
        policy,
        next_url=older(origin, last),  # type: ignore[arg-type]
        clock=lambda: NOW,
        **more,  # type: ignore[arg-type]
    )
    return list(found)


def test_backfill_follows_pages_to_the_end(origin: Origin) -> None:
    found = fill(pages(origin, 5), origin, 4)
    assert [f.body for f in found] == [b"<rss>%d</rss>" % i for i in (1, 2, 3, 4)]


def test_backfill_is_bounded(origin: Origin) -> None:
    assert len(fill(pages(origin, 9), origin, 99, max_pages=3)) == 3


def test_backfill_ends_at_a_failure(origin: Origin) -> None:
    assert [f.http_status for f in fill(pages(origin, 3), origin, 99)] == [200, 200, 404]


def test_backfill_does_not_go_round_in_circles(origin: Origin) -> None:
    feed = pages(origin, 2)
    found = backfill(
        feed, feed.url, loopback_policy(), next_url=lambda _: feed.url, clock=lambda: NOW, max_pages=9
    )
    assert len(list(found)) == 1


def test_backfill_asks_unconditionally(origin: Origin) -> None:
    fill(pages(origin, 3), origin, 2)
    assert not any("if-none-match" in seen.headers for seen in origin.requests)


@pytest.mark.parametrize("page", [b"\xef\xbb\xbf\n<!-- x --><html lang=ar>", b"<!doctype html><p>x"])
def test_an_html_page_is_delivered_for_the_parser_to_judge(origin: Origin, page: bytes) -> None:
    origin.serve("/feed", page)
    assert ask(origin.url("/feed")).body == page


def test_another_document_of_the_publisher_is_asked_for_unconditionally(origin: Origin) -> None:
    origin.serve("/robots.txt", b"User-agent: *")
    feed = Feed(id="a_feed", url=origin.url("/feed"))
    with Fetcher(loopback_policy(), clock=lambda: NOW) as fetcher:
        page = fetcher.fetch(feed, known_state(feed.url), url=origin.url("/robots.txt"))
    assert page.body == b"User-agent: *"
    assert "if-none-match" not in origin.requests[0].headers


def test_a_hop_without_an_answer_has_no_status(origin: Origin) -> None:
    origin.fault("/cut", lambda exchange: None)
    origin.redirect("/go", "/cut", status=302)
    assert ask(origin.url("/go")).http_status is None
