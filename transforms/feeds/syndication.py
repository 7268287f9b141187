"""RSS 0.9x/1.0/2.0 and Atom 0.3/1.0."""

import re
from dataclasses import replace

from transforms.feeds import fast_reader, feedparser_reader
from transforms.feeds.context import FeedContext
from transforms.feeds.entry import BadEntry, FeedError, ParsedFeed
from transforms.feeds.feedparser_reader import MAX_RAW
from transforms.feeds.prolog import close_truncated

_PREFIXED_ITEM = re.compile(r"<(\w+):(?:item|entry)[\s>]")
# feedparser spends some 25 microseconds on each tag of broken XML, often twice. Real feeds have 27 characters
# a tag and more. ``(document of at least so many characters, characters a tag)``: what is denser is read by
# libxml2, or not at all below the first density.
DENSITIES = ((50_000, 24), (200_000, 48))


def parse(text: str, context: FeedContext) -> ParsedFeed:
    """Read a syndication feed; of one cut short, all complete entries.

    Args:
        text: Clean text of the document.
        context: Where it came from.

    Raises:
        FeedError: ``not_a_feed`` when it has neither a version nor an entry; ``hostile`` when it is large,
            broken and little but markup.
    """
    whole, tail = close_truncated(text)
    feed = fast_reader.read(whole, context) or _read_slowly(whole, context)
    if not feed.entries and not feed.bad and feed.format == "rss" and "<rss" not in whole[:65536]:
        raise FeedError("not_a_feed", f"{context.url}: no feed version and no entries")
    if whole is text:
        return feed
    cut = [BadEntry(raw=tail[:MAX_RAW], exception="Truncated", message="cut mid-item")] if tail else []
    return replace(feed, bad=[*feed.bad, *cut], flags=(*feed.flags, "truncated"))


def _read_slowly(text: str, context: FeedContext) -> ParsedFeed:
    per_tag = len(text) / _tags(text)
    if not any(len(text) >= size and per_tag < density for size, density in DENSITIES):
        feed = feedparser_reader.read(text, context)
        plain = text if feed.entries else _without_prefix(text)
        return feed if plain is text else feedparser_reader.read(plain, context)
    recovered = fast_reader.read(text, context, recover=True)
    if recovered is not None:
        return replace(recovered, bozo="not well-formed", flags=(*recovered.flags, "recovered"))
    if per_tag < DENSITIES[0][1]:
        raise FeedError("hostile", f"{context.url}: {len(text)} characters of broken, dense markup")
    return feedparser_reader.read(text, context)


def _without_prefix(text: str) -> str:
    """A feed whose own elements wear a prefix nobody declared, e.g. ``<rss:item>``, without it."""
    prefix = _PREFIXED_ITEM.search(text)
    return text.replace(f"<{prefix[1]}:", "<").replace(f"</{prefix[1]}:", "</") if prefix else text


def _tags(text: str) -> int:
    """Tags outside CDATA, and references at a quarter of their cost; at least 1."""
    first, *rest = text.split("<![CDATA[")
    # A section that never ends hides nothing from feedparser's loose parser.
    outside = [first, *(part.partition("]]>")[2] if "]]>" in part else part for part in rest)]
    return 1 + sum(part.count("<") + part.count("&") // 4 for part in outside)
