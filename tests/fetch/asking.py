"""What the fetch tests share: a policy that may reach loopback, and short ways to poll."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from transforms.fetch.policy import Feed, FetchPolicy
from transforms.fetch.poll import Fetched, poll
from transforms.fetch.state import FeedState

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
RSS = b'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>x</title></channel></rss>'


def loopback_policy(**changes: Any) -> FetchPolicy:
    """A policy for origins on 127.0.0.1 that gives up within a second."""
    usual = {"timeout_seconds": 1.0, "allow_addresses": ("127.0.0.1/32",), "per_host_spacing_seconds": 0.0}
    return FetchPolicy(**(usual | changes))


def ask(url: str, state: FeedState | None = None, *, resolver: Any = None, **policy: Any) -> Fetched:
    """Poll one feed at ``url`` once."""
    feed = Feed(id="a_feed", url=url)
    return ask_feed(feed, state, resolver=resolver, **policy)


def ask_feed(feed: Feed, state: FeedState | None = None, *, resolver: Any = None, **policy: Any) -> Fetched:
    """Poll one feed once."""
    states: Mapping[str, FeedState] = {} if state is None else {feed.id: state}
    more = {} if resolver is None else {"resolver": resolver}
    [fetched] = poll([feed], states, loopback_policy(**policy), clock=lambda: NOW, **more)
    return fetched


def known_state(url: str, **changes: Any) -> FeedState:
    """The state of a feed read an hour ago, with validators."""
    usual = {
        "current_url": url,
        "validator_url": url,
        "etag": '"v1"',
        "last_modified": "Thu, 05 Mar 2026 10:00:00 GMT",
        "body_sha256": "0" * 64,
        "last_200_at": NOW,
        "last_success_at": NOW,
        "polls": 3,
    }
    return FeedState(url=url, **(usual | changes))
