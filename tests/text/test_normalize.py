"""The contract of the canonical text."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from transforms.text.characters import DROPPED, PRESENTATION_FORMS
from transforms.text.normalize import canonical

LANGUAGES = st.sampled_from(["ar", "fa", "ur", "ru", "en", "fr", "zh", None])
NOISY = st.text(
    alphabet=st.one_of(
        st.sampled_from(
            "ابتهىيكةءآ ـ\u064b\u0651\u0653\u0654\u200c\u200d\u200b\u200f\u00a0"
            '\n\r\t .,،؛؟!?;:"()«»-0٣aé\ufefb\ufe71\ufdf2\ufb01'
        ),
        st.characters(codec="utf-8"),
    )
)


def letters(text: str) -> list[str]:
    """Letters and digits in NFD: what must survive. Presentation forms count as what they stand for."""
    plain = unicodedata.normalize("NFD", "".join(PRESENTATION_FORMS.get(ord(char), char) for char in text))
    return [char for char in plain if unicodedata.category(char)[0] in "LN" and char != "\u0640"]


@given(NOISY, LANGUAGES)
@example('" "', "en")
@example("ا\u200c\u200cب", "fa")
@example("( (x ) )", "ar")
@example("ـ ـ", "ar")
def test_canonical_text_is_canonical(text: str, language: str | None) -> None:
    once = canonical(text, language)
    assert canonical(once, language) == once


@given(NOISY, LANGUAGES)
def test_no_letter_is_lost_or_replaced(text: str, language: str | None) -> None:
    assert letters(canonical(text, language)) == letters(text)


@given(NOISY, LANGUAGES)
def test_no_visible_character_is_deleted(text: str, language: str | None) -> None:
    def visible(value: str) -> list[str]:
        kept = (char for char in unicodedata.normalize("NFD", value) if unicodedata.category(char)[0] in "PS")
        return [char for char in kept if char != "-"]  # a lone tatweel becomes a hyphen

    assert visible(canonical(text, language)) == visible(text)


@given(NOISY, LANGUAGES)
def test_the_only_white_space_is_space_and_newline(text: str, language: str | None) -> None:
    result = canonical(text, language)
    assert {char for char in result if char.isspace()} <= {" ", "\n"}
    assert "  " not in result
    assert " \n" not in result
    assert "\n\n\n" not in result


@given(NOISY, LANGUAGES)
def test_canonical_text_is_nfc_without_controls(text: str, language: str | None) -> None:
    result = canonical(text, language)
    assert unicodedata.is_normalized("NFC", result)
    assert not any(ord(char) in DROPPED for char in result if char != "\n")


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("ar", "قال الوزير .وأضاف", "قال الوزير .وأضاف"),
        ("ar", "كلمة ، أخرى ؛ ثالثة ؟", "كلمة، أخرى؛ ثالثة؟"),
        ("ar", "يعـــــلن", "يعلن"),
        ("ar", "كـَتَبَ", "كَتَبَ"),
        ("ar", "1444هـ", "1444هـ"),
        ("ar", "هـــ", "هـ"),
        ("ar", "الـ BBC", "الـ BBC"),
        ("ar", "لـ«تاس»", "لـ«تاس»"),
        ("ar", "ـ قال", "- قال"),
        ("ar", "بيروت ــ وكالات", "بيروت - وكالات"),
        ("ar", "( وكالات )", "( وكالات)"),
        ("ar", "قال « نعم »", "قال « نعم»"),
        ("ar", 'قال " نعم " و" لا"', 'قال "نعم" و"لا"'),
        ("ar", 'شاشة 5" و 6" معا', 'شاشة 5" و 6" معا'),
        ("ar", 'قال " نعم', 'قال " نعم'),
        ("ar", "﷽ وﷺ", "﷽ وﷺ"),
        ("ar", "ﻼ", "لا"),
        ("fa", "کتاب‌ها‌", "کتاب‌ها"),
        ("fa", "۱۵‌ساله", "۱۵‌ساله"),
        ("fa", "می‌ شود", "می شود"),
        ("hi", "क्\u200dष", "क्\u200dष"),
        ("en", "👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("en", "soft\u00adware a\u200db", "software ab"),
        ("en", "wait ... what", "wait ... what"),
        ("en", "pay .5 or 3 .14 , no", "pay .5 or 3 .14, no"),
        ("en", "ﬁnal", "final"),
        ("en", "m² and ½ and №", "m² and ½ and №"),
        ("de", "er sagte »ja« und", "er sagte »ja« und"),
        ("fr", "Quoi ? « Non » ; bien !", "Quoi ? « Non » ; bien !"),
        ("fr", "oui , non .", "oui, non."),
        ("ru", "за\u0301мок", "за\u0301мок"),
        ("ru", "привет )))", "привет )))"),
        ("th", "สวัสดี\u200bครับ", "สวัสดี\u200bครับ"),
        (None, "Quoi ? « Non »", "Quoi ? « Non »"),
        (None, "ماذا ؟", "ماذا؟"),
        ("en", "a\u2028b\u2029c\x0bd\x85e", "a\nb\nc\nd\ne"),
        ("ar", "\u0600 و\u06dd", "\u0600 و\u06dd"),
    ],
)
def test_typing_noise_is_removed_and_nothing_else(language: str | None, text: str, expected: str) -> None:
    assert canonical(text, language) == expected


@pytest.mark.parametrize("unit", [" ", "( ", "ـ", "ا\u200c", 'ا" ', "\u0301\u0323", "« ", " ,"])
def test_a_long_run_of_anything_is_canonical(unit: str) -> None:
    text = "ا" + unit * 20_000
    assert canonical(canonical(text, "ar"), "ar") == canonical(text, "ar")
