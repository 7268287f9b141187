"""Texts as hashed character n-grams, many texts in one numpy pass; the same code trains and identifies."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.text.language.characters import BREAK, PLANE, SKIP, UPPER, characters

ORDERS = 5
KEY_BITS = 28
CAPITALISED, PLAIN = 3, 5  # names travel between languages: the n-grams of a capitalised word count 3/5
_FACTORS = np.array([PLAIN, CAPITALISED], np.float32)
SHOUTED = 0.6  # with this share of capitals the text is set in capitals and they tell nothing of names
_FENCE = 1 << 17  # the BREAK between two texts
_APOSTROPHE = ord("'")
# Odd multipliers in the manner of MurmurHash3; any would do, these are frozen with the weights.
_STEP, _MIX, _FIRST, _LAST = (np.uint32(n) for n in (0x02000327, 0x85EBCA6B, 0x9E3779B1, 0x2C1B3C6D))
_SEEDS = np.array([n * 0x27D4EB2F & 0xFFFFFFFF for n in range(1, ORDERS + 1)], np.uint32)
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
    starts = np.array([0, *accumulate(len(text) + 1 for text in texts)])
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
    symbols, starts = marked & np.uint32(0xFFFF), (marked & _FENCE).nonzero()[0]
    return Batch(symbols, _weights(marked, symbols, starts), starts)


def _loose_apostrophes(marked: Symbols) -> Symbols:
    """An apostrophe is a letter inside a word and a quotation mark elsewhere."""
    at = (marked == _APOSTROPHE).nonzero()[0]
    if len(at):
        word = (marked & 0xFFFF) > _APOSTROPHE
        marked[at[~(word[at - 1] & word[at + 1])]] = BREAK
    return marked


def _single_breaks(marked: Symbols) -> Symbols:
    """Leave one BREAK between words and none but the fence between texts."""
    blank = (marked & 0xFFFF) == 0
    keep = marked != BREAK
    keep[1:] |= ~blank[:-1]
    marked = marked[keep]
    keep = marked != BREAK
    keep[:-1] |= marked[1:] != _FENCE
    return marked[keep]


def _weights(marked: Symbols, symbols: Symbols, starts: Indices) -> npt.NDArray[np.float32]:
    weights = np.full(len(marked), PLAIN, np.float32)
    upper = (marked & UPPER) != 0
    breaks = (symbols == BREAK).nonzero()[0]
    named = upper[breaks[:-1] + 1]
    if named.any():
        capitals = np.add.reduceat(upper, starts[:-1], dtype=np.int64)
        letters = np.add.reduceat(symbols > _APOSTROPHE, starts[:-1], dtype=np.int64)
        shouted = capitals > SHOUTED * letters
        if shouted.any():
            named &= ~shouted[starts.searchsorted(breaks[:-1], "right") - 1]
        weights[:-1] = _FACTORS[named.view(np.int8)].repeat(breaks[1:] - breaks[:-1])
    return weights


def keys(symbols: Symbols) -> Symbols:
    """Hash keys, below 2**28: symbols x ORDERS, the n-grams of order 1 to 5 that begin at each symbol.

    The last n - 1 of order n have no room for one and hold nothing of use.
    """
    base = symbols + np.uint32(1)
    added = base * _MIX
    mixed = np.zeros((len(base), ORDERS), np.uint32)
    mixed[:, 0] = rolling = base
    for order in range(1, min(ORDERS, len(base))):
        rolling = (rolling[:-1] * _STEP) ^ added[order:]
        mixed[:-order, order] = rolling
    mixed ^= _SEEDS
    mixed *= _FIRST
    mixed ^= mixed >> np.uint32(15)
    mixed *= _LAST
    mixed >>= np.uint32(32 - KEY_BITS)
    return mixed
