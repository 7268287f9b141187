"""Whether a single full stop ends its sentence or only shortens a word or marks a number."""

import re

from transforms.text.sentences.lexicon import Lexicon
from transforms.text.sentences.words import Following, preceding

_ACRONYM = re.compile(r"(?:[^\W\d_]{1,2}\.-?)+[^\W\d_]{1,2}")
_ROMAN = re.compile(r"[IVXLC]+")
_NUMBERED = re.compile(r"[\d٠-٩۰-۹]+(?:\.\d+)*|[a-zA-Zа-яА-Яء-ي]|[IVXLC]{1,4}")
_LONGEST_ORDINAL = 3  # digits; four are a year


def _is_initial(token: str, lexicon: Lexicon) -> bool:
    return len(token) == 1 and token.isalpha() and not token.islower() and token not in lexicon.words


def _is_label(text: str, start: int, at: int, token: str, lexicon: Lexicon) -> bool:
    """A list number, or a word such as Article with its number, that opens the sentence."""
    before = text[start : at - len(token)].strip() if at - start < 40 else "-"
    return (not before and bool(_NUMBERED.fullmatch(token))) or (
        before in lexicon.labels and not token.isalpha()
    )


def _is_ordinal(text: str, start: int, at: int, token: str, after: Following, lexicon: Lexicon) -> bool:
    if len(token) > _LONGEST_ORDINAL:
        return False
    if after.word in lexicon.months or after.word in lexicon.ordinal_after:
        return True
    before = preceding(text, start, at - len(token) - 1)
    return before.lower() in lexicon.ordinal_before and not lexicon.opens(after.word)


def _ends_number(text: str, start: int, at: int, token: str, after: Following, lexicon: Lexicon) -> bool:
    return not (lexicon.ordinals and _is_ordinal(text, start, at, token, after, lexicon))


def _ends_unit(text: str, start: int, at: int, token: str, after: Following) -> bool:
    """A unit or "year" ends the sentence after a number, unless an initial follows."""
    before = preceding(text, start, at - len(token) - 1) or preceding(text, start, at - len(token))
    initial = len(after.word) == 1 and after.word.isalpha() and text[after.at + 1 : after.at + 2] == "."
    return any(character.isdigit() for character in before) and not initial and after.head not in "№§#+"


def _ends_known(text: str, start: int, at: int, token: str, after: Following, lexicon: Lexicon) -> bool:
    starter = lexicon.opens(after.word)
    if token in lexicon.after_number and _ends_unit(text, start, at, token, after):
        return True
    if token in lexicon.never:
        return False
    if token in lexicon.often:
        return True
    if token in lexicon.before_number and (after.head.isdigit() or _ROMAN.fullmatch(after.word)):
        return False
    if token in lexicon.maybe or token in lexicon.letters:
        return starter
    return token in lexicon.before_number


def _spaced(text: str, start: int, at: int, token: str, after: Following, lexicon: Lexicon) -> str:
    """The abbreviation written with blanks that the token is part of ("z. B.", "EE. UU."), or ""."""
    if f"{token}.{after.word}" in lexicon.known and text.startswith(".", after.at + len(after.word)):
        return "first"
    before = preceding(text, start, at - len(token) - 1)
    if before.endswith(".") and f"{before}{token}" in lexicon.known:
        return f"{before}{token}"
    return ""


def ends_single(text: str, start: int, at: int, after: Following, lexicon: Lexicon) -> bool:
    """Decide for the full stop at ``at`` in the sentence begun at ``start``."""
    token = preceding(text, start, at)
    if len(token) > lexicon.longest or not token:
        return True
    if token[-1].isdigit():
        if at - start < 40 and _is_label(text, start, at, token, lexicon):
            return False
        return _ends_number(text, start, at, token, after, lexicon)
    if len(token) < 5 and at - start > len(token):
        whole = _spaced(text, start, at, token, after, lexicon)
        if whole == "first":
            return False
        token = whole or token
    if token in lexicon.known:
        return _ends_known(text, start, at, token, after, lexicon)
    starter = lexicon.opens(after.word)
    if _is_initial(token, lexicon):
        return starter and at - start > 2
    if "." in token and (_ACRONYM.fullmatch(token) or lexicon.letters.issuperset(token.split("."))):
        return starter
    if lexicon.ordinals and _ROMAN.fullmatch(token):
        return starter
    return not (at - start < 5 and _is_label(text, start, at, token, lexicon))
