"""Who an entry is (`article_id`) and what it says (`content_hash`)."""

import hashlib
import html
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime

from transforms.feeds.canonical_url import canonical_url
from transforms.feeds.entry import FeedEntry


def article_id(
    source_id: str, guid: str | None, url: str | None, title: str | None, published: datetime | None
) -> str:
    """Identify an article within its source: by GUID, else canonical link, else title and date.

    Returns:
        32 hexadecimal digits.
    """
    if guid:
        key = guid
    elif url:
        key = "link\0" + canonical_url(url)
    else:
        key = f"title\0{title or ''}\0{published.isoformat() if published else ''}"
    return _digest(f"{source_id}\0{key}")


def assign_ids(source_id: str, entries: Sequence[FeedEntry]) -> list[str]:
    """Identify every entry of one document, in order."""
    return [article_id(source_id, e.guid, e.url, e.title, e.published) for e in entries]


def content_hash(title: str | None, body_html: str | None) -> str:
    """Hash the visible text of an article: 32 hexadecimal digits."""
    return _digest(f"{_visible(title or '')}\0{_visible(body_html or '')}")


def _visible(markup: str) -> str:
    text = html.unescape(re.sub(r"<[^>]*>", " ", markup))
    return " ".join(unicodedata.normalize("NFC", text).split())


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
