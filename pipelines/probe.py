"""Look at feeds without a dataset: fetch, parse, say what was found."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines import clock
from transforms.feeds.entry import FeedError
from transforms.feeds.parse import parse
from transforms.fetch.policy import Feed, FetchPolicy
from transforms.fetch.poll import poll
from transforms.fetch.result import Fetched


@dataclass(frozen=True)
class Probed:
    """One feed, looked at.

    Attributes:
        feed: The feed.
        ok: Whether entries came.
        finding: One line.
        advertised: Feeds that the address advertises when it is a page.
    """

    feed: Feed
    ok: bool
    finding: str
    advertised: tuple[str, ...] = ()


def probe(feeds: Sequence[Feed], policy: FetchPolicy) -> Iterator[Probed]:
    """Fetch and parse each feed once, without validators, in the order they answer."""
    for fetched in poll(feeds, {}, policy, clock=clock.now, deadline=None, stop=lambda: False):
        yield _look(fetched)


def _look(fetched: Fetched) -> Probed:
    feed = fetched.feed
    if fetched.body is None:
        return Probed(feed, False, fetched.error or "no body")
    try:
        parsed = parse(
            fetched.body,
            url=fetched.final_url,
            content_type=fetched.content_type,
            language=feed.language,
            timezone=feed.timezone,
            fetched_at=fetched.started_at,
        )
    except FeedError as error:
        return Probed(feed, False, f"{error.error_class}: {error}", error.advertised)
    dated = sum(entry.published is not None for entry in parsed.entries)
    return Probed(
        feed,
        bool(parsed.entries),
        f"{parsed.format}, {len(parsed.entries)} entries, {dated} dated, language {parsed.language or '-'}"
        f", title {parsed.title or '-'}" + (f", not well-formed: {parsed.bozo}" if parsed.bozo else ""),
    )
