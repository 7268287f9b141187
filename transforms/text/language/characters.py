"""Code points as numbers: which letter, which script. Two lookup tables over the Basic Multilingual Plane."""

import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

PLANE = 0x10000
UPPER = 1 << 16
BREAK, SKIP = 0, 1  # what is not a letter separates words; what is SKIP does not exist
APOSTROPHES = "'’ʻʼ‘`´ʹ"  # Uzbek oʻ, French l’, Hausa ʼy: one letter in all typographies
# Signs that writers leave out at will: Arabic harakat and tatweel, joiners, marks of direction, soft hyphen.
OPTIONAL = [0xAD, 0x640, 0x670, *range(0x64B, 0x660), *range(0x6D6, 0x6EE), *range(0x200B, 0x2010), 0x2060]
# Brahmic scripts write most vowels as marks on a consonant: letters to whoever counts how much is written.
VOWEL_SIGNS = slice(0x900, 0x1AB0)
SAME = {"ς": "σ", "ı": "ı", "İ": "i"}  # one letter, whatever its place in the word or its case


class Script(NamedTuple):
    """One row of ``lexicons/scripts.toml``."""

    code: str
    language: str | None
    foreign: frozenset[str] = frozenset()
    foreign_share: float = 1.0


class Characters(NamedTuple):
    """Lookup tables by code point below 0x10000.

    Attributes:
        symbol: Lower-case letter or mark as a number, plus UPPER for capitals; BREAK or SKIP for the rest.
        script: Index into ``scripts`` of letters and vowel signs, 0 for everything else.
        scripts: Row 0 is ``Zyyy``; the last row, ``Zzzz``, holds letters of scripts not listed.
        latin: Index of Latin script; ``han`` and ``kana`` likewise.
    """

    symbol: npt.NDArray[np.uint32]
    script: npt.NDArray[np.uint8]
    scripts: tuple[Script, ...]
    latin: int
    han: int
    kana: int


def _rows() -> dict[str, dict[str, Any]]:
    path = Path(__file__).parents[1] / "lexicons" / "scripts.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _symbols(letter: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint32]:
    symbol = np.where(letter, np.arange(PLANE, dtype=np.uint32), np.uint32(BREAK))
    for code in letter.nonzero()[0].tolist():
        char = chr(code)
        lower = SAME.get(char, char.lower()[0])
        if lower != char or char.isupper():
            symbol[code] = ord(lower) | (UPPER if char.isupper() else 0)
    for code in (~letter).nonzero()[0].tolist():
        if unicodedata.category(chr(code))[0] == "M":
            symbol[code] = code
    for char in APOSTROPHES:
        symbol[ord(char)] = ord("'")
    symbol[OPTIONAL] = SKIP
    return symbol


@cache
def characters() -> Characters:
    """Build the tables once per process (about 30 ms)."""
    letter = np.fromiter(map(str.isalpha, map(chr, range(PLANE))), np.bool_, PLANE)
    symbol, rows = _symbols(letter), _rows()
    letter[VOWEL_SIGNS] |= symbol[VOWEL_SIGNS] > SKIP
    letter[[ord(char) for char in APOSTROPHES] + [0x640]] = False
    script = np.where(letter, len(rows) + 1, 0).astype(np.uint8)
    scripts = [Script("Zyyy", None)]
    for number, (code, row) in enumerate(rows.items(), start=1):
        foreign = frozenset(row.get("foreign", ""))
        scripts.append(Script(code, row.get("language"), foreign, row.get("foreign_share", 1.0)))
        for block in row["blocks"]:
            first, last = (int(end, 16) for end in block.split("-"))
            script[first : last + 1][letter[first : last + 1]] = number
    scripts.append(Script("Zzzz", None))
    codes = [row.code for row in scripts]
    return Characters(symbol, script, tuple(scripts), *map(codes.index, ("Latn", "Hani", "Kana")))
