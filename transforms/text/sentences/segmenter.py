"""Paragraphs and sentences of agency text, as code point spans."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from transforms.text.sentences.characters import BLANK, CLOSERS, OPENERS, STOPS
from transforms.text.sentences.headings import has_rules, heading_end, ruled_parts
from transforms.text.sentences.lexicon import Lexicon, lexicon_for
from transforms.text.sentences.paragraphs import Newlines, Span, paragraphs, skip_blanks
from transforms.text.sentences.stops import candidates, sentence_end

_MARKS = STOPS + CLOSERS + OPENERS
_MARK = frozenset(_MARKS)
# Chains end nothing but at their last member: no name has as many initials, no sentence is made of marks.
_INITIALS = re.compile(r"(?:\s?\w\.){8,}(?=\s?\w\.)")
_ROW_OF_MARKS = re.compile(rf"(?:[{re.escape(_MARKS)}]|{BLANK}){{16,}}+")


class Segmentation(NamedTuple):
    """Spans in code points of the text: ordered, disjoint, with only blanks between them."""

    paragraphs: list[Span]  # (start, end)
    sentences: list[tuple[int, int, int, int]]  # (paragraph, sentence in it, start, end)


def _stops(text: str, start: int, end: int, lexicon: Lexicon) -> Iterator[Span]:
    """Spans of the sentences of the paragraph ``[start, end)``, headings not yet cut off."""
    chained = 0
    for match in candidates(lexicon.terminals).finditer(text, start, end):
        after = match.end()
        if after == end:
            break
        if after <= chained:
            continue
        if text.startswith(".", after + 1) and (row := _INITIALS.match(text, after, end)):
            chained = row.end()
        elif text[after] in _MARK and (row := _ROW_OF_MARKS.match(text, after, end)):
            chained = row.end() - 1
        stop = sentence_end(text, start, end, match, lexicon)
        if stop > start:
            yield start, stop
            start = after if stop <= after else skip_blanks(text, stop, end)
    if start < end:
        yield start, end


def _sentences(text: str, start: int, end: int, lexicon: Lexicon, ruled: bool) -> Iterator[Span]:
    found = _stops(text, start, end, lexicon)
    for begun, stop in chain.from_iterable(ruled_parts(text, *span) for span in found) if ruled else found:
        cut = heading_end(text, begun, stop)
        if cut < 0:
            yield begun, stop
        else:
            yield begun, cut
            yield skip_blanks(text, cut, stop), stop


def segment(text: str, language: str | None, newlines: Newlines = "auto") -> Segmentation:
    """Find the paragraphs and sentences of ``text``.

    Args:
        text: Any string; best the canonical text, where a line is a block of the page.
        language: BCP 47 tag of the text; without a lexicon for it, or with ``None``, its script decides.
        newlines: Whether line breaks end paragraphs: ``hard`` always, ``wrap`` only at blank lines and list
            items, ``auto`` unless a line looks cut to fill a column.

    Returns:
        Spans in code points. Outside the sentences there are only spaces and format characters, and no span
        begins or ends with one. Never raises, for any ``text`` and ``language``; linear in ``len(text)``.

    >>> segment("حضر د. سامي. وغادر.", "ar").sentences
    [(0, 0, 0, 12), (0, 1, 13, 19)]
    """
    lexicon = lexicon_for(language, text)
    spans = paragraphs(text, newlines, lexicon)
    ruled = has_rules(text)
    sentences = [
        (number, count, begun, stop)
        for number, (start, end) in enumerate(spans)
        for count, (begun, stop) in enumerate(_sentences(text, start, end, lexicon, ruled))
    ]
    return Segmentation(spans, sentences)
