"""Sitemaps (sitemaps.org 0.9) with the Google News, image and video extensions, and sitemap indexes."""

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
    published = stamp(context, find_text(item, "news/publication_date"))
    updated = stamp(context, find_text(item, "lastmod"))
    keywords = (find_text(item, "news/keywords") or "").replace("،", ",").replace("、", ",").split(",")
    return FeedEntry(
        url=address,
        title=find_text(item, "news/title"),
        published_raw=published.raw,
        published=published.instant,
        updated_raw=updated.raw,
        updated=updated.instant,
        date_quality=published.quality or (() if published.raw else updated.quality),
        categories=unique(keyword.strip() for keyword in keywords),
        links=unique(_links(item, context)),
        language=find_text(item, "news/publication/language"),
        provider=find_text(item, "news/publication/name"),
    )


def _links(item: etree._Element, context: FeedContext) -> list[Link]:
    """Images, videos and translations; a page is no translation of itself."""
    links = []
    for image in item.iterfind("image"):
        if source := find_text(image, "loc"):
            title = find_text(image, "title", "caption")
            links.append(Link(href=_absolute(source, context), rel="image", title=title))
    for video in item.iterfind("video"):
        if source := find_text(video, "content_loc", "player_loc"):
            links.append(Link(href=_absolute(source, context), rel="video", title=find_text(video, "title")))
    for alternate in item.iterfind("link"):
        if alternate.get("rel") == "alternate" and (href := (alternate.get("href") or "").strip()):
            links.append(
                Link(href=_absolute(href, context), rel="alternate", title=alternate.get("hreflang"))
            )
    return links
