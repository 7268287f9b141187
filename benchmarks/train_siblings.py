"""Word weights between sibling languages: ``python -m benchmarks.train_siblings SENTENCES WORDS OUTPUT``.

``SENTENCES`` as in train_language; ``WORDS`` is the folder ``langidentify_full_model/data`` of
langidentify-full-model 1.0.0: per language the words of its Wikipedia with natural log probability, down to
exp(-15). A word's weight for a language is its log probability there beside its siblings', from nine parts
of Wikipedia and one part of the sentences. Same bytes twice; half a minute.
"""

import gzip
import math
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import zstandard

from benchmarks.language_counts import LATIN
from transforms.text.language.siblings import HIGHEST, UNITS_A_NAT, WORD, ZERO

FAMILIES = ["bs hr sl sr-Latn", "da nb nn sv", "id ms", "xh zu", "es pt"]
NAMES = {"nb": "no", "sr-Latn": "sr"}  # our tag -> the package's
SENTENCE_SHARE = 0.1
UNSEEN = 1e-6  # added to every probability
WORDS_A_LANGUAGE = 6_500

Chances = dict[str, float]


def wikipedia(folder: Path, tag: str) -> Chances:
    """Probability of words of two letters or more; Serbian put into Latin letters."""
    path = folder / f"topwords-{NAMES.get(tag, tag)}.txt.gz"
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()[1:]
    found: Chances = {}
    for word, logarithm in (line.rsplit(" ", 1) for line in lines):
        if tag == "sr-Latn":
            if not set(word) <= LATIN.keys():
                continue
            word = "".join(LATIN[char] for char in word)
        if WORD.fullmatch(word):
            found[word] = found.get(word, 0.0) + math.exp(float(logarithm))
    return shares(found)


def sentences(folder: Path, tag: str) -> Chances:
    """The same from the training sentences."""
    text = (folder / f"{tag}.txt").read_text(encoding="utf-8").lower()
    return shares(Counter(WORD.findall(text)))


def shares(counts: Counter[str] | Chances) -> Chances:
    """``counts`` as parts of one."""
    total = sum(counts.values())
    return {word: count / total for word, count in counts.items()}


def weigh(chances: list[Chances]) -> dict[str, str]:
    """Words that tell most, each with one letter per language: its weight, ZERO for none."""
    words = sorted(set().union(*chances))
    share = np.array([[chance.get(word, 0.0) for chance in chances] for word in words])
    nats = np.log(share + UNSEEN)
    nats -= nats.mean(1, keepdims=True)
    units = np.clip(np.rint(nats * UNITS_A_NAT), -HIGHEST, HIGHEST).astype(int)
    telling = np.sqrt(share.sum(1)) * np.ptp(units, axis=1)
    best = np.sort(np.argsort(-telling, kind="stable")[: WORDS_A_LANGUAGE * len(chances)])
    return {words[i]: "".join(chr(ord(ZERO) + unit) for unit in units[i]) for i in best if units[i].any()}


def main(sentences_folder: str, words_folder: str, output: str) -> int:
    lines = []
    for family in FAMILIES:
        chances = []
        for tag in family.split():
            wiki, own = wikipedia(Path(words_folder), tag), sentences(Path(sentences_folder), tag)
            mixed = {word: (1 - SENTENCE_SHARE) * chance for word, chance in wiki.items()}
            for word, chance in own.items():
                mixed[word] = mixed.get(word, 0.0) + SENTENCE_SHARE * chance
            chances.append(mixed)
        weights = weigh(chances)
        lines += [f"# {family}", *(f"{word}\t{units}" for word, units in weights.items())]
        print(f"{family}: {len(weights)} words", flush=True)
    data = "\n".join(lines).encode()
    Path(output).write_bytes(zstandard.ZstdCompressor(level=19).compress(data))
    print(f"{output}: {Path(output).stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
