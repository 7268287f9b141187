"""The words on both sides of a stop."""

import re
from typing import NamedTuple

from transforms.text.sentences.characters import BULLETS, DASHES, FORMATS, OPENERS

_WINDOW = 40  # code points looked at before a stop: abbreviations are shorter
_BEFORE = "\"'“‘„‚«»‹([{/*<>"
_SKIPPED = re.compile(
    rf"[{re.escape(OPENERS + DASHES + BULLETS)}”’»` \xa0\u202f{''.join(sorted(FORMATS))}]*+"
)
_FIRST_UNSPACED = "\u3040"  # Kana, ideographs, Hangul: no blank stands before a Latin word
_LATIN = re.compile(r"[A-Za-z0-9.]*$")
_WORD = re.compile(r"\w+(?:[-'’\u200c]\w+)*")


class Following(NamedTuple):
    """What stands after a stop, past blanks, openers, dashes and bullets."""

    at: int  # where it starts
    head: str  # its first character, "" at the end
    word: str  # its first word, else ``head``


def following(text: str, at: int, end: int) -> Following:
    """Look at what follows in ``[at, end)``."""
    word = _WORD.match(text, at, end)
    if not word:
        skipped = _SKIPPED.match(text, at, end)
        at = skipped.end() if skipped else at
        word = _WORD.match(text, at, end)
    if word:
        return Following(at, text[at], word.group())
    head = text[at] if at < end else ""
    return Following(at, head, head)


def preceding(text: str, start: int, at: int) -> str:
    """The token that ends at ``at``, without openers before it; "" where a blank precedes."""
    low = start if at - start < _WINDOW else at - _WINDOW
    blank = text.rfind(" ", low, at)
    token = text[low if blank < 0 else blank + 1 : at]
    if token[:1] >= _FIRST_UNSPACED and token[-1].isascii():
        token = _LATIN.search(token)[0]  # type: ignore[index]  # "" at least
    if token.isalnum():
        return token
    if not token or token[-1].isspace():
        return ""
    return token.rsplit(None, 1)[-1].lstrip(_BEFORE)
