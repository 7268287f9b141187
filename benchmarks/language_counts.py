"""Character n-gram counts of news text for 50 languages, out of the models that ship with lingua 1.3.

Those models hold P(letter | up to four letters before it) as exact fractions over words without their edges.
Chained, the fractions give the counts back; and what a count lacks of its continuations are the words that
ended (or began) there, which gives the counts of n-grams with a word's edge. Apache-2.0; the text behind
them is the Leipzig Corpora Collection's news of one million sentences a language (CC BY).
"""

import json
from collections import Counter
from pathlib import Path

import brotli

Counts = dict[int, dict[str, float]]  # order -> n-gram, ' ' for a word's edge -> occurrences
FILES = ["unigrams", "bigrams", "trigrams", "quadrigrams", "fivegrams"]
NAMES = {"fil": "tl", "sr-Cyrl": "sr", "sr-Latn": "sr"}  # our tag -> lingua's folder
LATIN = dict(zip("абвгдђежзијклмнопрстћуфхцчш", "abvgdđežzijklmnoprstćufhcčš", strict=True))
LATIN |= {"љ": "lj", "њ": "nj", "џ": "dž"}


def news_counts(folder: Path, tag: str) -> Counts | None:
    """Counts for one BCP 47 tag; None where lingua has no n-grams for it."""
    path = folder / NAMES.get(tag, tag)
    if not (path / "fivegrams.json.br").is_file():
        return None
    counts = _inner(path)
    if tag.startswith("sr"):
        counts = {n: {g: c for g, c in row.items() if set(g) <= LATIN.keys()} for n, row in counts.items()}
    counts = _with_edges(counts)
    return _transliterated(counts) if tag == "sr-Latn" else counts


def _inner(path: Path) -> Counts:
    chained: Counts = {}
    for order, name in enumerate(FILES, start=1):
        model = json.loads(brotli.decompress((path / f"{name}.json.br").read_bytes()))
        chained[order] = {}
        for fraction, grams in model["ngrams"].items():
            above, below = map(int, fraction.split("/"))
            for gram in grams.split(" "):
                before = chained[order - 1].get(gram[:-1], 0.0) if order > 1 else 1.0
                if before:
                    chained[order][gram] = before * above / below
    unit = min(min(chained[4].values()), min(chained[5].values()))
    return {n: {gram: float(round(p / unit)) for gram, p in row.items()} for n, row in chained.items()}


def _less(counts: dict[str, float], longer: dict[str, float], part: slice) -> dict[str, float]:
    """Occurrences that no longer n-gram accounts for: those at the edge of a word."""
    rest = dict(counts)
    for gram, count in longer.items():
        if gram[part] in rest:
            rest[gram[part]] -= count
    return {gram: count for gram, count in rest.items() if count > 0}


def _with_edges(inner: Counts) -> Counts:
    counts = {order: dict(row) for order, row in inner.items()}
    begins = {n: _less(inner[n], inner[n + 1], slice(1, None)) for n in range(1, 5)}
    for n in range(1, 5):
        counts[n + 1] |= {f" {gram}": count for gram, count in begins[n].items()}
        ends = _less(inner[n], inner[n + 1], slice(None, -1))
        counts[n + 1] |= {f"{gram} ": count for gram, count in ends.items()}
    for n in range(1, 4):
        words = _less(begins[n], begins[n + 1], slice(None, -1))
        counts[n + 2] |= {f" {gram} ": count for gram, count in words.items()}
    return counts


def _transliterated(counts: Counts) -> Counts:
    """Serbian Cyrillic to Latin, letter by letter; n-grams that outgrow five letters are dropped."""
    latin: dict[int, Counter[str]] = {order: Counter() for order in counts}
    for row in counts.values():
        for gram, count in row.items():
            written = "".join(LATIN.get(char, char) for char in gram)
            if len(written) in latin:
                latin[len(written)][written] += count  # type: ignore[assignment]
    return {order: dict(row) for order, row in latin.items()}
