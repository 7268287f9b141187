"""Furniture goes into columns and nothing is lost."""

import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.text_cases import (
    Outcome,
    furniture_cases,
    html_cases,
    normalise_cases,
    own_outcomes,
)
from transforms.text.furniture import Removed, restore, strip_furniture
from transforms.text.lexicon import LEXICON, tokens_of
from transforms.text.patterns import Family, families

SHARED = os.environ.get("KHABAR_SHARED")
SECTIONS = ("head", "opening", "closing", "trailing")
PIECES = st.sampled_from(
    [
        "موسكو",
        "، ",
        "26 يونيو",
        ". ",
        "/تاس/",
        "(أ ف ب)",
        " - ",
        "رويترز",
        "المصدر: ",
        "قال الوزير ذلك.",
        "LONDON",
        "(Reuters)",
        "// انتهى //",
        "14:25 ت م",
        "新华社北京5月6日电 ",
        "（完）",
        "By Jane Doe",
        " ",
        "\u200f",
        "x",
        "…",
        ":",
        "12 شوال 1444 هـ الموافق",
    ]
)
PARAGRAPH = st.one_of(st.lists(PIECES, max_size=8).map("".join), st.text(max_size=80))


def own_cases() -> list[Outcome]:
    return [outcome for outcomes in own_outcomes().values() for outcome in outcomes]


@pytest.mark.parametrize("outcome", own_cases(), ids=lambda outcome: outcome.case)
def test_an_own_case_is_read_as_expected(outcome: Outcome) -> None:
    assert outcome.wrong == {}


@pytest.mark.skipif(SHARED is None, reason="KHABAR_SHARED is not set")
@pytest.mark.parametrize(
    ("read", "name"),
    [
        (furniture_cases, "furniture.jsonl"),
        (normalise_cases, "normalise.tsv"),
        (html_cases, "rss_body.jsonl"),
    ],
)
def test_every_shared_case_passes(read, name: str) -> None:  # type: ignore[no-untyped-def]
    assert [outcome for outcome in read(Path(SHARED or "") / "cases" / name) if outcome.wrong] == []


@given(st.lists(PARAGRAPH, max_size=6), st.sampled_from(["ar", "en", "zh", None]), st.none() | st.dates())
def test_furniture_and_body_give_back_the_article(
    paragraphs: list[str], language: str | None, day: date | None
) -> None:
    found = strip_furniture(paragraphs, language, day)
    assert restore(found.body, found.removed) == paragraphs


@given(st.lists(PARAGRAPH, min_size=1, max_size=6).filter(lambda lines: any(line.strip() for line in lines)))
def test_something_is_left_of_every_article(paragraphs: list[str]) -> None:
    assert strip_furniture(paragraphs, None, None).body


@given(st.lists(PARAGRAPH, max_size=6))
def test_the_article_agency_is_the_first_of_its_agencies(paragraphs: list[str]) -> None:
    found = strip_furniture(paragraphs, None, None)
    assert found.agency == (found.agencies[0] if found.agencies else None)
    assert set(found.agencies) <= set(LEXICON.agencies)


def test_the_language_is_not_needed() -> None:
    paragraphs = ["МОСКВА, 18 декабря. /ТАСС/. Россия заинтересована в диалоге."]
    assert strip_furniture(paragraphs, None, None) == strip_furniture(paragraphs, "ru", None)


def test_removed_pieces_say_where_they_stood() -> None:
    found = strip_furniture(["بكين (شينخوا) أعلن ذلك.", "(وام)"], "ar", None)
    assert found.removed == [Removed("0:0", "dateline", "بكين (شينخوا) "), Removed("1", "credit", "(وام)")]


def test_a_dateline_without_a_year_takes_that_of_publication() -> None:
    found = strip_furniture(
        ["ПЕКИН, 31 декабря. /ТАСС/. Китай выступил с заявлением."], "ru", date(2021, 1, 1)
    )
    assert found.date == date(2020, 12, 31)


def test_a_dateline_without_a_year_stays_undated_when_publication_is_unknown() -> None:
    assert strip_furniture(["ПЕКИН, 31 декабря. /ТАСС/. Китай выступил."], "ru", None).date is None


def test_a_persian_date_is_converted() -> None:
    found = strip_furniture(["تهران، ۲۱ اردیبهشت ۱۳۹۹ (ایرنا) - وزیر استعفا داد."], "fa", None)
    assert found.date == date(2020, 5, 10)


def rows() -> list[Family]:
    return [family for section in SECTIONS for family in families(section)]


@pytest.mark.parametrize("family", rows(), ids=lambda family: f"{family.kind}: {family.name}")
def test_every_pattern_row_takes_something_from_its_example(family: Family) -> None:
    body = (
        "أعلن الوزير ذلك اليوم في بيان."
        if any("\u0600" <= char <= "\u06ff" for char in family.example)
        else "A minister said so."
    )
    below = strip_furniture([body, family.example], None, None)
    above = strip_furniture([family.example, body], None, None)
    alone = strip_furniture([family.example], None, None)
    assert below.removed or above.removed or alone.removed


@pytest.mark.parametrize("agency", sorted(LEXICON.agencies))
def test_every_agency_is_found_in_a_source_line(agency: str) -> None:
    table = LEXICON.agencies[agency]
    aliases = [
        alias
        for tag, value in table.items()
        if tag not in ("name", "kind", "country", "home", "weak")
        for alias in value
    ]
    for alias in aliases:
        assert strip_furniture(["أعلن ذلك.", f"المصدر: {alias}"], None, None).agencies[:1] == [agency], alias


def test_every_agency_has_country_and_home() -> None:
    assert [
        key
        for key, table in LEXICON.agencies.items()
        if len(table["country"]) not in (2, 3) or "home" not in table
    ] == []


def test_no_alias_names_two_agencies() -> None:
    owners: dict[tuple[str, ...], set[str]] = {}
    for agency, table in LEXICON.agencies.items():
        for tag, value in table.items():
            if tag not in ("name", "kind", "country", "home", "weak"):
                for alias in value:
                    owners.setdefault(tokens_of(alias), set()).add(agency)
    assert {tokens: names for tokens, names in owners.items() if len(names) > 1} == {}


@pytest.mark.parametrize("size", [1_000, 20_000])
@pytest.mark.parametrize("unit", ["تاس - ", "المصدر: ", "(", "26 يونيو ", "AFP/", "新华社 ", "/ "])
def test_a_long_line_of_furniture_is_read(unit: str, size: int) -> None:
    paragraphs = [unit * size, unit * size]
    found = strip_furniture(paragraphs, None, None)
    assert restore(found.body, found.removed) == paragraphs
