"""NITF 3.x: one news article as XML (IPTC News Industry Text Format)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from transforms.feeds.agency_xml import (
    declared_language,
    find_attribute,
    find_text,
    local,
    parse_xml,
    source_of,
    split_complete,
    text_of,
)
from transforms.feeds.context import FeedContext
from transforms.feeds.entry import BadEntry, FeedEntry, Link, ParsedFeed, Subject
from transforms.feeds.markup import element_html, html_or_none, plain_to_html
from transforms.feeds.values import (
    NOTHING_TO_READ,
    UNTIL_FURTHER_NOTICE,
    Stamp,
    first_items,
    name_in,
    place_in,
    says_something,
    stamp,
    status_of,
    subject_of,
    unique,
    urgency_of,
)

# NITF has no element for the slug; these are the metas agencies use (NTB: Stikkord).
_SLUG_METAS = tuple(f".//head/meta[@name='{name}']" for name in ("slug", "slugline", "NTBStikkord"))


@dataclass(frozen=True, slots=True)
class NitfText:
    """The parts of an NITF that other formats carry inline.

    Attributes:
        headline: ``hedline/hl1`` or the head's ``title``.
        abstract: HTML; None when missing.
        body: HTML of ``body.content``; None when empty.
        byline: Plain text.
        located: Place of the dateline.
        issued_raw: Date of issue, verbatim.
        links: Media references.
    """

    headline: str | None
    abstract: str | None
    body: str | None
    byline: str | None
    located: str | None
    issued_raw: str | None
    links: tuple[Link, ...]


def parse(body: str, context: FeedContext) -> ParsedFeed:
    """Read an NITF document, or several in one envelope.

    Raises:
        FeedError: ``unreadable_xml`` when there is no XML at all.
    """
    document = parse_xml(body)
    items, flags = first_items(list(document.root.iter("nitf")))
    feed = ParsedFeed(format="nitf", bozo=document.bozo, flags=flags)
    whole, feed.bad[:] = split_complete(document, items)
    for nitf in whole:
        entry = entry_of(nitf, context)
        if says_something(entry):
            feed.entries.append(entry)
        else:
            feed.bad.append(BadEntry(raw=source_of(nitf), exception="Empty", message=NOTHING_TO_READ))
    return feed


def read_text(nitf: etree._Element) -> NitfText:
    """The text parts of an ``nitf`` element, tags being local names."""
    content = nitf.find(".//body.content")
    body = body_of(content) if content is not None and text_of(content) else None
    return NitfText(
        headline=find_text(nitf, ".//hedline/hl1", ".//head/title", ".//hedline"),
        abstract=html_or_none(nitf.find(".//abstract")),
        body=body,
        byline=_byline(nitf),
        located=located_of(nitf),
        issued_raw=next(filter(None, _issue_dates(nitf)), None),
        links=unique(media_links(nitf)),
    )


def body_of(content: etree._Element) -> str | None:
    """``body.content`` as HTML; bare text in it, as old systems deliver, is divided like plain text."""
    only = content[0] if len(content) == 1 and not (content.text or "").strip() else content
    if len(only) == 0 and local(only) in ("body.content", "block", "pre"):
        return plain_to_html(only.text or "") or None
    return element_html(content) or None


def entry_of(nitf: etree._Element, context: FeedContext) -> FeedEntry:
    """One ``nitf`` element as an entry."""
    text = read_text(nitf)
    issued, released = (
        stamp(context, *_issue_dates(nitf)),
        stamp(context, find_attribute(nitf, ".//date.release", "norm")),
    )
    published = issued if issued.raw else released
    management = find_attribute(nitf, ".//docdata", "management-status")
    return FeedEntry(
        guid=_guid(nitf),
        title=text.headline,
        summary=text.abstract or _subheadline(nitf),
        content=text.body,
        published_raw=published.raw,
        published=published.instant,
        date_quality=published.quality,
        authors=_authors(nitf, text.byline),
        categories=_keywords(nitf),
        subjects=_subjects(nitf),
        links=text.links,
        language=_language(nitf),
        provider=_provider(nitf),
        slugline=_slugline(nitf),
        byline=text.byline,
        located=text.located,
        urgency=urgency_of(find_attribute(nitf, ".//urgency", "ed-urg")),
        usage_terms=find_text(nitf, ".//rights.limitations", ".//rights.type"),
        copyright=_copyright(nitf),
        provider_version=find_attribute(nitf, ".//du-key", "version"),
        status=status_of(management),
        embargo_until=_embargo(management, issued, released),
    )


def _guid(nitf: etree._Element) -> str | None:
    """``doc-id``; where it ends in a revision number, the ``du-key`` that stays the same over revisions."""
    document = find_attribute(nitf, ".//doc-id", "id-string")
    stable = find_attribute(nitf, ".//du-key", "key")
    if document and stable and re.fullmatch(re.escape(stable) + r"[_:.-]\d+", document):
        return stable
    return document or stable or find_attribute(nitf, ".", "uno") or find_attribute(nitf, ".//pubdata", "id")


def _issue_dates(nitf: etree._Element) -> Iterator[str | None]:
    yield find_attribute(nitf, ".//date.issue", "norm")
    yield find_attribute(nitf, ".//story.date", "norm")
    yield find_attribute(nitf, ".//pubdata", "date.publication")


def _embargo(management: str | None, issued: Stamp, released: Stamp) -> datetime | None:
    held = (management or "").strip().lower() == "embargoed"
    if released.instant and (held or (issued.instant and released.instant > issued.instant)):
        return released.instant
    return UNTIL_FURTHER_NOTICE if held else None


def _byline(nitf: etree._Element) -> str | None:
    """The byline without the writer's title (``byttl``)."""
    for byline in nitf.iterfind(".//byline"):
        own = [byline.text or ""]
        for child in byline:
            own += ["" if local(child) == "byttl" else text_of(child) or "", child.tail or ""]
        if text := " ".join(" ".join(own).split()).strip(" ,"):
            return text
    return find_text(nitf, ".//byline")


