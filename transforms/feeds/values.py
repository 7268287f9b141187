"""Single values of a feed entry, read the same way in every structured format."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from transforms.feeds.context import FeedContext
from transforms.feeds.dates import parse_date
from transforms.feeds.entry import FeedEntry, Subject
from transforms.feeds.guard import MAX_ITEMS

T = TypeVar("T")

# Why an item becomes no entry.
NOTHING_TO_READ = "neither title nor text"

# An embargo without a date holds until the provider lifts it with a new version.
UNTIL_FURTHER_NOTICE = datetime(9999, 12, 31, tzinfo=UTC)

# IPTC publishing status (cv.iptc.org/newscodes/pubstatusg2) and the NewsML 1 and NITF words for the same.
_WITHDRAWN = frozenset(("canceled", "cancelled", "withheld", "withdrawn", "deleted", "killed", "kill"))
# IPTC vocabularies by the last part of their URI, with the alias the NewsML-G2 catalogue gives them.
_IPTC_ALIAS = {"mediatopic": "medtop", "subjectcode": "subj"}
# Words that introduce a name in bylines of the languages agencies write in.
_BY = re.compile(r"\A(?:by|von|par|por|di|door|av|от|بقلم)(?:\s*:\s*|\s+)", re.IGNORECASE)
_SURROGATE_OR_CONTROL = re.compile("[\ud800-\udfff\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Stamp:
    """One date: as published, the UTC instant it means, and what had to be assumed."""

    raw: str | None = None
    instant: datetime | None = None
    quality: tuple[str, ...] = ()


def stamp(context: FeedContext, *candidates: str | None) -> Stamp:
    """The first candidate that can be read; else the first that is not blank, without an instant."""
    raws = [raw.strip() for raw in candidates if raw and raw.strip()]
    unread = Stamp()
    for raw in raws:
        parsed = parse_date(raw, context)
        if parsed.instant is not None:
            return Stamp(raw, parsed.instant, parsed.quality)
        unread = unread if unread.raw else Stamp(raw, None, parsed.quality)
    return unread


def plain(value: object) -> str | None:
    r"""A JSON or XML value as clean one-line text; None for what is missing, blank or not a scalar.

    Lone surrogates and control characters, which JSON escapes can smuggle in, become U+FFFD.

    >>> plain("  a\n b "), plain(7), plain(None), plain([])
    ('a b', '7', None, None)
    """
    text = verbatim(value)
    return " ".join(text.split()) or None if text else None


def verbatim(value: object) -> str | None:
    """As ``plain``, with whitespace kept."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return _SURROGATE_OR_CONTROL.sub("\ufffd", str(value)) or None


def status_of(*words: str | None) -> str:
    """``withdrawn`` when any status word, code or URI says canceled or withheld, else ``published``.

    >>> status_of("stat:canceled"), status_of("Usable"), status_of(None)
    ('withdrawn', 'published', 'published')
    """
    ends = (re.split(r"[:/#]", word.strip().lower())[-1] for word in words if word)
    return "withdrawn" if any(end in _WITHDRAWN for end in ends) else "published"


def urgency_of(*values: object) -> int | None:
    """The first value that is an IPTC urgency, 1 (flash) to 9.

    >>> urgency_of("", "4"), urgency_of("0"), urgency_of("R")
    (4, None, None)
    """
    for value in values:
        text = plain(value)
        if text and re.fullmatch(r"[1-9]", text, re.ASCII):
            return int(text)
    return None


def subject_of(name: str | None, code: str | None = None, scheme: str | None = None) -> Subject | None:
    """A subject from a QCode, a concept URI, or a code with its scheme; None when nothing is given.

    >>> subject_of("health", "medtop:07000000")
    Subject(name='health', scheme='medtop', code='07000000')
    >>> subject_of(None, "http://cv.iptc.org/newscodes/mediatopic/20000065").scheme
    'medtop'
    >>> subject_of(None, "04000000").scheme
    'subj'
    """
    if not (name or code):
        return None
    scheme, code = _split_code(code, scheme)
    return Subject(name=name, scheme=scheme, code=code)


def _split_code(code: str | None, scheme: str | None) -> tuple[str | None, str | None]:
    if code and not scheme:
        if match := re.match(r"(https?://.*[/#])([^/#]+)$|([A-Za-z][\w.-]*):(\S.*)$", code):
            scheme, code = match[1] or match[3], match[2] or match[4]
        elif re.fullmatch(r"(0[1-9]|1[0-7])\d{6}", code, re.ASCII):
            scheme = "subj"  # an 8-digit number of the old IPTC Subject Reference System
    if scheme:
        scheme = _IPTC_ALIAS.get(scheme.rstrip("/#").rsplit("/", 1)[-1].lower(), scheme)
    return scheme, code


def name_in(byline: str | None) -> str | None:
    """The person a byline names: without "By", "Von", "بقلم" before it.

    >>> name_in("By MARK KENNEDY"), name_in("Бородина"), name_in(None)
    ('MARK KENNEDY', 'Бородина', None)
    """
    return _BY.sub("", byline, count=1).strip() or None if byline else None


def place_in(dateline: str | None) -> str | None:
    """The place a dateline field starts with; None when it holds only a date.

    >>> place_in("Paris, 21 jan 2019 (AFP) -"), place_in("MARCH 04, 2013"), place_in("القاهرة، 5 مارس")
    ('Paris', None, 'القاهرة')
    """
    place = re.split(r"[,،(/]|\s[-–—]\s", dateline, maxsplit=1)[0].strip(" .:-–—") if dateline else ""
    return None if not place or any(character.isdigit() for character in place) else place


def says_something(entry: FeedEntry) -> bool:
    """Whether there is a title or a text, or a withdrawal, which may come without either."""
    return bool(entry.title or entry.content or entry.summary) or entry.status == "withdrawn"


def first_items(items: Sequence[T]) -> tuple[Sequence[T], tuple[str, ...]]:
    """At most ``guard.MAX_ITEMS`` items, and the flag ``items_cut`` where there are more."""
    return items[:MAX_ITEMS], ("items_cut",) if len(items) > MAX_ITEMS else ()


def unique(values: Iterable[T | None]) -> tuple[T, ...]:
    """The values in order, without None, empty ones and repeats."""
    return tuple(dict.fromkeys(value for value in values if value))
