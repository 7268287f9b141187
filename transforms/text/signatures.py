"""Signatures of near-duplicates: what two prints of one story have in common, in half a kilobyte.

Three of them, all made from the search form, so that spelling, harakat, digits and punctuation do not count,
and from the body without its furniture, so that a dateline does not either:

- ``minhash_b8``: one byte from each of 128 MinHash values; the share of equal bytes estimates the Jaccard
  similarity of two texts' shingles (b-bit MinHash: Li & Koenig, WWW 2010).
- ``lsh32``: the values in 32 bands of 4, one hash a band: texts of similarity s share a band with probability
  1 - (1 - s^4)^32, which is 0.87 at 0.5 and above 0.99 at 0.65. An equal number is a candidate: join on it.
- ``sent_fp``: one number a sentence, which finds an excerpt that MinHash cannot.

They are stored for years and compared across versions of khabar: a change of anything below makes
``SIGNATURE_VERSION`` another one, and old rows need ``khabar replay``.
"""

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SIGNATURE_VERSION = 1
PERMUTATIONS = 128
BANDS = 32
WORDS_IN_SHINGLE = 3
# Chinese, Japanese and Thai write no spaces: a "word" there is a clause.
CHARACTERS_IN_SHINGLE = 5
WITHOUT_SPACES = frozenset({"zh-Hans", "zh-Hant", "yue", "ja", "th", "lo", "km", "my"})
# Shorter sentences ("He did not elaborate.") are in stories that have nothing to do with each other.
MIN_SENTENCE_WORDS = 5
MIN_SENTENCE_CHARACTERS = 10
_ROWS_AT_ONCE = 4096  # bounds the memory of a very long text: 4096 x 128 x 4 bytes

_U32 = NDArray[np.uint32]
_U64 = NDArray[np.uint64]


class Signature(NamedTuple):
    """``minhash_b8`` is 128 bytes; ``lsh32`` has 32 numbers below 2**32."""

    minhash_b8: bytes
    lsh32: list[int]


def _mix(values: _U64) -> _U64:
    """The finaliser of SplitMix64 (Steele, Lea & Flood, OOPSLA 2014): every bit depends on every bit."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _constants(seed: int, count: int) -> _U64:
    """The first numbers of a SplitMix64 generator; array arithmetic wraps at 2**64, as it must."""
    return _mix(np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15))


# 32 bits are enough for a story's shingles, and processors multiply eight of them at once (5 times faster
# than 64).
_MULTIPLIERS = _constants(0x6B68616261721, PERMUTATIONS).astype(np.uint32) | np.uint32(1)
_ADDENDS = _constants(0x6B68616261722, PERMUTATIONS).astype(np.uint32)
_IN_SHINGLE = _constants(0x6B68616261723, CHARACTERS_IN_SHINGLE) | np.uint64(1)
_IN_BAND = _constants(0x6B68616261724, PERMUTATIONS).reshape(BANDS, -1) | np.uint64(1)


def signature(search: str, language: str | None) -> Signature | None:
    """The signature of a text; None when it has no word.

    Args:
        search: A text's search form: words separated by single spaces.
        language: BCP 47 tag, which decides between shingles of words and of characters.

    >>> first = signature("the ministry announced the new line will open in may", "en")
    >>> second = signature("the ministry announced the new line will open in june", "en")
    >>> jaccard(first.minhash_b8, second.minhash_b8) > 0.6  # 7 of 9 shingles are the same
    True
    """
    units = _units(search, language)
    if not units.size:
        return None
    width = CHARACTERS_IN_SHINGLE if language in WITHOUT_SPACES else WORDS_IN_SHINGLE
    values = _minhash(_shingles(units, width))
    banded = (values.reshape(BANDS, -1) * _IN_BAND).sum(axis=1, dtype=np.uint64)
    return Signature(
        values.astype(np.uint8).tobytes(),
        [int(band) for band in _mix(banded) >> np.uint64(32)],
    )


def sentence_fingerprints(sentences: Iterable[str], language: str | None) -> list[int]:
    """One number below 2**63 for each sentence that is long enough to be telling, in order, none twice.

    One bit is left out, since Beam's rows and Spark's integers have signs.

    Args:
        sentences: Search forms of an article's sentences.
        language: BCP 47 tag of the article.
    """
    if language in WITHOUT_SPACES:
        telling = (s for s in sentences if len(s.replace(" ", "")) >= MIN_SENTENCE_CHARACTERS)
    else:
        telling = (s for s in sentences if s.count(" ") + 1 >= MIN_SENTENCE_WORDS)
    return list(dict.fromkeys(_hash(sentence) >> 1 for sentence in telling))


def jaccard(one: bytes, other: bytes) -> float:
    """Estimated similarity of two texts, 0..1, from their ``minhash_b8``; standard error 0.044 at most.

    One byte in 256 is equal by chance, which is taken off.
    """
    equal = np.count_nonzero(np.frombuffer(one, np.uint8) == np.frombuffer(other, np.uint8))
    return max(0.0, float(equal / PERMUTATIONS - 1 / 256) / (1 - 1 / 256))


def _units(search: str, language: str | None) -> _U64:
    if language in WITHOUT_SPACES:
        joined = search.replace(" ", "").encode("utf-32-le", "surrogatepass")
        return np.frombuffer(joined, np.uint32).astype(np.uint64)
    return np.fromiter(map(_word_hash, search.split()), np.uint64)


def _shingles(units: _U64, width: int) -> _U32:
    """One number for each run of ``width`` units; a shorter text is one shingle."""
    width = min(width, units.size)
    count = units.size - width + 1
    total = np.zeros(count, np.uint64)
    for n in range(width):
        total += units[n : n + count] * _IN_SHINGLE[n]
    return _mix(total).astype(np.uint32)


def _minhash(shingles: _U32) -> _U32:
    """The least value of each permutation."""
    least = np.full(PERMUTATIONS, np.iinfo(np.uint32).max, np.uint32)
    for start in range(0, shingles.size, _ROWS_AT_ONCE):
        rows = shingles[start : start + _ROWS_AT_ONCE, None] * _MULTIPLIERS + _ADDENDS
        np.minimum(least, rows.min(axis=0), out=least)
    return least


@lru_cache(maxsize=1 << 16)
def _word_hash(word: str) -> int:
    return _hash(word)


def _hash(text: str) -> int:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")
