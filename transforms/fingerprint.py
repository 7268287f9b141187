"""Fingerprint articles: search form, hash and near-duplicate signatures, which need the sentences."""

import apache_beam as beam

from schemas.rows import Article, Reject
from transforms import pulse
from transforms.attempt import Attempted, attempt, reject_of
from transforms.text.fingerprints import fingerprints

STAGE = "fingerprint"


class FingerprintArticles(beam.PTransform["beam.PCollection[Article]", Attempted]):
    """Articles to articles with the columns of ``Fingerprints``."""

    def expand(self, articles: "beam.PCollection[Article]") -> Attempted:  # noqa: D102
        return attempt(articles, fingerprint_article, _describe, Article)


def fingerprint_article(article: Article) -> Article:
    """Fill the columns derived from the finished text; an article without text has none."""
    pulse.BEATS["articles"] += 1
    if article.text is None:
        return article
    sentences = [(span.start, span.end) for span in article.sentence_spans]
    return article._replace(**fingerprints(article.text, article.language, sentences)._asdict())


def _describe(article: Article) -> Reject:
    return reject_of(STAGE, article.source_id, article.feed_url, article)
