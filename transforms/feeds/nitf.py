"""NITF 3.x: one news article as XML (IPTC News Industry Text Format)."""

import re
from datetime import datetime

from lxml import etree

from transforms.feeds.agency_xml import (
    declared_language,
    find_attribute,
    find_text,
    parse_xml,
    source_of,
    split_complete,
    text_of,
)
from transforms.feeds.context import FeedContext
from transforms.feeds.entry import BadEntry, FeedEntry, ParsedFeed, Subject
from transforms.feeds.markup import html_or_none
from transforms.feeds.nitf_text import issue_dates, read_text
from transforms.feeds.values import (
    NOTHING_TO_READ,
    UNTIL_FURTHER_NOTICE,
    Stamp,
    first_items,
    name_in,
    says_something,
    stamp,
    status_of,
    subject_of,
    unique,
    urgency_of,
)

# NITF has no element for the slug; these are the metas agencies use (NTB: Stikkord).
_SLUG_METAS = tuple(f".//head/meta[@name='{name}']" for name in ("slug", "slugline", "NTBStikkord"))


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


def entry_of(nitf: etree._Element, context: FeedContext) -> FeedEntry:
    """One ``nitf`` element as an entry."""
    text = read_text(nitf)
    issued, released = (
        stamp(context, *issue_dates(nitf)),
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


def _embargo(management: str | None, issued: Stamp, released: Stamp) -> datetime | None:
    held = (management or "").strip().lower() == "embargoed"
    if released.instant and (held or (issued.instant and released.instant > issued.instant)):
        return released.instant
    return UNTIL_FURTHER_NOTICE if held else None


def _authors(nitf: etree._Element, byline: str | None) -> tuple[str, ...]:
    people = unique(text_of(person) for person in nitf.iterfind(".//byline//person"))
    named = find_attribute(nitf, ".//head/meta[@name='author']", "content")
    return people or unique([named or name_in(byline)])


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
