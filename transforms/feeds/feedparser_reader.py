"""feedparser, called the safe way, and its traps undone. The reference reader, and the one for broken XML."""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import feedparser

from transforms.feeds.context import FeedContext
from transforms.feeds.entry import BadEntry, ParsedFeed
from transforms.feeds.raw_entry import MAX_AUTHOR, RawEntry, to_entry
from transforms.feeds.schedule import next_page, polling

# What feedparser 6.0.14 lets escape: surrogate references, &#99999999999;, stray gml:pos, sgmllib's own.
ESCAPING = (ValueError, OverflowError, LookupError, AttributeError, TypeError, AssertionError, RuntimeError)
MAX_RAW = 4000

# feedparser reads these into summary and content, so that media:description overwrites the description.
_ASIDES = ("dc_khabardescription", "media_khabardescription", "itunes_khabarsummary", "itunes_khabarsubtitle")
_MRSS = re.compile(r"""xmlns:([\w.-]+)\s*=\s*["']http://search\.yahoo\.com/mrss/?["']""")
# Its search for an address in an author is quadratic (40 KB take 5 s) and knows no top-level domain of more
# than four letters: it gets no address to find.
_AT = "\ue040"
_AUTHOR = re.compile(
    r"(<(?:\w+:)?(?:author|creator|managingeditor|webmaster|publisher|name|email)\b[^<>]*>(?:\s*<!\[CDATA\[)?)"
    r"([^<\]]*)",
    re.IGNORECASE,
)
_ITEM = re.compile(r"<((?:\w+:)?(?:item|entry))(?=[\s>])")
# Characters read again and again when each item gets a document of its own.
MAX_SALVAGE = 5_000_000


def read(text: str, context: FeedContext) -> ParsedFeed:
    """Read a feed through feedparser; a document it cannot survive is read item by item.

    Args:
        text: Clean text of the document.
        context: Where it came from.
    """
    shielded = _shield(text)
    try:
        document = _call(shielded)
    except ESCAPING as error:
        return _salvage(shielded, context, error)
    return _to_feed(document, text, context)


def _call(text: str) -> Any:
    # Never str or bytes: parse(b"/path") opens a file, parse("http://...") performs a GET. Without a
    # content-location links and GUIDs stay as published: feedparser would make "17" a URL.
    return feedparser.parse(
        io.BytesIO(text.encode("utf-8", "replace")),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )


def _shield(text: str) -> str:
    """Rename the elements that feedparser would confuse with description and content; cut long authors."""
    media = "|".join({"media", *_MRSS.findall(text, 0, 20_000)})
    tags = re.compile(rf"<(/?)({media}|itunes|dc):(description|summary|subtitle)\b(?:[^<>]*?(/)?)>")
    text = _AUTHOR.sub(_without_address, tags.sub(_renamed, text))
    if "<source" in text:
        # Behind <source>, feedparser lets media:title overwrite the entry's own title.
        text = re.sub(rf"<(/?)(?:{media}):title\b[^<>]*?(/?)>", r"<\1media:khabartitle\2>", text)
    return text


def _without_address(match: re.Match[str]) -> str:
    return match[1] + match[2][:MAX_AUTHOR].replace("@", _AT)


def _renamed(match: re.Match[str]) -> str:
    # Without attributes: feedparser keeps the text of an unknown element only then.
    prefix = match[2] if match[2] in ("itunes", "dc") else "media"
    return f"<{match[1]}{prefix}:khabar{match[3]}{match[4] or ''}>"


def _to_feed(document: Any, text: str, context: FeedContext) -> ParsedFeed:
    channel = document.feed
    language = _text(channel.get("language")) or None
    atom = document.version.startswith("atom")
    ttl, hours, days = polling(
        channel.get("ttl"), channel.get("sy_updateperiod"), channel.get("sy_updatefrequency"), text
    )
    return ParsedFeed(
        format=document.version or "rss",
        entries=[to_entry(_raw(item), context, language, atom=atom) for item in document.entries],
        title=_text(channel.get("title")) or None,
        language=language,
        bozo=str(document.bozo_exception) if document.bozo else None,
        ttl_minutes=ttl,
        skip_hours=hours,
        skip_days=days,
        next_url=next_page(_records(channel.get("links")), context.url),
    )


