"""Where an article's body comes from: the feed, or the article's own page for feeds that ask for it."""

from typing import NamedTuple

from schemas.rows import Entry
from transforms.feeds.page_charset import decode_page
from transforms.feeds.pages import extract
from transforms.fetch import raw
from transforms.storage import place


class BodySource(NamedTuple):
    """HTML to clean, and its origin.

    Attributes:
        html: The body as published; empty when there is none.
        origin: ``content``, ``summary`` or ``page``.
        confidence: Agreement of the extractors, only for ``page``.
    """

    html: str
    origin: str
    confidence: float | None = None


def choose_body(entry: Entry) -> BodySource:
    """The page's article where one was fetched and says at least as much as the feed, else the feed's text.

    Raises:
        ValueError: The stored page is damaged.
    """
    if entry.extraction is not None:  # an entry made from a page, as of a web archive
        return BodySource(entry.content or "", "page", entry.extraction)
    own = BodySource(entry.content or entry.summary or "", "content" if entry.content else "summary")
    if entry.page is None or entry.page.path is None:
        return own
    decoded = decode_page(
        raw.read(place(entry.page.path)), content_type=entry.page.content_type, language=entry.feed_language
    )
    page = extract(decoded.text, entry.page.final_url, entry.feed_language, entry.title)
    if page.html is None or _letters(page.html) < _letters(own.html):
        return own
    return BodySource(page.html, "page", page.confidence)


def _letters(html: str) -> int:
    return sum(map(str.isalpha, html))
