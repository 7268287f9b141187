"""Limits a document must keep so that no parser behind can be made to work for minutes.

Measured on feedparser 6.0.14: 50 000 attributes in one tag take 19-60 s, a 40 KB author 5 s (quadratic).
The limits had no false positive on about 500 real feeds.
"""

import pyexpat
import re
import warnings

from transforms.feeds.entry import FeedError

MAX_TAG = 32 * 1024
MAX_ENTITIES = 200
MAX_ITEMS = 5000
_TAG = re.compile(r"""[A-Za-z][^\s>]*(?>[^>"']|"[^"]*"|'[^']*')*+""")
_DATA_IMAGE = re.compile(r"data:image/[\w.+-]+;base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
_ITEM = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>]")


def guard(text: str, url: str) -> tuple[str, tuple[str, ...]]:
    """Refuse a hostile document, cut what is merely too much.

    Returns:
        The text and flags: ``items_cut`` (only the first ``MAX_ITEMS`` are read).

    Raises:
        FeedError: ``hostile``: a start tag beyond ``MAX_TAG`` characters (inline images aside), more than
            ``MAX_ENTITIES`` entity declarations, or any declaration where expat cannot bound expansion.
    """
    _refuse_tags(text, url)
    _refuse_entities(text, url)
    cut = _cut_items(text)
    return cut, ("items_cut",) if cut is not text else ()


def _refuse_tags(text: str, url: str) -> None:
    for segment in text.split("<"):
        if len(segment) > MAX_TAG and (tag := _TAG.match(segment)) and len(tag[0]) > MAX_TAG:
            size = len(_DATA_IMAGE.sub("", tag[0]))
            if size > MAX_TAG:
                raise FeedError("hostile", f"{url}: a start tag of {size} characters, at most {MAX_TAG}")


def _refuse_entities(text: str, url: str) -> None:
    count = text.count("<!ENTITY")
    if count > MAX_ENTITIES:
        raise FeedError("hostile", f"{url}: {count} entity declarations, at most {MAX_ENTITIES}")
    version = pyexpat.version_info
    if count and version < (2, 4, 1):
        raise FeedError("hostile", f"{url}: entity declarations, and expat {version} cannot bound them")
    if count and version < (2, 6, 0):
        warnings.warn(f"expat {version} is older than 2.6.0; upgrade Python or libexpat", stacklevel=2)


def _cut_items(text: str) -> str:
    if text.count("<item") + text.count("<entry") + text.count(":item") + text.count(":entry") <= MAX_ITEMS:
        return text
    for number, match in enumerate(_ITEM.finditer(text)):
        if number == MAX_ITEMS:
            return text[: match.start()]
    return text
