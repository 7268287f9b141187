"""Signatures must estimate what they promise, find reprints, and never change."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.fingerprints import fingerprints
from transforms.text.signatures import PERMUTATIONS, jaccard, sentence_fingerprints, signature

WORDS = [f"word{n}" for n in range(5_000)]


def texts(seed: int, changed: float) -> tuple[str, str]:
    """A text of 300 words and a copy with a share of its words replaced."""
    draw = random.Random(seed)
    words = draw.choices(WORDS, k=300)
    return " ".join(words), " ".join(draw.choice(WORDS) if draw.random() < changed else w for w in words)


def shingles(text: str) -> set[tuple[str, ...]]:
    words = text.split()
    return set(zip(words, words[1:], words[2:], strict=False))


def estimate(one: str, other: str) -> float:
    first, second = signature(one, "en"), signature(other, "en")
    assert first is not None
    assert second is not None
    return jaccard(first.minhash_b8, second.minhash_b8)


def test_a_signature_stays_what_it_is() -> None:
    # Stored for years: whoever changes these numbers raises SIGNATURE_VERSION and tells it in the changelog.
    signed = signature("اعلنت وزاره النفط ان الصادرات تجاوزت 98 مليون برميل", "ar")
    assert signed is not None
    assert signed.minhash_b8[:8].hex() == "9da82caec19886e1"
    assert signed.lsh32[:2] == [2233812120, 1439391058]
    assert sentence_fingerprints(["وزاره النفط تعلن عن زياده الصادرات"], "ar") == [7536792160147118744]


@pytest.mark.parametrize("changed", [0.02, 0.06, 0.15])
def test_equal_bytes_estimate_the_share_of_common_shingles(changed: float) -> None:
    errors = []
    for seed in range(40):
        one, other = texts(seed, changed)
        true = len(shingles(one) & shingles(other)) / len(shingles(one) | shingles(other))
        errors.append(estimate(one, other) - true)
    # The standard error of one estimate is at most 0.044, of the mean of 40 then 0.007.
    assert abs(sum(errors) / len(errors)) < 0.025
    assert max(map(abs, errors)) < 0.2


def test_a_text_with_six_percent_other_words_shares_a_band() -> None:
    for seed in range(40):
        one, other = (signature(text, "en") for text in texts(seed, 0.06))
        assert one is not None
        assert other is not None
        assert set(one.lsh32) & set(other.lsh32)


def test_unrelated_texts_share_no_band() -> None:
    signatures = [signature(texts(seed, 0)[0], "en") for seed in range(100)]
    bands = [band for signed in signatures if signed for band in set(signed.lsh32)]
    assert len(bands) == len(set(bands)) >= 3_200


def test_spelling_and_harakat_do_not_count() -> None:
    one = fingerprints("أعلنت وزارة النفط أن الصادرات ارتفعت.", "ar", [(0, 37)])
    other = fingerprints("اعلَنت وزارة النفط ان الصادرات إرتفعت", "ar", [(0, 37)])
    assert one == other


def test_chinese_is_compared_by_characters() -> None:
    one = signature("气象台 江南地区将迎来连续阴雨天气", "zh-Hans")
    other = signature("气象台江南地区将迎来连续阴雨天气", "zh-Hans")
    assert one == other


def test_a_text_without_words_has_none() -> None:
    assert signature("", "en") is None
    assert fingerprints("...", "en", []).minhash_b8 is None


def test_short_sentences_are_not_telling() -> None:
    assert sentence_fingerprints(["he did not elaborate"], "en") == []
    assert sentence_fingerprints(["没有细节"], "zh-Hans") == []


@given(st.text(max_size=200), st.sampled_from(["ar", "en", "zh-Hans", None]))
def test_any_text_has_a_signature_of_the_same_shape(text: str, language: str | None) -> None:
    signed = signature(text, language)
    if signed is None:
        assert not text.split()
        return
    assert len(signed.minhash_b8) == PERMUTATIONS
    assert len(signed.lsh32) == 32
    assert all(0 <= band < 2**32 for band in signed.lsh32)
    assert jaccard(signed.minhash_b8, signed.minhash_b8) == 1.0
    assert all(0 <= n < 2**63 for n in sentence_fingerprints([text], language))
