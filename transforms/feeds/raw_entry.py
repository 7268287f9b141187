"""What both syndication readers find in an item, and the one way it becomes a `FeedEntry`."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urljoin

from transforms.feeds.context import FeedContext
from transforms.feeds.dates import parse_date
from transforms.feeds.entry import FeedEntry, Link, Subject
from transforms.feeds.markup import plain_to_html

# Characters of one author that are read.
MAX_AUTHOR = 512
HTML_TYPES = frozenset(["text/html", "application/xhtml+xml"])
# A text/plain element that holds markup all the same: publishers forget Atom's type attribute.
_MARKUP = re.compile(
    r"</?(?:p|div|br|a|img|ul|ol|li|em|strong|b|i|span|h[1-6]|table|blockquote|figure)\b[^>]*>"
    r"|</\w+>|&(?:\w+|#\d+|#x[0-9a-f]+);",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[\w.+-]+@(?:[\w-]+\.)+[A-Za-z]{2,}(?:\?subject=\S+)?")
_ABSOLUTE = re.compile(r"https?://[^\s\\]", re.IGNORECASE)
_REFERENCES = ("enclosure", "related")
_KINDS = ("image", "video", "audio")


@dataclass(slots=True, kw_only=True)
class RawEntry:
    """An item's values as the markup gives them: stripped, one level of escaping undone.

    Attributes:
        links: Attributes of each link: ``rel``, ``type``, ``href``, ``length``, ``title``.
        contents: ``(value, media type)`` of each full-content element.
        summary: ``(value, media type)`` of the description or summary.
        asides: Texts that stand in when there is no summary, best first.
        media: Attributes of each ``media:content`` and ``media:thumbnail``.
        tags: ``(term, scheme, label)`` of each category.
        original: ``feedburner:origLink``.
    """

    guid: str | None = None
    title: str | None = None
    original: str | None = None
    links: list[dict[str, str]] = field(default_factory=list)
    summary: tuple[str, str] | None = None
    contents: list[tuple[str, str]] = field(default_factory=list)
    asides: list[str] = field(default_factory=list)
    published: str | None = None
    updated: str | None = None
    authors: list[str] = field(default_factory=list)
    tags: list[tuple[str | None, str | None, str | None]] = field(default_factory=list)
    media: list[dict[str, str]] = field(default_factory=list)
    language: str | None = None
    rights: str | None = None
    source: str | None = None


def to_entry(raw: RawEntry, context: FeedContext, language: str | None, *, atom: bool) -> FeedEntry:
    """Make the entry of an item.

    Args:
        raw: The item.
        context: Where the feed came from.
        language: The channel's: entries without their own inherit it (feedparser does not).
        atom: In Atom ``updated`` alone says when an entry changed, not when it appeared: flagged.
    """
    published, published_at, quality = _date(raw.published or raw.updated, context)
    updated, updated_at, _ = _date(raw.updated, context) if raw.updated else _NO_DATE
    if atom and published and not raw.published:
        quality = (*quality, "updated_only")
    return FeedEntry(
        guid=raw.guid or None,
        url=_url(raw, context),
        title=raw.title or None,
        summary=_summary(raw),
        content=_content(raw),
        published_raw=published,
        published=published_at,
        updated_raw=updated,
        updated=updated_at,
        date_quality=quality,
        authors=tuple(dict.fromkeys(filter(None, map(author_name, raw.authors)))) if raw.authors else (),
        categories=_categories(raw.tags) if raw.tags else (),
        subjects=_subjects(raw.tags) if raw.tags else (),
        links=_links(raw, context.url),
        language=raw.language or language,
        provider=raw.source or None,
        copyright=raw.rights or None,
    )


_Tags = list[tuple[str | None, str | None, str | None]]
_NO_DATE = (None, None, ())


def _categories(tags: _Tags) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for term, _, label in tags if (name := label or term)))


def _subjects(tags: _Tags) -> tuple[Subject, ...]:
    return tuple(
        Subject(name=label, scheme=scheme, code=term) for term, scheme, label in tags if scheme and term
    )


def author_name(author: str) -> str:
    """The name in RSS's ``desk@a.example (Name)`` and in ``Name <desk@a.example>``; without one the address.

    >>> author_name("desk@a.example (Laila)")
    'Laila'
    """
    author = author[:MAX_AUTHOR].strip()
    match = _EMAIL.search(author) if "@" in author else None
    if not match:
        return author
    name = author.replace(match[0], "").replace("()", "").replace("<>", "").strip()
    return name.removeprefix("(").removesuffix(")").strip() or match[0]


def _date(text: str | None, context: FeedContext) -> tuple[str | None, datetime | None, tuple[str, ...]]:
    if not text:
        return None, None, ()
    found = parse_date(text, context)
    return text, found.instant, found.quality


def resolve(base: str, href: str) -> str:
    """An absolute URL; what cannot be joined stays as written.

    >>> resolve("https://a.example/x/y", "//b.example/z")
    'https://b.example/z'
    """
    href = href.strip()
    if _ABSOLUTE.match(href):
        return href
    try:
        return urljoin(base, href)
    except ValueError:  # a bracketed host that is no IPv6 address
        return href


def _url(raw: RawEntry, context: FeedContext) -> str | None:
    found = raw.original or _page(raw.links)
    if not found and raw.guid and _ABSOLUTE.match(raw.guid):
        # A GUID serves as the link when it is one: isPermaLink is set wrongly too often to be asked.
        found = raw.guid
    return resolve(context.url, found) if found else None


def _page(links: list[dict[str, str]]) -> str | None:
    other = None
    for link in links:
        if link.get("rel", "alternate") == "alternate" and (href := link.get("href")):
            if link.get("type", "text/html") in HTML_TYPES:
                return href
            other = other or href
    return other


def as_html(value: str, media_type: str) -> str:
    """A text construct as HTML; plain text is wrapped in paragraphs and escaped.

    >>> as_html("a < b", "text/plain")
    '<p>a &lt; b</p>'
    """
    if media_type in HTML_TYPES or media_type.endswith("xml") or _MARKUP.search(value):
        return value
    return plain_to_html(value)


def _summary(raw: RawEntry) -> str | None:
    if raw.summary and raw.summary[0]:
        return as_html(*raw.summary)
    aside = next(filter(None, raw.asides), None)
    return as_html(aside, "text/plain") if aside else None


def _content(raw: RawEntry) -> str | None:
    """The longest of the full-content elements whose type is text of some kind."""
    texts = [(value, kind) for value, kind in raw.contents if value and _is_text(kind)]
    return as_html(*max(texts, key=lambda text: len(text[0]))) if texts else None


def _is_text(kind: str) -> bool:
    return not kind or kind.startswith("text/") or kind.endswith("xml")


def _links(raw: RawEntry, base: str) -> tuple[Link, ...]:
    found = [
        _link(link, link["rel"], base)
        for link in raw.links
        if link.get("rel") in _REFERENCES and link.get("href")
    ]
    if raw.media:
        found += [_link(media, _kind(media), base) for media in raw.media if media.get("href")]
    return tuple(dict.fromkeys(found)) if found else ()


def _link(attributes: dict[str, str], rel: str, base: str) -> Link:
    length = attributes.get("length", "").strip()
    return Link(
        href=resolve(base, attributes["href"]),
        rel=rel,
        type=attributes.get("type") or None,
        length=int(length) if length.isascii() and length.isdecimal() and len(length) < 16 else None,
        title=attributes.get("title") or None,
    )


def _kind(media: dict[str, str]) -> str:
    declared = media.get("medium") or media.get("type", "").partition("/")[0]
    return declared if declared in _KINDS else "enclosure"
