"""Sentence columns of articles."""

import pytest

from schemas.rows import Article
from transforms.identify import IdentifiedArticle
from transforms.segment import segment_article


def spans(text: str, language: str, lines: list[str]) -> list[tuple[int, str, str | None]]:
    blank = Article(*[None] * len(Article._fields))  # type: ignore[arg-type]
    article = blank._replace(text=text, language=language)
    found = segment_article(IdentifiedArticle(article, lines)).sentence_spans
    return [(span.paragraph, text[span.start : span.end], span.language) for span in found]


def test_sentences_in_the_language_of_the_article_name_none() -> None:
    assert spans("وصل د. سامي. وغادر.", "ar", ["ar"]) == [(0, "وصل د. سامي.", None), (0, "وغادر.", None)]


def test_a_paragraph_in_another_language_is_cut_by_its_own_rules() -> None:
    text = "وصل الوفد.\nEr kam am 3. Mai an. Dann ging er.\nوغادر."
    assert spans(text, "ar", ["ar", "de", "ar"]) == [
        (0, "وصل الوفد.", None),
        (1, "Er kam am 3. Mai an.", "de"),
        (1, "Dann ging er.", "de"),
        (2, "وغادر.", None),
    ]


def test_a_paragraph_of_two_lines_is_in_the_language_of_its_first() -> None:
    text = "وصل الوفد الروسي إلى\nجنيف أمس.\nHe left."
    assert [language for *_, language in spans(text, "ar", ["ar", "ar", "en"])] == [None, "en"]


@pytest.mark.parametrize("text", ["", "\n"])
def test_a_text_of_blanks_has_no_spans(text: str) -> None:
    assert spans(text, "ar", ["ar", "und"]) == []
