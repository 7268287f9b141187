"""Who an entry is (`article_id`) and what it says (`content_hash`).

Both are frozen: a change of rule would make every known article new. Nothing here may call the cleaning
rules, which are meant to get better.
"""

import hashlib
import html
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime

from transforms.feeds.canonical_url import canonical_url
from transforms.feeds.entry import FeedEntry

# Entries under one GUID and one link that are no longer taken for versions of one article.
MIN_SHARED = 3

# Frozen, unlike data/tracking_parameters.txt.
_TRACKING = re.compile(r"(?:utm_\w+|fbclid|gclid|yclid|msclkid|mc_[ce]id)=", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s<>\"'?]*\?[^\s<>\"']*[^\s<>\"'.,;:!?)\]}»”]", re.IGNORECASE)
# An unclosed comment or script hides the rest, as in a browser (and the scan stays linear).
_HIDDEN = re.compile(
    r"<!--(?:.*?-->|.*)|<(script|style|template)\b[^<>]*>(?:.*?</\1\s*>|.*)", re.DOTALL | re.IGNORECASE
)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<![^<>]*>")
# Tags that publishers escape twice; other angle brackets that come out of entities are text.
_ESCAPED_TAG = re.compile(
    r"</?(?:p|br|div|span|a|b|i|em|strong|img|ul|ol|li|h[1-6]|blockquote|figure|figcaption|table|tr|td)\b[^<>]*>",
    re.IGNORECASE,
)
_INVISIBLE = re.compile(
    "[\\s\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff]+"
)


def article_id(
    source_id: str, guid: str | None, url: str | None, title: str | None, published: datetime | None
) -> str:
    """Identify an article within its source: by GUID, else by canonical link, else by title and date.

    Args:
        source_id: Slug of the source.
        guid: The publisher's identifier; tracking parameters in one that is a link do not count.
        url: Absolute link.
        title: As published.
        published: UTC instant.

    Returns:
        32 hexadecimal digits.
    """
    if guid and guid.strip():
        return _digest(f"{source_id}\0{_without_tracking(guid.strip())}")
    if url and url.strip():
        return _digest(f"{source_id}\0link\0{canonical_url(url)}")
    date = published.isoformat() if published else ""
    return _digest(f"{source_id}\0title\0{visible_text(title or '')}\0{date}")


def assign_ids(source_id: str, entries: Sequence[FeedEntry]) -> list[str]:
    """Identify every entry of one document, telling apart articles that share a GUID.

    Entries with one GUID and several links are several articles, told apart by link. With one GUID and one
    link they are versions of one article, unless there are ``MIN_SHARED`` or no link at all: then the title
    tells them apart. The order of entries does not matter.

    Returns:
        One identifier an entry, in order; equal ones are versions of one article.
    """
    groups: dict[str, list[FeedEntry]] = defaultdict(list)
    for entry in entries:
        if entry.guid:
            groups[entry.guid].append(entry)
    marks = {guid: _mark(group) for guid, group in groups.items() if len(group) > 1}
    return [_id_of(source_id, entry, marks.get(entry.guid or "", "")) for entry in entries]


def _id_of(source_id: str, entry: FeedEntry, mark: str) -> str:
    guid = entry.guid
    if guid and mark == "link" and entry.url:
        guid = f"{guid}\0{canonical_url(entry.url)}"
    elif guid and mark == "title":
        guid = f"{guid}\0{visible_text(entry.title or '')}"
    return article_id(source_id, guid, entry.url, entry.title, entry.published)


def _mark(group: Sequence[FeedEntry]) -> str:
    links = Counter(canonical_url(entry.url) if entry.url else "" for entry in group)
    titles = {visible_text(entry.title or "") for entry in group}
    if len(links) > 1:
        return "link"
    without_link = "" in links
    several = len(titles) == len(group) and (without_link or len(group) >= MIN_SHARED)
    return "title" if several else ""


def content_hash(title: str | None, body_html: str | None) -> str:
    """Hash what a reader sees of an article.

    Tags, the way characters are escaped, white space, direction marks and tracking parameters make no
    difference; any other change of the visible text does. Frozen: independent of the cleaning rules.

    Returns:
        32 hexadecimal digits.

    >>> content_hash("A &amp; B", "<p>One</p><p>two</p>") == content_hash("A & B", "<div>One<br>two</div>")
    True
    """
    return _digest(f"{visible_text(title or '')}\0{visible_text(body_html or '')}")


def entry_hash(entry: FeedEntry) -> str:
    """``content_hash`` of an entry; a withdrawal is new content although no word changed.

    >>> entry_hash(FeedEntry(title="A")) == entry_hash(FeedEntry(title="A", status="withdrawn"))
    False
    """
    digest = content_hash(entry.title, entry.content or entry.summary)
    return digest if entry.status == "published" else _digest(f"{digest}\0{entry.status}")


def visible_text(markup: str) -> str:
    """The visible characters of HTML, without white space, NFC."""
    text = html.unescape(_TAG.sub("", _HIDDEN.sub("", markup)))
    if "&" in text or "<" in text:
        text = html.unescape(_ESCAPED_TAG.sub("", text))
    text = unicodedata.normalize("NFC", _without_tracking(text))
    return _INVISIBLE.sub("", text)


def _without_tracking(text: str) -> str:
    return _URL.sub(_strip_url, text) if "?" in text else text


def _strip_url(match: re.Match[str]) -> str:
    head, _, rest = match[0].partition("?")
    query, mark, fragment = rest.partition("#")
    pairs = query.replace("&amp;", "&").split("&")
    kept = [pair for pair in pairs if not _TRACKING.match(pair)]
    if len(kept) == len(pairs):
        return match[0]
    return head + ("?" + "&".join(kept) if kept else "") + mark + fragment


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
