"""Feeds that an HTML page or an OPML list advertises."""

import html
import re
from urllib.parse import urljoin

_TAG = re.compile(r"<(?:link|outline)\b[^<>]*>", re.I)
_ATTRIBUTE = re.compile(r"""([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_BASE = re.compile(r"""<base\b[^<>]*\bhref\s*=\s*["']([^"']+)""", re.I)
_TYPES = re.compile(r"(?:application|text)/(?:(?:x-)?(?:rss|atom|rdf|feed)\+(?:xml|json)|xml|json)$")


def advertised_feeds(text: str, url: str) -> tuple[str, ...]:
    """Absolute feed URLs of ``<link rel="alternate">`` and OPML ``<outline xmlUrl>``, without repeats.

    >>> advertised_feeds('<link rel=alternate type="application/rss+xml" href="/rss">', "https://a.example/x")
    ('https://a.example/rss',)
    """
    base = _BASE.search(text)
    root = urljoin(url, html.unescape(base[1])) if base else url
    found = (_feed_of(_attributes(tag[0])) for tag in _TAG.finditer(text))
    return tuple(dict.fromkeys(_join(root, href) for href in found if href))


def _attributes(tag: str) -> dict[str, str]:
    return {m[1].lower(): html.unescape(m[2] or m[3] or m[4] or "") for m in _ATTRIBUTE.finditer(tag)}


def _feed_of(attributes: dict[str, str]) -> str | None:
    if "xmlurl" in attributes:
        return attributes["xmlurl"].strip()
    alternate = "alternate" in attributes.get("rel", "").lower().split()
    kind = attributes.get("type", "").split(";")[0].strip().lower()
    return attributes.get("href", "").strip() if alternate and _TYPES.match(kind) else None


def _join(root: str, href: str) -> str:
    try:
        return urljoin(root, href)
    except ValueError:  # a bracketed host that is no IPv6 address
        return href
