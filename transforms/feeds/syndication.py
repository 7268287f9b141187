"""RSS 0.9x/1.0/2.0 and Atom 0.3/1.0."""

from dataclasses import replace

from transforms.feeds import fast_reader, feedparser_reader
from transforms.feeds.context import FeedContext
from transforms.feeds.entry import BadEntry, FeedError, ParsedFeed
from transforms.feeds.prolog import close_truncated


def parse(text: str, context: FeedContext) -> ParsedFeed:
    """Read a syndication feed; of one cut short, all complete entries.

    Args:
        text: Clean text of the document.
        context: Where it came from.

    Raises:
        FeedError: ``not_a_feed`` when it has neither a version nor an entry.
    """
    whole, tail = close_truncated(text)
    feed = fast_reader.read(whole, context) or feedparser_reader.read(whole, context)
    if not feed.entries and not feed.bad and feed.format == "rss" and "<rss" not in whole[:65536]:
        raise FeedError("not_a_feed", f"{context.url}: no feed version and no entries")
    if whole is text:
        return feed
    cut = (
        [BadEntry(raw=tail[: feedparser_reader.MAX_RAW], exception="Truncated", message="cut mid-item")]
        if tail
        else []
    )
    return replace(feed, bad=[*feed.bad, *cut], flags=(*feed.flags, "truncated"))
