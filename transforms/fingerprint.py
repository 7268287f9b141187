"""Fingerprint articles: search form and exact-duplicate hash, which need the language."""

import hashlib

import apache_beam as beam

from schemas.rows import Article, Reject
from transforms import pulse
from transforms.attempt import Attempted, attempt, reject_of
from transforms.text.normalize import search_form

STAGE = "fingerprint"


class FingerprintArticles(beam.PTransform["beam.PCollection[Article]", Attempted]):
    """Articles to articles with ``text_search`` and ``content_sha256``."""

    def expand(self, articles: "beam.PCollection[Article]") -> Attempted:  # noqa: D102
        return attempt(articles, fingerprint_article, _describe, Article)


def fingerprint_article(article: Article) -> Article:
    """Fill the columns derived from the finished text."""
    pulse.BEATS["articles"] += 1
    folded = None if article.text is None else search_form(article.text, article.language)
    return article._replace(
        text_search=folded,
        content_sha256=None if folded is None else hashlib.sha256(folded.encode()).hexdigest(),
    )


def _describe(article: Article) -> Reject:
    return reject_of(STAGE, article.source_id, article.feed_url, article)
