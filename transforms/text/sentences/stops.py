"""Whether a stop ends its sentence."""

import re
from functools import cache

from transforms.text.sentences.characters import (
    BULLETS,
    CLOSERS,
    DASHES,
    ELISIONS,
    FORMATS,
    FULL_STOPS,
    OPENERS,
    QUESTIONS,
    STOPS,
)  # fmt: skip
from transforms.text.sentences.lexicon import Lexicon

_SKIP = OPENERS + DASHES + BULLETS + " \xa0\u202f" + "".join(FORMATS)
_FIRST = re.compile(rf"[{re.escape(_SKIP)}]*")
_TOKEN = re.compile(r"\w+(?:[-'’.]\w+)*")
_ACRONYM = re.compile(r"(?:[^\W\d_]\.-?)+[^\W\d_]")
_CONTINUES = frozenset(",;:،؛)]}>/%&=+|»")


@cache
def candidates(terminals: str) -> re.Pattern[str]:
    """Groups: (1) run of stops, (2) closers after it, (3) blanks up to what follows."""
    stops = re.escape(STOPS + terminals)
    close = re.escape(CLOSERS)
    formats = "".join(FORMATS)
    return re.compile(
        rf"([{stops}](?:[{stops}]|[ ][{stops}](?!\w))*+)"
        rf"((?:[{close}]|[ \xa0\u202f](?:»|[\"”](?=\s|$))|\[\d{{1,3}}\])*+)"
        rf"([\s{formats}]*+)"
    )


def _following(text: str, at: int, end: int) -> tuple[int, str]:
    """Where the next word starts, past openers, and the word."""
    match = _FIRST.match(text, at, end)
    first = match.end() if match else at
    token = _TOKEN.match(text, first, min(end, first + 40))
    return first, token.group() if token else text[first : first + 1]


def _previous(text: str, start: int, at: int) -> str:
    """The token that the stop at ``at`` follows, "" after a space."""
    window = text[max(start, at - 40) : at]
    if not window or window[-1].isspace():
        return ""
    return window.rsplit(None, 1)[-1].lstrip("\"'“‘„«»‹([{/*-–—")


def _glued(text: str, match: re.Match[str], end: int, lexicon: Lexicon) -> bool:
    """No space follows: a boundary between two words, never inside a number, an address or a name."""
    at, after = match.start(), match.end()
    before, next_ = text[at - 1 : at], text[after]
    if match[1][0] not in FULL_STOPS + ELISIONS:
        return (next_.isalpha() or next_ in OPENERS) and not (next_.islower()) and not before.isdigit()
    if match[1] != "." or not next_.isalpha() or not before.isalpha():
        return False
    token = _previous(text, max(0, at - 40), at)
    following = text[after : after + 2]
    if (
        len(token) < 2
        or len(following) < 2
        or not following.isalpha()
        or "." in token
        or token in lexicon.known
    ):
        return False
    if next_.isupper():
        return before.islower() and following[1].islower() and len(token) > 2
    return not next_.islower() and not before.islower() and not before.isupper()


def _reported(word: str, lexicon: Lexicon) -> bool:
    return word.lower() in lexicon.reporting


def _inside_brackets(text: str, start: int, at: int, end: int) -> bool:
    low = max(start, at - 300)
    opened = text.rfind("(", low, at)
    if opened <= start or text.rfind(")", opened, at) > 0:
        return False
    close = text.find(")", at, min(end, at + 300))
    return close > 0 and text.find("(", at, close) < 0


def ends_here(text: str, start: int, end: int, match: re.Match[str], lexicon: Lexicon) -> bool:
    """Decide whether the run of stops that ``match`` found ends the sentence begun at ``start``."""
    run, closers, gap = match.groups()
    at = match.start()
    if (
        at > start
        and text[at - 1] in "([{<"
        and text[match.end(1) : match.end(1) + 1] in (")", "]", "}", ">")
    ):
        return False
    strong = run[0] not in FULL_STOPS + ELISIONS + QUESTIONS
    if strong and run[0] == "۔" and text[at - 1 : at].isdigit() and text[match.end()].isdigit():
        return False
    if not gap and run[0] not in "。｡！？।॥։።":
        return _glued(text, match, end, lexicon)
    first, word = _following(text, match.end(), end)
    head = text[first : first + 1]
    if head in _CONTINUES and first == match.end():
        return False
    if head.islower() and not strong:
        return False
    if strong:
        return True
    if (len(run) > 1 and run[0] == ".") or run[0] in ELISIONS:
        return not (word.startswith(("و", "ف")) and len(word) > 3)
    if run[0] in QUESTIONS:
        return not (closers and _reported(word, lexicon))
    if not _stop(text, start, at, first, head, word, lexicon):
        return False
    return ")" in closers or not _inside_brackets(text, start, at, end)


def _stop(text: str, start: int, at: int, first: int, head: str, word: str, lexicon: Lexicon) -> bool:
    token = _previous(text, start, at)
    starter = word.lower() in lexicon.starters
    if (
        len(token) == 1
        and token.isalpha()
        and token not in lexicon.words
        and not (token in lexicon.after_number and text[at - 3 : at - 1].strip().isdigit())
    ):
        return starter and token not in lexicon.never
    if token.isdigit():
        if len(token) < 4 and not text[start : at - len(token)].strip():
            return False
        label = text[start : at - len(token)].strip()
        if label in lexicon.labels:
            return False
        if lexicon.ordinals and len(token) < 4:
            return not (word in lexicon.months or word in lexicon.ordinal_after)
        return True
    if token in lexicon.known:
        if token in lexicon.never:
            return False
        if token in lexicon.letters and (len(word) < 4 or word in lexicon.letters):
            return False
        if head.isdigit() and token in lexicon.before_number:
            return False
        if token in lexicon.after_number:
            before = text[max(start, at - len(token) - 2) : at - len(token)].strip()
            return before.isdigit() and not (len(word) == 1 and text[first + 1 : first + 2] == ".")
        if token in lexicon.maybe:
            return starter
        return True
    if "." in token and _ACRONYM.fullmatch(token):
        return starter
    return True
