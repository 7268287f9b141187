"""Which language a text is in: script gate, n-gram model, prior from the feed.

The public door of this package; see ``docs/language.md``.
"""

from transforms.text.language.answers import ArticleLanguage, Identification
from transforms.text.language.articles import identify_article, identify_articles
from transforms.text.language.backends import BACKENDS, Detector, ParityDetector, detector
from transforms.text.language.identifier import NAME, identify, identify_batch
from transforms.text.language.profiles import langdetect_exact

detector_name = NAME

__all__ = [
    "BACKENDS",
    "ArticleLanguage",
    "Detector",
    "Identification",
    "ParityDetector",
    "detector",
    "detector_name",
    "identify",
    "identify_article",
    "identify_articles",
    "identify_batch",
    "langdetect_exact",
]
