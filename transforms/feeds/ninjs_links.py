"""Renditions and associations of a folded ninjs item, as references."""

from collections.abc import Iterator
from typing import Any

from transforms.feeds.entry import Link
from transforms.feeds.ninjs_body import headline_of
from transforms.feeds.values import plain, unique, verbatim

Item = dict[str, Any]

_REL = {
    "picture": "image",
    "graphic": "image",
    "image": "image",
    "photo": "image",
    "video": "video",
    "audio": "audio",
}


def links_of(item: Item) -> tuple[Link, ...]:
    """The item's own renditions, then each association: its renditions, or its ``uri`` when it has none."""
    own = _renditions(item, plain(item.get("type")), None)
    return unique([*own, *_associated(item), *_replaced(item)])


def _renditions(item: Item, kind: str | None, title: str | None) -> Iterator[Link]:
    for rendition in _values(item.get("renditions")):
        href = plain(rendition.get("href"))
        media = plain(rendition.get("contenttype")) or plain(rendition.get("mimetype"))
        if href:
            yield Link(
                href=href,
                rel=_rel(plain(rendition.get("type")) or kind, media),
                type=media,
                length=_size(rendition.get("sizeinbytes")),
                title=title or plain(rendition.get("title")),
            )


def _associated(item: Item) -> Iterator[Link]:
    for association in _values(item.get("associations")):
        kind = plain(association.get("type"))
        caption = headline_of(association) or plain(association.get("descriptiontext"))
        found = list(_renditions(association, kind, caption))
        uri = plain(association.get("uri"))
        yield from found
        if uri and not found:
            yield Link(href=uri, rel=_REL.get(kind or "", "related"), title=caption)


def _replaced(item: Item) -> Iterator[Link]:
    """TT names the items a new one takes the place of."""
    for uri in item.get("replacing") or [] if isinstance(item.get("replacing"), list) else []:
        if isinstance(uri, str) and uri.strip():
            yield Link(href=uri.strip(), rel="replaces")


def _rel(kind: str | None, media: str | None) -> str:
    major = (media or "").partition("/")[0]
    return _REL.get((kind or "").lower()) or _REL.get(major) or "enclosure"


def _size(value: object) -> int | None:
    text = verbatim(value) or ""
    return int(text) if text.isdecimal() and text.isascii() else None


def _values(container: Any) -> list[Item]:
    """Objects of a list (2.x, 3.x) or of a mapping by name (1.x)."""
    entries = (
        container.values()
        if isinstance(container, dict)
        else container
        if isinstance(container, list)
        else []
    )
    return [entry for entry in entries if isinstance(entry, dict)]
