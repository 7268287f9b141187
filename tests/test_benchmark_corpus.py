"""The benchmark feeds are what benchmarks/peers.py says of them."""

import io
from functools import cache

import feedparser

from benchmarks import corpus


@cache
def published(edition: int) -> list[tuple[str, str, str]]:
    """``(guid, language, body)`` of every entry of an edition."""
    return [
        (entry.id, corpus.LANGUAGES[number], entry.content[0].value)
        for number in range(corpus.FEEDS)
        for entry in feedparser.parse(io.BytesIO(corpus.document(number, edition))).entries
    ]


def test_an_edition_has_sixty_feeds_of_fifty_entries() -> None:
    assert [len(published(1)), len(published(2))] == [3_000, 3_000]


def test_both_editions_hold_the_versions_and_articles_of_the_right_answer() -> None:
    both = published(1) + published(2)
    versions, articles = {(guid, body) for guid, _, body in both}, {guid for guid, _, _ in both}
    assert (len(versions), len(articles)) == (3_660, 3_600)


def test_the_second_edition_has_660_entries_to_store() -> None:
    assert len(set(published(2)) - set(published(1))) == 660


def test_two_entries_in_five_are_arabic() -> None:
    assert sum(language == "ar" for _, language, _ in published(1)) == 0.4 * 3_000


def test_bodies_have_the_size_of_agency_news() -> None:
    sizes = sorted(len(body.encode()) for _, _, body in published(1))
    assert 1_000 < sizes[300] < sizes[1_500] < sizes[2_700] < 4_000


def test_no_two_articles_have_the_same_body() -> None:
    bodies = {guid: body for guid, _, body in published(1)}
    assert len(set(bodies.values())) == len(bodies)


def test_a_document_is_the_same_every_time() -> None:
    assert corpus.document(7, 2) == corpus.document(7, 2)
