"""Words that tell siblings apart: where n-grams of whole texts agree, a single word may decide.

Bosnian, Croatian and Serbian share most n-grams of most sentences; one ekavian vowel outweighs the rest.
Two sources: words with weights learnt from Wikipedia (``models/siblings.zst``), and for these three, markers
that grammars name (``lexicons/siblings.txt``).
"""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import zstandard

LOG_ODDS = 2.0  # of one marker; between 2 and 3 on development news, where the answers hardly change
# The sentences that taught the n-grams leave Serbian ahead wherever nothing tells the three apart; fitted on
# development news, flat for 0.2 to 0.4 and 0.1 to 0.2.
LEAN = {"bs": 0.3, "hr": 0.2}
WORD_SHARE = 0.3  # of a learnt word's log odds: words of a text overlap in what they say, and with n-grams
UNITS_A_NAT, HIGHEST, ZERO = 4, 12, "M"  # a learnt weight is one letter, "A" for -12 to "Y" for 12
WORD = re.compile(r"[^\W\d_]{2,}")
_ROOT = Path(__file__).parents[1]

FIELD = 20  # bits: room for the sum of 40 000 words

Weights = dict[str, int]  # word, lower case -> its weights, packed


class Markers(NamedTuple):
    """``lexicons/siblings.txt``: which languages a word speaks for.

    Attributes:
        family: Every language that the file names.
        words: Whole words, lower case.
        stems: Beginnings of words, lower case; the longest counts.
    """

    family: frozenset[str]
    words: dict[str, frozenset[str]]
    stems: dict[str, frozenset[str]]


@cache
def markers() -> Markers:
    """Read the file once per process."""
    path = _ROOT / "lexicons" / "siblings.txt"
    found = Markers(frozenset(), {}, {})
    for line in path.read_text(encoding="utf-8").splitlines():
        tags, colon, listed = line.partition(": ")
        if colon and not line.startswith("#"):
            speaks = frozenset(tags.split())
            found = found._replace(family=found.family | speaks)
            for word in listed.split():
                _add(found.stems if word.endswith("*") else found.words, word.rstrip("*"), speaks)
    return found


def _add(table: dict[str, frozenset[str]], word: str, tags: frozenset[str]) -> None:
    table[word] = table.get(word, frozenset()) | tags


def speaks_for(word: str) -> frozenset[str]:
    """The languages that a lower-case word speaks for; most words for none.

    >>> sorted(speaks_for("tjedan")), sorted(speaks_for("vrijeme")), sorted(speaks_for("kuća"))
    (['hr'], ['bs', 'hr'], [])
    """
    known = markers()
    if word in known.words:
        return known.words[word]
    ends = range(len(word), 1, -1)
    return next((known.stems[word[:end]] for end in ends if word[:end] in known.stems), frozenset())


@cache
def families() -> dict[str, tuple[list[str], Weights]]:
    """By tag: its family, and the family's weighted words. Read once per process (about 50 ms)."""
    data = zstandard.ZstdDecompressor().decompress((_ROOT / "models" / "siblings.zst").read_bytes())
    found = {}
    for block in data.decode().removeprefix("# ").split("\n# "):
        head, _, lines = block.partition("\n")
        tags = head.split()
        size = len(tags)  # a line is a word, a tab and one letter for each tag
        weights = {line[: -size - 1]: _packed(line[-size:]) for line in lines.split("\n")}
        found.update(dict.fromkeys(tags, (tags, weights)))
    return found


@cache
def _packed(units: str) -> int:
    """Letters as fields of one number below a one: in a sum of such numbers each field is a sum.

    >>> f"{_packed('MAY'):x}"
    '10000c0000000018'
    """
    fields = [ord(unit) - ord(ZERO) + HIGHEST for unit in units]
    packed = sum(field << FIELD * i for i, field in enumerate(reversed(fields)))
    return packed + (1 << FIELD * len(fields))


def with_words(tags: list[str], values: list[float], text: str) -> list[float]:
    """Add to the log odds of ``tags`` what the words of ``text`` say, if the best of them has siblings."""
    best = tags[values.index(max(values))]
    if best not in families():
        return values
    family, weights = families()[best]
    words = WORD.findall(text.lower())
    packed = sum([weights.get(word, 0) for word in words])
    known = packed >> FIELD * len(family)
    values = list(values)
    for place, tag in enumerate(reversed(family)):
        units = (packed >> FIELD * place & (1 << FIELD) - 1) - HIGHEST * known
        values[tags.index(tag)] += WORD_SHARE / UNITS_A_NAT * units
    if best in markers().family:
        for tag, odds in LEAN.items():
            values[tags.index(tag)] += odds
        for tag in [tag for word in words for tag in speaks_for(word)]:
            values[tags.index(tag)] += LOG_ODDS
    return values


def telling_words(tag: str, text: str) -> list[tuple[str, dict[str, float]]]:
    """The words of ``text`` that add different log odds to ``tag`` and its siblings, most telling first.

    >>> [(word, max(odds, key=odds.get)) for word, odds in telling_words("hr", "Sljedećeg tjedna ovde")]
    [('sljedećeg', 'bs'), ('ovde', 'sr-Latn'), ('tjedna', 'hr')]
    """
    tags = families()[tag][0] if tag in families() else []
    words = dict.fromkeys(WORD.findall(text.lower()) if tags else [])
    found = {word: with_words(tags, [0.0] * len(tags), word) for word in words}
    ranked = sorted(found, key=lambda word: min(found[word]) - max(found[word]))
    return [(word, dict(zip(tags, found[word], strict=True))) for word in ranked if len(set(found[word])) > 1]
