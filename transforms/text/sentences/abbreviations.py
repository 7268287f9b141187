"""Whether a single full stop ends its sentence or only shortens a word or marks a number."""

import re

from transforms.text.sentences.characters import LINE_BREAKS
from transforms.text.sentences.lexicon import Lexicon
from transforms.text.sentences.words import Following, following, preceding

_YEAR_FIRST = re.compile(r"\d{4}\. ?\d{1,2}\.(?: ?\d{1,2}\.)?")  # as dates are written in Korean
_DAY_FIRST = re.compile(r"\s?\d{1,2}\. \d{1,2}\.|\s?\d\. \d{4}")  # 24. 8. 2021, at either stop
_DATE = re.compile(r"\d{1,2} (\w+)\.")
_DIGITS = "0123456789٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹/-.,٫"
_ELIDED = re.compile(r"^.*(?:['’]|\.-)")  # an article before a vowel; a rank before a rank ("Gen.-Lt.")
_ROMAN = re.compile(r"[IVXLC]+")
_FIRST_INDIC = "\u0900"
_SIGNS = r"[\u0900-\u0dff][^\w\s.]{1,2}"  # a letter of an Indic script with its vowel sign
_SYLLABLE = re.compile(_SIGNS)
_ACRONYM = re.compile(rf"(?:(?:{_SIGNS}|[^\W\d_]{{1,2}})\.-?)+(?:{_SIGNS}|[^\W\d_]{{1,2}})")
_NUMBERED = re.compile(r"[\d٠-٩۰-۹]+(?:\.\d+)*|[a-zA-Zа-яА-Яء-ي]|[IVXLC]{1,4}")
_LONGEST_YEAR = 12  # code points of "1995-96 yrs"
_LONGEST_LABEL = 40  # code points
_ITEM_REACH = 300  # code points from one item number to the next
_LONGEST_ORDINAL = 3  # digits; four are a year


def _is_shortened(token: str, lexicon: Lexicon) -> bool:
    """An initial, an acronym with stops, or a Roman ordinal."""
    if len(token) == 1:
        return token.isalpha() and not token.islower() and token not in lexicon.words
    if "." in token:
        return bool(_ACRONYM.fullmatch(token)) or lexicon.letters.issuperset(token.split("."))
    return lexicon.ordinals and bool(_ROMAN.fullmatch(token))


def _is_syllable(text: str, start: int, at: int, token: str, after: Following, lexicon: Lexicon) -> bool:
    """An initial in an Indic script: it opens the sentence, or another one with its stop is next to it."""
    if token[0] < _FIRST_INDIC or token in lexicon.words or not _SYLLABLE.fullmatch(token):
        return False
    begun = at - len(token)
    if text[max(start, begun - 2) : begun].strip() in ("", "."):
        return True
    return "." in text[after.at + 1 : after.at + 3]


def _precedes_initial(text: str, after: Following) -> bool:
    return len(after.word) == 1 and after.word.isalpha() and text.startswith(".", after.at + 1)


def _opens(text: str, after: Following, lexicon: Lexicon) -> bool:
    """The next word typically opens a sentence, and is no initial."""
    return lexicon.opens(after.word) and not after.head.islower() and not _precedes_initial(text, after)


def _is_label(text: str, start: int, at: int, token: str, lexicon: Lexicon) -> bool:
    """A list number, or a word such as Article with its number, that opens the sentence."""
    if at - start > _LONGEST_LABEL:
        return False
    before = text[start : at - len(token)].strip(" (")
    if before:
        return before in lexicon.labels and (not token.isalpha() or bool(_ROMAN.fullmatch(token)))
    return bool(_NUMBERED.fullmatch(token))


def _is_enumerated(text: str, start: int, at: int, token: str) -> bool:
    """An item number in running text: after a colon, or after the number before it."""
    if not token.isdecimal() or len(token) > 2 or not int(token):
        return False
    low = max(start, at - _ITEM_REACH)
    zero = ord(token[0]) - int(token[0])  # of the digits of the text
    before = "".join(chr(zero + int(digit)) for digit in str(int(token) - 1))
    return text[low : at - len(token)].rstrip().endswith(":") or text.find(f" {before}. ", low, at) >= 0


def _is_ordinal(text: str, start: int, at: int, token: str, after: Following, lexicon: Lexicon) -> bool:
    if after.head.islower():
        return True
    if len(token) > _LONGEST_ORDINAL:
        return False
    if after.word in lexicon.months or after.word.startswith(lexicon.ordinal_after):
        return True
    if (len(after.word) > 1 and _ROMAN.fullmatch(after.word)) or _DAY_FIRST.match(text, max(start, at - 2)):
        return True
    before = preceding(text, start, at - len(token) - 1)
    return before.lower() in lexicon.ordinal_before and not lexicon.opens(after.word)


def _ends_number(text: str, start: int, at: int, token: str, after: Following, lexicon: Lexicon) -> bool:
    if "." in token and after.head.isdigit():  # a date such as 12.05. 2019
        return False
    if any(date.end() > at for date in _YEAR_FIRST.finditer(text, max(start, at - 10), at + 8)):
        return False
    if _is_label(text, start, at, token, lexicon) or _is_enumerated(text, start, at, token):
        return False
    if not lexicon.ordinals:
        return True
    year = len(token) > _LONGEST_ORDINAL and _only_leads(text, start, at, lexicon)  # "Krajem 2017."
    return not (year or _is_ordinal(text, start, at, token, after, lexicon))


