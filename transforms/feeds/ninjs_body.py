"""Headline, summary and body of a folded ninjs item, whatever the version spells them like."""

from typing import Any

from lxml import etree

from transforms.feeds.agency_xml import parse_xml
from transforms.feeds.entry import FeedError
from transforms.feeds.markup import body_html, without_headline
from transforms.feeds.nitf_text import NitfText, read_text
from transforms.feeds.values import plain, verbatim

Item = dict[str, Any]

# Richest first: markup before plain text, because it keeps paragraphs.
_MARKUP_KEYS = ("bodyhtml5", "bodyxhtml", "bodyhtml", "articlehtml", "html", "contenthtml")
_PLAIN_KEYS = ("bodytext", "body", "contenttext")
_SUMMARY_MARKUP = ("descriptionxhtml", "descriptionhtml")
_SUMMARY_PLAIN = (
    "descriptiontext",
    "abstract",
    "descriptionsummary",
    "summary",
    "teaser",
    "descriptioncaption",
    "caption",
)
_SUMMARY_ROLES = ("summary", "abstract", "lead", "text", "main", "caption", "")
_NOT_SUMMARY = frozenset(("creditline", "writer"))


def headline_of(item: Item) -> str | None:
    """``headline``, or of ``headlines`` the one with role ``main``, else the first; else ``title``."""
    values = (
        [entry for entry in item.get("headlines") or [] if isinstance(entry, dict)]
        if isinstance(item.get("headlines"), list)
        else []
    )
    main = [entry for entry in values if plain(entry.get("role")) in ("main", None)]
    chosen = next((text for entry in (*main, *values) if (text := plain(entry.get("value")))), None)
    return plain(item.get("headline")) or chosen or plain(item.get("title")) or plain(item.get("name"))


def body_of(item: Item) -> str | None:
    """The body as HTML; None when the item has none."""
    return _from_bodies(item) or _from_keys(item)


def summary_of(item: Item) -> str | None:
    """Description, abstract or caption as HTML; None when the item has none."""
    for name in _SUMMARY_MARKUP:
        if text := verbatim(item.get(name)):
            return body_html(text, declared="markup") or None
    for name in _SUMMARY_PLAIN:
        if text := verbatim(item.get(name)):
            return body_html(text, declared="plain") or None
    chosen = sorted(
        (entry for entry in _objects(item.get("descriptions")) if _role(entry) not in _NOT_SUMMARY),
        key=lambda entry: _SUMMARY_ROLES.index(_role(entry)) if _role(entry) in _SUMMARY_ROLES else 99,
    )
    return next((text for entry in chosen if (text := _value_html(entry))), None)


def nitf_of(item: Item) -> NitfText | None:
    """The first body delivered as NITF, read; None when there is none."""
    for entry in _objects(item.get("bodies")):
        text = verbatim(entry.get("value")) or ""
        if "nitf" in (plain(entry.get("contenttype")) or "").lower() or "<nitf" in text[:500]:
            try:
                root = parse_xml(text).root
            except FeedError:
                continue
            return read_text(_nitf_root(root))
    return None


def _nitf_root(root: etree._Element) -> etree._Element:
    return root if root.tag == "nitf" else next(root.iter("nitf"), root)


def _from_bodies(item: Item) -> str | None:
    """Of several renderings of the body one with markup, else the first with text."""
    bodies = _objects(item.get("bodies"))
    nitf = nitf_of(item)
    if nitf and nitf.body:
        return without_headline(nitf.body, headline_of(item))
    marked = [
        entry
        for entry in bodies
        if "html" in (plain(entry.get("contenttype")) or plain(entry.get("role")) or "")
    ]
    for entry in (*marked, *bodies):
        if markup := _value_html(entry):
            return without_headline(markup, headline_of(item))
    return None


def _value_html(entry: Item) -> str | None:
    media = (plain(entry.get("contenttype")) or "").lower()
    declared = "plain" if media.startswith("text/plain") else "markup" if "html" in media else None
    return body_html(verbatim(entry.get("value")) or "", declared=declared) or None


def _from_keys(item: Item) -> str | None:
    for name in _MARKUP_KEYS:
        if (text := verbatim(item.get(name))) and (markup := body_html(text, declared="markup")):
            return without_headline(markup, headline_of(item))
    for name in _PLAIN_KEYS:
        if text := verbatim(item.get(name)):
            return body_html(text, declared="plain") or None
    return None


def _role(entry: Item) -> str:
    return (plain(entry.get("role")) or "").lower()


def _objects(value: Any) -> list[Item]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
