"""Bodies of agency formats as simple HTML: NITF, XHTML and plain text in, the same few tags out."""

import re
from html import escape

from lxml import etree
from lxml import html as lxml_html

from transforms.feeds.agency_xml import local, text_of

# NITF 3.x and HTML5 elements under the HTML name they mean: hl1 and hl2 are headlines, bq is a block quote.
_RENAMED = {"hl1": "h1", "hl2": "h2", "bq": "blockquote", "nitf-col": "td"}
_DIVISIONS = (
    "block",
    "section",
    "article",
    "main",
    "header",
    "footer",
    "aside",
    "center",
    "note",
    "nitf-table",
)
_RENAMED |= dict.fromkeys(_DIVISIONS, "div")

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_TABLE = ("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td")
_LISTS = ("ul", "ol", "li", "dl", "dt", "dd")
_BLOCKS = frozenset(("p", "div", "blockquote", "pre", *_HEADINGS, *_TABLE, *_LISTS))
_VOID = frozenset(("br", "hr"))
_INLINE = frozenset(("em", "strong", "i", "b", "sub", "sup", "a"))
# Not running text: scripts and controls, and media, which become links.
_CODE = (
    "script",
    "style",
    "head",
    "title",
    "meta",
    "link",
    "noscript",
    "form",
    "button",
    "nav",
    "iframe",
    "svg",
)
_MEDIA = ("media", "img", "picture", "figure", "video", "audio", "object")
_METADATA = ("table-metadata", "nitf-table-metadata", "lang")
# A lost end tag puts the following items into the text of this one; they are read on their own.
_ITEMS = ("newsItem", "packageItem", "NewsItem", "NewsComponent", "ContentItem", "nitf")
_DROPPED = frozenset((*_CODE, *_MEDIA, *_METADATA, *_ITEMS))

_SPACE = re.compile(r"[ \t\r\n\f]+")
_AROUND_BLOCK = re.compile(rf" {{0,8}}(</?(?:{'|'.join(sorted(_BLOCKS | _VOID))})>) {{0,8}}")
_EMPTY = re.compile(r"<(p|div|blockquote|h[1-6]|li|ul|ol|dl|table|tbody|tr)>(?:<br>|[ \u00a0])*</\1>")
_AFTER_BLOCK = re.compile(r"(</(?:p|h[1-6]|ul|ol|dl|table|blockquote|pre|tr|li)>)(?=<)")
_TAG = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", re.IGNORECASE)
_BLOCK_TAG = re.compile(
    r"<(?:p|br|div|ul|ol|li|h[1-6]|table|section|article|blockquote)(?:\s[^<>]*)?/?>", re.I
)
_OUTER_PARAGRAPH = re.compile(r"\s*<p>((?:(?!</?p\b).)*)</p>\s*", re.I | re.DOTALL)
_DOCUMENT = re.compile(r"<(?:html|body|head)\b|<!doctype", re.I)
# Empty blocks nested deeper than this are no accident of editing and stay.
_EMPTY_LEVELS = 8
# A wire service that breaks lines itself does so at 60 to 80 columns.
_WRAPPED_AT_LEAST = 45
_WRAPPED_AT_MOST = 100


def element_html(element: etree._Element) -> str:
    """What an element contains as simple HTML: whitelisted tags, no attribute but ``href``, no empty block.

    Inline elements a format invents (``person``, ``chron``, ``money`` ...) vanish and leave their text.

    >>> element_html(etree.fromstring("<body.content><p>Oslo, <chron>9 May</chron></p> <p/></body.content>"))
    '<p>Oslo, 9 May</p>'
    """
    parts: list[str] = []
    _write_children(element, parts, keep_space=False)
    return _tidied("".join(parts))


def _tidied(markup: str) -> str:
    markup = _AROUND_BLOCK.sub(r"\1", markup).strip()
    for _ in range(_EMPTY_LEVELS):
        markup, emptied = _EMPTY.subn("", markup)
        if not emptied:
            break
    markup = _AFTER_BLOCK.sub(r"\1\n", markup)
    starts_block = re.match(r"<([a-z0-9]+)", markup)
    return f"<p>{markup}</p>" if markup and not (starts_block and starts_block[1] in _BLOCKS) else markup


def _write_children(element: etree._Element, parts: list[str], *, keep_space: bool) -> None:
    parts.append(_text(element.text, keep_space))
    for child in element:
        _write(child, parts, keep_space=keep_space)
        parts.append(_text(child.tail, keep_space))


