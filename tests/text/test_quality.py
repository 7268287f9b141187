"""Quality flags and their thresholds."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text import quality
from transforms.text.quality import flags

SENTENCE = (
    "أعلن المتحدث باسم الوزارة أن المحادثات ستستأنف الأسبوع المقبل في العاصمة "
    "بحضور وفود من عدة دول عربية وأجنبية."
)
DOCUMENT = Path(__file__).parents[2] / "docs" / "quality-flags.md"


def test_a_sound_article_has_no_flag() -> None:
    assert flags(f"{SENTENCE}\n{SENTENCE[:-1]} أيضا.", "عنوان") == []


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("123 !", "empty"),
        ("أعلن الوزير ذلك.", "short"),
        ("12.5 | 13.6 | 14.7 | 15.8 | 16.9 | 17.0 | 18.1 | 19.2 USD", "mostly_non_letters"),
        (f"{SENTENCE}\n{SENTENCE}", "repeated_lines"),
        ("a" * quality.GLUED_WORD_LETTERS, "glued_words"),
        ("He came.She left.They stayed home.", "glued_words"),
        ("وصل الوفد.وغادر الوفد.وعاد الوفد مساء", "glued_words"),
        ("bad \ufffd byte", "replacement_characters"),
        (f"{SENTENCE} وقال إن…", "truncated_teaser"),
        ("The minister said that...", "truncated_teaser"),
        ("\n".join(f"City {n}" for n in "abcdefgh"), "machine_listing"),
        ("THE MINISTER SAID ON FRIDAY THAT THE TALKS WOULD RESUME NEXT WEEK", "shouting"),
        ("text with <br> left", "markup_left"),
        ("A&nbsp;B", "markup_left"),
    ],
)
def test_a_flag_is_set_for_what_it_names(text: str, flag: str) -> None:
    assert flag in flags(text)


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("a" * (quality.GLUED_WORD_LETTERS - 1), "glued_words"),
        ("会" * 60, "glued_words"),
        ("会" * quality.SHORT_LETTERS_UNSPACED, "short"),
        ("the U.S. and the U.K. v2.0 e.g.", "glued_words"),
        ("\n".join(f"City {n}" for n in "abcdefg"), "machine_listing"),
        ("He said 5 < 6 and AT&T", "markup_left"),
        ("BBC, CNN, NATO", "shouting"),
    ],
)
def test_a_flag_is_not_set_below_its_threshold(text: str, flag: str) -> None:
    assert flag not in flags(text)


def test_a_body_that_repeats_the_headline_is_flagged() -> None:
    assert "title_only" in flags("The Minister  resigns.", "The minister resigns")


def test_a_repaired_text_is_flagged() -> None:
    assert "mojibake" in flags(SENTENCE, repaired=True)


def test_a_cut_tail_makes_a_teaser() -> None:
    assert "truncated_teaser" in flags(SENTENCE, tails=1)


def test_every_flag_is_documented() -> None:
    documented = set(re.findall(r"^\| `(\w+)`", DOCUMENT.read_text(encoding="utf-8"), re.M))
    source = Path(quality.__file__).read_text(encoding="utf-8")
    assert set(re.findall(r'^        "(\w+)":', source, re.M)) == documented


@given(st.text(), st.none() | st.text())
def test_flags_are_sorted_and_unique(text: str, title: str | None) -> None:
    found = flags(text, title)
    assert found == sorted(set(found))
