"""Where a sentence ends: candidates by one pattern, each decided by rules in a fixed order."""

import re
from functools import cache

from transforms.text.sentences.abbreviations import ends_single
from transforms.text.sentences.characters import (
    BLANK,
    CLOSERS,
    DASHES,
    ELISIONS,
    EMOJI,
    FULL_STOPS,
    POINTERS,
    QUESTIONS,
    STOPS,
    STRONG_STOPS,
)
from transforms.text.sentences.continuations import (
    goes_on_small,
    is_attached,
    is_embedded,
    is_inside_brackets,
    is_reported,
    is_title,
)
from transforms.text.sentences.lexicon import Lexicon
from transforms.text.sentences.words import Following, following, preceding

_QUESTIONS = frozenset(QUESTIONS)
_WEAK = frozenset(FULL_STOPS + ELISIONS) | _QUESTIONS
_STOPS = frozenset(STOPS)
_STRONG = frozenset(STRONG_STOPS)
_CONTINUES = frozenset(",;:،؛)]}>/%&=+|、，；：.。！？")
_CONTINUES_QUOTED = frozenset(",;.،")  # even with a quotation mark before it
_TITLES = frozenset("》〉")  # close the name of a work
_PAIRS = {"(": ")", "[": "]", "{": "}", "<": ">", "（": "）"}
_QUOTES = frozenset('"«»“”')
_BRACKETED_LETTERS = re.compile(r"\((?:[^\W\d_]{1,2}\. ?)+$")  # an agency, an era; $ is the stop itself
_SHORTEST = 6  # code points of a last sentence, "[...]" and less
_LONGEST_DATELINE = 40  # code points
_REACH = 300  # code points back to the bracket that a bracket may close
_UNSPACED = frozenset("「『“（")  # what may follow a stop at once in scripts without spaces


@cache
def candidates(terminals: str) -> re.Pattern[str]:
    """Groups: (1) run of stops, (2) closers that belong to it, (3) blanks up to what follows.

    Every loop is possessive, so that the search is linear. ``terminals`` are further stops.
    """
    stops = re.escape(STOPS + terminals.replace(")", ""))
    smile = rf"|(?<!\))\)++(?={BLANK})" if ")" in terminals else ""
    closers = re.escape(CLOSERS.replace('"', "").replace("'", ""))
    emoji = rf"[ ](?![{POINTERS}])[{EMOJI}]++(?!\w)"  # after a stop it belongs to what was said
    return re.compile(
        rf"([{stops}{EMOJI}](?:[{stops}{EMOJI}]|[ ][{stops}]++(?!\w)|{emoji})*+{smile})"
        rf"((?:[{closers}]|[\"'“‘«‹](?!\w)|[ \xa0\u202f]»(?!\w)|[ ]?\[\d{{1,3}}\])*+)"
        rf"({BLANK}*+)"
    )


def _ends_glued_mark(before: str, head: str) -> bool:
    """``?`` and ``!`` between two characters: never in an address or before a small letter."""
    if head.isdigit():
        return before.isalpha() and not before.isascii()
    return not head.islower() and not before.isdigit() and (head.isalpha() or head in '"“«([')


def _ends_glued(text: str, start: int, match: re.Match[str], end: int, lexicon: Lexicon) -> bool:
    """No blank follows: a boundary between two words, never in a number, an address or a name."""
    at, head = match.start(), text[match.end()]
    if match[1][0] in _QUESTIONS:
        if head == "(" and text.rfind(")", start, at) > text.rfind("(", start, at):  # mirrored brackets
            return False
        if head in _QUOTES and is_attached(text, match.end() + 1, lexicon):
            return False
        return _ends_glued_mark(text[at - 1 : at], head)
    if match[1] != "." or not head.isalpha():
        return False
    token, word = preceding(text, max(0, at - 40), at), following(text, match.end(), end).word
    if (
        len(token) < 3
        or len(word) < 2
        or not token.isalpha()
        or (token in lexicon.known and token not in lexicon.chained)
        or (word in lexicon.letters and word not in lexicon.chained)
    ):
        return False
    if head.isupper():
        return token.islower() and word[1:].islower()
    return not head.islower() and token.lower() == token.upper()


