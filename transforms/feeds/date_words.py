"""What words in a date mean: names of months and days, halves of the day, eras, in many languages."""

import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data" / "dates.toml"
# One letter for each family: forms differ by keyboard, not by meaning.
_VARIANTS = str.maketrans(
    "ىیېےکگةۀەھہۃؤئıł‐‑‒–—−’ʼ`،؛٬٫٪",
    "ييييككههههههويil------" + "'''" + ",;,.%",
    "\u200e\u200f\u200b\u200c\u200d\u2066\u2067\u2068\u2069\u202a\u202b\u202c\u202d\u202e\u061c\u0640\ufeff\u00adء",
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing a word can mean in a date.

    Attributes:
        role: ``month``, ``weekday``, ``am``, ``pm``, ``gregorian``, ``hijri``, ``jalali``,
            ``corresponding``, ``ignore``, ``relative``.
        value: Month 1-12, weekday 0-6 from Monday; 0 for the other roles.
        calendar: Of a month.
    """

    role: str
    value: int = 0
    calendar: str = "gregorian"


def fold(text: str) -> str:
    """Fold case, accents, digits and letter variants; drop direction marks, joiners and tatweel.

    >>> fold("٢٦ كانون الأوّل ٢٠٢٠ – Août İ")
    '26 كانون الاول 2020 - aout i'
    """
    decomposed = unicodedata.normalize("NFKD", text.translate(_VARIANTS)).casefold()
    kept = (_digit(char) for char in decomposed if not unicodedata.combining(char))
    return "".join(kept).translate(_VARIANTS)


def _digit(char: str) -> str:
    return char if char.isascii() or not char.isdecimal() else str(unicodedata.decimal(char))


@cache
def lexicon() -> Mapping[str, tuple[Meaning, ...]]:
    """Folded phrase to its meanings; phrases have at most ``longest_phrase()`` words."""
    table: dict[str, list[Meaning]] = {}
    for phrase, meaning in _entries(tomllib.loads(_DATA.read_text(encoding="utf-8"))):
        known = table.setdefault(fold(phrase).rstrip("."), [])
        if meaning not in known:
            known.append(meaning)
    return {phrase: tuple(meanings) for phrase, meanings in table.items()}


@cache
def longest_phrase() -> int:
    """Words in the longest phrase of the lexicon."""
    return max(len(phrase.split()) for phrase in lexicon())


def _entries(data: dict[str, dict[str, object]]) -> Iterator[tuple[str, Meaning]]:
    for names in data["months"].values():
        yield from _numbered(names, "month", 1)
    for calendar, languages in data["calendars"].items():
        for names in languages.values():  # type: ignore[attr-defined]
            yield from _numbered(names, "month", 1, calendar)
    for names in data["weekdays"].values():
        yield from _numbered(names, "weekday", 0)
    for role, words in (data["meridiem"] | data["marks"]).items():
        yield from ((word, Meaning(role)) for word in words)  # type: ignore[attr-defined]


def _numbered(
    names: object, role: str, first: int, calendar: str = "gregorian"
) -> Iterator[tuple[str, Meaning]]:
    assert isinstance(names, list)
    for number, forms in enumerate(names, first):
        yield from ((form, Meaning(role, number, calendar)) for form in forms.split("|"))
