"""Well-formed RSS and Atom through lxml: the same entries as feedparser's, many times faster.

Whatever is unusual is refused and left to feedparser, the reference; tests/feeds/test_fast_reader.py holds
the two equal.
"""

from functools import cache
from typing import Any

from lxml import etree

from transforms.feeds.context import FeedContext
from transforms.feeds.entry import ParsedFeed
from transforms.feeds.fast_item import ItemReader
from transforms.feeds.fast_names import attributes_of, name_of
from transforms.feeds.fast_values import NotForFast, clean_value, language_of, simple_text
from transforms.feeds.raw_entry import RawEntry, to_entry
from transforms.feeds.schedule import next_page, polling

_ATOM = "{http://www.w3.org/2005/Atom}feed"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF"
_RSS_FORMATS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_RSS1 = "http://purl.org/rss/1.0/"
_RSS090 = "http://my.netscape.com/rdf/simple/0.9/"
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_LEFT_TO_FEEDPARSER = ("<!DOCTYPE", "xml:base")


def read(text: str, context: FeedContext, *, recover: bool = False) -> ParsedFeed | None:
    """Read a feed, or None when feedparser must.

    Args:
        text: Clean text of the document.
        context: Where it came from.
        recover: Read what libxml2 makes of a document that is not well-formed, too.
    """
    if not recover and (any(mark in text for mark in _LEFT_TO_FEEDPARSER) or _titles_meet_sources(text)):
        return None
    try:
        root = etree.fromstring(text.encode(), _parser(recover))
    except (etree.XMLSyntaxError, UnicodeEncodeError):
        return None
    feed_format = None if root is None else _format(root)
    if feed_format is None:
        return None
    try:
        return _feed(root, feed_format, text, context)
    except NotForFast:
        return None


def _titles_meet_sources(text: str) -> bool:
    # Behind <source>, feedparser takes titles of other namespaces for the entry's: not worth imitating.
    return "<source" in text and ":title" in text


@cache
def _parser(recover: bool) -> etree.XMLParser:
    # Never a network, never an entity; comments would cut texts in two.
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        recover=recover,
    )


def _format(root: Any) -> str | None:
    if root.tag == "rss":
        if any(uri.lower() == _RSS1 for uri in root.nsmap.values()):
            return None
        version = root.get("version", "")
        return _RSS_FORMATS.get(version) or ("rss20" if version.startswith("2.") else "rss")
    if root.tag == _ATOM:
        return "atom10"
    if root.tag == _RDF and root.nsmap.get(None) in (_RSS1, _RSS090):
        return "rss10" if root.nsmap[None] == _RSS1 else "rss090"
    return None


def _feed(root: Any, feed_format: str, text: str, context: FeedContext) -> ParsedFeed:
    channel = root if feed_format == "atom10" else root.find("{*}channel")
    if channel is None:
        raise NotForFast("no channel")
    items = [child for parent in {root, channel} for child in parent if name_of(child) in ("item", "entry")]
    if len(items) != sum(1 for _ in root.iter("{*}item", "{*}entry")):
        raise NotForFast("items elsewhere")
    head = _Head(root, channel)
    atom = feed_format == "atom10"
    languages = "xml:lang" in text
    ttl, hours, days = polling(
        head.values.get("ttl"),
        head.values.get("sy_updateperiod"),
        head.values.get("sy_updatefrequency"),
        text,
    )
    return ParsedFeed(
        format=feed_format,
        entries=[to_entry(_raw(item, languages), context, head.language, atom=atom) for item in items],
        title=head.title or None,
        language=head.language,
        ttl_minutes=ttl,
        skip_hours=hours,
        skip_days=days,
        next_url=next_page(head.links, context.url),
    )


def _raw(item: Any, languages: bool) -> RawEntry:
    about = item.get(_ABOUT)
    if item.attrib and (item.get("lastmod") or item.get("href")):
        raise NotForFast("CDF")
    raw = ItemReader(languages=languages).read(item)
    if about and raw.guid is None:
        raw.guid = about
    return raw


class _Head:
    """What a channel says of itself."""

    def __init__(self, root: Any, channel: Any) -> None:
        self.title = ""
        # feedparser asks for "rdf:RDF" but spells it "rdf:rdf": xml:lang of RSS 1.0 reaches no channel
        self.language = None if root.tag == _RDF else language_of(root)
        self.links: list[dict[str, str]] = []
        self.values: dict[str, str] = {}
        for child in channel:
            name = name_of(child)
            if name == "dc_title":
                raise NotForFast(name)
            if name == "title":
                self.title = self.title or simple_text(child)
            elif name in ("language", "dc_language"):
                self.language = simple_text(child) or None
            elif name == "link":
                self.links.append(attributes_of(child))
            elif name in ("ttl", "sy_updateperiod", "sy_updatefrequency") and not child.attrib:
                self.values[name] = clean_value(child.text)
