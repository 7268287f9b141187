"""NewsML 1.x: the envelope TASS, AFP, Belga, ATS, ANP and others still deliver, NITF or text inside."""

import re
from dataclasses import dataclass
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
from transforms.feeds.entry import BadEntry, FeedEntry, Link, ParsedFeed, Subject
from transforms.feeds.newsml1_story import Story, stories_of
from transforms.feeds.values import (
    NOTHING_TO_READ,
    UNTIL_FURTHER_NOTICE,
    first_items,
    place_in,
    says_something,
    stamp,
    status_of,
    subject_of,
    unique,
    urgency_of,
)

_SUBJECT_TAGS = ("Subject", "SubjectMatter", "SubjectDetail", "SubjectQualifier")
# What a recalled item is told to do in NewsManagement/Instruction.
_RECALL = frozenset(("delete", "rescind", "kill"))


@dataclass(frozen=True, slots=True)
class _Document:
    """What all items of a document share: its envelope, the names of its codes, where it came from."""

    envelope: etree._Element | None
    topic_names: dict[str, str]
    context: FeedContext


def parse(body: str, context: FeedContext) -> ParsedFeed:
    """Read a NewsML 1.x document; every NewsItem gives one entry per language it is written in.

    Raises:
        FeedError: ``unreadable_xml`` when there is no XML at all.
    """
    document = parse_xml(body)
    items, flags = first_items(list(document.root.iter("NewsItem")))
    feed = ParsedFeed(format="newsml1", bozo=document.bozo, flags=flags)
    whole, feed.bad[:] = split_complete(document, items)
    shared = _Document(document.root.find("NewsEnvelope"), _topic_names(document.root), context)
    for item in whole:
        stories = stories_of(item)
        entries = [_entry(item, story, shared, len(stories) > 1) for story in stories]
        feed.entries.extend(filter(says_something, entries))
        if not any(map(says_something, entries)):
            feed.bad.append(BadEntry(raw=source_of(item), exception="Empty", message=NOTHING_TO_READ))
    return feed


def _entry(item: etree._Element, story: Story, document: _Document, one_of_many: bool) -> FeedEntry:
    context, envelope = document.context, document.envelope
    management = item.find("NewsManagement")
    created = stamp(
        context,
        find_text(item, "NewsManagement/FirstCreated"),
        find_text(item, "NewsManagement/ThisRevisionCreated"),
        find_text(item, "Identification/NewsIdentifier/DateId"),
        (envelope is not None and find_text(envelope, "DateAndTime")) or None,
    )
    revised = stamp(context, find_text(item, "NewsManagement/ThisRevisionCreated"))
    guid = _guid(item, story)
    return FeedEntry(
        guid=f"{guid}#{story.identifier}" if one_of_many and guid else guid,
        title=story.headline,
        summary=story.summary,
        content=story.body,
        published_raw=created.raw,
        published=created.instant,
        updated_raw=revised.raw,
        updated=revised.instant,
        date_quality=created.quality,
        authors=_authors(story),
        categories=_keywords(story),
        subjects=_subjects(story, document.topic_names),
        links=unique([*story.links, *_associations(item)]),
        language=_language(item, story),
        provider=_provider(item, story),
        slugline=story.line("SlugLine") or find_text(item, "Identification/NameLabel"),
        byline=story.line("ByLine") or story.nitf_byline,
        located=_located(story),
        urgency=_urgency(item, envelope),
        usage_terms=story.text("RightsMetadata/UsageRights/UsageType") or story.line("RightsLine"),
        copyright=story.line("CopyrightLine") or story.text("RightsMetadata/Copyright/CopyrightHolder"),
        provider_version=find_text(item, "Identification/NewsIdentifier/RevisionId"),
        status=_status(management),
        embargo_until=_embargo(management, context),
    )


def _guid(item: etree._Element, story: Story) -> str | None:
    """The identifier that stays the same over revisions.

    A PublicIdentifier is ``urn:newsml:{provider}:{date}:{id}:{revision}{update}`` (RFC 3085): its last part
    is cut. Belga fills it with a constant; then provider, date and NewsItemId are put together, the date only
    when it is not that of the revision.
    """
    public = find_text(item, "Identification/NewsIdentifier/PublicIdentifier")
    if public and (
        match := re.fullmatch(r"(urn:newsml:[^:]+:[^:]+:.+?)(?::\d+[AUN]?)?", public, re.IGNORECASE)
    ):
        return match[1]
    number = find_text(item, "Identification/NewsIdentifier/NewsItemId")
    if number:
        provider = find_text(item, "Identification/NewsIdentifier/ProviderId")
        return ":".join(filter(None, ("urn:newsml", provider, _stable_date(item), number)))
    return story.text("DescriptiveMetadata/guid") or story.identifier or public


