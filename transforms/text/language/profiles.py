"""langdetect's own profiles, scored exactly: what the library estimates from random n-grams, computed.

The library draws n-grams of a text at random and multiplies P(n-gram | language) + alpha / 10 000 until one
language has won, seven times over. In the limit of draws the winner is the largest sum, over all n-grams of
the text, of log(P + 0.5 / 10 000): that sum is taken here. No randomness, no global state.
"""

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

import langdetect
import numpy as np
import numpy.typing as npt
from langdetect.detector import Detector
from langdetect.utils.ngram import NGram

from transforms.text.language.tags import canonical_tag

SMOOTHING = Detector.ALPHA_DEFAULT / Detector.BASE_FREQ
MAX_LETTERS = 10_000  # Detector.max_text_length
_SPACE, _OTHER = 0x20, 0xFFFD
# Confidence = softmax(SCALE * n**POWER * score): n-grams overlap, see decisions.SCALE.
SCALE, POWER = 0.184, -0.192


class Profiles(NamedTuple):
    """The installed package's profiles.

    Attributes:
        names: langdetect's own language codes, in the order of the columns.
        keys: n-grams packed 16 bits a letter, sorted.
        logs: n-grams x languages, log(P + SMOOTHING).
        normal: langdetect's normalisation of each code point below 0x10000.
    """

    names: list[str]
    keys: npt.NDArray[np.int64]
    logs: npt.NDArray[np.float64]
    normal: npt.NDArray[np.int64]


@cache
def profiles() -> Profiles:
    """Read the profiles once per process (about a third of a second)."""
    folder = Path(langdetect.__file__).parent / "profiles"
    read = [
        json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.iterdir()) if path.is_file()
    ]
    grams = sorted(
        {gram for profile in read for gram in profile["freq"] if 1 <= len(gram) <= NGram.N_GRAM}, key=_pack
    )
    row = {gram: number for number, gram in enumerate(grams)}
    chances = np.zeros((len(grams), len(read)))
    for column, profile in enumerate(read):
        for gram, count in profile["freq"].items():
            if gram in row:
                chances[row[gram], column] = count / profile["n_words"][len(gram) - 1]
    normal = np.array([ord(NGram.normalize(chr(code))) for code in range(0x10000)], np.int64)
    keys = np.array([_pack(gram) for gram in grams], np.int64)
    return Profiles([profile["name"] for profile in read], keys, np.log(chances + SMOOTHING), normal)


def _pack(gram: str) -> int:
    number = 0
    for char in gram:
        number = number << 16 | min(ord(char), _OTHER)
    return number


def _prepare(text: str) -> npt.NDArray[np.int64]:
    """Code points as ``Detector.append`` and ``cleaning_text`` leave them, normalised, single spaces."""
    text = NGram.normalize_vi(Detector.MAIL_RE.sub(" ", Detector.URL_RE.sub(" ", text)))
    points = np.frombuffer(text[:MAX_LETTERS].encode("utf-32-le", "surrogatepass"), np.uint32).astype(
        np.int64
    )
    latin = (points >= ord("A")) & (points <= ord("z"))
    if latin.sum() * 2 < (points >= 0x300).sum():  # the library means to except U+1E00-1EFF, and does not
        points = points[~latin]
    points = profiles().normal[np.minimum(points, _OTHER)]
    points = np.concatenate([[_SPACE], points])
    space = points == _SPACE
    return points[~(space & np.concatenate([[False], space[:-1]]))]


def packed_ngrams(text: str) -> npt.NDArray[np.int64]:
    """The n-grams that the library would draw from, packed, repeats kept."""
    points = _prepare(text)
    upper = np.array([chr(point).isupper() for point in points.tolist()], np.bool_)
    loud = np.concatenate([[False], upper[1:] & upper[:-1]])  # inside a word of capitals nothing is drawn
    one = points[1:][(points[1:] != _SPACE) & ~loud[1:]]
    pairs = points[:-1] << 16 | points[1:]
    two = pairs[~loud[1:]]
    three = (points[:-2] << 32 | pairs[1:])[~loud[2:] & (points[1:-1] != _SPACE)]
    return np.concatenate([one, two, three])


def langdetect_scores(text: str) -> tuple[npt.NDArray[np.float64], int]:
    """Log probability per language (up to a constant), and how many known n-grams it rests on."""
    known, grams = profiles(), packed_ngrams(text)
    at = np.minimum(np.searchsorted(known.keys, grams), len(known.keys) - 1)
    hits = at[known.keys[at] == grams]
    return known.logs[hits].sum(0), len(hits)


def langdetect_exact(text: str) -> tuple[str, float]:
    """Langdetect's answer as a BCP 47 tag with a calibrated probability; ``("und", 0.0)`` without n-grams."""
    scores, count = langdetect_scores(text)
    if not count:
        return "und", 0.0
    best = int(scores.argmax())
    odds = (scores - scores[best]) * SCALE * count**POWER
    return canonical_tag(profiles().names[best]), float(1 / np.exp(odds).sum())
