"""A page of a web archive as an entry, as if its publisher's feed had held it."""

from dataclasses import replace
from urllib.parse import urlsplit

from transforms.feeds.context import FeedContext
from transforms.feeds.date_zones import region_of
from transforms.feeds.dates import ParsedDate, parse_date
from transforms.feeds.entry import FeedEntry
from transforms.feeds.page_charset import decode_page
from transforms.feeds.pages import PageExtraction, extract
from transforms.warc.responses import WarcPage
from transforms.warc.sources import WarcSource

_ALIASES = ("www.", "m.", "amp.", "mobile.")


def article_of(page: WarcPage, source: WarcSource, extractor: str) -> tuple[FeedEntry, PageExtraction] | None:
    """Find the article of a page; None where there is none, as on front pages and lists.

    Raises:
        FeedError: The body is damaged.
        ImportError: The extra ``khabar[pages]`` is not installed.
    """
    if urlsplit(page.url).path in ("", "/"):
        return None
    decoded = decode_page(page.body, content_type=page.content_type, language=source.language)
    found = extract(decoded.text, page.url, source.language, None, extractor)
    if found.html is None:
        return None
    date = _date(found.published, page, source)
    entry = FeedEntry(
        url=address(page.url, found.canonical_url),
        title=found.title,
        content=found.html,
        published_raw=found.published,
        published=date.instant,
        date_quality=date.quality,
        authors=found.authors,
        language=found.language,
    )
    return entry, found


def address(url: str, canonical: str | None) -> str:
    """The address that identifies the page: the one it names itself, where that can be believed.

    Some sites name their front page on every page, or another site; then the crawler's address counts.

    >>> address("https://m.news.example/a?x=1", "https://www.news.example/a")
    'https://www.news.example/a'
    >>> address("https://news.example/a", "https://news.example/")
    'https://news.example/a'
    """
    if canonical is None:
        return url
    try:
        asked, named = urlsplit(url), urlsplit(canonical)
    except ValueError:
        return url
    believable = (
        named.scheme in ("http", "https")
        and _site(named.hostname) == _site(asked.hostname)
        and (named.path not in ("", "/") or bool(named.query))
    )
    return canonical if believable else url


def _site(host: str | None) -> str:
    host = (host or "").lower()
    for alias in _ALIASES:
        host = host.removeprefix(alias)
    return host


def _date(raw: str | None, page: WarcPage, source: WarcSource) -> ParsedDate:
    if raw is None:
        return ParsedDate(None)
    context = FeedContext(
        url=page.url, language=source.language, timezone=source.timezone, fetched_at=page.fetched_at
    )
    return parse_date(raw, replace(context, region=region_of(context)))
