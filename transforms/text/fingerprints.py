"""What is derived from a finished text to compare it: one place for the graph, replay and verify."""

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from transforms.text.search import search_form
from transforms.text.signatures import sentence_fingerprints, signature


class Fingerprints(NamedTuple):
    """Columns of ``articles`` that are a pure function of text, language and sentences."""

    text_search: str
    content_sha256: str
    minhash_b8: bytes | None
    lsh32: list[int]
    sent_fp: list[int]


def fingerprints(text: str, language: str | None, sentences: Iterable[tuple[int, int]]) -> Fingerprints:
    """Derive the comparison columns.

    Args:
        text: Canonical text without furniture.
        language: BCP 47 tag.
        sentences: Code points ``[start, end)`` of its sentences.

    >>> fingerprints("«أُقِرَّت» الخطة.", "ar", [(0, 16)]).text_search
    'اقرت الخطه'
    """
    folded = search_form(text, language)
    signed = signature(folded, language)
    return Fingerprints(
        text_search=folded,
        content_sha256=hashlib.sha256(folded.encode()).hexdigest(),
        minhash_b8=signed.minhash_b8 if signed else None,
        lsh32=signed.lsh32 if signed else [],
        sent_fp=sentence_fingerprints(
            (search_form(text[start:end], language) for start, end in sentences), language
        ),
    )
