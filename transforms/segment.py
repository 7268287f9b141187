"""Segment articles into sentences."""

import apache_beam as beam

from schemas.rows import Article, Reject, Span
from transforms.attempt import Attempted, attempt, reject_of
from transforms.identify import IdentifiedArticle
from transforms.text.sentences import segment

STAGE = "segment"


class SegmentArticles(beam.PTransform["beam.PCollection[IdentifiedArticle]", Attempted]):
    """Identified articles to articles with ``sentence_spans`` and ``n_sentences``."""

    def expand(self, articles: "beam.PCollection[IdentifiedArticle]") -> Attempted:  # noqa: D102
        return attempt(articles, segment_article, _describe, Article)


def segment_article(identified: IdentifiedArticle) -> Article:
    """Fill the sentence columns; a sentence names its language only where it is not the article's."""
    article = identified.article
    text = article.text
    if text is None:
        return article
    spans = [
        Span(paragraph, start, end, _own_language(identified, text, start))
        for paragraph, _, start, end in segment(text, article.language).sentences
    ]
    return article._replace(sentence_spans=spans, n_sentences=len(spans))


def _own_language(identified: IdentifiedArticle, text: str, start: int) -> str | None:
    if len(set(identified.line_languages)) < 2:
        return None
    language = identified.line_languages[text.count("\n", 0, start)]
    return None if language == identified.article.language else language


def _describe(identified: IdentifiedArticle) -> Reject:
    article = identified.article
    return reject_of(STAGE, article.source_id, article.feed_url, article)
