"""Which format a document is in, judged by its content alone, and who reads it."""

import importlib
import json
import re
from collections.abc import Callable

from transforms.feeds.context import FeedContext
from transforms.feeds.entry import ParsedFeed

Reader = Callable[[str, FeedContext], ParsedFeed]

# Root element (local name, lower case) -> format. Reading stays with the module of READERS.
_ROOTS = {
    "rss": "syndication",
    "rdf": "syndication",
    "feed": "syndication",
    "channel": "syndication",
    "urlset": "sitemap",
    "sitemapindex": "sitemap",
    "newsmessage": "newsml-g2",
    "newsitem": "newsml-g2",
    "packageitem": "newsml-g2",
    "conceptitem": "newsml-g2",
    "knowledgeitem": "newsml-g2",
    "planningitem": "newsml-g2",
    "catalogitem": "newsml-g2",
    "newsml": "newsml-1",
    "nitf": "nitf",
    "html": "html",
    "opml": "opml",
}

READERS = {
    "syndication": "transforms.feeds.syndication",
    "sitemap": "transforms.feeds.sitemap",
    "newsml-g2": "transforms.feeds.newsml",
    "newsml-1": "transforms.feeds.newsml",
    "nitf": "transforms.feeds.nitf",
    "jsonfeed": "transforms.feeds.jsonfeed",
    "ninjs": "transforms.feeds.ninjs",
}

_ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)")
_SKIP = re.compile(r"\s*(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)", re.S | re.I)


def detect(text: str) -> str:
    """Name the format of a clean document.

    Returns:
        A key of ``READERS``, or ``html``, ``opml``, ``json`` or ``unknown``, which nobody reads.

    >>> detect('<?xml version="1.0"?><!-- hi --><rss version="2.0"/>')
    'syndication'
    """
    if text[:1] in "{[":
        return _detect_json(text)
    position = 0
    while match := _SKIP.match(text, position):
        position = match.end()
    root = _ROOT.search(text, position)
    return _ROOTS.get(root[1].lower(), "unknown") if root else "unknown"


def _detect_json(text: str) -> str:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return "unknown"
    if isinstance(document, dict) and "jsonfeed.org" in str(document.get("version", "")):
        return "jsonfeed"
    return "ninjs"


def reader(name: str) -> Reader:
    """The function that reads a format named by `detect`."""
    module = importlib.import_module(READERS[name])
    parse: Reader = module.parse
    return parse
