"""RSS 0.9x/1.0/2.0 and Atom 0.3/1.0 through feedparser, called the safe way."""

import io
from typing import Any
from urllib.parse import urljoin

import feedparser

from transforms.feeds.context import FeedContext
from transforms.feeds.dates import parse_date
from transforms.feeds.entry import FeedEntry, FeedError, Link, ParsedFeed


def parse(text: str, context: FeedContext) -> ParsedFeed:
    """Read a syndication feed.

    Args:
        text: Clean text of the document.
        context: Where it came from.

    Raises:
        FeedError: feedparser sees neither a version nor an entry.
    """
    # Never str or bytes: feedparser.parse(b"/path") opens a file and "http://" performs a GET.
    document = feedparser.parse(
        io.BytesIO(text.encode()),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not document.entries and not document.version:
        raise FeedError("not_a_feed", f"{context.url}: no feed version and no entries")
    channel = document.feed
    entries = [_entry(item, channel, context) for item in document.entries]
    bozo = f"{document.bozo_exception}" if document.bozo else None
    return ParsedFeed(
        format=document.version or "rss",
        entries=entries,
        title=channel.get("title"),
        language=channel.get("language"),
        bozo=bozo,
    )


def _entry(item: Any, channel: Any, context: FeedContext) -> FeedEntry:
    published_raw = item.get("published") or item.get("created") or dict.get(item, "updated")
    updated_raw = dict.get(item, "updated")
    published = parse_date(published_raw, context) if published_raw else None
    updated = parse_date(updated_raw, context) if updated_raw else None
    contents = [c["value"] for c in item.get("content", ()) if c.get("value")]
    return FeedEntry(
        guid=item.get("id") or None,
        url=urljoin(context.url, item["link"]) if item.get("link") else None,
        title=item.get("title"),
        summary=item.get("summary") if "summary_detail" in item else None,
        content=contents[0] if contents else None,
        published_raw=published_raw,
        published=published.instant if published else None,
        updated_raw=updated_raw,
        updated=updated.instant if updated else None,
        date_quality=published.quality if published else (),
        authors=tuple(a["name"] for a in item.get("authors", ()) if a.get("name")),
        categories=tuple(dict.fromkeys(t["term"] for t in item.get("tags", ()) if t.get("term"))),
        links=tuple(
            Link(href=urljoin(context.url, link["href"]), type=link.get("type"))
            for link in item.get("links", ())
            if link.get("rel") == "enclosure" and link.get("href")
        ),
        language=item.get("language") or channel.get("language"),
    )
