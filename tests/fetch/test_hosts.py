from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from transforms.fetch.hosts import HostQueues
from transforms.fetch.policy import Feed

plans = st.lists(st.integers(0, 4), max_size=30)


def queues(plan: list[int], concurrency: int = 2, spacing: float = 1.0) -> HostQueues:
    """One feed per entry of ``plan``, of the host it numbers."""
    feeds = ((Feed(id=f"f{i}", url=f"http://h{h}.example/"), f"h{h}") for i, h in enumerate(plan))
    return HostQueues(feeds, concurrency, spacing)


@given(plans, st.integers(1, 3))
def test_every_feed_gets_its_turn_exactly_once(plan: list[int], concurrency: int) -> None:
    line, taken = queues(plan, concurrency, 0.0), []
    while len(line):
        host, feed = line.take(0.0) or ("", None)
        assert feed is not None
        taken.append(feed.id)
        line.release(host)
    assert sorted(taken) == sorted(f"f{i}" for i in range(len(plan)))


@given(plans, st.integers(1, 3))
def test_no_host_has_more_than_its_share_under_way(plan: list[int], concurrency: int) -> None:
    line, active = queues(plan, concurrency, 0.0), Counter[str]()
    while taken := line.take(0.0):
        active[taken[0]] += 1
    assert active == Counter({f"h{h}": min(n, concurrency) for h, n in Counter(plan).items()})


@given(plans.filter(bool))
def test_hosts_take_turns(plan: list[int]) -> None:
    line = queues(plan, 99, 0.0)
    first = [(line.take(0.0) or ("",))[0] for _ in set(plan)]
    assert sorted(first) == sorted({f"h{h}" for h in plan})


def test_starts_on_a_host_lie_apart() -> None:
    line = queues([0, 0], spacing=1.0)
    assert line.take(10.0) is not None
    assert line.take(10.9) is None
    assert line.take(11.0) is not None


def test_the_next_start_is_foretold() -> None:
    line = queues([0, 0], spacing=1.0)
    line.take(10.0)
    assert line.next_at() == 11.0


def test_a_host_that_backs_off_gives_up_its_waiting_feeds() -> None:
    line = queues([0, 0, 0, 1])
    line.take(0.0)
    assert [feed.id for feed in line.back_off("h0")] == ["f1", "f2"]
    assert len(line) == 1
