"""A written date cut into numbers, times and words that mean something."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from transforms.feeds import date_words
from transforms.feeds.date_words import Meaning
from transforms.feeds.date_zones import is_zone

_TOKEN = re.compile(
    r"(?P<date>(?<!\d)\d{1,4}\s?(?P<sep>[/.\-])\s?\d{1,2}\s?(?P=sep)\s?\d{1,4}(?!\d))"
    r"|(?P<time>(?<![\d.])\d{1,2}\s?[:.]\s?\d{2}(?:\s?[:.]\s?\d{2}(?:[.,]\d+)?)?(?!\d)"
    r"|(?<!\d)\d{1,2}\s?(?:h|uhr)(?![^\W\d_])(?:\s?\d{2}(?!\d))?)"
    r"|(?P<offset>(?:(?:gmt|utc|ut)\s?[+-]\s?|[+-])\d{1,2}(?::?\d{2})?(?![\d/.\-]))"
    r"|(?P<number>\d++)(?:st|nd|rd|th|er|ª|º|o|'?inci)?\.?(?![^\W\d_])"
    r"|(?P<stuck>\d+)"
    r"|(?P<word>[^\W\d_]+(?:['.-][^\W\d_]+)*)"
)
_DIGITS = re.compile(r"\d+")


@dataclass(slots=True)
class Token:
    """One piece: ``kind`` is date, time, offset, number, zone, word (unknown) or a role of `Meaning`."""

    kind: str
    text: str
    digits: tuple[str, ...] = ()
    meanings: tuple[Meaning, ...] = field(default=())


def tokenize(folded: str) -> list[Token]:
    """Cut a folded date string; phrases of several words become one token.

    >>> [token.kind for token in tokenize("26 june 2020 10:30 pm")]
    ['number', 'month', 'number', 'time', 'pm']
    """
    return list(_joined(_raw_tokens(folded)))


def _raw_tokens(folded: str) -> list[Token]:
    tokens: list[Token] = []
    for match in _TOKEN.finditer(folded):
        kind = match.lastgroup or "word"
        kind = {"sep": "date", "stuck": "number"}.get(kind, kind)
        if kind == "offset" and not _stands_after_time(tokens, match[0]):
            kind = "number"
        tokens.append(Token(kind, match[0], tuple(_DIGITS.findall(match[0]))))
    return tokens


def _stands_after_time(tokens: list[Token], text: str) -> bool:
    """A sign is an offset after a time or GMT; elsewhere it is a hyphen, as in 26-Jun-2020."""
    named = text[0] not in "+-"
    if int(_DIGITS.findall(text)[0][:2]) > 14:
        return False
    return named or (bool(tokens) and any(token.kind == "time" for token in tokens[-3:]))


def _joined(tokens: list[Token]) -> Iterator[Token]:
    index = 0
    while index < len(tokens):
        if tokens[index].kind != "word":
            yield tokens[index]
            index += 1
            continue
        size = next(filter(lambda n: _known(tokens, index, n), range(_reach(tokens, index), 0, -1)), 1)
        yield _meant(" ".join(token.text for token in tokens[index : index + size]))
        index += size


def _reach(tokens: list[Token], index: int) -> int:
    size = 0
    while (
        size < date_words.longest_phrase()
        and index + size < len(tokens)
        and tokens[index + size].kind == "word"
    ):
        size += 1
    return size


def _known(tokens: list[Token], index: int, size: int) -> bool:
    phrase = " ".join(token.text for token in tokens[index : index + size])
    return phrase in date_words.lexicon() or is_zone(phrase)


def _meant(phrase: str) -> Token:
    meanings = date_words.lexicon().get(phrase, ())
    if is_zone(phrase) and not any(meaning.role == "month" for meaning in meanings):
        return Token("zone", phrase)
    return Token(meanings[0].role if meanings else "word", phrase, meanings=meanings)
