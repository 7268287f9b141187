"""Which format a document is in, judged by its content alone, and who reads it."""

import re
from collections.abc import Callable

from transforms.feeds import agency_formats, syndication
from transforms.feeds.context import FeedContext
from transforms.feeds.entry import ParsedFeed

Reader = Callable[[str, FeedContext], ParsedFeed]

SYNDICATION = "syndication"
# Local name of the root element, lower case -> what it is, beside the formats of ``agency_formats``.
_ROOTS = {**dict.fromkeys(("rss", "rdf", "feed", "channel"), SYNDICATION), "html": "html", "opml": "opml"}
_MAX_HEAD = 65536
_EMBEDDED = re.compile(r"<(?:rss|feed|(?:\w+:)?RDF)(?=\s)[^>]*\b(?:version|xmlns)\b|<(?:item|entry)[\s>]")


def detect(text: str) -> str:
    """Name the format of a clean document.

    A feed inside HTML markup, or under a root nobody knows, counts as syndication: feedparser will tell.

    Returns:
        ``syndication``, a key of ``agency_formats.READERS``, or ``html``, ``opml``, ``unknown``, which
        nobody reads.

    >>> detect('<?xml version="1.0"?><!-- hi --><rss version="2.0"/>')
    'syndication'
    >>> detect('{"version": "https://jsonfeed.org/version/1.1", "items": []}')
    'jsonfeed'
    """
    if structured := agency_formats.sniff(text):
        return structured
    root = agency_formats.root_name(text)
    found = _ROOTS.get(root.lower(), "unknown") if root else "unknown"
    if found in ("html", "unknown") and _EMBEDDED.search(text, 0, _MAX_HEAD):
        return SYNDICATION
    return found


def reader(name: str) -> Reader | None:
    """The function that reads a format named by `detect`; None for what nobody reads."""
    return syndication.parse if name == SYNDICATION else agency_formats.READERS.get(name)
