"""Redirects: followed with care at once, believed only when permanent for long."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.fetch.asking import NOW, RSS, ask, ask_feed, known_state, loopback_policy
from tests.fetch.fake import FakeTransport, redirect, rss
from tests.origin import Origin
from transforms.fetch.fetcher import Fetcher
from transforms.fetch.policy import Feed
from transforms.fetch.result import Fetched
from transforms.fetch.schedule import Window, next_state
from transforms.fetch.state import FeedState

POLICY = loopback_policy()
FEED = Feed(id="a_feed", url="https://old.example/rss")


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as origin:
        origin.serve("/feed", RSS, etag='"v1"')
        yield origin


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed(origin: Origin, status: int) -> None:
    origin.redirect("/old", "/feed", status=status)
    found = ask(origin.url("/old"))
    assert (found.body, found.redirects, found.final_url) == (RSS, 1, origin.url("/feed"))


@pytest.mark.parametrize(("status", "permanent"), [(301, True), (308, True), (302, False), (307, False)])
def test_only_301_and_308_are_reported_as_permanent(origin: Origin, status: int, permanent: bool) -> None:
    origin.redirect("/old", "/feed", status=status)
    assert ask(origin.url("/old")).permanent_url == (origin.url("/feed") if permanent else None)


def test_a_chain_is_permanent_up_to_its_first_temporary_hop(origin: Origin) -> None:
    origin.redirect("/1", "/2", status=301)
    origin.redirect("/2", "/3", status=302)
    origin.redirect("/3", "/feed", status=301)
    assert ask(origin.url("/1")).permanent_url == origin.url("/2")


@pytest.mark.parametrize(("hops", "error"), [(5, None), (6, "redirect")])
def test_five_hops_are_followed_and_six_are_not(origin: Origin, hops: int, error: str | None) -> None:
    for i in range(hops):
        origin.redirect(f"/{i}", f"/{i + 1}" if i < hops - 1 else "/feed", status=302)
    assert ask(origin.url("/0")).error_class == error


def test_a_raw_utf8_location_is_understood(origin: Origin) -> None:
    origin.redirect("/old", "/أخبار عاجلة")
    origin.serve("/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1%20%D8%B9%D8%A7%D8%AC%D9%84%D8%A9", RSS)
    assert ask(origin.url("/old")).body == RSS


def fetch(transport: FakeTransport, feed: Feed = FEED, **policy: object) -> Fetched:
    return Fetcher(loopback_policy(**policy), clock=lambda: NOW, transport=transport).fetch(feed)


def test_a_redirect_from_https_to_http_is_refused() -> None:
    transport = FakeTransport({FEED.url: redirect("http://old.example/rss"), "http://old.example/rss": rss()})
    assert fetch(transport).error_class == "redirect"


def test_a_downgrade_is_followed_where_the_policy_allows_it() -> None:
    transport = FakeTransport({FEED.url: redirect("http://old.example/rss"), "http://old.example/rss": rss()})
    assert fetch(transport, allow_downgrade=True).ok


def test_after_a_public_server_only_public_addresses_are_in_reach() -> None:
    home = replace(redirect("https://next.example/"), public=True)
    transport = FakeTransport({FEED.url: home, "https://next.example/": rss()})
    fetch(transport)
    assert [asked.public_only for asked in transport.asked] == [False, True]


def test_validators_go_only_where_they_came_from(origin: Origin) -> None:
    origin.redirect("/old", "/feed")
    state = known_state(origin.url("/old"), validator_url=origin.url("/feed"))
    found = ask(origin.url("/old"), state)
    assert found.not_modified
    assert ["if-none-match" in seen.headers for seen in origin.requests] == [False, True]


def sightings(count: int, apart: timedelta, target: str = "https://new.example/rss") -> FeedState:
    """The state after so many equal permanent redirects."""
    state = known_state(FEED.url)
    for i in range(count):
        now = NOW + i * apart
        found = Fetched(feed=FEED, started_at=now, http_status=304, not_modified=True, permanent_url=target)
        state = next_state(state, found, None, POLICY, now)
    return state


def test_a_permanent_redirect_is_kept_after_enough_sightings() -> None:
    assert sightings(5, timedelta(hours=7)).current_url == "https://new.example/rss"


def test_a_permanent_redirect_is_not_kept_after_too_few() -> None:
    assert sightings(4, timedelta(hours=24)).current_url == FEED.url


def test_a_permanent_redirect_is_not_kept_within_a_day() -> None:
    assert sightings(20, timedelta(hours=1)).current_url == FEED.url


def test_the_configured_url_is_never_forgotten() -> None:
    assert sightings(9, timedelta(hours=7)).url == FEED.url


def test_a_poll_without_the_redirect_starts_the_count_again() -> None:
    state = sightings(4, timedelta(hours=24))
    plain = Fetched(feed=FEED, started_at=NOW, http_status=304, not_modified=True)
    assert next_state(state, plain, None, POLICY, NOW + timedelta(days=5)).redirect_count == 0


def test_another_target_starts_the_count_again() -> None:
    state = sightings(4, timedelta(hours=24))
    other = Fetched(
        feed=FEED, started_at=NOW, http_status=304, not_modified=True, permanent_url="https://x.example/"
    )
    after = next_state(state, other, None, POLICY, NOW + timedelta(days=5))
    assert (after.redirect_url, after.redirect_count) == ("https://x.example/", 1)


def test_a_redirect_to_something_unreadable_is_not_counted() -> None:
    portal = Fetched(
        feed=FEED, started_at=NOW, http_status=200, body=b"?", permanent_url="http://portal.example/"
    )
    assert next_state(known_state(FEED.url), portal, None, POLICY, NOW).redirect_count == 0


def test_a_kept_redirect_is_used_at_once(origin: Origin) -> None:
    state = known_state(origin.url("/old"), current_url=origin.url("/feed"))
    ask_feed(Feed(id="a_feed", url=origin.url("/old")), state)
    assert [seen.path for seen in origin.requests] == ["/feed"]


def test_a_kept_redirect_that_leads_nowhere_is_given_up_at_the_second_failure() -> None:
    state = known_state(FEED.url, current_url="https://new.example/rss")
    lost = Fetched(feed=FEED, started_at=NOW, http_status=404, error_class="not_found", error="x")
    once = next_state(state, lost, None, POLICY, NOW)
    twice = next_state(once, lost, None, POLICY, NOW + timedelta(days=1))
    assert (once.current_url, twice.current_url) == ("https://new.example/rss", FEED.url)


def test_a_new_configured_url_starts_afresh() -> None:
    moved = Feed(id="a_feed", url="https://other.example/rss")
    found = Fetched(feed=moved, started_at=NOW, final_url=moved.url, http_status=200, body=RSS, etag='"new"')
    after = next_state(known_state(FEED.url, gap_count=7), found, Window(n_entries=1), POLICY, NOW)
    assert (after.url, after.current_url, after.gap_count) == (moved.url, moved.url, 0)
