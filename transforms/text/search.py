"""The search form of a text: what two spellings of one word have in common."""

import re
import unicodedata
from functools import cache

from transforms.text.characters import ARABIC_MARKS, normalise_form
from transforms.text.data_files import load

_DATA = load("folding.toml")
_TURKIC = frozenset({"tr", "az", "crh", "tt-Latn", "kk-Latn"})
# Apostrophes and Hebrew geresh/gershayim join letters; decimal points join digits.
_JOINING = {"’": "'", "ʼ": "'", "‘": "'", "`": "'", "׳": "'", "״": '"', "٫": ".", "٬": "\ue000"}
_DROPPED = re.compile(
    f"[{ARABIC_MARKS}\u0640\u0591-\u05bd\u05bf\u05c1-\u05c2\u05c4-\u05c5\u05c7\u200b-\u200f\ufe00-\ufe0f]"
)
_STRESS = re.compile("(?<=[\u0400-\u052f])[\u0300\u0301]")
_NOT_JOINING = re.compile(
    r"\.(?:(?<![0-9]\.)|(?![0-9]))|'(?:(?<!\w')|(?!\w))|\"(?:(?<![\u05d0-\u05ea]\")|(?![\u05d0-\u05ea]))"
)
_THOUSANDS = re.compile("\ue000|(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")


# In Sorani a heh before ZWNJ or at the end of a word is the vowel ە (Lucene's SoraniNormalizer).
_SORANI_VOWEL = re.compile("ه(?:\u200c|(?!\\w))")


class _Table(dict[int, str]):
    """Characters to what the search form writes for them, filled in as they are met."""

    def __init__(self, folds: dict[str, str]) -> None:
        super().__init__({ord(letter): fold for letter, fold in folds.items()})

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        category = unicodedata.category(letter)
        if _DROPPED.match(letter):
            value = ""
        elif category == "Nd":
            value = str(unicodedata.decimal(letter))
        elif category[0] in "LMN" or letter in ".'\",\ue000":
            lower = letter.casefold()
            value = self.get(ord(lower), lower) if len(lower) == 1 and lower != letter else lower
        else:
            value = "" if category == "Cf" else " "
        self[code] = value
        return value


@cache
def _table(language: str) -> _Table:
    tag = _DATA["same"].get(language, language)
    base = tag.partition("-")[0]
    folds = _DATA.get(tag) or _DATA.get(base) or {}
    return _Table({**_JOINING, **folds})


def search_form(text: str, language: str | None) -> str:
    """Fold a text for search and comparison: derived, never shown.

    Args:
        text: Canonical text (other text works too).
        language: BCP 47 tag; None when unknown: then no letter is folded into another.

    Returns:
        One line of NFKC, case-folded words and ASCII digits, separated by single spaces; no
        harakat, niqqud, stress marks, tatweel, joiners or punctuation.

    >>> search_form("«أُقِرَّت» 3,5 ملايين – ١٬٢٠٠", "ar")
    'اقرت 3 5 ملايين 1200'
    """
    if language in _TURKIC:
        text = text.replace("I", "ı").replace("İ", "i")
    text = normalise_form("NFKC", text)
    if language == "ckb":
        text = _SORANI_VOWEL.sub("ە", text)
    if "\u0301" in text or "\u0300" in text:
        text = _STRESS.sub("", text)
    text = normalise_form("NFKC", text.translate(_table(language or "und")))
    if "," in text or "\ue000" in text:
        text = _THOUSANDS.sub("", text).replace(",", " ")
    return " ".join(_NOT_JOINING.sub(" ", text).split())
