"""The parts of an NITF document that other formats carry inline, too: text, byline, place, media."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from transforms.feeds.agency_xml import find_attribute, find_text, local, text_of
from transforms.feeds.entry import Link
from transforms.feeds.markup import element_html, html_or_none, plain_to_html
from transforms.feeds.values import place_in, unique


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
        issued_raw=next(filter(None, issue_dates(nitf)), None),
        links=unique(media_links(nitf)),
    )


def body_of(content: etree._Element) -> str | None:
    """``body.content`` as HTML; bare text in it, as old systems deliver, is divided like plain text."""
    only = content[0] if len(content) == 1 and not (content.text or "").strip() else content
    if len(only) == 0 and local(only) in ("body.content", "block", "pre"):
        return plain_to_html(only.text or "") or None
    return element_html(content) or None


def issue_dates(nitf: etree._Element) -> Iterator[str | None]:
    """Where the date of issue may be, best place first."""
    yield find_attribute(nitf, ".//date.issue", "norm")
    yield find_attribute(nitf, ".//story.date", "norm")
    yield find_attribute(nitf, ".//pubdata", "date.publication")


def _byline(nitf: etree._Element) -> str | None:
    """The byline without the writer's title (``byttl``)."""
    for byline in nitf.iterfind(".//byline"):
        own = [byline.text or ""]
        for child in byline:
            own += ["" if local(child) == "byttl" else text_of(child) or "", child.tail or ""]
        if text := " ".join(" ".join(own).split()).strip(" ,"):
            return text
    return find_text(nitf, ".//byline")


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
