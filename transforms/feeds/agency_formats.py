"""The structured and agency formats: how to tell one from its first characters, and who reads it."""

import re
from collections.abc import Callable

from transforms.feeds import jsonfeed, newsml1, newsml_g2, ninjs, nitf, sitemap, wire_text
from transforms.feeds.agency_xml import prolog_end
from transforms.feeds.context import FeedContext
from transforms.feeds.entry import ParsedFeed

Reader = Callable[[str, FeedContext], ParsedFeed]

# Keys are what ``sniff`` answers; ``ParsedFeed.format`` may be finer (``sitemap_news``, ``sitemap_index``).
READERS: dict[str, Reader] = {
    "jsonfeed": jsonfeed.parse,
    "ninjs": ninjs.parse,
    "newsml-g2": newsml_g2.parse,
    "newsml1": newsml1.parse,
    "nitf": nitf.parse,
    "sitemap": sitemap.parse,
    "wire_text": wire_text.parse,
}
_BY_ROOT = {
    "nitf": "nitf",
    "NewsML": "newsml1",
    "newsMessage": "newsml-g2",
    "newsItem": "newsml-g2",
    "packageItem": "newsml-g2",
    "conceptItem": "newsml-g2",
    "knowledgeItem": "newsml-g2",
    "planningItem": "newsml-g2",
    "catalogItem": "newsml-g2",
    "urlset": "sitemap",
    "sitemapindex": "sitemap",
}
_ROOT = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[[^\]]*\]\s*)?>", re.DOTALL | re.IGNORECASE)
_ROOT = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")
_JSON_FEED = re.compile(r'"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org\b')
_JSON_FEED_SHAPE = re.compile(
    r'"(?:home_page_url|feed_url|content_html|content_text|date_published|external_url)"\s*:'
)
_NINJS = re.compile(
    r'"(?:version_?created|first_?created|pub_?status|body_(?:html5?|xhtml|text)|bodyXhtml|head_?lines?|'
    r'description_text|eventDetails|renditions|representation_?type)"\s*:',
    re.IGNORECASE,
)


def sniff(head: str) -> str | None:
    """Which reader understands a document, judged by content alone.

    Args:
        head: The document or its first characters (64 000 are plenty), decoded.

    Returns:
        A key of ``READERS``, or None for RSS, Atom, HTML and everything unknown.

    >>> sniff('<?xml version="1.0"?><!-- x --><newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/">')
    'newsml-g2'
    >>> sniff("<rss version='2.0'>") is None
    True
    """
    text = head.lstrip("\ufeff")
    if text.lstrip()[:1] in ("{", "["):
        return _sniff_json(text)
    if (name := root_name(text)) is not None:
        return _BY_ROOT.get(name)
    return "wire_text" if wire_text.looks_like_wire(text) else None


def root_name(head: str) -> str | None:
    """Local name of the first element; None when the text does not start as XML."""
    root = _ROOT.match(head, prolog_end(head))
    return root[1] if root else None


def _sniff_json(head: str) -> str | None:
    if _JSON_FEED.search(head):
        return "jsonfeed"
    if _NINJS.search(head):
        return "ninjs"
    return "jsonfeed" if '"items"' in head and _JSON_FEED_SHAPE.search(head) else None
