"""What a language knows about its sentence ends: one TOML file per BCP 47 tag."""

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent.parent / "lexicons" / "sentences"
_SAMPLE = 400  # code points that tell the script
_APOSTROPHE = re.compile("['’]")  # "It's", "L'État"
_STOPPED = ("never", "maybe", "often", "before_number", "after_number")
_PLAIN = (
    "starters", "bound", "reporting", "conjunctions", "complementizers", "letters", "labels", "months",
    "ordinal_before", "particles", "words", "exclaimed", "joiners", "agencies",
    "titled", "lettered", "chained", "finite",
)  # fmt: skip
_AFFIXES = (
    "starter_prefixes", "starter_endings", "endings", "attached", "closing_verbs", "finals", "ordinal_after",
    "numerals", "elision_goes_on",
)  # fmt: skip
_OTHERS = ("like", "except", "clitics", "ordinals", "terminals", "sole_stop", "weak_stops", "script")
_KEYS = frozenset(_STOPPED + _PLAIN + _AFFIXES + _OTHERS)


@dataclass(frozen=True, kw_only=True)
class Lexicon:
    """Word lists of one language; an abbreviation stands without its final stop."""

    never: frozenset[str]  # abbreviations that never end a sentence
    maybe: frozenset[str]  # that end one only before a starter
    often: frozenset[str]  # that end one before any capital
    before_number: frozenset[str]  # that are abbreviations only before a number
    after_number: frozenset[str]  # units: may end one after a number
    starters: frozenset[str]  # lower-case words that open a sentence
    starter_prefixes: tuple[str, ...]  # a longer word that begins so opens one too
    starter_endings: tuple[str, ...]  # a longer word with a capital that ends so opens one too
    bound: frozenset[str]  # words with a capital that go on after an abbreviation ("8 p.m. Monday")
    endings: tuple[str, ...]  # compounds that end so are abbreviations that never end a sentence
    reporting: frozenset[str]  # verbs of saying, after a quotation
    conjunctions: frozenset[str]  # words such as "as" between a quotation and its verb
    complementizers: frozenset[str]  # words such as "that": a verb of saying with one opens a sentence
    closing_verbs: tuple[str, ...]  # verbs of saying that end a short clause after a quotation
    finals: tuple[str, ...]  # endings of words that can end a sentence; () where any can
    numerals: tuple[str, ...]  # endings of numerals that a stop makes ordinals
    elision_goes_on: tuple[str, ...]  # beginnings of words that go on after an elision
    attached: tuple[str, ...]  # beginnings that tie a quotation to its sentence
    letters: frozenset[str]  # names of letters, in spelled-out acronyms
    chained: frozenset[str]  # letter names that are words as well: only beside another letter
    labels: frozenset[str]  # words that open a sentence with a number and a stop, as a label
    months: frozenset[str]
    ordinal_before: frozenset[str]  # lower-case words before an ordinal number with a stop
    ordinal_after: tuple[str, ...]  # beginnings of words that an ordinal number stands before
    particles: frozenset[str]  # lower-case words that cannot end a line of running text
    words: frozenset[str]  # capital letters that are words
    joiners: frozenset[str]  # conjunctions that only join when a quotation follows
    agencies: frozenset[str]  # their datelines end in a colon: "Place - AGENCY:"
    finite: frozenset[str]  # verb forms behind which a glued hyphen is a full stop
    titled: frozenset[str]  # lower-case nouns that a quoted title follows: "the book"
    lettered: frozenset[str]  # nouns that a single letter follows: "Group B"
    exclaimed: frozenset[str]  # names that end in an exclamation mark
    ordinals: bool  # a number with a stop is an ordinal
    terminals: str  # further characters that end a sentence
    sole_stop: str  # where a text has this mark or ends in a terminal, its full stops end nothing
    weak_stops: bool  # full stops only shorten words
    shortens: bool  # there are endings, or weak stops
    known: frozenset[str]  # every abbreviation and letter name
    longest: int  # code points in the longest token that has a rule

    def binds(self, word: str) -> bool:
        """Whether ``word`` after an abbreviation or a unit goes on with the sentence."""
        return word in self.particles or word in self.bound

    def opens(self, word: str) -> bool:
        """Whether ``word`` typically opens a sentence."""
        small = word.lower()
        if small in self.starters:
            return True
        if not small.isalnum() and _APOSTROPHE.split(small, maxsplit=1)[0] in self.starters:
            return True
        if word.endswith(self.starter_endings):
            return True
        return len(word) > 3 and word.startswith(self.starter_prefixes)


