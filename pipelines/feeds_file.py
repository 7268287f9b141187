"""Write ``feeds.toml`` tables, and exchange subscriptions as OPML 2.0."""

import dataclasses
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from lxml import etree

from transforms.fetch.policy import Feed

_DEFAULTS = {f.name: f.default for f in dataclasses.fields(Feed)}


def render(feeds: Iterable[Feed]) -> str:
    """``[[feed]]`` tables with every key that differs from its default."""
    return "\n".join(_table(feed) for feed in feeds)


def _table(feed: Feed) -> str:
    lines = ["[[feed]]"]
    for name, default in _DEFAULTS.items():
        value = getattr(feed, name)
        if value == default or value == {}:
            continue
        lines.append(f"{name} = {_literal(value)}")
    return "\n".join(lines) + "\n"


def _literal(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(k)} = {_literal(v)}" for k, v in value.items()) + " }"
    # A JSON string, number or boolean is the same in TOML.
    return json.dumps(value, ensure_ascii=False)


def slug(text: str, taken: Iterable[str]) -> str:
    """A feed id from a title or host: ASCII, ``[a-z][a-z0-9_]*``, not among ``taken``.

    >>> slug("Al-Jazeera (English)", ["al_jazeera_english"])
    'al_jazeera_english_2'
    """
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "_", ascii_text).strip("_") or "feed"
    base = base if base[0].isalpha() else f"feed_{base}"
    used, candidate, n = set(taken), base, 2
    while candidate in used:
        candidate, n = f"{base}_{n}", n + 1
    return candidate


def slug_of(url: str, title: str | None, taken: Iterable[str]) -> str:
    """A feed id from its title where that has Latin letters, else from its host."""
    host = (urlsplit(url).hostname or "feed").removeprefix("www.")
    latin = title and re.search("[A-Za-z]{2}", title)
    return slug(title if title and latin else host, taken)


class OpmlError(Exception):
    """The document is no OPML; the message says what was found."""


def from_opml(document: bytes, taken: Iterable[str]) -> list[Feed]:
    """Feeds of an OPML document, in order, without repeats; nested folders are flattened.

    Raises:
        OpmlError: Not XML, not OPML, or without a single feed.
        ValueError: An outline that no ``Feed`` can be.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        raise OpmlError(f"not XML: {error}") from error
    if root is None or root.tag.lower() != "opml":
        raise OpmlError(f"not OPML: root element is {None if root is None else root.tag!r}")
    ids, urls, feeds = set(taken), set(), []
    for outline in root.iter("outline"):
        url = (outline.get("xmlUrl") or outline.get("xmlurl") or "").strip()
        if not url or url in urls:
            continue
        title = outline.get("title") or outline.get("text")
        feed = Feed(
            id=slug_of(url, title, ids),
            url=url,
            title=title,
            home=outline.get("htmlUrl") or None,
            language=outline.get("language") or None,
        )
        ids.add(feed.id)
        urls.add(url)
        feeds.append(feed)
    if not feeds:
        raise OpmlError("no outline has an xmlUrl")
    return feeds


def to_opml(feeds: Iterable[Feed]) -> bytes:
    """Feeds as an OPML 2.0 document."""
    opml = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(opml, "head"), "title").text = "khabar feeds"
    body = etree.SubElement(opml, "body")
    for feed in feeds:
        attributes = {
            "type": "rss",
            "text": feed.title or feed.id,
            "title": feed.title or feed.id,
            "xmlUrl": feed.url,
        }
        optional = {"htmlUrl": feed.home, "language": feed.language}
        etree.SubElement(body, "outline", attributes | {k: v for k, v in optional.items() if v})
    return etree.tostring(opml, pretty_print=True, xml_declaration=True, encoding="utf-8")
