"""Training examples for the language model: sentences, crops as short as headlines, noise of feeds."""

import unicodedata
from pathlib import Path
from typing import NamedTuple

import numpy as np

from transforms.text.language.storage import Group

FILES = {"fil": "tl"}  # our tag -> file name, where they differ
CROPS, FEWEST, MOST = 4, 3, 9  # crops a sentence; words a crop
STRIPPED, NAMED = 0.1, 0.15  # shares of crops without diacritics, and with foreign names put in
ARABIC_TYPING = str.maketrans("یک", "يك")  # Persian typed on an Arabic keyboard
NO_STRIPPING = {"yo"}  # without its tone marks it is not written, only misread


class Example(NamedTuple):
    """One text to learn from; ``label`` is its column."""

    text: str
    label: int


def read_sentences(folder: Path) -> dict[str, list[str]]:
    """Sentences by tag; Traditional Chinese learns Cantonese too, Persian two keyboards."""
    found = {
        path.stem: path.read_text(encoding="utf-8").splitlines() for path in sorted(folder.glob("*.txt"))
    }
    for tag, name in FILES.items():
        found[tag] = found.pop(name)
    found["zh-Hant"] = found["zh-Hant"] + found.pop("yue")
    found["fa"] = found["fa"] + [line.translate(ARABIC_TYPING) for line in found["fa"][::2]]
    return found


def stripped(text: str) -> str:
    """``text`` without diacritics, as hurried writers type it."""
    bare = "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
    return bare.translate(str.maketrans("đĐłŁøØæÆßəƏı", "dDlLoOaAsaAi"))


def names_of(sentences: list[str]) -> list[str]:
    """Runs of capitalised words inside sentences: names, such as news of any language quotes."""
    found = []
    for sentence in sentences:
        run: list[str] = []
        for word in sentence.split()[1:]:
            if word[:1].isupper() and word.isalpha():
                run.append(word)
            elif run:
                found.append(" ".join(run))
                run = []
    return found


def examples(group: Group, sentences: dict[str, list[str]], seed: int) -> list[Example]:
    """Whole sentences and crops for the languages of one script, in a fixed order."""
    rng = np.random.default_rng(seed)
    names = names_of(sentences["en"]) if group.script == "Latn" else []
    found = []
    for label, tag in enumerate(group.tags):
        for sentence in sentences[tag]:
            found.append(Example(sentence, label))
            words = sentence.split() if group.script != "Hani" else list(sentence)
            for _ in range(CROPS):
                size = int(rng.integers(FEWEST, MOST))
                first = int(rng.integers(0, max(1, len(words) - size + 1)))
                crop = words[first : first + size]
                noise = rng.random()
                if noise < NAMED and names and tag != "en":
                    crop.insert(int(rng.integers(0, len(crop) + 1)), names[int(rng.integers(len(names)))])
                text = ("" if group.script == "Hani" else " ").join(crop)
                if noise > 1 - STRIPPED and group.script == "Latn" and tag not in NO_STRIPPING:
                    text = stripped(text)
                found.append(Example(text, label))
    return found