def _raw(item: Any) -> RawEntry:
    # dict.get: FeedParserDict answers "updated" with "published" when there is none.
    plain: Callable[[str], Any] = lambda key: dict.get(item, key)  # noqa: E731
    detail, source = _record(plain("summary_detail")), _record(plain("source"))
    return RawEntry(
        guid=_text(plain("id")),
        title=_text(plain("title")) or _text(plain("media_khabartitle")),
        original=_text(plain("feedburner_origlink")),
        links=[dict(link) for link in _records(plain("links"))],
        summary=(_text(plain("summary")) or "", detail.get("type") or "text/html") if detail else None,
        contents=[(c.get("value") or "", c.get("type") or "") for c in _records(plain("content"))]
        + _full_texts(item),
        asides=[value for key in _ASIDES if (value := _text(plain(key)))],
        published=_text(plain("published")) or _text(plain("created")),
        updated=_text(plain("updated")),
        authors=[
            (a.get("name") or a.get("email") or "").replace(_AT, "@") for a in _records(plain("authors"))
        ],
        tags=[(t.get("term"), t.get("scheme"), t.get("label")) for t in _records(plain("tags"))],
        media=[
            _media(m, thumbnail=key.endswith("l"))
            for key in ("media_content", "media_thumbnail")
            for m in _records(plain(key))
        ],
        language=_text(plain("language")) or _language(item),
        rights=_text(plain("rights")),
        source=_text(source.get("title")),
    )


def _record(value: Any) -> dict[str, Any]:
    # A stray <links> or <tags> element leaves text where feedparser otherwise keeps records.
    return value if isinstance(value, dict) else {}


def _records(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _full_texts(item: Any) -> list[tuple[str, str]]:
    """``yandex:full-text`` arrives as ``yandex_full-text``."""
    return [(v, "text/html") for k, v in item.items() if k.endswith("full-text") and isinstance(v, str)]


def _media(attributes: Any, *, thumbnail: bool) -> dict[str, str]:
    media = {key: value for key, value in attributes.items() if isinstance(value, str)}
    media["href"] = media.get("url") or media.get("href", "")
    media["length"] = media.get("filesize", "")
    media.pop("title", None)
    return media | {"medium": "image"} if thumbnail else media


def _language(item: Any) -> str | None:
    for key in ("title_detail", "summary_detail"):
        language = _record(dict.get(item, key)).get("language")
        if language:
            return str(language)
    return None


def _salvage(text: str, context: FeedContext, error: Exception) -> ParsedFeed:
    """Read each item in a document of its own; those that still escape are kept as bad entries."""
    feed = ParsedFeed(format="rss")
    spans = list(_item_spans(text))
    head = text[: spans[0][0]] if spans else text
    entries, bad, budget = [], [], MAX_SALVAGE
    for start, end in spans:
        item = text[start:end]
        budget -= len(head) + len(item)
        try:
            if budget < 0:
                raise OverflowError("too many items to read one by one")
            feed = _to_feed(_call(head + item), text, context)
            entries += feed.entries
        except ESCAPING as problem:
            bad.append(BadEntry(raw=item[:MAX_RAW], exception=type(problem).__name__, message=str(problem)))
    bozo = f"{type(error).__name__}: {error}"
    return replace(feed, entries=entries, bad=bad, bozo=bozo, flags=("read_item_by_item",))


def _item_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where complete items begin and end; found from left to right in one pass."""
    position = 0
    while match := _ITEM.search(text, position):
        end = text.find(f"</{match[1]}", match.end())
        if end < 0:
            return
        position = end + len(match[1]) + 3
        yield match.start(), position
