"""Conditional requests: cheap where the server can, honest where it cannot."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fetch.asking import NOW, RSS, ask, known_state, loopback_policy
from tests.origin import Exchange, Origin, answer
from transforms.fetch.fetcher import wants_full_body
from transforms.fetch.freshness import validator
from transforms.fetch.result import Fetched
from transforms.fetch.schedule import Window, next_state
from transforms.fetch.state import FeedState

POLICY = loopback_policy()


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as origin:
        origin.serve("/feed", RSS, etag='W/"odd, but=opaque"', last_modified="yesterday, more or less")
        yield origin


def learned(origin: Origin) -> FeedState:
    """The state after one good poll of the origin."""
    found = ask(origin.url("/feed"))
    return next_state(None, found, Window(n_entries=3, n_new=3), POLICY, NOW)


def test_both_validators_go_back_verbatim(origin: Origin) -> None:
    ask(origin.url("/feed"), learned(origin))
    sent = origin.requests[-1].headers
    assert (sent["if-none-match"], sent["if-modified-since"]) == (
        'W/"odd, but=opaque"',
        "yesterday, more or less",
    )


def test_the_first_poll_is_unconditional(origin: Origin) -> None:
    ask(origin.url("/feed"))
    assert not {"if-none-match", "if-modified-since"} & origin.requests[0].headers.keys()


def test_304_is_nothing_new(origin: Origin) -> None:
    found = ask(origin.url("/feed"), learned(origin))
    assert (found.http_status, found.not_modified, found.etag_sent, found.body) == (304, True, True, None)


def test_304_keeps_the_validators(origin: Origin) -> None:
    before = learned(origin)
    after = next_state(before, ask(origin.url("/feed"), before), None, POLICY, NOW)
    assert (after.etag, after.body_sha256) == (before.etag, before.body_sha256)


def test_a_304_with_a_body_does_not_spoil_the_next_answer(origin: Origin) -> None:
    def bodied(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello")

    origin.fault("/bodied", bodied)
    state = known_state(origin.url("/bodied"))
    assert ask(origin.url("/bodied"), state).not_modified


def test_the_same_bytes_under_a_new_etag_are_unchanged(origin: Origin) -> None:
    before = learned(origin)
    origin.serve("/feed", RSS, etag='"v2"')
    found = ask(origin.url("/feed"), before)
    assert (found.unchanged_body, found.body, found.body_sha256) == (True, None, sha256(RSS).hexdigest())


def test_the_new_etag_of_the_same_bytes_is_kept(origin: Origin) -> None:
    before = learned(origin)
    origin.serve("/feed", RSS, etag='"v2"')
    assert next_state(before, ask(origin.url("/feed"), before), None, POLICY, NOW).etag == '"v2"'


def test_without_validators_the_body_hash_tells(origin: Origin) -> None:
    origin.serve("/feed", RSS)
    assert ask(origin.url("/feed"), learned(origin)).unchanged_body


def test_an_unparseable_body_moves_no_validator(origin: Origin) -> None:
    before = learned(origin)
    origin.serve("/feed", b"<rss><broken", etag='"v2"')
    after = next_state(before, ask(origin.url("/feed"), before), None, POLICY, NOW)
    assert (after.etag, after.body_sha256, after.error_class) == (
        before.etag,
        before.body_sha256,
        "unreadable",
    )


def test_a_suspect_body_leaves_no_validators(origin: Origin) -> None:
    origin.fault("/feed", b'HTTP/1.1 200 OK\r\nETag: "x"\r\nContent-Length: 50\r\n\r\n' + RSS)
    after = learned(origin)
    assert (after.etag, after.last_modified) == (None, None)


def test_after_a_suspect_body_the_next_request_is_unconditional(origin: Origin) -> None:
    origin.fault("/feed", b'HTTP/1.1 200 OK\r\nETag: "x"\r\nContent-Length: 50\r\n\r\n' + RSS)
    ask(origin.url("/feed"), learned(origin))
    assert "if-none-match" not in origin.requests[-1].headers


def test_crlf_from_a_server_never_gets_into_a_request(origin: Origin) -> None:
    origin.fault("/feed", answer(RSS, ETag='"a\r\n evil: 1"'))
    ask(origin.url("/feed"), learned(origin))
    assert "evil" not in origin.requests[-1].headers


@given(st.text())
def test_a_kept_validator_can_always_be_sent(value: str) -> None:
    kept = validator(value)
    assert kept is None or (
        kept == value and "\r" not in kept and "\n" not in kept and kept.encode("latin-1")
    )


def test_weeks_of_304_are_checked_by_one_full_request() -> None:
    assert wants_full_body(known_state("x", last_200_at=NOW), NOW + timedelta(days=8))


def test_days_of_304_are_believed() -> None:
    assert not wants_full_body(known_state("x", last_200_at=NOW), NOW + timedelta(days=6))


def test_a_fast_feed_gone_silent_is_checked_sooner() -> None:
    state = known_state("x", last_200_at=NOW, window_span_seconds=3600.0)
    assert wants_full_body(state, NOW + timedelta(hours=9))


def test_after_the_full_request_304_is_believed_again(origin: Origin) -> None:
    late = NOW + timedelta(days=8)
    found = replace(ask(origin.url("/feed"), replace(learned(origin), last_200_at=NOW - timedelta(days=8))))
    after = next_state(learned(origin), found, None, POLICY, late)
    assert found.unchanged_body
    assert not wants_full_body(after, late)


def lied_to() -> FeedState:
    """A feed told 304 for a week, whose forced full body then held news under the same validators."""
    before = known_state("http://x.example/", last_200_at=NOW - timedelta(days=8), last_304_at=NOW)
    from transforms.fetch.policy import Feed

    news = Fetched(
        feed=Feed(id="a_feed", url="http://x.example/"),
        started_at=NOW,
        http_status=200,
        body=RSS,
        etag=before.etag,
        last_modified=before.last_modified,
    )
    return next_state(before, news, Window(n_entries=9, n_new=2, n_seen=7), POLICY, NOW)


def test_a_server_caught_lying_is_counted() -> None:
    assert lied_to().bogus_304_count == 1


def test_a_server_caught_lying_is_checked_twice_as_often() -> None:
    assert wants_full_body(lied_to(), NOW + timedelta(days=4))