def _only_leads(text: str, start: int, at: int, lexicon: Lexicon) -> bool:
    """All there is of the sentence is an adverbial such as "in the year 656 AH"."""
    lead = text[start:at].split() if at - start < _LONGEST_LABEL else []
    return 0 < len(lead) < 5 and lead[0].lower() in lexicon.particles


def _measures(text: str, after: Following, lexicon: Lexicon) -> bool:
    """A number and its unit follow, as in "2 h. 5 min."."""
    at = after.at + len(after.word)
    return following(text, at, at + _LONGEST_LABEL).word in lexicon.after_number


def _ends_unit(text: str, start: int, at: int, token: str, after: Following, lexicon: Lexicon) -> bool:
    """A unit or "year" ends the sentence after a number, unless an initial follows."""
    year = at - start < _LONGEST_YEAR and text[start].isdigit() and not lexicon.opens(after.word)
    if year or _only_leads(text, start, at, lexicon):
        return False
    before = preceding(text, start, at - len(token) - 1) or preceding(text, start, at - len(token))
    counts = not (before.endswith(",") and after.head.isdigit())  # "house 5, p. 2"
    number = (counts and any(map(str.isdigit, before))) or bool(_ROMAN.fullmatch(before))
    before = before.removesuffix(".")
    number = number or before in lexicon.months  # "5 May this y."
    number = number or (len(before) > 1 and before in lexicon.after_number)  # "2 mln." and a currency
    if after.head.isdigit() and _measures(text, after, lexicon):
        return False
    goes_on = after.head in "№§#+" or (lexicon.binds(after.word) and not lexicon.opens(after.word))
    return number and not goes_on and not _precedes_initial(text, after)


def _stands_by_number(text: str, start: int, at: int, token: str, after: Following) -> bool:
    if after.head.isdigit() or _ROMAN.fullmatch(after.word):
        return True
    return text[after.at - 1] == "(" and preceding(text, start, at - len(token) - 1).isdigit()  # 7 Aug. (EFE)


def _ends_known(text: str, start: int, at: int, token: str, after: Following, lexicon: Lexicon) -> bool:
    if after.head.islower():  # kWh, mTOR
        return False
    starter = _opens(text, after, lexicon)
    if token in lexicon.after_number and _ends_unit(text, start, at, token, after, lexicon):
        return True
    if token in lexicon.never:
        return False
    if token in lexicon.often:
        return starter or not lexicon.binds(after.word)
    if token in lexicon.before_number and _stands_by_number(text, start, at, token, after):
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


def _stands_alone(text: str, start: int, at: int, token: str, after: Following, lexicon: Lexicon) -> bool:
    """A word that could be the name of a letter has no other letter beside it."""
    before = preceding(text, start, at - len(token) - 1)
    if before.endswith(".") and before[:-1] in lexicon.letters:
        return False
    return after.word not in lexicon.letters or not text.startswith(".", after.at + len(after.word))


def _opens_dateline(text: str, start: int, at: int, token: str, after: Following, lexicon: Lexicon) -> bool:
    """The stops inside a dateline such as "Place. 7 May. AGENCY - "."""
    if start and text[start - 1] not in LINE_BREAKS:
        return False
    date = _DATE.match(text, after.at)
    if date:
        place = text[start:at].split()
        return (
            date[1].lower() in lexicon.months and len(place) < 4 and all(word[0].isupper() for word in place)
        )
    return token in lexicon.months and ". " in text[start:at] and len(after.word) > 2 and after.word.isupper()


def _ends_short(text: str, start: int, at: int, token: str, after: Following, lexicon: Lexicon) -> bool:
    """A listed abbreviation, a unit, a label, an initial or an acronym."""
    if token in lexicon.chained and _stands_alone(text, start, at, token, after, lexicon):
        return True
    unit = token.lstrip(_DIGITS) if token[0].isdigit() else ""
    if unit in lexicon.after_number:
        return _ends_unit(text, start, at, unit, after, lexicon)
    known = token if token in lexicon.known or token.isalnum() else _ELIDED.sub("", token)
    if known in lexicon.known:
        return _ends_known(text, start, at, known, after, lexicon)
    if _is_label(text, start, at, token, lexicon):
        return False
    if not _is_shortened(token, lexicon) and not _is_syllable(text, start, at, token, after, lexicon):
        return True
    if len(token) == 1 and preceding(text, start, at - 2) in lexicon.lettered:
        return True
    if text[max(start, at - 3) : at - 1].strip() == ".":  # a second initial: a name follows, unless a starter
        return after.word.lower() in lexicon.starters and _opens(text, after, lexicon)
    return at - start > 2 and _opens(text, after, lexicon)


def ends_single(text: str, start: int, at: int, after: Following, lexicon: Lexicon) -> bool:
    """Decide for the full stop at ``at`` in the sentence begun at ``start``."""
    token = preceding(text, start, at)
    if at - start < _LONGEST_LABEL and _opens_dateline(text, start, at, token, after, lexicon):
        return False
    if lexicon.shortens and (lexicon.weak_stops or (len(token) > 3 and token.endswith(lexicon.endings))):
        return False
    if len(token) > 4 and token.isalpha() and token not in lexicon.known and token not in lexicon.labels:
        return not (lexicon.ordinals and _ROMAN.fullmatch(token)) or _opens(text, after, lexicon)
    if not token:
        return True
    if at - start == len(token) and token in lexicon.labels:
        return False
    if token[-1].isdigit():
        return _ends_number(text, start, at, token, after, lexicon)
    if len(token) < 5 and at - start > len(token):
        whole = _spaced(text, start, at, token, after, lexicon)
        if whole == "first":
            return False
        token = whole or token
    return _ends_short(text, start, at, token, after, lexicon)
