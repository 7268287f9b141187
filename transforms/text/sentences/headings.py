"""What is cut off without a stop: a heading set in capitals, a ruled line."""

import re

from transforms.text.sentences.paragraphs import trim

_WORD = re.compile(r"\S+")
_REACH = 200  # code points; a heading is shorter
_FEWEST_WORDS = 4  # fewer are an agency, a name, a series of acronyms
_FEWEST_LETTERS = 20
_RULE = re.compile(r"(?<!\S)([=_*-])\1{4,}(?!\S)")
_MARKS = frozenset(".:;,/()[]-–—")  # a mark makes it a dateline, an address or a label


def heading_end(text: str, start: int, end: int) -> int:
    """Where a heading in capitals ends that a word with one capital follows without a stop, else -1.

    >>> heading_end("THE TALKS END WITHOUT ANY RESULT The ministers left.", 0, 52)
    32
    """
    if not text[start : start + 4].isupper():
        return -1
    words = letters = 0
    last = start
    for match in _WORD.finditer(text, start, min(end, start + _REACH)):
        word = match.group()
        if not word.isupper():
            begins = word[0].isupper() and word[1:].islower() and text[last - 2 : last].isalpha()
            return last if begins and words >= _FEWEST_WORDS and letters >= _FEWEST_LETTERS else -1
        if not _MARKS.isdisjoint(word):
            return -1
        words, letters, last = words + 1, letters + len(word), match.end()
    return -1


def has_rules(text: str) -> bool:
    """Whether there may be a ruled line such as ``=====`` in ``text``."""
    return "=====" in text or "-----" in text or "_____" in text or "*****" in text


def ruled_parts(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sentence ``[start, end)`` parted at its ruled lines, each a part of its own.

    >>> ruled_parts("Kind regards ===== All rights", 0, 29)
    [(0, 12), (13, 18), (19, 29)]
    """
    parts = []
    for rule in _RULE.finditer(text, start, end):
        parts += [(start, rule.start()), rule.span()]
        start = rule.end()
    parts.append((start, end))
    trimmed = (trim(text, *part) for part in parts)
    return [part for part in trimmed if part[0] < part[1]]
