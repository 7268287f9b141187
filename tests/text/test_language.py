"""Language identification: what the public functions promise."""

import itertools
import json
import os
import random
import subprocess
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.text.language import detector_name, identify, identify_article, identify_batch

DATA = Path(__file__).parents[1] / "data" / "language"
ROWS = [line.split("\t") for line in (DATA / "headlines.tsv").read_text(encoding="utf-8").splitlines()]
JUNK = (DATA / "junk.txt").read_text(encoding="utf-8").splitlines()
TEXTS = [text for _, text in ROWS]


@pytest.mark.parametrize(("tag", "text"), ROWS, ids=[tag for tag, _ in ROWS])
def test_a_plain_sentence_is_in_its_language(tag: str, text: str) -> None:
    assert identify(text).language == tag


def test_vowel_signs_count_as_much_as_letters_when_names_stand_in_a_thai_headline() -> None:
    assert identify("ดีลใหม่: Harbour Logistics Group").language == "th"


def test_a_language_never_seen_in_arabic_letters_is_not_taken_for_a_neighbour() -> None:
    malay = "ڤاد هاري اين كراجاءن مڠومومكن بهاوا سكوله دان ڤجابت اكن دبوك سمولا ڤاد هاري اثنين ستله هوجن لبت"
    assert identify(malay).language == "und"


@pytest.mark.parametrize("text", JUNK)
def test_what_is_not_language_is_und(text: str) -> None:
    assert identify(text).language == "und"


def test_und_has_no_confidence() -> None:
    assert identify("10.5.3.1").confidence == 0.0


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 512])
def test_batch_size_changes_no_answer(size: int) -> None:
    single = [identify(text) for text in TEXTS]
    parts = [TEXTS[i : i + size] for i in range(0, len(TEXTS), size)]
    assert list(itertools.chain.from_iterable(identify_batch(p, [None] * len(p)) for p in parts)) == single


def test_order_and_repetition_change_no_answer() -> None:
    expected = dict(zip(TEXTS, identify_batch(TEXTS, [None] * len(TEXTS)), strict=True))
    for seed in range(8):
        shuffled = random.Random(seed).sample(TEXTS, len(TEXTS))
        assert dict(zip(shuffled, identify_batch(shuffled, [None] * len(TEXTS)), strict=True)) == expected


def test_threads_change_no_answer() -> None:
    expected = identify_batch(TEXTS, [None] * len(TEXTS))
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda _: identify_batch(TEXTS, [None] * len(TEXTS)), range(8)))
    assert all(run == expected for run in runs)


@pytest.mark.parametrize("seed", ["1", "2"])
def test_a_fresh_process_changes_no_answer(seed: str) -> None:
    ask = (
        "import json, sys; from transforms.text.language import identify_batch; "
        "texts = json.load(sys.stdin); print(identify_batch(texts, [None] * len(texts)))"
    )
    told = subprocess.run(
        [sys.executable, "-c", ask],
        input=json.dumps(TEXTS),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
    )
    assert told.stdout.strip() == str(identify_batch(TEXTS, [None] * len(TEXTS)))


@settings(deadline=None, max_examples=200)
@given(st.lists(st.text(max_size=80), max_size=6))
def test_any_texts_get_the_answers_they_get_alone(texts: list[str]) -> None:
    assert identify_batch(texts, [None] * len(texts)) == [identify(text) for text in texts]


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=200), st.sampled_from([None, "ar", "sr", "zh-TW", "en-GB", "x-klingon", ""]))
def test_confidence_is_a_probability(text: str, hint: str | None) -> None:
    assert 0.0 <= identify(text, hint).confidence <= 1.0


@given(st.sampled_from(TEXTS), st.sampled_from(["ar", "en", "ru", "zh"]))
def test_a_declaration_never_overrules_the_gate(text: str, hint: str) -> None:
    free = identify(text)
    if free.method == "gate":
        assert identify(text, hint).language == free.language


def test_a_declaration_decides_between_siblings() -> None:
    text = "Makedonci glasaju na referendumu"
    assert {hint: identify(text, hint).language for hint in ("hr", "bs")} == {"hr": "hr", "bs": "bs"}


def test_a_declaration_that_decides_is_named_as_the_method() -> None:
    answers = [identify("Makedonci glasaju na referendumu", hint) for hint in ("hr", "bs", "sr-Latn")]
    assert sum(answer.method == "prior" for answer in answers) == 2


def test_a_text_in_another_language_than_declared_is_a_conflict() -> None:
    assert identify("أعلنت وزارة الخارجية الروسية اليوم عن عقد اجتماع جديد", "ru").conflict


