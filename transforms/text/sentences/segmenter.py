"""Paragraphs and sentences of agency text, as code point spans."""

from typing import NamedTuple

from transforms.text.sentences.lexicon import lexicon_for
from transforms.text.sentences.paragraphs import Newlines, Span, paragraphs, skip_blanks
from transforms.text.sentences.stops import candidates, sentence_end


class Segmentation(NamedTuple):
    """Spans in code points of the text: ordered, disjoint, with only blanks between them."""

    paragraphs: list[Span]  # (start, end)
    sentences: list[tuple[int, int, int, int]]  # (paragraph, sentence in it, start, end)


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
    find = candidates(lexicon.terminals).finditer
    spans = paragraphs(text, newlines, lexicon)
    sentences: list[tuple[int, int, int, int]] = []
    for number, (start, end) in enumerate(spans):
        count = 0
        for match in find(text, start, end):
            after = match.end()
            if after == end:
                break
            stop = sentence_end(text, start, end, match, lexicon)
            if stop > start:
                sentences.append((number, count, start, stop))
                start = after if stop <= after else skip_blanks(text, stop, end)
                count += 1
        if start < end:
            sentences.append((number, count, start, end))
    return Segmentation(spans, sentences)
