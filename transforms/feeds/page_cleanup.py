"""What extraction libraries leave in an article though it is the page's: layout, teasers, loose headings."""

from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from transforms.feeds.agency_xml import local, text_of

_TABLE_PARTS = ("table", "thead", "tbody", "tfoot", "tr", "td", "th")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# A cell with most of a table's text, and a paragraph's worth of it, is a column of the page.
_COLUMN_SHARE = 0.6
_COLUMN_CHARACTERS = 120
_TRAILING_AT_MOST = 10


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What the whole page tells about texts an extraction may hold.

    Attributes:
        headlines: Of the article, white space collapsed.
        headings: Texts of all headings of the page.
        times: Texts of its ``time`` elements: never text of the article.
    """

    headlines: frozenset[str]
    headings: frozenset[str]
    times: frozenset[str]


def facts_of(page: etree._Element, headlines: Iterable[str]) -> PageFacts:
    """Look over a page once, for `clean_article`."""
    return PageFacts(
        frozenset(" ".join(line.split()) for line in headlines),
        frozenset(text for heading in page.iter(*_HEADINGS) if (text := text_of(heading))),
        frozenset(text for time in page.iter("time") if (text := text_of(time))),
    )


def clean_article(root: etree._Element, facts: PageFacts) -> None:
    """Take the page's own parts out of an extracted article, in place.

    Args:
        root: What a library found, as HTML.
        facts: The page it was found in.
    """
    _unfold_layout_tables(root)
    for paragraph in root.iter("p"):
        if text_of(paragraph) in facts.headings:  # justext makes paragraphs of them
            paragraph.tag = "h3"
    first = next(root.iter(*_HEADINGS), None)
    if first is not None and text_of(first) in facts.headlines:
        _drop(first)
    for block in list(root.iter("p", "div", "li", "span")):
        innermost = next(block.iterdescendants("p", "div", "li"), None) is None
        if innermost and (text_of(block) in facts.times or _is_teaser(block)):
            _drop(block)
    _drop_trailing_headings(root)


def _unfold_layout_tables(root: etree._Element) -> None:
    for table in list(root.iter("table")):
        size = len(text_of(table) or "")
        cells = [(len(text_of(cell) or ""), cell) for cell in table.iter("td", "th")]
        column = max(cells, key=lambda sized: sized[0], default=(0, None))
        if column[0] > max(_COLUMN_CHARACTERS, _COLUMN_SHARE * size) and len(cells) > 1:
            for part in table.iter(*_TABLE_PARTS):
                part.tag = "div"


def _is_teaser(block: etree._Element) -> bool:
    """Whether a block is nothing but one link: "read also" between two paragraphs."""
    links = list(block.iter("a"))
    return len(links) == 1 and text_of(links[0]) == text_of(block) and text_of(block) is not None


def _drop_trailing_headings(root: etree._Element) -> None:
    """A heading after which nothing comes is that of a list the library left out."""
    for _ in range(_TRAILING_AT_MOST):
        last = _last_text(root)
        if last is None:
            return
        _drop(last)


def _last_text(root: etree._Element) -> etree._Element | None:
    """The last heading, when no text follows it."""
    for element in reversed(list(root.iter())):
        if (element.tail or "").strip():
            return None
        if local(element) in _HEADINGS:
            return element
        if (element.text or "").strip():
            return next(element.iterancestors(*_HEADINGS), None)
    return None


def _drop(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is None:
        return
    previous = element.getprevious()
    if element.tail and previous is not None:
        previous.tail = (previous.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    parent.remove(element)
