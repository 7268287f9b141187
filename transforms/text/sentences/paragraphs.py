"""Paragraphs from lines: which line breaks are real."""

import re
from itertools import pairwise
from typing import Literal

from transforms.text.sentences.characters import BLANKS, BULLETS, CLOSERS, LINE_BREAKS, STOPS
from transforms.text.sentences.lexicon import Lexicon

Newlines = Literal["auto", "hard", "wrap"]
Span = tuple[int, int]

_LINE = re.compile(rf"[^{LINE_BREAKS}]+")
_BREAK = re.compile(rf"\r\n|[{LINE_BREAKS}]")
_LONG_LINE = 90  # code points; agency headlines are shorter, wrapped lines of running text are not
_LONGEST_LINE = 240  # code points; beyond, a line is a whole paragraph
_NARROWEST_COLUMN = 30  # code points; below, lines are verses or entries
_WIDEST_COLUMN = 140  # code points; beyond, lines are paragraphs
_FEWEST_WRAPS = 3  # full lines that make a column
_LONGEST_TITLE = 10  # code points with the blank before it
_CLOSERS = CLOSERS + "“ "
_END_MARKS = frozenset(STOPS)
_LIST_MARKS = frozenset(":؛;")  # end a line as well, but not a full one
_COMMAS = frozenset(",،،、，")  # no paragraph ends in one, unless it is a form of address
_LONGEST_ADDRESS = 40  # code points
_ITEM = re.compile(rf"(?:[{re.escape(BULLETS)}\-–—]|\(?(\d{{1,3}}|\w)[.)])\s")
_ADDRESS = re.compile(r"https?:|www\.|\S*@")
_DATELINE = re.compile(
    r"[^.،,:!؟?]{2,40}(?:[,،].{0,40})?(?:/[^/]{2,30}/|\([^()]{2,30}\)|[-–—] *[^-–—.]{2,30}[-–—.])"
)


def skip_blanks(text: str, start: int, end: int) -> int:
    """The first place in ``[start, end)`` that holds neither a space nor a format character, else ``end``."""
    while start < end and text[start] in BLANKS:
        start += 1
    return start


def trim(text: str, start: int, end: int) -> Span:
    """The span without the spaces and format characters at both its ends."""
    start = skip_blanks(text, start, end)
    while start < end and text[end - 1] in BLANKS:
        end -= 1
    return start, end


def _lines(text: str) -> list[Span]:
    spans = (trim(text, *match.span()) for match in _LINE.finditer(text))
    return [span for span in spans if span[0] < span[1]]


def _last_mark(text: str, line: Span) -> str:
    """The last character before closers; "." where there is nothing else."""
    last = text[line[1] - 1]
    if last not in _CLOSERS:
        return last
    return text[max(line[0], line[1] - 4) : line[1]].rstrip(_CLOSERS)[-1:] or "."


def _is_terminated(text: str, line: Span, lexicon: Lexicon) -> bool:
    """The line ends in a final mark, and not in that of a title or another abbreviation that goes on."""
    if _last_mark(text, line) not in _END_MARKS:
        return False
    last = text[max(line[0], line[1] - _LONGEST_TITLE) : line[1]].rsplit(None, 1)
    return len(last) < 2 or last[1].removesuffix(".") not in lexicon.never


def _first_word(text: str, line: Span) -> str:
    return text[line[0] : min(line[1], line[0] + 40)].split(None, 1)[0]


def _is_adjacent(text: str, line: Span, following: Span, lexicon: Lexicon) -> bool:
    """One line break stands between two lines: no blank line, no list item begins."""
    item = _ITEM.match(text, *following)
    if item and item[1] not in lexicon.never:  # a title such as "د." is none
        return False
    return len(_BREAK.findall(text, line[1], following[0])) == 1


def _is_full(text: str, line: Span, following: Span, width: int) -> bool:
    """The next line's first word had no room in a column of ``width``."""
    return line[1] - line[0] + 1 + len(_first_word(text, following)) > width


