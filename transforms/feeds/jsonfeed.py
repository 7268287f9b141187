"""JSON Feed 1.0 and 1.1 (jsonfeed.org)."""

import json
from typing import Any
from urllib.parse import urljoin

from transforms.feeds.agency_json import parse_json
from transforms.feeds.context import FeedContext
from transforms.feeds.entry import BadEntry, FeedEntry, FeedError, Link, ParsedFeed
from transforms.feeds.markup import plain_to_html
from transforms.feeds.values import first_items, plain, stamp, unique, verbatim

_RAW_LIMIT = 4000


def parse(body: str, context: FeedContext) -> ParsedFeed:
    """Read a JSON Feed; an item that is no object or says nothing goes to ``bad``.

    Raises:
        FeedError: ``unreadable_json``, ``hostile``, or ``not_a_feed`` for JSON of another kind.
    """
    document = parse_json(body)
    head = document.value
    if not isinstance(head, dict) or not isinstance(head.get("items"), list):
        raise FeedError("not_a_feed", f"{context.url}: JSON without a list of items is no JSON Feed")
    items, flags = first_items(head["items"])
    feed = ParsedFeed(
        format="jsonfeed",
        bozo=document.bozo,
        title=plain(head.get("title")),
        language=plain(head.get("language")),
        next_url=_absolute(head.get("next_url"), context),
        flags=flags,
    )
    for item in items:
        if isinstance(item, dict) and _says_something(item):
            feed.entries.append(_entry(item, head, context))
        else:
            feed.bad.append(_bad(item))
    return feed


def _bad(item: Any) -> BadEntry:
    raw = json.dumps(item, ensure_ascii=True)[:_RAW_LIMIT]
    return BadEntry(raw=raw, exception="NotAnItem", message="item is no object with an id, a link or a text")


def _says_something(item: dict[str, Any]) -> bool:
    names = ("id", "url", "title", "content_html", "content_text", "summary")
    return any(plain(item.get(name)) for name in names)


def _entry(item: dict[str, Any], head: dict[str, Any], context: FeedContext) -> FeedEntry:
    published = stamp(context, plain(item.get("date_published")))
    updated = stamp(context, plain(item.get("date_modified")))
    return FeedEntry(
        guid=plain(item.get("id")),
        url=_absolute(item.get("url"), context) or _absolute(item.get("external_url"), context),
        title=plain(item.get("title")),
        summary=_html_of(item.get("summary")),
        content=_content(item),
        published_raw=published.raw,
        published=published.instant,
        updated_raw=updated.raw,
        updated=updated.instant,
        date_quality=published.quality or (() if published.raw else updated.quality),
        authors=_authors(item) or _authors(head),
        categories=unique(plain(tag) for tag in _list(item.get("tags"))),
        links=unique(_links(item, context)),
        language=plain(item.get("language")) or plain(head.get("language")),
    )


def _content(item: dict[str, Any]) -> str | None:
    markup = (verbatim(item.get("content_html")) or "").strip()
    return markup or _html_of(item.get("content_text"))


def _html_of(text: object) -> str | None:
    return plain_to_html(verbatim(text) or "") or None


def _authors(holder: dict[str, Any]) -> tuple[str, ...]:
    """``authors`` of 1.1 or the single ``author`` of 1.0; some producers write bare names."""
    people = _list(holder.get("authors")) or [holder.get("author")]
    return unique(plain(person.get("name") if isinstance(person, dict) else person) for person in people)


def _links(item: dict[str, Any], context: FeedContext) -> list[Link | None]:
    attachments = (entry for entry in _list(item.get("attachments")) if isinstance(entry, dict))
    images = [_link(item.get(name), "image", context) for name in ("image", "banner_image")]
    related = _link(item.get("external_url"), "related", context) if plain(item.get("url")) else None
    return [*(_attachment(entry, context) for entry in attachments), *images, related]


def _attachment(entry: dict[str, Any], context: FeedContext) -> Link | None:
    href = _absolute(entry.get("url"), context)
    size = entry.get("size_in_bytes")
    if href is None:
        return None
    return Link(
        href=href,
        type=plain(entry.get("mime_type")),
        length=int(size)
        if isinstance(size, int | float) and not isinstance(size, bool) and size >= 0
        else None,
        title=plain(entry.get("title")),
    )


def _link(href: object, rel: str, context: FeedContext) -> Link | None:
    absolute = _absolute(href, context)
    return Link(href=absolute, rel=rel) if absolute else None


def _absolute(href: object, context: FeedContext) -> str | None:
    text = plain(href)
    if text is None:
        return None
    try:
        return urljoin(context.url, text)
    except ValueError:  # "http://[broken": keep what was published
        return text


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
