"""What the script alone says: the first decision, and for one language in four the last."""

import re
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.text.language.characters import characters
from transforms.text.language.ngrams import Indices, Symbols

MIN_LETTERS = 3
FOREIGN_SHARE = 0.2  # letters outside Latin: from here on Latin ones are names and brands in the text
KANA_SHARE = 0.05  # of Chinese characters and kana together: Japanese is not written with less
CONFIDENCE = 0.9995
CODE_LETTERS, CODE_LENGTH = 12, 5  # texts this short may hold nothing but codes, each this short
_WORD = re.compile(r"[^\W\d_]+")
# Letters that look alike; a Latin one inside a Cyrillic word was meant to be Cyrillic.
_LOOKALIKES = str.maketrans("aceopxyijskABCEHKMOPTXYIJS", "асеорхуіјѕкАВСЕНКМОРТХУІЈЅ")
_MIXED = re.compile(r"\w*(?:[\u0400-\u052f][A-Za-z]|[A-Za-z][\u0400-\u052f])\w*")


class Verdict(NamedTuple):
    """The dominant script, and the language where the script decides; ``und`` when nothing can."""

    script: str
    language: str | None


def letters_by_script(points: Symbols, starts: Indices) -> npt.NDArray[np.int64]:
    """Texts x scripts: letters of each script (column 0 counts everything else)."""
    table, width = characters(), len(characters().scripts)
    cells, texts = table.script[points[: starts[-1]]].astype(np.int64), len(starts) - 1
    if texts > 1:
        cells += (np.arange(texts) * width).repeat(starts[1:] - starts[:-1])
    return np.bincount(cells, minlength=texts * width).reshape(-1, width)


def judge(text: str, counts: list[int]) -> Verdict:
    """Decide by script. ``counts``: this text's row of :func:`letters_by_script`."""
    table = characters()
    letters = sum(counts) - counts[0]
    latin = table.latin
    foreign = letters - counts[latin]
    if not letters:
        return Verdict("Zyyy", "und")
    if letters <= CODE_LETTERS and _only_codes(text):
        return Verdict(table.scripts[counts.index(max(counts[1:]), 1)].code, "und")
    if foreign < FOREIGN_SHARE * letters:
        return Verdict("Latn", None if letters >= MIN_LETTERS else "und")
    others = [0, *counts[1:]]
    others[latin] = 0
    number = others.index(max(others))
    script = table.scripts[number]
    if script.code in ("Hani", "Kana"):
        return _judge_east(counts[table.han], counts[table.kana])
    if letters < MIN_LETTERS:
        return Verdict(script.code, "und")
    if script.code in MODELLED:
        return Verdict(script.code, None)
    strange = sum(map(text.count, script.foreign)) if script.foreign else 0
    known = script.language if strange <= script.foreign_share * counts[number] else None
    return Verdict(script.code, known or "und")


def _only_codes(text: str) -> bool:
    """Whether every word is a code: JPG, BTC, ТАСС."""
    words = _WORD.findall(text)
    return all(len(word) <= CODE_LENGTH and word.isupper() for word in words)


def _judge_east(han: int, kana: int) -> Verdict:
    if kana >= max(1, KANA_SHARE * (han + kana)):
        return Verdict("Jpan", "ja")
    return Verdict("Hani", None if han >= MIN_LETTERS - 1 else "und")


def fold_lookalikes(text: str) -> str:
    """Put Cyrillic letters in place of Latin ones that look the same, in words that mix the two.

    >>> fold_lookalikes("Mockвa и NATO")
    'Москва и NATO'
    """
    return _MIXED.sub(lambda word: word[0].translate(_LOOKALIKES), text)


MODELLED = frozenset({"Cyrl", "Arab", "Deva", "Hebr", "Ethi"})