def _column(text: str, lines: list[Span], ended: list[bool]) -> int:
    """The width that the text is wrapped at, 0 where it is not."""
    width = max(end - start for start, end in lines)
    if not _NARROWEST_COLUMN <= width <= _WIDEST_COLUMN:
        return 0
    open_ = [pair for pair, closed in zip(pairwise(lines), ended, strict=False) if not closed]
    full = sum(_is_full(text, *pair, width) for pair in open_)
    return width if full >= _FEWEST_WRAPS and full * 5 >= len(open_) * 4 else 0


def _is_cut_short(text: str, line: Span, lexicon: Lexicon) -> bool:
    """The line ends in what nothing ends in: a preposition, or a title with its stop."""
    words = text[max(line[0], line[1] - 48) : line[1]].split()
    return len(words) > 2 and (words[-1].lower() in lexicon.particles or words[-1].endswith("."))


def _is_long_part(text: str, line: Span, following: Span, lexicon: Lexicon) -> bool:
    """A long line and one no longer after it that does not look like the opening of a paragraph."""
    length, rest, word = line[1] - line[0], following[1] - following[0], _first_word(text, following)
    if not _LONG_LINE < length <= _LONGEST_LINE or word.lower() in lexicon.starters:
        return False
    most = length * 3 // 4 if word[0].isupper() else length * 5 // 4  # a capital is a name or an opening
    return rest <= most and not _DATELINE.match(text, *following)


def _goes_on(text: str, line: Span, following: Span, width: int, closed: bool, lexicon: Lexicon) -> bool:
    """The break after an unterminated line is a soft one. ``closed``: the text after it comes to a stop."""
    word = _first_word(text, following)
    if _ADDRESS.match(word):
        return False
    if width and _is_full(text, line, following, width):
        return True
    if _last_mark(text, line) in _LIST_MARKS:
        return False
    if text[line[1] - 1] in _COMMAS and line[1] - line[0] > _LONGEST_ADDRESS:
        return not word[0].isupper() or not lexicon.opens(word)
    if word[0].islower():
        return True
    return _is_cut_short(text, line, lexicon) or (closed and _is_long_part(text, line, following, lexicon))


def _soft_breaks(text: str, lines: list[Span], lexicon: Lexicon) -> list[bool]:
    """For each line but the last, whether the break after it only fills a column."""
    ended = [_is_terminated(text, line, lexicon) for line in lines]
    width = _column(text, lines, ended)
    soft = [False] * len(lines)
    closed = ended[-1]
    for index in range(len(lines) - 2, -1, -1):
        line, following = lines[index], lines[index + 1]
        if ended[index] or not _is_adjacent(text, line, following, lexicon):
            closed = ended[index]
            continue
        soft[index] = _goes_on(text, line, following, width, closed, lexicon)
        closed = closed and soft[index]
    return soft


def _without_small_openings(text: str, lines: list[Span], soft: list[bool]) -> list[bool]:
    """Where a paragraph itself begins with a small letter, a small letter continues nothing."""
    for index, joined in enumerate(soft):
        opens = joined and not (index and soft[index - 1])
        if opens and text[lines[index][0]].islower() and text[lines[index + 1][0]].islower():
            soft[index] = False
    return soft


def paragraphs(text: str, newlines: Newlines, lexicon: Lexicon) -> list[Span]:
    """Spans of the paragraphs of ``text``: trimmed, in order, none empty.

    ``hard`` takes every line break as real, ``wrap`` only blank lines and list items; ``auto`` joins
    lines that running text was broken into.
    """
    lines = _lines(text)
    if newlines == "hard" or len(lines) < 2:
        return lines
    if newlines == "wrap":
        soft = [_is_adjacent(text, *pair, lexicon) for pair in pairwise(lines)]
    else:
        soft = _without_small_openings(text, lines, _soft_breaks(text, lines, lexicon))
    if not any(soft):
        return lines
    spans = lines[:1]
    for joined, line in zip(soft, lines[1:], strict=False):
        if joined:
            spans[-1] = (spans[-1][0], line[1])
        else:
            spans.append(line)
    return spans
