"""Guess a legacy charset from the letters its bytes would become."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

# Enough letters to tell charsets apart, few enough to stay under a few milliseconds a document.
SAMPLE_LETTERS = 800
# Score a label may trail the best guess by and still be believed; and what a source's language adds.
LABEL_MARGIN = 0.2
LANGUAGE_BONUS = 0.15

_DATA = Path(__file__).parent / "data" / "charsets.toml"
_RUN = re.compile(rb"[A-Za-z]?[\x80-\xff](?:[\x80-\xff ]*[\x80-\xff])?")
# Signs every language uses: they speak for no charset.
_NEUTRAL = frozenset("«»“”„‘’‚–—…·•€№°§©®™¿¡،؛؟ـ\xa0\u200c\u200e\u200f ")


@dataclass(frozen=True, slots=True)
class Profile:
    """Letters of a family of languages, most frequent first, and the charsets it is written in."""

    languages: tuple[str, ...]
    charsets: tuple[str, ...]
    weights: dict[str, float]
    latin: bool


@cache
def profiles() -> tuple[Profile, ...]:
    """The profiles of ``data/charsets.toml``."""
    tables = tomllib.loads(_DATA.read_text(encoding="utf-8"))["profile"]
    return tuple(
        Profile(
            tuple(table["languages"]),
            tuple(table["charsets"]),
            {
                letter: 1 - rank / len(table["letters"])
                for rank, letter in reversed(list(enumerate(table["letters"])))
            },
            table["letters"][0] < "\u0250",
        )
        for table in tables
    )


@cache
def labels() -> dict[str, str]:
    """What a charset label means in practice."""
    table: dict[str, str] = tomllib.loads(_DATA.read_text(encoding="utf-8"))["labels"]
    return table


def sample(body: bytes) -> bytes:
    """The non-ASCII runs of a document with the ASCII letter before each, one a line."""
    runs, size = [], 0
    for match in _RUN.finditer(body):
        runs.append(match[0])
        size += len(match[0])
        if size > SAMPLE_LETTERS:
            break
    return b"\n".join(runs)[: 2 * SAMPLE_LETTERS]


def score(text: str, profile: Profile) -> float:
    """How well a decoded sample reads as a family of languages: at most 1, usually above 0.3 when right."""
    total, letters = 0.0, 0
    for before, char in pairwise("\n" + text):
        if char.isascii() or char in _NEUTRAL:
            continue
        letters += 1
        total += _weigh(before, char, profile)
    return total / letters if letters else 0.0


def _weigh(before: str, char: str, profile: Profile) -> float:
    lower = char.lower()
    weight = profile.weights.get(lower if len(lower) == 1 else char)
    if weight is None:
        return -1.0 if char.isalpha() else -2.0
    if char != lower:
        weight -= 0.3 + (before.islower() and not before.isascii())
    # Accented Latin letters stand alone among ASCII ones; letters of other scripts never follow one.
    stranger = before.isalpha() and (before.isascii() != profile.latin)
    return weight - stranger


def rank(body: bytes, language: str | None) -> list[tuple[float, str]]:
    """Score the charsets of all profiles that can decode a document; best first."""
    data = sample(body)
    primary = (language or "").split("-")[0].lower()
    best: dict[str, float] = {}
    for profile in profiles():
        bonus = LANGUAGE_BONUS if primary in profile.languages else 0.0
        for charset in profile.charsets:
            text = _decode(data, charset)
            if text is not None:
                best[charset] = max(best.get(charset, -9.0), score(text, profile) + bonus)
    return sorted(((value, charset) for charset, value in best.items()), key=lambda pair: -pair[0])


def _decode(data: bytes, charset: str) -> str | None:
    try:
        return data.decode(charset)
    except (UnicodeDecodeError, LookupError):
        return None
