"""What a language knows about its sentence ends: one TOML file per BCP 47 tag."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent.parent / "lexicons" / "sentences"
_LISTS = (
    "never", "maybe", "often", "before_number", "after_number", "starters", "reporting", "letters",
    "labels", "months", "ordinal_before", "ordinal_after", "particles", "clitics", "words",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Lexicon:
    """Word lists of one language; a word stands without its final stop."""

    tag: str
    never: frozenset[str]  # abbreviations that never end a sentence
    maybe: frozenset[str]  # end one only before a starter
    often: frozenset[str]  # end one before any capital
    before_number: frozenset[str]  # abbreviations only before a number
    after_number: frozenset[str]  # units: often after a number, never elsewhere
    starters: frozenset[str]  # words that open a sentence
    reporting: frozenset[str]  # verbs that follow a quotation
    letters: frozenset[str]  # names of letters, in spelled-out acronyms
    labels: frozenset[str]  # words that a number and a stop make a label, at the start only
    months: frozenset[str]
    ordinal_before: frozenset[str]  # words before an ordinal number with a stop
    ordinal_after: frozenset[str]
    particles: frozenset[str]  # words that cannot end a line of running text
    words: frozenset[str]  # single letters that are words
    ordinals: bool  # a number with a stop is an ordinal
    terminals: str  # further characters that end a sentence
    known: frozenset[str]  # everything with a stop rule of its own
    longest: int  # length of the longest member of ``known``


def _cased(words: Iterable[str]) -> frozenset[str]:
    """A lower-case entry stands for its capitalised and upper-case forms too."""
    return frozenset(form for word in words for form in (word, word[:1].upper() + word[1:], word.upper()))


def _entries(tag: str) -> dict[str, Any]:
    raw = tomllib.loads((_FOLDER / f"{tag}.toml").read_text(encoding="utf-8"))
    for parent in raw.get("like", []):
        for key, value in _entries(parent).items():
            raw[key] = [*raw.get(key, []), *value] if isinstance(value, list) else raw.get(key, value)
    return raw


@cache
def load(tag: str) -> Lexicon:
    """Read the lexicon of ``tag``; raises ``FileNotFoundError`` where there is none."""
    raw = _entries(tag)
    lists = {name: [word for line in raw.get(name, []) for word in line.split()] for name in _LISTS}
    clitics = lists.pop("clitics")
    for name in ("never", "maybe", "often", "after_number", "before_number"):
        lists[name] += [clitic + word for clitic in clitics for word in lists[name]]
    stops = {
        name: _cased(lists.pop(name)) for name in ("never", "maybe", "often", "before_number", "after_number")
    }
    known = frozenset().union(*stops.values(), lists["letters"])
    return Lexicon(
        tag=tag,
        **stops,
        **{name: frozenset(words) for name, words in lists.items()},
        ordinals=raw.get("ordinals", False),
        terminals=raw.get("terminals", ""),
        known=known,
        longest=max(map(len, known), default=0),
    )


@cache
def lexicon_for(language: str | None) -> Lexicon:
    """The lexicon of a BCP 47 tag, of its primary language, or the general one."""
    tag = (language or "und").replace("_", "-").lower()
    while tag not in available():
        if "-" not in tag:
            return load("und")
        tag = tag.rpartition("-")[0]
    return load(tag)


@cache
def available() -> frozenset[str]:
    """Tags that have a file."""
    return frozenset(path.stem.lower() for path in _FOLDER.glob("*.toml"))
