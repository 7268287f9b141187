"""Where a sentence ends: candidates by one pattern, each decided by rules in a fixed order."""

import re
from functools import cache

from transforms.text.sentences.abbreviations import ends_single
from transforms.text.sentences.characters import BLANK, CLOSERS, ELISIONS, EMOJI, FULL_STOPS, QUESTIONS, STOPS
from transforms.text.sentences.lexicon import Lexicon
from transforms.text.sentences.words import Following, following, preceding

_WEAK = frozenset(FULL_STOPS + ELISIONS + QUESTIONS)
_CONTINUES = frozenset(",;:،؛)]}>/%&=+|、，；：.")
_PAIRS = {"(": ")", "[": "]", "{": "}", "<": ">", "（": "）"}
_BRACKET_REACH = 300  # code points; a longer parenthesis holds sentences of its own


@cache
def candidates(terminals: str) -> re.Pattern[str]:
    """Groups: (1) run of stops, (2) closers that belong to it, (3) blanks up to what follows.

    Every loop is possessive, so that the search is linear. ``terminals`` are further stops.
    """
    stops = re.escape(STOPS + terminals)
    closers = re.escape(CLOSERS.replace('"', "").replace("'", ""))
    return re.compile(
        rf"([{stops}{EMOJI}](?:[{stops}{EMOJI}]|[ ][{stops}](?!\w))*+)"
        rf"((?:[{closers}]|[\"'“‘«‹](?!\w)|[ \xa0\u202f]»(?!\w)|[ ]?\[\d{{1,3}}\])*+)"
        rf"({BLANK}*+)"
    )


def _is_reported(text: str, after: Following, end: int, lexicon: Lexicon) -> bool:
    """A verb of saying follows the quotation, at once or after a word such as "as"."""
    if after.word in lexicon.conjunctions:
        after = following(text, after.at + len(after.word), end)
    if lexicon.attached and text.startswith(lexicon.attached, after.at):
        return True
    return after.word in lexicon.reporting and not text.startswith(":", after.at + len(after.word))


def _ends_glued(text: str, match: re.Match[str], end: int, lexicon: Lexicon) -> bool:
    """No blank follows: a boundary between two words, never in a number, an address or a name."""
    at, after = match.start(), match.end()
    head = text[after]
    if match[1][0] not in FULL_STOPS + ELISIONS:
        return not head.islower() and (head.isalpha() or head in '"“«([') and not text[at - 1 : at].isdigit()
    if match[1] != "." or not head.isalpha():
        return False
    token, word = preceding(text, max(0, at - 40), at), following(text, after, end).word
    if len(token) < 3 or len(word) < 2 or "." in token or token in lexicon.known or word in lexicon.letters:
        return False
    if head.isupper():
        return token.islower() and word[1:].islower()
    return head.isalpha() and not head.islower() and token.isalpha() and token.lower() == token.upper()


def _inside_brackets(text: str, start: int, at: int, end: int) -> bool:
    """The stop is inside a parenthesis of this sentence; False where brackets are mirrored or lost."""
    low = max(start + 1, at - _BRACKET_REACH)
    opened = text.find("(", low, at)
    if opened < 0 or 0 <= text.find(")", low, at) < opened:
        return False
    if text.count("(", low, at) <= text.count(")", low, at):
        return False
    close = text.find(")", at, min(end, at + _BRACKET_REACH))
    return close > 0 and text.find("(", at, close) < 0


def _goes_on(text: str, start: int, at: int, after: Following) -> bool:
    """A small letter continues a sentence of a script with capitals, unless the text has none at all."""
    before = text[at - 1 : at]
    if before.isalpha() and before.lower() == before.upper():
        return False
    return after.word.islower() and not text[start].islower()


def _ends_elision(text: str, start: int, match: re.Match[str], after: Following) -> bool:
    """Dots that leave something out go on with a conjunction; they end nothing that has not begun."""
    return not after.word.startswith(("و", "ف")) and match.start() > start


def _ends_strong(text: str, match: re.Match[str], after: Following, end: int, lexicon: Lexicon) -> bool:
    if (
        match[1] == "۔"
        and text[match.start() - 1 : match.start()].isdigit()
        and after.head.isdigit()
        and not match[3]
    ):
        return False
    return not (match[2] and _is_reported(text, after, end, lexicon))


def _closing(text: str, start: int, end: int, match: re.Match[str]) -> int:
    """Where the sentence ends: past a straight quotation mark set off by blanks, if one is open."""
    quote = match.end()
    spaced = (
        match[3] == " " and text.startswith('"', quote) and text[quote + 1 : quote + 2] in ("", " ", "\n")
    )
    if spaced and text.count('"', start, match.start()) % 2:
        return quote + 1
    return match.end(2)


def _is_boundary(text: str, start: int, end: int, match: re.Match[str], lexicon: Lexicon) -> bool:
    """Decide whether the run of stops that ``match`` found ends the sentence begun at ``start``."""
    run, closers, gap = match.groups()
    at = match.start()
    if closers and at > start and _PAIRS.get(text[at - 1]) == closers[0]:
        return False
    weak = run[0] in _WEAK
    if not weak and run[0] not in STOPS and run[0] not in lexicon.terminals:
        return at > start and bool(gap) and following(text, match.end(), end).head.isupper()
    if not gap and weak and run[0] not in "？！" and text[match.end()] not in "「『“（":
        return _ends_glued(text, match, end, lexicon)
    after = following(text, match.end(), end)
    if after.head in _CONTINUES and (after.at == match.end() or after.head in ",;.،"):
        return False
    if not weak:
        return _ends_strong(text, match, after, end, lexicon)
    if after.head.islower() and _goes_on(text, start, at, after):
        return False
    if closers and closers[-1] != ")" and _is_reported(text, after, end, lexicon):
        return False
    if run[0] in QUESTIONS:
        return True
    if run[0] in ELISIONS or ".." in run or run.count(".") > 2:
        return _ends_elision(text, start, match, after)
    if not ends_single(text, start, at, after, lexicon):
        return False
    return ")" in closers or not _inside_brackets(text, start, at, end)


def sentence_end(text: str, start: int, end: int, match: re.Match[str], lexicon: Lexicon) -> int:
    """Where the sentence begun at ``start`` ends if it ends at ``match``, else -1."""
    return _closing(text, start, end, match) if _is_boundary(text, start, end, match, lexicon) else -1
