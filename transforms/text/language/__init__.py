"""Which language a text is in: script gate, n-gram model, prior from the feed.

The public door of this package; see ``docs/language.md``.
"""

from transforms.text.language.answers import ArticleLanguage, Identification
from transforms.text.language.articles import identify_article, identify_articles
from transforms.text.language.classic import DETECTOR_NAME as detector_name
from transforms.text.language.classic import identify, identify_batch

__all__ = [
    "ArticleLanguage",
    "Identification",
    "detector_name",
    "identify",
    "identify_article",
    "identify_articles",
    "identify_batch",
]