def _authors(nitf: etree._Element, byline: str | None) -> tuple[str, ...]:
    people = unique(text_of(person) for person in nitf.iterfind(".//byline//person"))
    named = find_attribute(nitf, ".//head/meta[@name='author']", "content")
    return people or unique([named or name_in(byline)])


def located_of(nitf: etree._Element) -> str | None:
    """The dateline's location; else its text without the story date; else the city of the event."""
    if place := find_text(nitf, ".//dateline/location/city", ".//dateline/location"):
        return place
    dateline = nitf.find(".//dateline")
    if dateline is not None:
        own = (dateline.text or "") + "".join(child.tail or "" for child in dateline)
        if place := place_in(" ".join(own.split())):
            return place
    return find_attribute(nitf, ".//evloc", "city")


def _subheadline(nitf: etree._Element) -> str | None:
    return html_or_none(nitf.find(".//hedline/hl2"))


def _keywords(nitf: etree._Element) -> tuple[str, ...]:
    return unique((keyword.get("key") or "").strip() for keyword in nitf.iterfind(".//key-list/keyword"))


def _subjects(nitf: etree._Element) -> tuple[Subject, ...]:
    """``tobject.subject``, and IPTC codes an agency puts into a meta (ANSA: ``category_iptc``)."""
    metas = (
        (meta.get("content") or "").strip() for meta in nitf.iterfind(".//head/meta") if "iptc" in _name(meta)
    )
    codes = (subject_of(None, code) for code in metas if re.fullmatch(r"\d{8}", code, re.ASCII))
    named = (_identified(term) for term in nitf.iterfind(".//docdata/identified-content/*"))
    return unique([*(_subject(term) for term in nitf.iter("tobject.subject")), *codes, *named])


def _identified(term: etree._Element) -> Subject | None:
    """A person, place or classifier the whole article is about."""
    code = (term.get("code") or (term.get("idsrc") and term.get("value")) or "").strip() or None
    return subject_of(text_of(term) or (term.get("value") or "").strip() or None, code)


def _name(meta: etree._Element) -> str:
    return (meta.get("name") or "").lower()


def _subject(term: etree._Element) -> Subject | None:
    """The most specific name of a subject reference, with its code and the registry it comes from."""
    levels = ("tobject.subject.detail", "tobject.subject.matter", "tobject.subject.type")
    name = next((value for level in levels if (value := (term.get(level) or "").strip())), None)
    registry = (term.get("tobject.subject.ipr") or "IPTC").strip()
    code = (term.get("tobject.subject.refnum") or term.get("tobject.subject.code") or "").strip() or None
    return subject_of(name, code, "subj" if registry.upper() == "IPTC" and code else registry)


def _language(nitf: etree._Element) -> str | None:
    return (
        declared_language(nitf)
        or find_attribute(nitf, ".", "baselang")
        or find_attribute(nitf, ".//body.content/lang", "lang")
        or declared_language(nitf.find("body") if nitf.find("body") is not None else nitf)
    )


def _provider(nitf: etree._Element) -> str | None:
    return (
        find_text(nitf, ".//distributor/org", ".//distributor")
        or find_attribute(nitf, ".//doc-id", "regsrc")
        or find_attribute(nitf, ".//doc.copyright", "holder")
    )


def _slugline(nitf: etree._Element) -> str | None:
    return find_attribute(nitf, ".//fixture", "fix-id") or next(
        filter(None, (find_attribute(nitf, path, "content") for path in _SLUG_METAS)), None
    )


def _copyright(nitf: etree._Element) -> str | None:
    holder = find_attribute(nitf, ".//doc.copyright", "holder")
    year = find_attribute(nitf, ".//doc.copyright", "year")
    return " ".join(filter(None, (holder, year))) or find_text(nitf, ".//copyrite", ".//rights.owner")


def media_links(nitf: etree._Element) -> list[Link]:
    """``media-reference`` elements, and the bare ``img`` some agencies write (ANSA: ``<img source=...>``)."""
    links = [link for media in nitf.iter("media") for link in _renditions(media)]
    images = [(image.get("src") or image.get("source") or "").strip() for image in nitf.iter("img")]
    return links + [Link(href=source, rel="image") for source in images if source]


def _renditions(media: etree._Element) -> list[Link]:
    kind = (media.get("media-type") or "").strip().lower()
    rel = {"image": "image", "photo": "image", "video": "video", "audio": "audio"}.get(kind, "enclosure")
    caption = find_text(media, "media-caption")
    return [
        Link(
            href=source,
            rel=rel,
            type=reference.get("mime-type") or None,
            length=int(size) if (size := (reference.get("data-size") or "")).isdecimal() else None,
            title=caption,
        )
        for reference in media.iter("media-reference")
        if (source := (reference.get("source") or "").strip())
    ]
