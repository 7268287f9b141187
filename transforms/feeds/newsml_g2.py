"""NewsML-G2: news messages, news items and packages (IPTC News Architecture, 2.x)."""

from dataclasses import replace
from datetime import datetime

from lxml import etree

from transforms.feeds.agency_xml import (
    XML_LANG,
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
from transforms.feeds.entry import BadEntry, FeedEntry, FeedError, ParsedFeed, Subject
from transforms.feeds.markup import plain_to_html
from transforms.feeds.newsml_g2_content import body_of, inline_headline, links_of, located_inline
from transforms.feeds.values import (
    NOTHING_TO_READ,
    UNTIL_FURTHER_NOTICE,
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

_NEWS = ("newsItem", "packageItem")
# Items of the same architecture that are no news: knowledge, people, planned events, catalogues.
_OTHER = ("conceptItem", "knowledgeItem", "planningItem", "catalogItem")
# What Reuters writes where it has nothing to say.
_NO_DATA = ("No-Data-Available", "NONE")
_SUBHEADLINE = ("subheadline", "sub", "kicker", "subhead")


def parse(body: str, context: FeedContext) -> ParsedFeed:
    """Read a newsMessage, a newsItem or a packageItem; nested itemSets are read too.

    Concept, knowledge, planning and catalogue items are no news: they are named in ``flags`` as
    ``not_news:conceptItem`` and so on.

    Raises:
        FeedError: ``unreadable_xml`` without any XML; ``not_a_feed`` without an item of the architecture.
    """
    document = parse_xml(body)
    items, flags = first_items(list(document.root.iter(*_NEWS)))
    others = unique(f"not_news:{local(other)}" for other in document.root.iter(*_OTHER))
    if not items and not others and local(document.root) != "newsMessage":
        raise FeedError("not_a_feed", f"{context.url}: <{local(document.root)}> holds no NewsML-G2 item")
    feed = ParsedFeed(format="newsml-g2", bozo=document.bozo, flags=(*flags, *others))
    whole, feed.bad[:] = split_complete(document, items)
    packages: dict[str, int] = {}  # what an entry refers to -> the position of the entry
    for item in whole:
        entry = _entry(item, context)
        package = packages.get(entry.guid or "")
        if says_something(entry):
            packages |= dict.fromkeys(
                (link.href for link in entry.links if link.rel != "related"), len(feed.entries)
            )
            feed.entries.append(entry)
        elif package is not None:
            feed.entries[package] = _with_renditions(feed.entries[package], entry)
        else:
            feed.bad.append(BadEntry(raw=source_of(item), exception="Empty", message=NOTHING_TO_READ))
    return feed


def _with_renditions(package: FeedEntry, part: FeedEntry) -> FeedEntry:
    """Hand the renditions of a clip or picture without words (Reuters) to the package that names it."""
    own = (link for link in part.links if link.rel != "related")
    return replace(package, links=unique([*package.links, *own]))


def _entry(item: etree._Element, context: FeedContext) -> FeedEntry:
    published = stamp(
        context,
        find_text(item, "itemMeta/firstCreated"),
        find_text(item, "itemMeta/versionCreated"),
        find_text(item, "contentMeta/contentCreated"),
    )
    revised = stamp(context, find_text(item, "itemMeta/versionCreated"))
    headline = _headline(item)
    return FeedEntry(
        guid=find_attribute(item, ".", "guid"),
        url=_web_address(item),
        title=headline,
        summary=_summary(item),
        content=body_of(item, headline),
        published_raw=published.raw,
        published=published.instant,
        updated_raw=revised.raw,
        updated=revised.instant,
        date_quality=published.quality,
        authors=_authors(item),
        categories=unique(map(text_of, item.iterfind("contentMeta/keyword"))),
        subjects=unique(_subject(term) for term in item.iterfind("contentMeta/subject")),
        links=links_of(item),
        language=_language(item),
        provider=_party(item, "itemMeta/provider"),
        slugline=_in_language(item, "contentMeta/slugline"),
        byline=_in_language(item, "contentMeta/by"),
        located=_located(item),
        urgency=urgency_of(find_text(item, "contentMeta/urgency"), find_text(item, "itemMeta/priority")),
        usage_terms=_in_language(item, "rightsInfo/usageTerms"),
        copyright=_in_language(item, "rightsInfo/copyrightNotice")
        or _party(item, "rightsInfo/copyrightHolder"),
        provider_version=find_attribute(item, ".", "version"),
        status=_status(item),
        embargo_until=_embargo(item, context),
    )


def _language(item: etree._Element) -> str | None:
    """Language of the content, else of the item's texts."""
    return find_attribute(item, "contentMeta/language", "tag") or declared_language(item)


def _in_language(item: etree._Element, path: str) -> str | None:
    """Text of a repeatable element: in the item's language, else untagged, else English, else the first."""
    found = [(element.get(XML_LANG), text_of(element)) for element in item.iterfind(path)]
    texts = [(tag, text) for tag, text in found if text and not text.startswith(_NO_DATA)]
    own = _language(item)
    for wanted in (own, own and own.partition("-")[0], None, "en"):
        for tag, text in texts:
            if tag == wanted or (tag and wanted and tag.partition("-")[0] == wanted):
                return text
    return texts[0][1] if texts else None


def _headline(item: etree._Element) -> str | None:
    """The main headline; else the title, the inline article's own, the slugline."""
    headlines = [element for element in item.iterfind("contentMeta/headline") if text_of(element)]
    main = [element for element in headlines if not _is_subheadline(element)]
    ranked = sorted(main or headlines, key=lambda element: _rank(element.get("rank")))
    return (
        text_of(ranked[0])
        if ranked
        else find_text(item, "itemMeta/title")
        or inline_headline(item)
        or find_text(item, "contentMeta/slugline")
    )


def _is_subheadline(element: etree._Element) -> bool:
    return (element.get("role") or "").lower().rpartition(":")[2] in _SUBHEADLINE


def _rank(rank: str | None) -> int:
    return int(rank) if rank and rank.isdecimal() else 1


def _summary(item: etree._Element) -> str | None:
    """The description that summarises, else a caption or any other, else the subheadline."""
    described = [element for element in item.iterfind("contentMeta/description") if text_of(element)]
    described.sort(key=lambda element: _summary_rank(element.get("role") or ""))
    sub = [element for element in item.iterfind("contentMeta/headline") if _is_subheadline(element)]
    chosen = next((text for element in (*described, *sub) if (text := text_of(element))), None)
    return plain_to_html(chosen) if chosen else None


def _summary_rank(role: str) -> int:
    name = role.lower().rpartition(":")[2]
    return 0 if name in ("summary", "abstract", "lead") else 1 if not name or "caption" in name else 2


def _party(element: etree._Element, path: str) -> str | None:
    """Name of a party, else its literal, else the code of its QCode or the URI."""
    for party in element.iterfind(path):
        named = (
            find_text(party, "name") or party.get("literal") or (party.get("qcode") or "").rpartition(":")[2]
        )
        if value := (named or party.get("uri") or "").strip():
            return value
    return None


def _authors(item: etree._Element) -> tuple[str, ...]:
    """People among the creators, else the byline; neither the agency itself nor a login is an author."""
    agency = {
        name.casefold()
        for path in ("itemMeta/provider", "contentMeta/creditline", "contentMeta/infoSource")
        for party in item.iterfind(path)
        for name in (text_of(party), find_text(party, "name"), party.get("literal"))
        if name
    }
    creators = [creator for creator in item.iterfind("contentMeta/creator") if not _is_login(creator)]
    names = (find_text(creator, "name") or creator.get("literal") for creator in creators)
    people = unique(name.strip() for name in names if name and name.casefold().strip() not in agency)
    return people or unique([name_in(_in_language(item, "contentMeta/by"))])


def _is_login(creator: etree._Element) -> bool:
    """Dpa gives ``dpa-ad:powell.robin`` as code and ``powell.robin`` as name."""
    name, code = find_text(creator, "name"), (creator.get("qcode") or "").rpartition(":")[2]
    return name is not None and name == code and " " not in name


def _subject(term: etree._Element) -> Subject | None:
    code = term.get("qcode") or term.get("uri") or term.get("literal")
    if (code or "").rpartition(":")[2].startswith(_NO_DATA):
        return None
    literal = term.get("literal")
    name = find_text(term, "name")
    return subject_of(name or literal, None) if code == literal else subject_of(name, code)


def _located(item: etree._Element) -> str | None:
    """Name of the place, else its literal, else the dateline, else that of an inline NITF."""
    for place in item.iterfind("contentMeta/located"):
        name = (find_text(place, "name") or place.get("literal") or "").strip()
        if name and not name.startswith(_NO_DATA):
            return name
    return place_in(_in_language(item, "contentMeta/dateline")) or located_inline(item)


def _status(item: etree._Element) -> str:
    status = next(item.iterfind("itemMeta/pubStatus"), None)
    return "published" if status is None else status_of(status.get("qcode"), status.get("uri"))


def _embargo(item: etree._Element, context: FeedContext) -> datetime | None:
    """``embargoed``; without a date it means until further notice (NewsML-G2 guidelines, 8.5)."""
    element = item.find("itemMeta/embargoed")
    if element is None:
        return None
    return stamp(context, text_of(element)).instant or UNTIL_FURTHER_NOTICE


def _web_address(item: etree._Element) -> str | None:
    """The published article's address where the provider links to it."""
    for link in item.iterfind("itemMeta/link"):
        name = (link.get("rel") or "").rpartition(":")[2].lower()
        if name in ("alternate", "canonical", "weburl", "self") and (
            href := (link.get("href") or "").strip()
        ):
            return href
    return None
