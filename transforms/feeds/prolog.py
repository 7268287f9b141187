"""What stands around the root element of a feed and does not belong there, and feeds cut short."""

import re
from itertools import islice

# How far into a document a server may have printed warnings before the feed begins.
MAX_JUNK = 65536
# How many places in it may look like a beginning; each costs a scan.
MAX_STARTS = 20

_ROOT = r"(?:\w+:)?(?:rss|RDF|feed|urlset|sitemapindex|newsMessage|newsItem|packageItem|NewsML|nitf)"
_START = re.compile(rf"<\?xml\b|<{_ROOT}[\s>]")
# Possessive: comments could otherwise be divided among the branches in exponentially many ways.
_PROLOG = r"(?>\s++|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)*+"
_DOCUMENT = re.compile(rf"{_PROLOG}<{_ROOT}[\s>]", re.S)
_ROOT_NAME = re.compile(r"<((?:\w+:)?(?:rss|RDF|feed))[\s>]")
_OPEN = re.compile(r"<(?:\w+:)?(item|entry)[\s>]")


def cut_junk(text: str) -> tuple[str, tuple[str, ...]]:
    """Drop what a server printed before the XML declaration or root element, and after its end tag.

    >>> cut_junk("<b>Warning</b>: x <?xml version='1.0'?><rss></rss><!-- cached -->")
    ("<?xml version='1.0'?><rss></rss>", ('junk_before_prolog', 'trailing_junk'))
    """
    if text[:1] in ("{", "["):  # JSON may hold markup of its own
        return text, ()
    flags: tuple[str, ...] = ()
    start = _find_start(text)
    if start:
        text, flags = text[start:], ("junk_before_prolog",)
    end = _find_end(text)
    if end < len(text) and text[end:].strip():
        text, flags = text[:end], (*flags, "trailing_junk")
    return text, flags


def _find_start(text: str) -> int:
    if _DOCUMENT.match(text, 0, MAX_JUNK):
        return 0
    for match in islice(_START.finditer(text, 0, MAX_JUNK), MAX_STARTS):
        if _DOCUMENT.match(text, match.start(), match.start() + MAX_JUNK):
            return match.start()
    return 0


def _find_end(text: str) -> int:
    root = _ROOT_NAME.search(text, 0, MAX_JUNK)
    if not root:
        return len(text)
    closing = f"</{root[1]}>"
    end = text.rfind(closing)
    return len(text) if end < 0 else end + len(closing)


def close_truncated(text: str) -> tuple[str, str]:
    """Turn a feed cut short into a well-formed one that holds its complete entries.

    Returns:
        The repaired text and the incomplete tail (an entry cut in the middle, or empty). The text comes
        back unchanged when its root is closed, or when no entry is complete.

    >>> close_truncated("<rss><channel><item>a</item><item>b")
    ('<rss><channel><item>a</item></channel></rss>', '<item>b')
    """
    root = _ROOT_NAME.search(text, 0, MAX_JUNK)
    if not root or re.search(rf"</{root[1]}\s*>\s*\Z", text[-200:]):
        return text, ""
    first = _OPEN.search(text)
    if not first:
        return text, ""
    name = first[0][1:-1]
    closing = f"</{name}>"
    end = text.rfind(closing)
    if end < 0:
        return text, ""
    end += len(closing)
    tail = text[end:]
    inner = "</channel>" if root[1] == "rss" and "</channel>" not in text[: first.start()] else ""
    return f"{text[:end]}{inner}</{root[1]}>", tail[tail.find("<") :].strip() if f"<{name}" in tail else ""
