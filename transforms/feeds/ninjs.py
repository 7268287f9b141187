"""ninjs 1.x, 2.x, 3.x (IPTC News in JSON) and agency APIs built on it (AP, Reuters, BBC, TT, NTB, dpa)."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from transforms.feeds.agency_json import parse_json
from transforms.feeds.context import FeedContext
from transforms.feeds.entry import BadEntry, FeedEntry, FeedError, ParsedFeed, Subject
from transforms.feeds.ninjs_body import body_of, headline_of, nitf_of, summary_of
from transforms.feeds.ninjs_links import links_of
from transforms.feeds.nitf_text import NitfText
from transforms.feeds.values import (
    NOTHING_TO_READ,
    UNTIL_FURTHER_NOTICE,
    Stamp,
    first_items,
    name_in,
    place_in,
    plain,
    says_something,
    stamp,
    status_of,
    subject_of,
    unique,
    urgency_of,
)

Item = dict[str, Any]

_RAW_LIMIT = 4000
_MAX_WALK = 8
# What only a news item has; two of them, or one and an identifier, tell it from an envelope.
_MARKS = frozenset(
    (
        *("headline", "headlines", "versioncreated", "firstcreated", "pubstatus", "representationtype"),
        *("bodytext", "bodyhtml", "bodyhtml5", "bodyxhtml", "bodies", "descriptiontext", "descriptions"),
        *("renditions", "eventdetails"),
    )
)
# AP's API: .../content/{item id}?qt=...&et={revision}
_AP_CONTENT = re.compile(r"https?://[^/]+/media/v/content/([0-9a-f]{32})\b")
# Authorities of tag: (RFC 4151) and urn:newsml: (RFC 3085) identifiers.
_AUTHORITY = re.compile(r"(?:tag|urn:newsml):([a-z0-9.-]+\.[a-z]{2,})[:,]", re.IGNORECASE)


def parse(body: str, context: FeedContext) -> ParsedFeed:
    """Read one ninjs item, a list of them, or an API's answer with items inside.

    Planned events without a text are no news: they are counted in ``flags`` as ``not_news:event``.

    Raises:
        FeedError: ``unreadable_json``, ``hostile``, or ``not_a_feed`` when no item is found.
    """
    document = parse_json(body)
    items, cut = first_items(list(find_items(fold(document.value))))
    if not items:
        raise FeedError("not_a_feed", f"{context.url}: JSON without a ninjs item")
    news = [item for item in items if not _is_event(item)]
    flags = (*cut, "not_news:event") if len(news) < len(items) else cut
    feed = ParsedFeed(format="ninjs", bozo=document.bozo, flags=flags)
    for item in news:
        entry = _entry(item, context)
        if says_something(entry):
            feed.entries.append(entry)
        else:
            feed.bad.append(_bad(item))
    return feed


def fold(value: Any) -> Any:
    """The same value with keys in lower case and without underscores: the dialects differ in nothing else.

    >>> fold({"versionCreated": 1, "body_html": [{"contentType": 2}]})
    {'versioncreated': 1, 'bodyhtml': [{'contenttype': 2}]}
    """
    if isinstance(value, dict):
        return {key.lower().replace("_", ""): fold(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [fold(inner) for inner in value]
    return value


def find_items(value: Any, depth: int = 0) -> Iterator[Item]:
    """News items of a folded document in order; items inside an item (associations) are its own matter."""
    if depth > _MAX_WALK:
        return
    if isinstance(value, dict):
        if _is_item(value):
            yield value
        else:
            for inner in value.values():
                yield from find_items(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from find_items(inner, depth + 1)


def _is_item(value: Item) -> bool:
    marks = len(_MARKS & value.keys())
    return marks >= 2 or (marks == 1 and _identifier(value) is not None)


def _is_event(item: Item) -> bool:
    planned = plain(item.get("type")) == "event" or "eventdetails" in item
    return planned and not body_of(item)


def _bad(item: Item) -> BadEntry:
    raw = json.dumps(item, ensure_ascii=True)[:_RAW_LIMIT]
    return BadEntry(raw=raw, exception="Empty", message=NOTHING_TO_READ)


def _identifier(item: Item) -> str | None:
    """AP puts a query with the revision into ``uri``; the item id before it, also in ``altids``, stays."""
    altids = item.get("altids")
    own = plain(altids.get("itemid")) if isinstance(altids, dict) else None
    uri = plain(item.get("uri"))
    content = _AP_CONTENT.match(uri or "")
    others = (plain(item.get(name)) for name in ("urn", "guid", "id"))
    return own or (content[1] if content else uri) or next(filter(None, others), None)


def _entry(item: Item, context: FeedContext) -> FeedEntry:
    byline = _byline(item)
    nitf = nitf_of(item)
    created = _created(item, nitf, context)
    revised = stamp(context, plain(item.get("versioncreated")))
    return FeedEntry(
        guid=_identifier(item),
        url=_url(item),
        title=headline_of(item) or (nitf.headline if nitf else None),
        summary=summary_of(item),
        content=body_of(item),
        published_raw=created.raw,
        published=created.instant,
        updated_raw=revised.raw,
        updated=revised.instant,
        date_quality=created.quality,
        authors=_authors(item, byline),
        categories=_keywords(item),
        subjects=_subjects(item),
        links=links_of(item),
        language=plain(item.get("language")),
        provider=_provider(item),
        slugline=plain(item.get("slugline")) or plain(item.get("slug")),
        byline=byline or (nitf.byline if nitf else None),
        located=_located(item) or (nitf.located if nitf else None),
        urgency=urgency_of(item.get("urgency")),
        usage_terms=_joined(item.get("usageterms")) or _rights(item, "usageterms"),
        copyright=plain(item.get("copyrightnotice"))
        or plain(item.get("copyrightholder"))
        or _rights(item, "copyrightnotice"),
        provider_version=plain(item.get("version")),
        status=status_of(plain(item.get("pubstatus"))),
        embargo_until=_embargo(item, context),
    )


def _created(item: Item, nitf: NitfText | None, context: FeedContext) -> Stamp:
    names = ("firstcreated", "versioncreated", "contentcreated", "datetime", "firstpublished", "date")
    return stamp(context, *(plain(item.get(name)) for name in names), nitf.issued_raw if nitf else None)


def _embargo(item: Item, context: FeedContext) -> datetime | None:
    held = item.get("embargoed") or item.get("embargo") or item.get("embargodate")
    if held is True or (isinstance(held, str) and held.strip().lower() == "true"):
        return UNTIL_FURTHER_NOTICE
    until = stamp(context, plain(held))
    return until.instant or (UNTIL_FURTHER_NOTICE if until.raw else None)


def _url(item: Item) -> str | None:
    """The address of the article as published, where the dialect has one; ``uri`` is an identifier."""
    for name in ("url", "link", "canonicalurl", "weburl"):
        text = plain(item.get(name))
        if text and text.startswith(("http://", "https://")):
            return text
    return None


def _byline(item: Item) -> str | None:
    if text := plain(item.get("byline")) or plain(item.get("by")):
        return text
    lines = (line for line in _dicts(item.get("bylines")) if plain(line.get("internal")) != "true")
    return ", ".join(unique(plain(line.get("byline")) or plain(line.get("by")) for line in lines)) or None


def _authors(item: Item, byline: str | None) -> tuple[str, ...]:
    creators = [plain(who.get("name")) for key in ("creators", "authors") for who in _dicts(item.get(key))]
    named = [
        " ".join(filter(None, (plain(line.get("firstname")), plain(line.get("lastname")))))
        for line in _dicts(item.get("bylines"))
    ]
    return unique(creators) or unique(named) or unique([name_in(byline)])


def _keywords(item: Item) -> tuple[str, ...]:
    value = item.get("keywords") or item.get("keyword") or []
    words = value.replace(";", ",").split(",") if isinstance(value, str) else _list(value)
    return unique(plain(word.get("name") if isinstance(word, dict) else word) for word in words)


def _subjects(item: Item) -> tuple[Subject, ...]:
    terms = [term for key in ("subject", "subjects", "categories") for term in _dicts(item.get(key))]
    return unique(_subject(term) for term in terms)


def _subject(term: Item) -> Subject | None:
    """1.x: ``code`` and ``scheme``; 2.x and 3.x: ``uri``, or a ``literal`` that may be a bare code."""
    name, scheme = plain(term.get("name")), plain(term.get("scheme"))
    codes = (plain(term.get(key)) for key in ("code", "qcode", "uri", "literal"))
    return subject_of(name, next(filter(None, codes), None), scheme)


def _provider(item: Item) -> str | None:
    sources = (
        plain(source.get("name"))
        for source in _dicts(item.get("infosource")) + _dicts(item.get("infosources"))
    )
    named = item.get("provider")
    return (
        plain(named.get("name") or named.get("literal") if isinstance(named, dict) else named)
        or plain(item.get("source"))
        or plain(item.get("copyrightholder"))
        or next(filter(None, sources), None)
        or ((authority := _AUTHORITY.match(plain(item.get("uri")) or "")) and authority[1])
        or None
    )


def _located(item: Item) -> str | None:
    place = item.get("datelinelocation")
    city = plain(place.get("city")) or plain(place.get("countryname")) if isinstance(place, dict) else None
    return plain(item.get("located")) or city or place_in(plain(item.get("dateline")))


def _rights(item: Item, name: str) -> str | None:
    return next(filter(None, (plain(rights.get(name)) for rights in _dicts(item.get("rightsinfo")))), None)


def _joined(value: Any) -> str | None:
    return (
        " ".join(unique(plain(part) for part in value)) or None if isinstance(value, list) else plain(value)
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dicts(value: Any) -> list[Item]:
    """The objects of a list, or the one object that stands for a list."""
    if isinstance(value, dict):
        return [value]
    return [entry for entry in _list(value) if isinstance(entry, dict)]
