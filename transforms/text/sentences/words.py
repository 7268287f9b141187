"""The words on both sides of a stop."""

import re
from typing import NamedTuple

from transforms.text.sentences.characters import BULLETS, DASHES, FORMATS, OPENERS

_WINDOW = 40  # code points looked at on each side: abbreviations and sentence openers are shorter
_BEFORE = "\"'“‘„‚«»‹([{/*<>"
_SKIPPED = re.compile(
    rf"[{re.escape(OPENERS + DASHES + BULLETS)}”’»` \xa0\u202f{''.join(sorted(FORMATS))}]*+"
)
_WORD = re.compile(r"\w+(?:[-'’\u200c]\w+)*")


class Following(NamedTuple):
    """What stands after a stop, past blanks, openers, dashes and bullets."""

    at: int  # where it starts
    head: str  # its first character, "" at the end
    word: str  # its first word, else ``head``


def following(text: str, at: int, end: int) -> Following:
    """Look at what follows in ``[at, end)``."""
    skipped = _SKIPPED.match(text, at, end)
    first = skipped.end() if skipped else at
    head = text[first:end][:1] if first < end else ""
    word = _WORD.match(text, first, min(end, first + _WINDOW))
    return Following(first, head, word.group() if word else head)


def preceding(text: str, start: int, at: int) -> str:
    """The token that ends at ``at``, without openers before it; "" where a blank precedes."""
    window = text[max(start, at - _WINDOW) : at]
    if not window or window[-1].isspace():
        return ""
    return window.rsplit(None, 1)[-1].lstrip(_BEFORE)
