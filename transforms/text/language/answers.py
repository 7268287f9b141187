"""What language identification answers, for one text and for one article."""

from dataclasses import dataclass
from typing import Literal

Method = Literal["gate", "model", "prior"]


@dataclass(frozen=True, slots=True)
class Identification:
    """The language of one text.

    Attributes:
        language: BCP 47 tag, shortest form (``ar``, ``sr-Cyrl``, ``zh-Hant``, ``nb``, ``fil``); ``und`` when
            the text has letters but no safe answer, ``zxx`` when it has no linguistic content.
        script: ISO 15924 code of the dominant script; ``Zyyy`` when there are no letters.
        confidence: Calibrated probability that ``language`` is right, 0..1; 0.0 with ``und``.
        method: What decided: ``gate`` (the script alone), ``model`` (n-grams), ``prior`` (the declared
            language tipped a decision that n-grams alone would have made otherwise).
        conflict: True when a language was declared and the text alone says another with p >= 0.9.
    """

    language: str
    script: str
    confidence: float
    method: Method
    conflict: bool = False


@dataclass(frozen=True, slots=True)
class ArticleLanguage:
    """The languages of one article: title, summary and body decide together.

    Attributes:
        language: BCP 47 tag of the whole; ``mul`` when no language holds half of the letters.
        script: ISO 15924 code of the dominant script.
        confidence: As in :class:`Identification`; with ``mul`` the smallest of its languages' confidences.
        method: As in :class:`Identification`.
        conflict: As in :class:`Identification`.
        languages: ``(tag, share of letters)``, largest first, of every language with at least 10 % of them.
        paragraphs: One tag per paragraph, in order; a paragraph too short to tell takes the article's.
    """

    language: str
    script: str
    confidence: float
    method: Method
    conflict: bool
    languages: list[tuple[str, float]]
    paragraphs: list[str]