def test_a_text_in_the_declared_language_is_no_conflict() -> None:
    assert not identify("أعلنت وزارة الخارجية الروسية اليوم عن عقد اجتماع جديد", "ar-EG").conflict


def test_a_text_without_declaration_is_no_conflict() -> None:
    assert not identify("أعلنت وزارة الخارجية الروسية اليوم").conflict


def test_hints_must_match_texts() -> None:
    with pytest.raises(ValueError, match="2 texts but 1 hints"):
        identify_batch(["a", "b"], [None])


def test_no_texts_give_no_answers() -> None:
    assert identify_batch([], []) == []


def test_latin_names_do_not_turn_arabic_into_english() -> None:
    text = "Boeing 737 MAX Wall Street Journal تعلق تسليم طائراتها بعد الحادث"
    assert identify(text).language == "ar"


def test_latin_lookalikes_inside_cyrillic_words_are_read_as_cyrillic() -> None:
    assert identify("Прaвительcтво oбcyдилo бюджет на cледyющий гoд").language == "ru"


def test_capitals_change_no_language() -> None:
    text = "La banque centrale relève ses taux pour la troisième fois cette année"
    assert identify(text.upper()).language == "fr"


def test_harakat_and_tatweel_change_no_language() -> None:
    assert identify("أَعْلَنَتْ وِزَارَةُ الخَارِجِيَّةِ الرُّوسِـيَّةِ").language == "ar"


def test_persian_typed_on_an_arabic_keyboard_is_persian() -> None:
    assert identify("رئيس جمهوري ايران در يك نشست خبري شركت كرد").language == "fa"


def test_decomposed_text_gets_the_answer_of_composed_text() -> None:
    composed = "Předseda vlády představil nový rozpočet"
    assert identify(unicodedata.normalize("NFD", composed)) == identify(composed)


def test_addresses_and_mentions_do_not_count() -> None:
    bare = "El gobierno anuncia nuevas medidas económicas"
    assert identify(f"{bare} https://example.com/english-words-here @theguardian #news").language == "es"


def test_cantonese_needs_words_of_its_own() -> None:
    assert [
        identify("佢哋嘅政府喺今日宣布咗新措施").language,
        identify("政府今日宣布新措施應對危機").language,
    ] == [
        "yue",
        "zh-Hant",
    ]


def test_a_word_of_cantonese_is_enough() -> None:
    assert identify("點解政府今日會宣布新措施").language == "yue"


def test_names_do_not_make_a_sentence_unknown() -> None:
    text = "Ang Pangulo na si Jonathan Hargreaves ay nagtungo sa New Hampshire kasama si Margaret Whitfield"
    assert identify(text).language == "fil"


def test_a_single_vowel_tells_serbian_from_its_siblings() -> None:
    ekavian, ijekavian = "Devojka je posle posete gradu", "Djevojka je poslije posjete gradu"
    assert [identify(ekavian).language, identify(ijekavian).language == "sr-Latn"] == ["sr-Latn", False]


def test_the_detector_has_a_name_and_version() -> None:
    assert detector_name.startswith("khabar-langdetect-")


AR = "أعلنت وزارة الخارجية الروسية اليوم عن عقد اجتماع جديد بين الجانبين في موسكو الأسبوع المقبل."
EN = "The ministry said on Monday that the two sides would meet again in Moscow next week for more talks."
RU = "Министерство сообщило в понедельник, что стороны снова встретятся в Москве на следующей неделе."


def test_an_article_in_one_language_has_that_language_alone() -> None:
    assert identify_article("موسكو", None, [AR, AR], None).languages == [("ar", 1.0)]


def test_every_paragraph_of_a_mixed_article_gets_its_language() -> None:
    assert identify_article(None, None, [AR, EN, AR, RU], "ar").paragraphs == ["ar", "en", "ar", "ru"]


def test_a_mixed_article_is_in_the_language_of_most_letters() -> None:
    assert identify_article(None, None, [EN, AR, AR, AR], None).language == "ar"


def test_an_article_without_a_majority_is_mul() -> None:
    assert identify_article(None, None, [AR, EN, RU], None).language == "mul"


def test_an_article_without_letters_is_zxx() -> None:
    assert identify_article("2024", None, ["10.5 %"], "ar").language == "zxx"


def test_a_short_paragraph_takes_the_language_of_its_article() -> None:
    assert identify_article(None, None, [AR, "OK", AR], None).paragraphs == ["ar", "ar", "ar"]


def test_a_title_alone_decides_when_there_is_no_body() -> None:
    assert identify_article(EN, None, [], None).languages == [("en", 1.0)]


def test_shares_of_letters_never_exceed_one() -> None:
    languages = identify_article(None, None, [AR, EN, RU, "…"], None).languages
    assert sum(share for _, share in languages) <= 1.0 + 1e-9
