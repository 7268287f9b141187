"""The search form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.normalize import canonical
from transforms.text.search import search_form

LANGUAGES = st.sampled_from(["ar", "fa", "ur", "ckb", "ru", "en", "tr", "he", "zh", None])


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("ar", "أُعلِن الإستقلالُ فى آب", "اعلن الاستقلال في اب"),
        ("ar", "مؤسسة مسؤولة", "مؤسسه مسؤوله"),
        ("ar", "٣٫٥٪ و 3.5%", "3.5 و 3.5"),
        ("ar", "۱٬۲۰۰", "1200"),
        ("ar", "1,200 و 1,2", "1200 و 1 2"),
        ("fa", "كتابهاي من", "کتابهای من"),
        ("fa", "می‌شود", "میشود"),
        ("ur", "كيا يه", "کیا یہ"),
        ("ckb", "كوردستان", "کوردستان"),
        ("ckb", "هه\u200cولێر و بەرده", "هەولێر و بەردە"),
        ("ar", "ﷺ لـ«تاس»", "صلي الله عليه وسلم ل تاس"),
        ("en", "AT&T: m² ½ https://a.b/c", "at t m2 1 2 https a b c"),
        ("ru", "Ёлка за\u0301мок", "елка замок"),
        ("be", "ён", "ён"),
        ("uk", "п’ять", "п'ять"),
        ("en", "The U.S. e.g. 3.14, v2.0", "the u s e g 3.14 v2.0"),
        ("de", "Straße", "strasse"),
        ("tr", "ILGIN İZMİR", "ılgın izmir"),
        ("he", "צה״ל אמר", 'צה"ל אמר'),
        ("hi", "२०२०", "2020"),
        ("zh", "２０２０年，好！", "2020年 好"),
        ("en", "", ""),
    ],
)
def test_spellings_of_one_word_become_one(language: str, text: str, expected: str) -> None:
    assert search_form(text, language) == expected


@given(st.text(), LANGUAGES)
def test_the_search_form_is_its_own_search_form(text: str, language: str | None) -> None:
    once = search_form(text, language)
    assert search_form(once, language) == once


@given(st.text(), LANGUAGES)
def test_the_search_form_is_one_line_of_words(text: str, language: str | None) -> None:
    result = search_form(text, language)
    assert result == " ".join(result.split())


@given(st.text(alphabet="أإآابتةهىيكـ َُّ\u200c،. 3٣"))
def test_canonical_text_has_the_search_form_of_its_source(text: str) -> None:
    assert search_form(canonical(text, "ar"), "ar").replace(" ", "") == search_form(text, "ar").replace(
        " ", ""
    )