def _ends_elision(text: str, start: int, match: re.Match[str], after: Following, lexicon: Lexicon) -> bool:
    """Dots that leave something out go on with a conjunction; they end nothing that has not begun."""
    at = match.start()
    if at == start or after.word in lexicon.bound or after.word.startswith(lexicon.elision_goes_on):
        return False
    if match[2] and after.head.isalpha() and not after.head.isupper():
        return False
    return not lexicon.finals or text[max(start, at - 20) : at].rstrip().endswith(lexicon.finals)


def _is_spelled(text: str, start: int, at: int, after: Following, lexicon: Lexicon) -> bool:
    """The Urdu full stop after a title or after the name of a letter in a spelled acronym."""
    token = preceding(text, start, at).rpartition("۔")[2]
    if token not in lexicon.letters:
        return token in lexicon.never
    if after.word in lexicon.letters and text.startswith("۔", after.at + len(after.word)):
        return True
    begun = text[max(start, at - len(token) - 2) : at - len(token)].rstrip().endswith("۔")
    return begun and not lexicon.opens(after.word)


def _ends_strong(text: str, start: int, match: re.Match[str], end: int, lexicon: Lexicon) -> bool:
    """A stop that has no other use, but for Urdu decimals and item numbers, and quotations in a sentence."""
    if (
        not match[3]
        and match[1] in "۔։"
        and text[match.end()].isdigit()
        and text[match.start() - 1].isdigit()
    ):
        return False
    after = following(text, match.end(), end)
    if after.head in _CONTINUES and after.at == match.end():
        return False
    at = match.start()
    if match[2].endswith("）") and start < text.rfind("（", start, at):
        return False
    if match[1] == "۔" and (text[start:at].isdecimal() or _is_spelled(text, start, at, after, lexicon)):
        return False
    if match[2] and after.head.islower():
        return False
    if match[2]:
        return not is_reported(text, start, at, after, end, lexicon)
    return not is_inside_brackets(text, start, at, end, "（", "）")


def _comes_after_closer(text: str, after: Following) -> bool:
    """A comma or stop after a quotation mark, unlike the dots of a bracketed elision."""
    return after.head in _CONTINUES_QUOTED and text[after.at - 1] not in "[("


def _is_shortened_in_brackets(text: str, start: int, at: int, after: Following, lexicon: Lexicon) -> bool:
    """The bracket after the stop closes an abbreviation inside the sentence: an agency, an era."""
    if _BRACKETED_LETTERS.search(text, max(start, at - 20), at + 1):
        return True
    if after.head.isupper() and lexicon.opens(after.word):
        return False
    return (
        preceding(text, start, at) in lexicon.known and text.rfind("(", max(start, at - _REACH), at) > start
    )


def _ends_spaced(text: str, start: int, end: int, match: re.Match[str], lexicon: Lexicon) -> bool:
    """A run of full stops, elisions, ``?`` and ``!`` that a blank follows."""
    run, closers = match[1], match[2]
    at, after = match.start(), following(text, match.end(), end)
    adjacent = after.at == match.end()
    goes_on = after.head in _CONTINUES and (adjacent or _comes_after_closer(text, after))
    if goes_on and not text.startswith("...", after.at):  # an elision opens the next sentence
        return False
    if after.head.islower() and goes_on_small(text, start, at, run + closers, after, lexicon):
        return False
    if after.word in lexicon.joiners and text[after.at + 1 : after.at + 3].strip()[:1] in _QUOTES:
        return False
    if closers and closers[-1] != ")" and is_reported(text, start, at, after, end, lexicon):
        return False
    if run != ".":
        if not _QUESTIONS.isdisjoint(run):
            if closers and (
                is_embedded(text, start, at, after, lexicon) or is_title(text, start, at, lexicon)
            ):
                return False
            return run != "!" or preceding(text, start, at) not in lexicon.exclaimed
        if run[0] in ELISIONS or ".." in run or run.count(".") > 2:
            return _ends_elision(text, start, match, after, lexicon)
    if closers[:1] == ")" and _is_shortened_in_brackets(text, start, at, after, lexicon):
        return False
    if not ends_single(text, start, at, after, lexicon):
        return False
    return ")" in closers or not is_inside_brackets(text, start, at, end)


