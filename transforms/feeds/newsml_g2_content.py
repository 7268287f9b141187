"""What a NewsML-G2 item carries: its inline body, its renditions, the items it refers to."""

from lxml import etree

from transforms.feeds.agency_xml import find_text, text_of
from transforms.feeds.entry import Link
from transforms.feeds.markup import body_html, element_html, without_headline
from transforms.feeds.nitf_text import body_of as nitf_body
from transforms.feeds.nitf_text import located_of, media_links
from transforms.feeds.values import unique

_REL = {
    "picture": "image",
    "graphic": "image",
    "image": "image",
    "photo": "image",
    "video": "video",
    "audio": "audio",
}


def body_of(item: etree._Element, headline: str | None) -> str | None:
    """The first inline rendering that has text, as HTML: inlineXML (NITF, XHTML), then inlineData."""
    for inline in item.iterfind("contentSet/inlineXML"):
        if markup := without_headline(_inline_xml(inline), headline):
            return markup
    for inline in item.iterfind("contentSet/inlineData"):
        if inline.get("encoding") is None and (markup := _inline_data(inline)):
            return without_headline(markup, headline)
    return None


def _inline_xml(inline: etree._Element) -> str:
    if text_of(inline) is None:
        return ""
    nitf = next(inline.iter("body.content"), None)
    if nitf is not None:
        return nitf_body(nitf) or ""
    body = next(inline.iter("body"), inline)
    if len(body) == 0:  # escaped HTML or plain text where XML was announced
        return body_html(body.text or "", declared="markup")
    return element_html(_main_part(body))


def _main_part(body: etree._Element) -> etree._Element:
    """The body, without header, footer, nav and aside around the section with the text (dpa)."""
    framed = [child for child in body if child.tag in ("header", "footer", "nav", "aside")]
    rest = [child for child in body if child not in framed and text_of(child)]
    for frame in framed if rest else []:
        body.remove(frame)
    return body


def _inline_data(inline: etree._Element) -> str:
    declared = (inline.get("contenttype") or "text/plain").lower()
    if not declared.startswith(("text/", "application/xhtml")):
        return ""
    if len(inline):
        return element_html(inline)
    return body_html(inline.text or "", declared="plain" if declared.startswith("text/plain") else "markup")


def inline_headline(item: etree._Element) -> str | None:
    """Headline of an inline NITF or title of an inline XHTML."""
    return find_text(
        item, "contentSet/inlineXML//hedline/hl1", "contentSet/inlineXML//title", "contentSet/inlineXML//h1"
    )


def located_inline(item: etree._Element) -> str | None:
    """Dateline place of an inline NITF."""
    nitf = next(item.iter("nitf"), None)
    return None if nitf is None else located_of(nitf)


def links_of(item: etree._Element) -> tuple[Link, ...]:
    """Renditions (``remoteContent``), package members (``itemRef``), links of the metadata, in that order."""
    item_class = _class_of(item, "itemMeta/itemClass")
    remote = [_remote(content, item_class) for content in item.iterfind("contentSet/remoteContent")]
    members = [_member(reference) for reference in item.iter("itemRef")]
    related = [_related(link) for link in item.iterfind("itemMeta/link")]
    media = [link for nitf in item.iter("nitf") for link in media_links(nitf)]
    return unique([*remote, *members, *related, *media])


def _href(element: etree._Element) -> str:
    names = ("href", "residref", "guidref")
    return next((value for name in names if (value := (element.get(name) or "").strip())), "")


def _class_of(element: etree._Element, path: str) -> str:
    found = element.find(path)
    code = "" if found is None else found.get("qcode") or found.get("uri") or ""
    return code.replace("/", ":").rpartition(":")[2]


def _remote(content: etree._Element, item_class: str) -> Link | None:
    href, media = _href(content), content.get("contenttype")
    rel = _REL.get((media or "").partition("/")[0]) or _REL.get(item_class) or "enclosure"
    title = find_text(content, "title", "altText")
    return Link(href=href, rel=rel, type=media, length=_size(content), title=title) if href else None


def _member(reference: etree._Element) -> Link | None:
    href = _href(reference)
    rel = _REL.get(_class_of(reference, "itemClass")) or "item"
    title = find_text(reference, "headline", "title")
    return (
        Link(href=href, rel=rel, type=reference.get("contenttype"), length=_size(reference), title=title)
        if href
        else None
    )


def _related(link: etree._Element) -> Link | None:
    """A link of the metadata; one to an earlier version of the item itself is none."""
    href = _href(link)
    own = link.getparent().getparent().get("guid") if link.getparent() is not None else None
    if not href or href == own:
        return None
    return Link(href=href, rel="related", type=link.get("contenttype"), title=find_text(link, "title"))


def _size(element: etree._Element) -> int | None:
    size = element.get("size") or ""
    return int(size) if size.isascii() and size.isdecimal() else None
