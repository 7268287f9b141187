"""What ties the text after a stop to the sentence before it."""

import re

from transforms.text.sentences.characters import STOPS, VOWELS
from transforms.text.sentences.lexicon import Lexicon
from transforms.text.sentences.words import Following, following, preceding

_MARK = re.compile(rf"[{re.escape(STOPS)}:：,،、，\"“”«»「」]")
_STOP = re.compile(rf"[{re.escape(STOPS)}]")
_LONGEST_SHORTENED = 7  # letters
_CLAUSE = 80  # code points; "said the minister after the meeting" is shorter
_QUOTATION = '"“„«「『‘'
_TATWEEL = "\u0640"
_COLONS = frozenset(":：")
_QUOTED_REACH = 300  # code points from the mark that opens a quotation to its end
_SHORT_QUOTATION = 40  # code points; a title, a slogan
_BRACKET_REACH = 300  # code points; a longer parenthesis holds sentences of its own


def _reports(text: str, after: Following, end: int, lexicon: Lexicon) -> bool:
    """The clause at ``after`` has a verb of saying and nothing said in it."""
    rest = text[after.at : min(end, after.at + _CLAUSE)]
    clause = _MARK.split(rest, maxsplit=1)[0]
    mark = rest[len(clause) : len(clause) + 1]
    if not mark or mark in ":：":
        return False
    if after.word in lexicon.reporting:
        return lexicon.complementizers.isdisjoint(_STOP.split(rest, maxsplit=1)[0].split())
    words = clause.split() if len(clause) < _CLAUSE // 2 and mark not in ",،" else []
    if not words:
        return False
    named = mark in STOPS and len(words) in (2, 3) and words[1] in lexicon.reporting  # "Jones shouted back"
    return named or words[-1].endswith(lexicon.closing_verbs)


def _opening(text: str, start: int, at: int) -> int:
    """Where the quotation that ends at ``at`` was opened, else -1."""
    low = max(start, at - _QUOTED_REACH)
    return max(text.rfind(mark, low, at) for mark in _QUOTATION)


def follows_colon(text: str, start: int, at: int) -> bool:
    """A colon introduces the quotation that ends at ``at``: no clause after it can do so again."""
    opened = _opening(text, start, at)
    return opened > start and text[max(start, opened - 2) : opened].rstrip()[-1:] in _COLONS


def is_embedded(text: str, start: int, at: int, after: Following, lexicon: Lexicon) -> bool:
    """A short question or exclamation, quoted or bracketed in a sentence without capitals, that goes on."""
    particle = after.word in lexicon.particles
    if after.head.lower() != after.head.upper() or (lexicon.opens(after.word) and not particle):
        return False
    opened = text.rfind("(", max(start, at - _BRACKET_REACH), at)
    if opened > start and text.find(")", opened, at) < 0:
        return True
    if not particle or lexicon.opens(after.word):
        return False
    opened = _opening(text, start, at)
    return at - opened <= _SHORT_QUOTATION and opened > start and not follows_colon(text, start, at)


def is_title(text: str, start: int, at: int, lexicon: Lexicon) -> bool:
    """The quotation that ends at ``at`` hangs on a clitic, or is the name of a work after its noun."""
    if not lexicon.titled:
        return False
    opened = _opening(text, start, at)
    if opened <= start:
        return False
    return text[opened - 1] == _TATWEEL or preceding(text, start, opened - 1).lower() in lexicon.titled


def is_attached(text: str, at: int, lexicon: Lexicon) -> bool:
    """A particle at ``at`` takes up the quotation before it."""
    return bool(lexicon.attached) and text.startswith(lexicon.attached, at)


def is_reported(text: str, start: int, at: int, after: Following, end: int, lexicon: Lexicon) -> bool:
    """A clause such as "said the minister" follows the quotation and belongs to it."""
    if is_attached(text, after.at, lexicon):
        return True
    if after.word in lexicon.conjunctions:
        after = following(text, after.at + len(after.word), end)
    if after.word not in lexicon.reporting and (not lexicon.closing_verbs or follows_colon(text, start, at)):
        return False
    return _reports(text, after, end, lexicon)


def is_inside_brackets(
    text: str, start: int, at: int, end: int, opener: str = "(", closer: str = ")"
) -> bool:
    """``at`` is in a parenthesis of the sentence; False where brackets are mirrored or one is lost."""
    low = max(start + 1, at - _BRACKET_REACH)
    opened = text.find(opener, low, at)
    if opened < 0 or 0 <= text.find(closer, low, at) < opened:
        return False
    if text.count(opener, low, at) <= text.count(closer, low, at):
        return False
    close = text.find(closer, at, min(end, at + _BRACKET_REACH))
    return close > 0 and text.find(opener, at, close) < 0


def _is_whole_word(token: str) -> bool:
    """An ordinary word, not cut short: a shortened word is no longer than that, or ends in a consonant."""
    whole = len(token) > _LONGEST_SHORTENED or (len(token) > 3 and token[-1] in VOWELS)
    return whole and token.isalpha() and token.islower()


def _is_elided(text: str, after: Following) -> bool:
    """A capital follows a letter that lost its vowel, as in "'s Avonds"."""
    return len(after.word) == 1 and text[after.at - 1] in "'’" and text[after.at + 2 : after.at + 3].isupper()


def goes_on_small(text: str, start: int, at: int, stop: str, after: Following, lexicon: Lexicon) -> bool:
    """A small letter continues a sentence of a script with capitals, unless the text has none at all.

    ``stop`` is the run at ``at`` with its closers.
    """
    before = text[at - 1 : at]
    if before.isalpha() and before.lower() == before.upper():
        return False
    if not after.word.islower() or text[start].islower() or _is_elided(text, after):
        return False
    if stop != ".":
        return True
    token = preceding(text, start, at)
    return token in lexicon.known or token.endswith(lexicon.numerals) or not _is_whole_word(token)
