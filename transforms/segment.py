"""Segment articles into sentences."""

from collections.abc import Iterable
from itertools import groupby

import apache_beam as beam

from schemas.rows import Article, Reject, Span
from transforms.attempt import Attempted, attempt, reject_of
from transforms.identify import IdentifiedArticle
from transforms.text.sentences import Segmentation, segment

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
    result = segment(text, article.language)
    spans = [Span(paragraph, start, end, None) for paragraph, _, start, end in result.sentences]
    if len(set(identified.line_languages)) > 1:
        spans = list(_in_own_languages(identified, text, result, spans))
    return article._replace(sentence_spans=spans, n_sentences=len(spans))


def _in_own_languages(
    identified: IdentifiedArticle, text: str, result: Segmentation, spans: list[Span]
) -> Iterable[Span]:
    """The sentences of a paragraph in another language than the article's, by the rules of its own."""
    own: dict[int, str] = {}
    line = at = 0
    for number, (start, _) in enumerate(result.paragraphs):
        line, at = line + text.count("\n", at, start), start
        if identified.line_languages[line] != identified.article.language:
            own[number] = identified.line_languages[line]
    for number, group in groupby(spans, key=lambda span: span.paragraph):
        if number not in own:
            yield from group
            continue
        first, end = result.paragraphs[number]
        for _, _, start, stop in segment(text[first:end], own[number], "wrap").sentences:
            yield Span(number, first + start, first + stop, own[number])


def _describe(identified: IdentifiedArticle) -> Reject:
    article = identified.article
    return reject_of(STAGE, article.source_id, article.feed_url, article)