def _stable_date(item: etree._Element) -> str | None:
    date = find_text(item, "Identification/NewsIdentifier/DateId")
    revised = find_text(item, "NewsManagement/ThisRevisionCreated")
    return None if date == revised else date


def _status(management: etree._Element | None) -> str:
    if management is None:
        return "published"
    recalled = (find_attribute(management, "Instruction", "FormalName") or "").lower() in _RECALL
    return "withdrawn" if recalled else status_of(find_attribute(management, "Status", "FormalName"))


def _embargo(management: etree._Element | None, context: FeedContext) -> datetime | None:
    if (
        management is None
        or (find_attribute(management, "Status", "FormalName") or "").lower() != "embargoed"
    ):
        return None
    return (
        stamp(context, find_text(management, "StatusWillChange/DateAndTime")).instant or UNTIL_FURTHER_NOTICE
    )


def _urgency(item: etree._Element, envelope: etree._Element | None) -> int | None:
    return urgency_of(
        find_attribute(item, "NewsManagement/Urgency", "FormalName"),
        find_text(item, "NewsManagement/Urgency"),
        find_attribute(item, "NewsManagement/Priority", "FormalName"),
        None if envelope is None else find_attribute(envelope, "Priority", "FormalName"),
    )


def _language(item: etree._Element, story: Story) -> str | None:
    """The component's own ``xml:lang``, else the language of its metadata, else the item's."""
    return (
        declared_language(story.component)
        or story.attribute("DescriptiveMetadata/Language", "FormalName")
        or declared_language(item)
    )


def _provider(item: etree._Element, story: Story) -> str | None:
    return (
        story.attribute("AdministrativeMetadata/Provider/Party", "FormalName")
        or story.attribute("AdministrativeMetadata/Source/Party", "FormalName")
        or story.line("CreditLine")
        or find_text(item, "Identification/NewsIdentifier/ProviderId")
    )


def _authors(story: Story) -> tuple[str, ...]:
    """Parties of ``Creator`` and ``Author``; editors and validators are not authors."""
    parties = [
        (party.get("FormalName") or "").strip()
        for path in ("AdministrativeMetadata/Creator/Party", "AdministrativeMetadata/Author/Party")
        for party in story.all(path)
        if (party.get("Topic") or "AUTHOR").upper().lstrip("#") == "AUTHOR"
    ]
    named = [text_of(author) for author in story.all("Author")]
    return unique([*parties, *named, *story.properties("AdministrativeMetadata", "author")])


def _keywords(story: Story) -> tuple[str, ...]:
    lines = [text_of(line) or "" for line in story.all("NewsLines/KeywordLine")]
    values = story.properties("DescriptiveMetadata", "Keyword")
    plain = [text_of(word) for word in story.component.iter("item_keyword")]
    return unique([part.strip() for value in (*lines, *values) for part in value.split(";")] + plain)


def _subjects(story: Story, names: dict[str, str]) -> tuple[Subject, ...]:
    terms = (
        term
        for code in story.all("DescriptiveMetadata/SubjectCode")
        for term in code
        if term.tag in _SUBJECT_TAGS
    )
    return unique(_subject(term, names) for term in terms)


def _subject(term: etree._Element, names: dict[str, str]) -> Subject | None:
    code = (term.get("FormalName") or "").strip()
    vocabulary = (term.get("Vocabulary") or "").strip()
    return subject_of(names.get(code), code, vocabulary or None) if code else None


def _topic_names(root: etree._Element) -> dict[str, str]:
    """Names the document's own TopicSets give its codes, English before others."""
    names: dict[str, str] = {}
    for topic in root.iter("Topic"):
        code, spoken = (
            find_text(topic, "FormalName"),
            find_text(
                topic,
                "Description[@Variant='Name'][@{http://www.w3.org/XML/1998/namespace}lang='en']",
                "Description[@Variant='Name']",
                "Description",
            ),
        )
        if code and spoken:
            names[code] = spoken
    return names


def _located(story: Story) -> str | None:
    """City of the place of origin; else the place the dateline starts with."""
    for location in story.all("DescriptiveMetadata/Location"):
        if location.get("HowPresent", "Origin") == "Origin" and (
            city := find_attribute(location, "Property[@FormalName='City']", "Value")
        ):
            return city
    return next(iter(story.properties("DescriptiveMetadata", "City")), None) or place_in(
        story.line("DateLine")
    )


def _associations(item: etree._Element) -> list[Link]:
    targets = (
        (found.get("NewsItem") or "").strip() for found in item.iterfind("NewsManagement/AssociatedWith")
    )
    return [Link(href=target, rel="related") for target in targets if target]
