import json
import os
from pathlib import Path
from typing import Any

import pytest

from transforms.text.sentences import segment

OWN = Path(__file__).parent.parent / "data" / "sentences" / "cases.jsonl"
SHARED = Path(os.environ.get("KHABAR_SHARED", "/nowhere"))


def read(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def sentences(text: str, language: str | None, newlines: Any = "auto") -> list[str]:
    return [text[start:end] for _, _, start, end in segment(text, language, newlines).sentences]


@pytest.mark.parametrize("case", read(OWN), ids=lambda case: case["id"])
def test_own_case_has_its_sentences(case: dict[str, Any]) -> None:
    assert sentences(case["text"], case["lang"], case["newlines"]) == case["sentences"]


@pytest.mark.parametrize("case", [c for c in read(OWN) if "paragraphs" in c], ids=lambda case: case["id"])
def test_own_case_has_its_paragraphs(case: dict[str, Any]) -> None:
    assert len(segment(case["text"], case["lang"], case["newlines"]).paragraphs) == case["paragraphs"]


def test_every_shared_case_has_its_sentences() -> None:
    cases = read(SHARED / "cases" / "segmentation.jsonl")
    if not cases:
        pytest.skip("KHABAR_SHARED names no folder with cases/segmentation.jsonl")
    modes = [(case, case.get("opts", {}).get("newlines", "auto")) for case in cases]
    wrong = [c["id"] for c, mode in modes if sentences(c["text"], c["lang"], mode) != c["sentences"]]
    assert wrong == []


def test_the_seed_article_has_20_sentences_in_13_paragraphs() -> None:
    seed = SHARED / "seed" / "tass-ar-republished.txt"
    if not seed.exists():
        pytest.skip("KHABAR_SHARED names no folder with the seed article")
    result = segment(seed.read_text(encoding="utf-8"), "ar")
    assert (len(result.paragraphs), len(result.sentences)) == (13, 20)


def test_sentences_are_numbered_in_their_paragraph() -> None:
    numbers = [span[:2] for span in segment("One. Two.\nThree.", "en").sentences]
    assert numbers == [(0, 0), (0, 1), (1, 0)]


def test_hard_newlines_always_end_a_paragraph() -> None:
    assert sentences("the end of\nthe line", "en", "hard") == ["the end of", "the line"]


def test_wrapped_newlines_end_nothing_but_a_blank_line_does() -> None:
    assert sentences("Title Case\nLine.\n\nNext", "en", "wrap") == ["Title Case\nLine.", "Next"]


def test_wrapped_newlines_keep_list_items_apart() -> None:
    assert sentences("- milk\n- tea", "en", "wrap") == ["- milk", "- tea"]


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\u200f", "\ufeff \u200b\n"])
def test_a_text_of_blanks_has_no_sentence(text: str) -> None:
    assert segment(text, "ar") == ([], [])


def test_an_unknown_tag_falls_back_to_the_script_it_names() -> None:
    assert sentences("Он живет в г. Омск.", "xx-Cyrl") == ["Он живет в г. Омск."]


def test_a_dialect_uses_the_lists_of_its_language() -> None:
    assert sentences("حضر د. سامي. وتكلم.", "apc") == ["حضر د. سامي.", "وتكلم."]


def test_underscores_and_capitals_in_a_tag_are_forgiven() -> None:
    assert sentences("Am 3. Mai war er da.", "DE_at") == ["Am 3. Mai war er da."]


def test_a_heading_in_capitals_is_cut_from_the_text_after_it() -> None:
    text = "THE TALKS END WITHOUT ANY RESULT The ministers left."
    assert sentences(text, "en") == ["THE TALKS END WITHOUT ANY RESULT", "The ministers left."]


def test_three_acronyms_are_no_heading() -> None:
    assert sentences("NATO AND UNESCO Experts met.", "en") == ["NATO AND UNESCO Experts met."]


def test_a_chain_of_initials_is_one_sentence_up_to_its_last() -> None:
    assert sentences("A. " * 50 + "Smith left. He won.", "en") == ["A. " * 50 + "Smith left.", "He won."]


def test_the_colon_of_an_iranian_dateline_ends_it() -> None:
    assert sentences("تهران - ایرنا: جلسه پایان یافت.", "fa") == ["تهران - ایرنا:", "جلسه پایان یافت."]


def test_no_other_colon_ends_a_persian_sentence() -> None:
    assert sentences("وزیر گفت: جلسه پایان یافت.", "fa") == ["وزیر گفت: جلسه پایان یافت."]


def test_a_smile_ends_what_a_capital_follows() -> None:
    assert sentences("Как красиво)) Спасибо за фото", "ru") == ["Как красиво))", "Спасибо за фото"]


def test_the_bracket_of_an_item_number_is_no_smile() -> None:
    assert sentences("План: 1) Хлеб 2) Вода", "ru") == ["План: 1) Хлеб 2) Вода"]