def _cased(words: Iterable[str], explicit: frozenset[str]) -> frozenset[str]:
    """An entry of two letters or more stands for the capitalised and upper-case forms that no list has."""
    words = frozenset(words)
    long = [word for word in words if len(word) > 1]
    forms = {form for word in long for form in (word[:1].upper() + word[1:], word.upper())}
    return words | (forms - explicit)


def _read(tag: str) -> dict[str, Any]:
    """The tables of one file, lists as single words; raises ``ValueError`` on a key that has no meaning."""
    raw = tomllib.loads((_FOLDER / f"{tag}.toml").read_text(encoding="utf-8"))
    if unknown := raw.keys() - _KEYS:
        raise ValueError(f"{tag}.toml: unknown keys {sorted(unknown)}; known are {sorted(_KEYS)}")
    return {key: _words(value) if isinstance(value, list) else value for key, value in raw.items()}


def _words(lines: list[str]) -> list[str]:
    return [word for line in lines for word in line.split()]


def _entries(tag: str) -> dict[str, Any]:
    """The tables of ``tag`` with what it takes from others.

    Of two rules for one abbreviation that of the nearer file holds.
    """
    raw = _read(tag)
    dropped = frozenset(raw.pop("except", []))
    for parent in raw.pop("like", []):
        settled = dropped.union(*(raw.get(name, []) for name in _STOPPED))
        for key, value in _entries(parent).items():
            if isinstance(value, list):
                out = settled if key in _STOPPED else dropped
                raw[key] = [*raw.get(key, []), *(word for word in value if word not in out)]
            elif key not in raw:
                raw[key] = value
    return raw


@cache
def load(tag: str) -> Lexicon:
    """Read the lexicon of ``tag``; raises ``FileNotFoundError`` where there is none."""
    raw = _entries(tag)
    clitics = ["", *raw.get("clitics", [])]
    explicit = frozenset[str]().union(*(raw.get(name, []) for name in _STOPPED))
    stopped: dict[str, Any] = {name: _cased(raw.get(name, []), explicit) for name in _STOPPED}
    stopped["never"] = stopped["never"].union(
        clitic + word for clitic in clitics for word in stopped["never"]
    )
    plain: dict[str, Any] = {name: frozenset(raw.get(name, [])) for name in _PLAIN}
    for name in ("letters", "chained", "titled"):
        plain[name] = frozenset(clitic + word for clitic in clitics for word in plain[name])
    affixes: dict[str, Any] = {name: tuple(sorted(raw.get(name, []))) for name in _AFFIXES}
    known = plain["letters"].union(*stopped.values())
    return Lexicon(
        **stopped,
        **plain,
        **affixes,
        ordinals=raw.get("ordinals", False),
        terminals=raw.get("terminals", ""),
        sole_stop=raw.get("sole_stop", ""),
        weak_stops=raw.get("weak_stops", False),
        shortens=raw.get("weak_stops", False) or bool(affixes["endings"]),
        known=known,
        longest=max(10, *map(len, known)),
    )


@cache
def available() -> frozenset[str]:
    """Tags that have a file, in lower case."""
    return frozenset(path.stem.lower() for path in _FOLDER.glob("*.toml"))


@cache
def _by_tag(tag: str) -> Lexicon | None:
    """The lexicon of a tag or of the longest beginning of it that has one."""
    while tag not in available():
        if "-" not in tag:
            return None
        tag = tag.rpartition("-")[0]
    return load(tag)


@cache
def _by_script() -> dict[str, Lexicon]:
    """Lexicons of scripts, by the first word of the Unicode names of their letters."""
    tags = sorted(tag for tag in available() if tag.startswith("und-"))
    return {_entries(tag)["script"]: load(tag) for tag in tags}


@cache
def _with_weak_stops(lexicon: Lexicon) -> Lexicon:
    return replace(lexicon, weak_stops=True, shortens=True)


def _script(text: str) -> str:
    """The first word of the Unicode name of most letters in the first lines of ``text``."""
    letters = (
        unicodedata.name(character, "").split(" ")[0] for character in text[:_SAMPLE] if character.isalpha()
    )
    return max(Counter(letters).items(), key=lambda item: item[1], default=("", 0))[0]


def lexicon_for(language: str | None, text: str) -> Lexicon:
    """The lexicon of a BCP 47 tag, of its primary language, of its script, or of the script of ``text``."""
    tag = (language or "und").replace("_", "-").lower()
    found = _by_tag(tag) if tag != "und" else None
    if found:
        sole = found.sole_stop and (found.sole_stop in text or text.rstrip().endswith(tuple(found.terminals)))
        return _with_weak_stops(found) if sole else found
    for subtag in tag.split("-")[1:]:
        if f"und-{subtag}" in available():
            return load(f"und-{subtag}")
    return _by_script().get(_script(text)) or load("und")
