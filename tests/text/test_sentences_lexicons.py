"""The data files of sentence segmentation."""

from pathlib import Path

import pytest

import transforms.text
from transforms.text.sentences import lexicon
from transforms.text.sentences.lexicon import available, lexicon_for, load

FOLDER = Path(transforms.text.__file__).parent / "lexicons" / "sentences"


@pytest.mark.parametrize("tag", sorted(available()))
def test_a_file_begins_with_its_source(tag: str) -> None:
    assert (FOLDER / f"{tag}.toml").read_text(encoding="utf-8").startswith("# ")


@pytest.mark.parametrize("tag", sorted(available()))
def test_no_abbreviation_is_both_never_and_sometimes_final(tag: str) -> None:
    entries = lexicon._entries(tag)
    assert set(entries.get("never", [])).isdisjoint([*entries.get("maybe", []), *entries.get("often", [])])


@pytest.mark.parametrize("tag", sorted(available()))
def test_no_entry_has_its_final_stop(tag: str) -> None:
    assert not [word for word in load(tag).known if word.endswith(".")]


def test_a_new_file_adds_a_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "xx.toml").write_text('never = ["Zz"]\n', encoding="utf-8")
    monkeypatch.setattr(lexicon, "_FOLDER", tmp_path)
    assert "Zz" in load.__wrapped__("xx").never


def test_an_unknown_key_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "xx.toml").write_text('nevr = ["Zz"]\n', encoding="utf-8")
    monkeypatch.setattr(lexicon, "_FOLDER", tmp_path)
    with pytest.raises(ValueError, match="nevr"):
        load.__wrapped__("xx")


def test_exceptions_are_taken_out_of_what_is_inherited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "aa.toml").write_text('never = ["Yy Zz"]\n', encoding="utf-8")
    (tmp_path / "bb.toml").write_text('like = ["aa"]\nexcept = ["Zz"]\nnever = ["Xx"]\n', encoding="utf-8")
    monkeypatch.setattr(lexicon, "_FOLDER", tmp_path)
    assert load.__wrapped__("bb").never >= {"Xx", "Yy"}
    assert "Zz" not in load.__wrapped__("bb").never


def test_a_lower_case_entry_stands_for_its_capitalised_form() -> None:
    assert {"проф", "Проф"} <= load("ru").never


@pytest.mark.parametrize(
    ("language", "text", "tag"),
    [
        ("ar-EG", "", "ar"),
        ("zh-Hant-TW", "", "zh"),
        ("xx-Arab", "", "und-arab"),
        (None, "Добрый день", "und-cyrl"),
        ("", "नमस्ते", "und-deva"),
        (None, "12 + 4", "und"),
        ("../ru", "Hello", "und-latn"),
    ],
)
def test_a_language_finds_its_file(language: str | None, text: str, tag: str) -> None:
    assert lexicon_for(language, text) is load(tag)
