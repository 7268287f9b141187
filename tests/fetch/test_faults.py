"""Every fault of the catalogue, thrown by a real server in one run beside twenty good feeds."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fetch.asking import NOW, RSS, ask, known_state, loopback_policy
from tests.fetch.faults import FAULTS, Fault
from tests.origin import Origin
from transforms.fetch.errors import ERROR_CLASSES
from transforms.fetch.policy import Feed
from transforms.fetch.poll import Fetched, poll
from transforms.fetch.schedule import next_state

POLICY = loopback_policy(timeout_seconds=4.0)
BY_NAME = [pytest.param(i, fault, id=fault.name) for i, fault in enumerate(FAULTS)]


@dataclass
class Run:
    outcomes: dict[str, Fetched]
    urls: dict[str, str]


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """One poll of everything at once: each fault on a port of its own, and twenty good origins."""
    with contextlib.ExitStack() as stack:
        feeds = []
        for i, fault in enumerate(FAULTS):
            origin = stack.enter_context(Origin())
            origin.fault("/feed", fault.how)
            feeds.append(Feed(id=f"fault_{i}", url=origin.url("/feed")))
        for i in range(20):
            origin = stack.enter_context(Origin())
            origin.serve("/feed", RSS, etag='"v1"')
            feeds.append(Feed(id=f"good_{i}", url=origin.url("/feed")))
        outcomes = {f.feed.id: f for f in poll(feeds, {}, POLICY, clock=lambda: NOW)}
        yield Run(outcomes, {f.id: f.url for f in feeds})


@pytest.mark.parametrize(("i", "fault"), BY_NAME)
def test_a_fault_gets_its_class(run: Run, i: int, fault: Fault) -> None:
    assert run.outcomes[f"fault_{i}"].error_class == fault.error_class, run.outcomes[f"fault_{i}"].error


@pytest.mark.parametrize(("i", "fault"), BY_NAME)
def test_a_fault_ends_within_a_second_of_the_deadline(run: Run, i: int, fault: Fault) -> None:
    assert run.outcomes[f"fault_{i}"].duration_ms <= (POLICY.timeout_seconds + 1) * 1000


@pytest.mark.parametrize(("i", "fault"), [p for p in BY_NAME if p.values[1].error_class])
def test_a_fault_leaves_the_validators_alone(run: Run, i: int, fault: Fault) -> None:
    before = known_state(run.urls[f"fault_{i}"])
    after = next_state(before, run.outcomes[f"fault_{i}"], None, POLICY, NOW)
    assert (after.etag, after.last_modified, after.body_sha256, after.validator_url) == (
        before.etag,
        before.last_modified,
        before.body_sha256,
        before.validator_url,
    )


@pytest.mark.parametrize(("i", "fault"), [p for p in BY_NAME if p.values[1].error_class])
def test_a_fault_is_told_in_one_line_that_names_feed_and_place(run: Run, i: int, fault: Fault) -> None:
    line = run.outcomes[f"fault_{i}"].error
    assert line is not None
    assert line.startswith(f"fault_{i}: http://127.0.0.1:")
    assert line.isprintable()
    assert len(line) < 700


@pytest.mark.parametrize(("i", "fault"), [p for p in BY_NAME if not p.values[1].error_class])
def test_a_survivable_fault_still_delivers_the_body(run: Run, i: int, fault: Fault) -> None:
    body = run.outcomes[f"fault_{i}"].body
    assert body is not None
    assert RSS.startswith(body) if fault.name == "Content-Length too short" else body == RSS


@pytest.mark.parametrize("i", range(20))
def test_good_feeds_are_not_affected_by_bad_ones(run: Run, i: int) -> None:
    good = run.outcomes[f"good_{i}"]
    assert (good.http_status, good.body, good.etag, good.error) == (200, RSS, '"v1"', None)


def test_every_feed_comes_out_once(run: Run) -> None:
    assert len(run.outcomes) == len(FAULTS) + 20


def test_the_catalogue_names_only_known_classes() -> None:
    assert {f.error_class for f in FAULTS if f.error_class} <= ERROR_CLASSES.keys()


def test_a_body_longer_than_announced_is_marked_suspect(run: Run) -> None:
    i = next(i for i, f in enumerate(FAULTS) if f.name == "Content-Length too short")
    assert run.outcomes[f"fault_{i}"].suspect


def test_a_validator_too_long_to_send_back_is_dropped(run: Run) -> None:
    i = next(i for i, f in enumerate(FAULTS) if f.name == "ETag of 9000 characters")
    assert run.outcomes[f"fault_{i}"].etag is None


WORDS = (b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 ", b"\r\n", b"\r\n\r\n", b"200", b"301", b"103", b": ", b"<rss>")
NAMES = (
    b"Content-Length",
    b"Transfer-Encoding",
    b"Location",
    b"ETag",
    b"Content-Encoding",
    b"Age",
    b"Expires",
)
VALUES = (b"chunked", b"gzip", b"br", b"-1", b"5", b"9" * 20, b"\x00", b"/feed", b"//", b"\xff\xfe", b"0\r\n")


@pytest.fixture(scope="module")
def babbler() -> Iterator[Origin]:
    with Origin() as origin:
        yield origin


@given(
    st.lists(st.sampled_from((*WORDS, *NAMES, *VALUES)) | st.binary(max_size=9), max_size=12).map(b"".join)
)
@settings(deadline=None)
def test_whatever_bytes_come_there_is_a_body_or_a_named_error(babbler: Origin, answer: bytes) -> None:
    babbler.fault("/feed", answer)
    found = ask(babbler.url("/feed"))
    assert found.error_class in ERROR_CLASSES or found.body


@given(
    st.lists(
        st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES) | st.binary(max_size=20)).map(b": ".join),
        max_size=6,
    ).map(b"\r\n".join),
    st.sampled_from([200, 204, 301, 302, 304, 429, 500]),
    st.binary(max_size=30),
)
@settings(deadline=None)
def test_whatever_headers_come_there_is_an_outcome_or_a_named_error(
    babbler: Origin, headers: bytes, status: int, body: bytes
) -> None:
    babbler.fault("/feed", b"HTTP/1.1 %d X\r\n%s\r\n\r\n%s" % (status, headers, body))
    found = ask(babbler.url("/feed"), known_state(babbler.url("/feed")))
    assert found.error_class in ERROR_CLASSES or found.body or found.not_modified
