"""langdetect's profiles scored exactly: the same n-grams, the same answers as the library, no chance."""

import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langdetect import LangDetectException, detector_factory
from langdetect.detector import Detector

from transforms.text.language.profiles import langdetect_exact, packed_ngrams, profiles
from transforms.text.language.tags import canonical_tag

DATA = Path(__file__).parents[1] / "data" / "language"
ROWS = [line.split("\t") for line in (DATA / "headlines.tsv").read_text(encoding="utf-8").splitlines()]
OWN = [text for tag, text in ROWS if tag in {canonical_tag(name) for name in profiles().names}]


def library(text: str) -> Detector:
    detector_factory.init_factory()
    detector = detector_factory._factory.create()
    detector.seed, detector.random = 0, random.Random(0)
    detector.append(text)
    return detector


def library_answer(text: str) -> str:
    try:
        return canonical_tag(library(text).get_probabilities()[0].lang)
    except LangDetectException:
        return "und"


def unpacked(number: int) -> str:
    letters = ""
    while number:
        letters, number = chr(number & 0xFFFF) + letters, number >> 16
    return letters


def library_ngrams(text: str) -> Counter[str]:
    detector = library(text)
    detector.cleaning_text()
    return Counter(detector._extract_ngrams())


def our_ngrams(text: str) -> Counter[str]:
    known = set(profiles().keys.tolist())
    return Counter(unpacked(number) for number in packed_ngrams(text).tolist() if number in known)


@pytest.mark.parametrize("text", OWN)
def test_a_headline_has_the_ngrams_that_the_library_draws_from(text: str) -> None:
    assert our_ngrams(text) == library_ngrams(text)


@settings(deadline=None, max_examples=150)
@given(st.text(alphabet="aB cÀÉz.,1ăềảлЖ عيک日あア가", max_size=40))
def test_any_text_has_the_ngrams_that_the_library_draws_from(text: str) -> None:
    assert our_ngrams(text) == library_ngrams(text)


def test_the_exact_answer_agrees_with_the_seeded_library() -> None:
    longer = [f"{first} {second}" for first, second in zip(OWN, OWN, strict=True)]
    agreed = sum(langdetect_exact(text)[0] == library_answer(text) for text in OWN + longer)
    assert agreed >= 0.985 * 2 * len(OWN)


def test_a_text_without_ngrams_is_und() -> None:
    assert langdetect_exact("1234 !") == ("und", 0.0)


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=60))
def test_the_exact_answer_never_changes(text: str) -> None:
    assert langdetect_exact(text) == langdetect_exact(text)
