"""Look at feeds without a dataset: fetch, parse, say what was found."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines import clock
from pipelines.drop import DropError, new_files
from pipelines.polling import read_file
from transforms.feeds.entry import FeedError
from transforms.feeds.parse import parse
from transforms.fetch.policy import Feed, FetchPolicy
from transforms.fetch.poll import poll


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
    """Fetch and parse each feed once, without validators: folder drops first, the others as they answer."""
    for feed in feeds:
        if feed.url.startswith("file:"):
            yield _look_into_drop(feed, policy.max_bytes)
    remote = [feed for feed in feeds if not feed.url.startswith("file:")]
    for fetched in poll(remote, {}, policy, clock=clock.now, deadline=None, stop=lambda: False):
        if fetched.body is None:
            yield Probed(fetched.feed, False, fetched.error or "no body")
        else:
            yield _look(fetched.feed, fetched.body, fetched.final_url, fetched.content_type)


def _look_into_drop(feed: Feed, max_bytes: int) -> Probed:
    """The newest file stands for all."""
    try:
        files = list(new_files(feed.id, feed.url, {}))
        if not files:
            return Probed(feed, True, "no file yet")
        newest = files[-1].path
        found = _look(feed, read_file(newest, max_bytes), newest.as_uri(), None)
    except (DropError, OSError, ValueError) as error:
        return Probed(feed, False, str(error))
    return Probed(feed, found.ok, f"{len(files)} files; {newest.name}: {found.finding}")


def _look(feed: Feed, body: bytes, url: str, content_type: str | None) -> Probed:
    try:
        parsed = parse(
            body,
            url=url,
            content_type=content_type,
            language=feed.language,
            timezone=feed.timezone,
            fetched_at=clock.now(),
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
