"""Paragraphs from lines: which line breaks are real."""

import re
from typing import Literal

from transforms.text.sentences.characters import BLANKS, CLOSERS, LINE_BREAKS, STOPS
from transforms.text.sentences.lexicon import Lexicon

Newlines = Literal["auto", "hard", "wrap"]
Span = tuple[int, int]

_LINE = re.compile(rf"[^{LINE_BREAKS}]+")
_LONG_LINE = 90  # code points; agency headlines are shorter, wrapped lines of running text are not
_END_MARKS = frozenset(STOPS + ":؛;")


def trim(text: str, start: int, end: int) -> Span:
    """Shrink ``[start, end)`` until it neither starts nor ends with a space or a format character."""
    while start < end and text[start] in BLANKS:
        start += 1
    while start < end and text[end - 1] in BLANKS:
        end -= 1
    return start, end


def _is_terminated(text: str, line: Span) -> bool:
    tail = text[max(line[0], line[1] - 4) : line[1]].rstrip(CLOSERS + " ")
    return not tail or tail[-1] in _END_MARKS


def _is_soft(text: str, line: Span, following: Span, lexicon: Lexicon) -> bool:
    """Tell whether the break between two lines was only made to fill a column."""
    if _is_terminated(text, line) or "\n" in text[line[1] : following[0]].replace("\n", "", 1):
        return False
    if text[following[0]].islower():
        return True
    last = text[max(line[0], line[1] - 24) : line[1]].rsplit(None, 1)[-1]
    if last.lower() in lexicon.particles:
        return True
    return line[1] - line[0] > _LONG_LINE and _is_terminated(text, following)


def paragraphs(text: str, newlines: Newlines, lexicon: Lexicon) -> list[Span]:
    """Spans of the paragraphs of ``text``, trimmed, in order, none empty."""
    lines = (trim(text, *match.span()) for match in _LINE.finditer(text))
    spans: list[Span] = []
    for line in lines:
        if line[0] == line[1]:
            continue
        if spans and newlines != "hard" and _is_soft(text, spans[-1], line, lexicon):
            spans[-1] = (spans[-1][0], line[1])
        else:
            spans.append(line)
    return spans
