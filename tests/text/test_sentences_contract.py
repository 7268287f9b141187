"""The promises of ``segment``, on any text."""

import json
import textwrap
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.sentences import Segmentation, segment
from transforms.text.sentences.lexicon import available

MARKS = ".!?…؟۔。«»\"'“”()[]<>،؛:,-–— \n\r\t\u200f\u200c\u2028"
WORDS = [
    "وقال",
    "د",
    "أ",
    "ق.م",
    "2.5",
    "Mr",
    "г",
    "The",
    "he",
    "25",
    " 0. A",
    " ٣. ب",
    "المادة",
    "と",
    "😀",
    "www.a.b",
    "\ud800",
]
OWN = Path(__file__).parent.parent / "data" / "sentences" / "cases.jsonl"
CASES = st.sampled_from([json.loads(line)["text"] for line in OWN.read_text(encoding="utf-8").splitlines()])
PIECES = st.lists(st.sampled_from([*MARKS, *WORDS]), max_size=6).map("".join)
TEXTS = st.one_of(
    st.builds(lambda *parts: "".join(parts), CASES, PIECES, CASES),
    st.text(),
    st.text(alphabet=st.characters()),  # lone surrogates too
    st.lists(st.sampled_from([*MARKS, *WORDS]), max_size=60).map("".join),
)
LANGUAGES = st.one_of(
    st.none(), st.sampled_from([*sorted(available()), "xx", "zh-Hant", "ar-EG"]), st.text(max_size=8)
)
NEWLINES = st.sampled_from(["auto", "hard", "wrap"])


# Format characters that are seen: number, year, footnote, page and verse signs.
SIGNS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")


def is_blank(text: str) -> bool:
    return all(
        character.isspace() or (unicodedata.category(character) == "Cf" and character not in SIGNS)
        for character in text
    )


@given(TEXTS, LANGUAGES, NEWLINES)
def test_only_blanks_are_between_sentences(text: str, language: str | None, newlines) -> None:
    end = 0
    for _, _, start, stop in segment(text, language, newlines).sentences:
        assert is_blank(text[end:start])
        end = stop
    assert is_blank(text[end:])


@given(TEXTS, LANGUAGES, NEWLINES)
def test_sentences_are_ordered_disjoint_and_not_empty(text: str, language: str | None, newlines) -> None:
    end = 0
    for _, _, start, stop in segment(text, language, newlines).sentences:
        assert end <= start < stop <= len(text)
        end = stop


@given(TEXTS, LANGUAGES, NEWLINES)
def test_every_sentence_is_in_its_paragraph(text: str, language: str | None, newlines) -> None:
    result = segment(text, language, newlines)
    for paragraph, _, start, end in result.sentences:
        assert result.paragraphs[paragraph][0] <= start < end <= result.paragraphs[paragraph][1]


@given(TEXTS, LANGUAGES, NEWLINES)
def test_every_paragraph_begins_and_ends_with_a_sentence(text: str, language: str | None, newlines) -> None:
    result = segment(text, language, newlines)
    starts = [start for _, number, start, _ in result.sentences if number == 0]
    assert starts == [start for start, _ in result.paragraphs]


@given(TEXTS, LANGUAGES, NEWLINES)
def test_numbers_count_paragraphs_and_sentences(text: str, language: str | None, newlines) -> None:
    counts: dict[int, int] = {}
    for paragraph, number, _, _ in segment(text, language, newlines).sentences:
        assert number == counts.get(paragraph, 0)
        counts[paragraph] = number + 1
    assert list(counts) == list(range(len(counts)))


@given(TEXTS, LANGUAGES, NEWLINES)
def test_no_span_begins_or_ends_with_a_blank(text: str, language: str | None, newlines) -> None:
    result = segment(text, language, newlines)
    for start, end in [*result.paragraphs, *(span[2:] for span in result.sentences)]:
        assert not is_blank(text[start])
        assert not is_blank(text[end - 1])


@given(TEXTS, LANGUAGES, NEWLINES)
def test_the_same_text_gives_the_same_result(text: str, language: str | None, newlines) -> None:
    assert segment(text, language, newlines) == segment(text, language, newlines)


@given(TEXTS, LANGUAGES)
def test_hard_newlines_leave_no_line_break_in_a_sentence(text: str, language: str | None) -> None:
    for _, _, start, end in segment(text, language, "hard").sentences:
        assert len(text[start:end].splitlines()) == 1


@given(st.lists(st.sampled_from(["وصل الوفد أمس.", "لم يعلق أحد.", "هل انتهى؟"]), min_size=1, max_size=9))
def test_joined_sentences_come_apart_again(parts: list[str]) -> None:
    text = " ".join(parts)
    assert [text[start:end] for _, _, start, end in segment(text, "ar").sentences] == parts


@pytest.mark.parametrize("tag", sorted(available()))
def test_every_lexicon_loads(tag: str) -> None:
    assert isinstance(segment("Abc. Def.", tag), Segmentation)


PARAGRAPHS = {
    "ar": "أعلنت هيئة الأرصاد أن موجة حر شديدة ستضرب شمال البلاد ابتداء من يوم الأحد. ودعت السكان إلى "
    "تجنب الخروج في ساعات الظهيرة وإلى شرب كميات كافية من الماء. وقال مديرها د. سامي الحداد إن "
    "الحرارة قد تبلغ 47.5 درجة مئوية في بعض المناطق الصحراوية. ونصح المزارعين بري محاصيلهم ليلا.",
    "en": "The weather service said on Friday that a severe heat wave would reach the north of the country. "
    "It told residents to stay indoors around noon and to drink enough water. Its director, Dr. Sam Stone, "
    "said that temperatures could climb to 47.5 degrees in parts of the desert. He advised farmers to water "
    "their fields at night until the end of the week, when the wind is expected to turn.",
}


@given(st.sampled_from(sorted(PARAGRAPHS)), st.integers(40, 70))
def test_filling_a_paragraph_to_a_narrow_column_changes_no_sentence(language: str, width: int) -> None:
    text = PARAGRAPHS[language]
    filled = textwrap.fill(text, width, break_on_hyphens=False)
    whole = [text[start:end] for _, _, start, end in segment(text, language).sentences]
    parts = [" ".join(filled[start:end].split()) for _, _, start, end in segment(filled, language).sentences]
    assert parts == whole