def _closes_dateline(text: str, start: int, at: int, lexicon: Lexicon) -> bool:
    """The colon after "Place - AGENCY"."""
    words = text[start:at].split() if at - start < _LONGEST_DATELINE else []
    return len(words) > 2 and words[-1] in lexicon.agencies and words[-2] in DASHES


def _ends_colon(text: str, start: int, match: re.Match[str], end: int, lexicon: Lexicon) -> bool:
    """The colon of a dateline, or the one that stands for the Armenian full stop before a capital."""
    if not lexicon.sole_stop:
        return _closes_dateline(text, start, match.start(), lexicon)
    return bool(match[3]) and following(text, match.end(), end).head.isupper()


def _opens_message(text: str, at: int, end: int) -> bool:
    """After a smile: a capital, or the name of the one who is addressed."""
    return text[at] == "@" or following(text, at, end).head.isupper()


def _smiles(text: str, start: int, match: re.Match[str], end: int) -> bool:
    """A bracket that closes nothing, and numbers no item, is a smile; it ends what a new message follows."""
    at = match.start()
    low = max(start, at - _REACH)
    if at == start or not match[3] or text.count("(", low, at) > text.count(")", low, at):
        return False
    item = preceding(text, start, at)
    return len(item) > 1 and not item[-1].isdigit() and _opens_message(text, match.end(), end)


def _is_boundary(text: str, start: int, end: int, match: re.Match[str], lexicon: Lexicon) -> bool:
    """Decide whether the run of stops that ``match`` found ends the sentence begun at ``start``."""
    run, closers, gap = match.groups()
    if run == "." and gap and not closers:
        return _ends_spaced(text, start, end, match, lexicon)
    at = match.start()
    if closers and at > start and _PAIRS.get(text[at - 1]) == closers[0]:
        word = following(text, match.end(), end).word
        return run[0] in _QUESTIONS and word in lexicon.starters and word == word.upper()
    if closers and (closers[-1] in _TITLES or is_attached(text, match.end(), lexicon)):
        return False
    if run[0] not in _WEAK:
        if run[0] == ":":
            return _ends_colon(text, start, match, end, lexicon)
        if run[0] == "-":
            return run == "-" and bool(gap) and preceding(text, start, at) in lexicon.finite
        if run[0] == ")":
            return _smiles(text, start, match, end)
        if run[0] in _STOPS or run[0] in lexicon.terminals:
            return _ends_strong(text, start, match, end, lexicon)
        return at > start and bool(gap) and _opens_message(text, match.end(), end)
    if len(run) > 1 and not _STRONG.isdisjoint(run):
        return _ends_strong(text, start, match, end, lexicon)
    if not gap and run[0] not in "？！" and text[match.end()] not in _UNSPACED:
        return _ends_glued(text, start, match, end, lexicon)
    return _ends_spaced(text, start, end, match, lexicon)


def _leaves_nothing(text: str, match: re.Match[str], end: int) -> bool:
    """At most a single letter or mark is left of the paragraph, which is no sentence."""
    return sum(map(str.isalnum, text[match.end() : end])) < 2


def _closes_quotation(text: str, start: int, match: re.Match[str]) -> bool:
    """The quotation mark that follows is set off by blanks, and one is open."""
    spaced = match[3] == " " and text[match.end() + 1 : match.end() + 2] in ("", " ", "\n")
    return spaced and text.count('"', start, match.start()) % 2 == 1


def sentence_end(text: str, start: int, end: int, match: re.Match[str], lexicon: Lexicon) -> int:
    """Where the sentence begun at ``start`` ends if it ends at ``match``, else -1.

    ``match`` is one of ``candidates`` in the paragraph that ends at ``end``, and does not reach it.
    """
    if not _is_boundary(text, start, end, match, lexicon):
        return -1
    after = match.end()
    if end - after < _SHORTEST and _leaves_nothing(text, match, end):
        return -1
    if text[after] == '"' and _closes_quotation(text, start, match):
        return after + 1
    return match.end(2)
