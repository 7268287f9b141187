"""Values of elements as feedparser stores them."""

import re
from typing import Any

from transforms.feeds.fast_names import attributes_of, name_of

_C1 = {
    code: bytes([code]).decode("cp1252")
    for code in range(0x80, 0xA0)
    if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
_HAS_C1 = re.compile("[\x80-\x9f]")
_TRIPLE_SLASH = re.compile(r"^([A-Za-z][A-Za-z0-9+-.]*://)/*")
_BROKEN_REFERENCE = re.compile(r"&([A-Za-z0-9_]+);")
# Atom's short names.
TYPES = {"text": "text/plain", "plain": "text/plain", "html": "text/html", "xhtml": "application/xhtml+xml"}
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class NotForFast(Exception):  # noqa: N818 - a signal, not a fault: feedparser reads this document
    """Markup whose reading is better left to feedparser."""


def clean_value(text: str | None) -> str:
    """A value as feedparser stores it: stripped, UTF-8 read as Latin-1 undone, C1 controls as cp1252."""
    if not text:
        return ""
    value = text.strip()
    # Below U+0100 alone can be UTF-8 read as Latin-1; most text of other scripts is seen at its first letter.
    if value.isascii():
        return value
    try:
        value = value.encode("iso-8859-1").decode("utf-8")
    except UnicodeError:
        return value.translate(_C1) if _HAS_C1.search(value) else value
    return value.translate(_C1)


def simple_text(element: Any) -> str:
    """The value of an element without children."""
    if len(element):
        raise NotForFast(element.tag)
    return clean_value(element.text)


def address(text: str | None) -> str:
    """A value that is a link or a permalink."""
    value = clean_value(text)
    return _TRIPLE_SLASH.sub(r"\1", value) if ":///" in value else value


def plain_address(href: str) -> str:
    """A link without the needless slashes some publishers put after the scheme."""
    return _TRIPLE_SLASH.sub(r"\1", href) if ":///" in href else href


def person(element: Any) -> str:
    """The name of an Atom person."""
    name = email = ""
    for child in element:
        key = name_of(child)
        if key in ("name", "itunes_name"):
            name = simple_text(child)
        elif key in ("email", "itunes_email"):
            email = simple_text(child)
        elif key not in ("uri", "url", "homepage") or len(child):
            raise NotForFast(child.tag)
    if not name:
        raise NotForFast(element.tag)
    return name or email


def language_of(element: Any) -> str | None:
    """The nearest ``xml:lang``, with hyphens."""
    while element is not None:
        language = element.get(_XML_LANG)
        if language is not None:
            return language.replace("_", "-") or None
        element = element.getparent()
    return None


def text_type(element: Any, default: str) -> str:
    """The media type of a text construct; base64 and inline markup are left to feedparser."""
    if not element.attrib:
        return default
    attributes = attributes_of(element)
    declared = attributes.get("type", default)
    kind = TYPES.get(declared, declared)
    text = kind.startswith("text/") or kind.endswith(("+xml", "/xml"))
    if not text or attributes.get("mode") == "base64" or kind.endswith("xml"):
        raise NotForFast(element.tag)
    return kind


def mend_references(link: str) -> str:
    """``?a=1&b;=2`` as ``?a=1&b=2``: feedparser's own mending of links."""
    return _BROKEN_REFERENCE.sub(r"&\1", link.replace("&amp;", "&"))


def source_title(element: Any) -> str:
    """What an RSS ``source`` says, or the title in an Atom one."""
    title = clean_value(element.text)
    for child in element:
        name = name_of(child)
        if name in ("content", "content_encoded", "summary", "description", "source"):
            raise NotForFast(child.tag)
        if name == "title" and simple_text(child):
            title = simple_text(child)
    return title


def as_media(attributes: dict[str, str]) -> dict[str, str]:
    """Attributes of a Media RSS element as those of a link."""
    attributes["length"] = attributes.get("filesize", "")
    attributes.pop("title", None)
    return attributes