def _text(text: str | None, keep_space: bool) -> str:
    escaped = escape(text or "", quote=False)
    return escaped if keep_space else _SPACE.sub(" ", escaped)


def _write(element: etree._Element, parts: list[str], *, keep_space: bool) -> None:
    name = local(element)
    tag = _RENAMED.get(name, name)
    if not name:  # an entity nobody declared: its name stays readable
        parts.append(escape(element.text or "", quote=False))
    elif name in _DROPPED:
        return
    elif tag in _VOID:
        parts.append(f"<{tag}>")
    elif tag in _BLOCKS or tag in _INLINE:
        parts.append(_start_tag(tag, element))
        _write_children(element, parts, keep_space=keep_space or tag == "pre")
        parts.append(f"</{tag}>")
    else:
        _write_children(element, parts, keep_space=keep_space)


def _start_tag(tag: str, element: etree._Element) -> str:
    href = element.get("href") if tag == "a" else None
    return f'<a href="{escape(href)}">' if href else f"<{tag}>"


def without_headline(markup: str, headline: str | None) -> str:
    """The body without a first heading that only repeats the headline.

    >>> without_headline("<div><h1>Flood  in Basra</h1><p>Rain</p></div>", "Flood in Basra")
    '<div><p>Rain</p></div>'
    """
    match = re.match(
        r"((?:\s*<(?:div|section|article)>)*\s*)<h([1-3])[^<>]*>(.*?)</h\2>\s*", markup, re.DOTALL
    )
    if match is None or headline is None:
        return markup
    heading = " ".join(re.sub(r"<[^>]*>", " ", match[3]).split())
    return match[1] + markup[match.end() :] if heading == escape(headline, quote=False) else markup


def body_html(text: str, *, declared: str | None = None) -> str:
    """A body delivered as a string: documents become simple HTML, fragments stay, plain text is wrapped.

    Args:
        text: The string, entities of the carrying format undone.
        declared: ``plain`` or ``markup`` where the format says so. Neither is believed against the text:
            agencies put tags into plain text (ANSA, Belga) and leave them out of markup (Business Wire).
    """
    if declared == "plain" and (outer := _OUTER_PARAGRAPH.fullmatch(text)) and not _TAG.search(outer[1]):
        return plain_to_html(outer[1])
    if _DOCUMENT.search(text):
        return _document_html(text)
    if _BLOCK_TAG.search(text):
        return text.strip()
    if declared == "markup":
        return f"<p>{_SPACE.sub(' ', text.strip())}</p>" if text.strip() else ""
    return plain_to_html(text, inline_markup=_TAG.search(text) is not None)


def _document_html(text: str) -> str:
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True)
    try:
        root = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:  # nothing but comments and whitespace
        return ""
    except (
        etree.XMLSyntaxError
    ):  # one in 200 000 fuzzed documents, and not every time: the text is HTML still
        return text.strip()
    body = root.find(".//body")
    return element_html(root if body is None else body)


def plain_to_html(text: str, *, inline_markup: bool = False) -> str:
    r"""Plain text as escaped ``<p>`` blocks, divided at blank lines, indents, or else line ends.

    Args:
        text: Plain text; lines wrapped at a fixed width are joined.
        inline_markup: Tags such as ``<b>`` are meant as such: nothing is escaped.

    >>> plain_to_html("Oil & gas\nrose.\n\nEnd")
    '<p>Oil &amp; gas</p>\n<p>rose.</p>\n<p>End</p>'
    """
    paragraphs: list[list[str]] = [[]]
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if not line.strip() or re.match(r" {2,}\S|\t", line):
            paragraphs.append([])
        if line.strip():
            paragraphs[-1].append(line.strip())
    joined = [text for block in paragraphs if block for text in _unwrapped(block)]
    return "\n".join(f"<p>{part if inline_markup else escape(part, quote=False)}</p>" for part in joined)


def _unwrapped(lines: list[str]) -> list[str]:
    """One paragraph if its lines look wrapped at a fixed width, else one paragraph a line."""
    full = [len(line) for line in lines[:-1]]
    if full and sum(full) / len(full) >= _WRAPPED_AT_LEAST and max(full) <= _WRAPPED_AT_MOST:
        return [" ".join(lines)]
    return lines


def html_or_none(element: etree._Element | None) -> str | None:
    """An abstract or description as HTML; None when it is missing or has no text."""
    return None if text_of(element) is None or element is None else element_html(element)
