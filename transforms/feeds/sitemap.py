"""Sitemaps (sitemaps.org 0.9) with the Google News, image and video extensions, and sitemap indexes."""

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urljoin

from lxml import etree

from transforms.feeds.agency_xml import find_text, local, parse_xml, source_of, split_complete, text_of
from transforms.feeds.context import FeedContext
from transforms.feeds.entry import BadEntry, FeedEntry, Link, ParsedFeed
from transforms.feeds.values import stamp, unique


def parse(body: str, context: FeedContext) -> ParsedFeed:
    """Read a sitemap or an index of sitemaps.

    Format ``sitemap_index``: every entry is a further sitemap, its address in ``url`` and as a link of rel
    ``sitemap``; it holds no article. Formats ``sitemap_news`` (at least one ``news:news``) and ``sitemap``:
    every entry is a page; a plain sitemap gives no title and no publication date, only ``updated``.

    Raises:
        FeedError: ``unreadable_xml`` when there is no XML at all.
    """
    document = parse_xml(body)
    index = local(document.root) == "sitemapindex"
    found = [
        item for item in document.root.iter("sitemap" if index else "url") if item.find("loc") is not None
    ]
    whole, cut = split_complete(document, found)
    news = any(item.find("news") is not None for item in whole)
    feed = ParsedFeed(
        format="sitemap_index" if index else "sitemap_news" if news else "sitemap",
        bozo=document.bozo,
        bad=cut,
        title=find_text(document.root, ".//news/publication/name"),
        language=find_text(document.root, ".//news/publication/language"),
    )
    for item in whole:
        address = _address(item, context)
        if address is None:
            feed.bad.append(BadEntry(raw=source_of(item), exception="NoLocation", message="empty loc"))
        else:
            feed.entries.append(_sitemap(item, address, context) if index else _page(item, address, context))
    return feed


def _address(item: etree._Element, context: FeedContext) -> str | None:
    text = text_of(item.find("loc"))
    return _absolute(text, context) if text else None


def _absolute(href: str, context: FeedContext) -> str:
    try:
        return urljoin(context.url, href)
    except ValueError:  # "http://[broken": keep what was published
        return href


def _sitemap(item: etree._Element, address: str, context: FeedContext) -> FeedEntry:
    updated = stamp(context, find_text(item, "lastmod"))
    return FeedEntry(
        url=address,
        updated_raw=updated.raw,
        updated=updated.instant,
        date_quality=updated.quality,
        links=(Link(href=address, rel="sitemap"),),
    )


def _page(item: etree._Element, address: str, context: FeedContext) -> FeedEntry:
    news = item.find("news")
    article = _article(news, context) if news is not None else FeedEntry()
    updated = stamp(context, find_text(item, "lastmod"))
    return replace(
        article,
        url=address,
        updated_raw=updated.raw,
        updated=updated.instant,
        date_quality=article.date_quality or (() if article.published_raw else updated.quality),
        links=unique(_links(item, context)),
    )


def _article(news: etree._Element, context: FeedContext) -> FeedEntry:
    """The Google News part of a page."""
    published = stamp(context, find_text(news, "publication_date"))
    keywords = re.split("[,،、]", find_text(news, "keywords") or "")
    return FeedEntry(
        title=find_text(news, "title"),
        published_raw=published.raw,
        published=published.instant,
        date_quality=published.quality,
        categories=unique(keyword.strip() for keyword in keywords),
        language=find_text(news, "publication/language"),
        provider=find_text(news, "publication/name"),
    )


def _links(item: etree._Element, context: FeedContext) -> Iterator[Link]:
    """Images, videos and translations, in document order."""
    for child in item:
        kind = local(child)
        if kind in ("image", "video"):
            source = find_text(child, "loc", "content_loc", "player_loc")
            title = find_text(child, "title", "caption")
        elif kind == "link" and child.get("rel") == "alternate":
            kind, source, title = "alternate", (child.get("href") or "").strip(), child.get("hreflang")
        else:
            continue
        if source:
            yield Link(href=_absolute(source, context), rel=kind, title=title)
