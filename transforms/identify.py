"""Identify the language of articles: title, summary and paragraphs decide together."""

from collections.abc import Sequence
from typing import NamedTuple

import apache_beam as beam
from apache_beam.metrics import Metrics

from schemas.rows import Article, LanguageShare
from transforms.text.language import ArticleLanguage, detector_name, identify_articles

STAGE = "identify"


class IdentifiedArticle(NamedTuple):
    """An article with its language, and the language of each line of its text."""

    article: Article
    line_languages: Sequence[str]


class IdentifyLanguages(beam.PTransform["beam.PCollection[Article]", "beam.PCollection[IdentifiedArticle]"]):
    """Articles to identified articles, in batches: the model scores 256 texts for the price of a few."""

    def expand(self, articles: "beam.PCollection[Article]") -> "beam.PCollection[IdentifiedArticle]":  # noqa: D102
        return (
            articles
            | "batch_articles" >> beam.BatchElements(min_batch_size=64, max_batch_size=256)
            | "identify_articles" >> beam.FlatMap(identify_batch)
        )


def identify_batch(articles: list[Article]) -> list[IdentifiedArticle]:
    """Fill the language columns of ``articles``, and count them by language."""
    answers = identify_articles(
        [(a.title, a.summary, (a.text or "").split("\n"), a.language_feed) for a in articles]
    )
    for answer in answers:
        Metrics.counter(STAGE, f"language_{answer.language}").inc()
    return [_with_language(article, answer) for article, answer in zip(articles, answers, strict=True)]


def _with_language(article: Article, answer: ArticleLanguage) -> IdentifiedArticle:
    flags = sorted([*article.quality_flags, *(["language_conflict"] if answer.conflict else [])])
    identified = article._replace(
        language=answer.language,
        script=answer.script,
        language_confidence=float(answer.confidence),
        language_detector=detector_name,
        languages=[LanguageShare(tag, float(share)) for tag, share in answer.languages],
        quality_flags=flags,
    )
    return IdentifiedArticle(identified, answer.paragraphs)
