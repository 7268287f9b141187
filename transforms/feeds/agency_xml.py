"""XML of the agency formats, read safely and without namespaces in the way."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html.entities import html5

from lxml import etree

from transforms.feeds.entry import BadEntry, FeedError

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

# A DOCTYPE is removed before parsing: without it no entity can be declared, so neither an entity bomb
# (billion laughs) nor an external reference (XXE) can exist. The named characters that NITF and HTML
# DTDs declare are written out instead, so that nothing readable is lost.
# Possessive throughout: comments and quotes could otherwise be divided in exponentially many ways.
_MISC = re.compile(r"(?>\s++|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
_DOCTYPE = re.compile(
    r"<!DOCTYPE(?>[^\[>\"']++|\"[^\"]*\"|'[^']*')*+"
    r"(?:\[(?><!--.*?-->|\"[^\"]*\"|'[^']*'|[^\]\"'])*+\]\s*+)?>",
    re.DOTALL | re.IGNORECASE,
)
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_XML_OWN = frozenset(("amp", "lt", "gt", "quot", "apos"))
# Spellings seen in the wild for an element's right name (TASS writes DescriptiveMetada).
_MISSPELT = {"DescriptiveMetada": "DescriptiveMetadata"}
_RAW_LIMIT = 4000


@dataclass(frozen=True, slots=True)
class XmlDocument:
    """A parsed document.

    Attributes:
        root: Root element; every tag is a local name, comments and processing instructions are gone.
        body: The text it was read from.
        bozo: First complaint of the parser; None when the document is well-formed.
    """

    root: etree._Element
    body: str
    bozo: str | None


def parse_xml(body: str) -> XmlDocument:
    """Read XML text; damage is repaired as far as libxml2 can and reported as ``bozo``.

    No entity is expanded, nothing is loaded from network or disk, depth is at most 256 elements and
    one text node at most 10 MB (libxml2's own limits, ``huge_tree=False``).

    Raises:
        FeedError: ``unreadable_xml`` when not even a root element can be found.

    >>> parse_xml('<a xmlns="urn:x"><b>1 &eacute;</b></a>').root.findtext("b")
    '1 é'
    """
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        strip_cdata=True,
    )
    prepared = _without_prolog(body)
    try:
        root = etree.fromstring(prepared.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise FeedError("unreadable_xml", f"no XML element could be read: {error}") from error
    if root is None:
        raise FeedError("unreadable_xml", "no XML element could be read: the document has no root")
    _use_local_names(root)
    complaint = parser.error_log[0] if len(parser.error_log) else None
    return XmlDocument(root, prepared, complaint and f"line {complaint.line}: {complaint.message}")


def prolog_end(text: str) -> int:
    """Where the root element may start: after declaration, comments, instructions and DOCTYPE."""
    doctype = _DOCTYPE.match(text, _end(_MISC, text, 0))
    return _end(_MISC, text, doctype.end()) if doctype else _end(_MISC, text, 0)


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return match.end() if match else start


def _without_prolog(body: str) -> str:
    """The root element, entities of HTML written out; line ends before it are kept for line numbers."""
    text = body.lstrip("\ufeff")
    start = prolog_end(text)
    return "\n" * text.count("\n", 0, start) + _NAMED.sub(_named_character, text[start:])


def _named_character(match: re.Match[str]) -> str:
    if match[1] in _XML_OWN:
        return match[0]
    character = html5.get(f"{match[1]};", match[0])
    # &num; as a bare # could make a reference of its neighbours, to a character XML may not hold.
    return f"&#{ord(character)};" if len(character) == 1 and character.isascii() else character


def _use_local_names(root: etree._Element) -> None:
    for element in root.iter("*"):
        name = str(element.tag).rpartition("}")[2].rpartition(":")[2]
        if _NAME.fullmatch(name):  # of a damaged name anything may be left
            element.tag = _MISSPELT.get(name, name)


def local(element: etree._Element) -> str:
    """The element's tag; empty for the entity references that lxml keeps as nodes."""
    return element.tag if isinstance(element.tag, str) else ""


def text_of(element: etree._Element | None) -> str | None:
    """All text below an element, whitespace collapsed; None when missing or empty."""
    if element is None:
        return None
    return " ".join("".join(element.itertext()).split()) or None


def find_text(element: etree._Element, *paths: str) -> str | None:
    """Text of the first non-empty element found, the paths tried in order."""
    for path in paths:
        for found in element.iterfind(path):
            if text := text_of(found):
                return text
    return None


def find_attribute(element: etree._Element, path: str, name: str) -> str | None:
    """First non-blank attribute of that name on the elements of a path, stripped."""
    for found in element.iterfind(path):
        if value := (found.get(name) or "").strip():
            return value
    return None


def declared_language(element: etree._Element) -> str | None:
    """The nearest ``xml:lang`` on the element or above it, verbatim; ``x-default`` does not count."""
    node: etree._Element | None = element
    while node is not None:
        tag = (node.get(XML_LANG) or "").strip()
        if tag and tag not in ("x-default", "und"):
            return tag
        node = node.getparent()
    return None


def source_of(element: etree._Element) -> str:
    """The element's own markup for ``errors/``, at most 4000 characters."""
    return etree.tostring(element, encoding="unicode", with_tail=False)[:_RAW_LIMIT]


def split_complete(
    document: XmlDocument, items: Sequence[etree._Element]
) -> tuple[list[etree._Element], list[BadEntry]]:
    """Separate the items whose end tag arrived from those a cut document left open.

    The parser closes what was open at the cut, which would turn half an article into a short one.
    """
    if document.bozo is None or not items:
        return list(items), []
    names = "|".join(re.escape(name) for name in {local(item) for item in items})
    prefix = r"(?:[\w.-]+:)?"
    end_tag = re.compile(rf"</{prefix}(?:{names})\s*>|<{prefix}(?:{names})(?:\s[^<>]*)?/>")
    closed = len(end_tag.findall(document.body))
    missing = max(0, len(items) - closed)
    whole, cut = list(items[: len(items) - missing]), items[len(items) - missing :]
    return whole, [
        BadEntry(raw=source_of(item), exception="TruncatedItem", message="the document ends inside it")
        for item in cut
    ]
