"""Texts as hashed character n-grams, many texts in one numpy pass; the same code trains and identifies."""

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.text.language.characters import BREAK, PLANE, SKIP, UPPER, characters

ORDERS = 5
KEY_BITS = 28
CAPITALISED, PLAIN = 3, 5  # names travel between languages: the n-grams of a capitalised word count 3/5
SHOUTED = 0.6  # with this share of capitals the text is set in capitals and they tell nothing of names
_FENCE = 1 << 17  # the BREAK between two texts
_APOSTROPHE = ord("'")
# Odd multipliers in the manner of MurmurHash3; any would do, these are frozen with the weights.
_STEP, _MIX, _FIRST, _LAST = (np.uint32(n) for n in (0x02000327, 0x85EBCA6B, 0x9E3779B1, 0x2C1B3C6D))
_SEEDS = [np.uint32(n * 0x27D4EB2F & 0xFFFFFFFF) for n in range(ORDERS + 1)]
_MACHINE = re.compile(
    r"https?://\S+|www\.\S+|\S+@\S+|[@#]\w+|<[^<>]{1,99}>|&#?\w{1,8};|[a-zA-Z0-9]*_[a-zA-Z0-9_.]*"
)
_MACHINE_HINT = re.compile(r"[@#<&_]|://|www\.")

Symbols = npt.NDArray[np.uint32]
Indices = npt.NDArray[np.int64]


class Batch(NamedTuple):
    """Several texts as one row of symbols.

    Attributes:
        symbols: Lower-cased letters and marks; words, and texts, are parted by single BREAKs.
        weights: Per symbol, CAPITALISED or PLAIN by the word it stands in.
        starts: Where each text's leading BREAK is; one more for the end. Neighbours share that BREAK.
    """

    symbols: Symbols
    weights: npt.NDArray[np.float32]
    starts: Indices


def tidy(text: str) -> str:
    """Drop what machines wrote (addresses, mentions, tags, entities, identifiers); compose to NFC."""
    if _MACHINE_HINT.search(text):
        text = _MACHINE.sub(" ", text)
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def code_points(texts: Sequence[str]) -> tuple[Symbols, Indices]:
    """Texts as code points below 0x10000, a newline before each and at the end; where those newlines are."""
    points = np.frombuffer("\n".join(["", *texts, ""]).encode("utf-32-le", "surrogatepass"), np.uint32)
    starts = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(text) + 1 for text in texts], out=starts[1:])
    return np.minimum(points, PLANE - 1), starts


def read(points: Symbols, starts: Indices, keep_latin: bool = True) -> Batch:
    """Turn code points into symbols; ``keep_latin=False`` reads Latin letters as if they were not there."""
    table = characters()
    marked = table.symbol[points]
    if not keep_latin:
        marked[table.script[points] == table.latin] = BREAK
    marked[starts] = _FENCE
    skipped = marked == SKIP
    if skipped.any():
        marked = marked[~skipped]
    marked = _single_breaks(_loose_apostrophes(marked))
    starts = np.flatnonzero(marked & _FENCE)
    return Batch(marked & np.uint32(0xFFFF), _weights(marked, starts), starts)


def _loose_apostrophes(marked: Symbols) -> Symbols:
    """An apostrophe is a letter inside a word and a quotation mark elsewhere."""
    at = np.flatnonzero(marked == _APOSTROPHE)
    if len(at):
        word = (marked & 0xFFFF) > _APOSTROPHE
        marked[at[~(word[at - 1] & word[at + 1])]] = BREAK
    return marked


def _single_breaks(marked: Symbols) -> Symbols:
    """Leave one BREAK between words and none but the fence between texts."""
    blank = (marked & 0xFFFF) == 0
    keep = ~blank | (marked == _FENCE)
    keep[1:] |= ~blank[:-1]
    marked = marked[keep]
    before_fence = np.zeros(len(marked), np.bool_)
    before_fence[:-1] = (marked[1:] == _FENCE) & (marked[:-1] == BREAK)
    return marked[~before_fence]


def _weights(marked: Symbols, starts: Indices) -> npt.NDArray[np.float32]:
    upper = (marked & UPPER) != 0
    letters = (marked & 0xFFFF) > _APOSTROPHE
    breaks = np.flatnonzero((marked & 0xFFFF) == BREAK)
    named = upper[np.minimum(breaks + 1, len(marked) - 1)]
    capitals = np.add.reduceat(upper, starts[:-1], dtype=np.int64)
    shouted = capitals > SHOUTED * np.add.reduceat(letters, starts[:-1], dtype=np.int64)
    if shouted.any():
        named &= ~shouted[np.minimum(starts.searchsorted(breaks, "right") - 1, len(shouted) - 1)]
    lengths = np.full(len(breaks), len(marked))
    lengths[:-1] = breaks[1:]
    return np.where(named, np.float32(CAPITALISED), np.float32(PLAIN)).repeat(lengths - breaks)


def keys(symbols: Symbols) -> list[Symbols]:
    """Hash keys, below 2**28, of the n-grams of order 1 to 5 that begin at each symbol."""
    base = symbols + np.uint32(1)
    rolling, found = base, []
    for order in range(1, ORDERS + 1):
        if order > 1:
            rolling = (rolling[:-1] * _STEP) ^ (base[order - 1 :] * _MIX)
        mixed = (rolling ^ _SEEDS[order]) * _FIRST
        mixed ^= mixed >> np.uint32(15)
        found.append((mixed * _LAST) >> np.uint32(32 - KEY_BITS))
    return found
