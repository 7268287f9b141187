"""What an article page says about itself: JSON-LD, Open Graph, meta tags."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from transforms.feeds.agency_json import parse_json
from transforms.feeds.entry import FeedError
from transforms.feeds.values import plain, unique, verbatim

_MAX_WALK = 6
_PUBLISHED = (
    ".//meta[@property='article:published_time']",
    ".//meta[@itemprop='datePublished']",
    ".//meta[@name='pubdate']",
    ".//meta[@name='date']",
    ".//meta[@name='DC.date.issued']",
)
_AUTHOR = (".//meta[@name='author']", ".//meta[@property='article:author']")


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """Facts about the article, None or empty where the page is silent.

    Attributes:
        title: ``headline`` of JSON-LD, else ``og:title``, else the first ``h1``, else ``title``.
        published: Date string, verbatim.
        authors: Names, in order; no URLs.
        language: ``inLanguage`` of JSON-LD, else ``lang`` of the document, verbatim.
        canonical_url: Absolute.
        article_body: ``articleBody`` of JSON-LD, plain text as a rule.
    """

    title: str | None
    published: str | None
    authors: tuple[str, ...]
    language: str | None
    canonical_url: str | None
    article_body: str | None


def read_metadata(root: etree._Element, url: str) -> PageMetadata:
    """Read the metadata of a parsed HTML page."""
    article = next(_articles(root), {})
    return PageMetadata(
        title=plain(article.get("headline"))
        or _content(root, ".//meta[@property='og:title']")
        or _text(root, ".//h1")
        or _text(root, ".//title"),
        published=plain(article.get("datePublished")) or _content(root, *_PUBLISHED) or _time(root),
        authors=_authors(article) or _meta_authors(root),
        language=_language(article) or _attribute(root, "lang"),
        canonical_url=_canonical(root, url),
        article_body=verbatim(article.get("articleBody")),
    )


def _articles(root: etree._Element) -> Iterator[dict[str, Any]]:
    """Objects of JSON-LD that are an article, those with a text first."""
    found: list[dict[str, Any]] = []
    for script in root.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            try:
                found += _walk(parse_json(_bare(script.text or "")).value)
            except FeedError:  # a page with broken JSON-LD is still a page
                continue
    yield from sorted(found, key=lambda article: not article.get("articleBody"))


def _bare(script: str) -> str:
    """The JSON without the CDATA marks and comments that old templates put around it."""
    return re.sub(r"^\s*(?://)?\s*(?:<!\[CDATA\[|<!--)|(?://)?\s*(?:\]\]>|-->)\s*$|;\s*$", "", script).strip()


def _walk(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > _MAX_WALK:
        return
    if isinstance(value, list):
        for inner in value:
            yield from _walk(inner, depth + 1)
    elif isinstance(value, dict):
        if _is_article(value.get("@type")):
            yield value
        for name in ("@graph", "mainEntity", "itemListElement", "item"):
            yield from _walk(value.get(name), depth + 1)


def _is_article(kind: Any) -> bool:
    kinds = kind if isinstance(kind, list) else [kind]
    return any(isinstance(name, str) and name.endswith(("Article", "Posting", "Report")) for name in kinds)


def _authors(article: dict[str, Any]) -> tuple[str, ...]:
    people = article.get("author") or article.get("creator")
    listed = people if isinstance(people, list) else [people]
    return _names(plain(person.get("name") if isinstance(person, dict) else person) for person in listed)


def _meta_authors(root: etree._Element) -> tuple[str, ...]:
    return _names((meta.get("content") or "").strip() for path in _AUTHOR for meta in root.iterfind(path))


def _names(names: Iterator[str | None]) -> tuple[str, ...]:
    return unique(name for name in names if name and not name.startswith(("http://", "https://", "//")))


def _language(article: dict[str, Any]) -> str | None:
    """``inLanguage`` is a tag or a Language object."""
    value = article.get("inLanguage")
    return plain(value.get("alternateName") if isinstance(value, dict) else value)


def _canonical(root: etree._Element, url: str) -> str | None:
    href = next(
        (
            link.get("href")
            for link in root.iter("link")
            if "canonical" in (link.get("rel") or "").lower().split()
        ),
        None,
    )
    address = (href or _content(root, ".//meta[@property='og:url']") or "").strip()
    try:
        return urljoin(url, address) if address else None
    except ValueError:  # "http://[broken"
        return None


def _content(root: etree._Element, *paths: str) -> str | None:
    return next(
        (text for path in paths for meta in root.iterfind(path) if (text := plain(meta.get("content")))), None
    )


def _text(root: etree._Element, path: str) -> str | None:
    return next((text for found in root.iterfind(path) if (text := plain("".join(found.itertext())))), None)


def _time(root: etree._Element) -> str | None:
    return next((text for found in root.iter("time") if (text := plain(found.get("datetime")))), None)


def _attribute(root: etree._Element, name: str) -> str | None:
    return plain(root.get(name)) or plain(root.get("{http://www.w3.org/XML/1998/namespace}lang"))
