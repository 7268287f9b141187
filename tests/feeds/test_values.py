import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.feeds.agency_documents import CONTEXT, utc
from transforms.feeds.entry import Subject
from transforms.feeds.guard import MAX_ITEMS
from transforms.feeds.values import (
    first_items,
    place_in,
    plain,
    stamp,
    status_of,
    subject_of,
    unique,
    urgency_of,
)


def test_the_first_readable_date_is_taken() -> None:
    assert stamp(CONTEXT, None, "soon", "2025-03-05T00:00:00Z").instant == utc(2025, 3, 5)


def test_an_unreadable_date_keeps_its_words() -> None:
    read = stamp(CONTEXT, " soon ", "")
    assert (read.raw, read.instant, bool(read.quality)) == ("soon", None, True)


def test_no_date_is_no_stamp() -> None:
    assert stamp(CONTEXT, None, "  ").raw is None


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("20250305T104233+0000", utc(2025, 3, 5, 10, 42, 33)),
        ("20250305T104233Z", utc(2025, 3, 5, 10, 42, 33)),
        ("20250305T134233", utc(2025, 3, 5, 10, 42, 33)),
        ("2025-03-05T10:42:33.500Z", utc(2025, 3, 5, 10, 42, 33)),
    ],
)
def test_dates_in_the_forms_of_newsml_and_nitf_are_read(raw: str, expected: object) -> None:
    read = stamp(CONTEXT, raw)
    assert (read.instant or CONTEXT.fetched_at).replace(microsecond=0) == expected


@pytest.mark.parametrize(
    ("name", "code", "scheme", "expected"),
    [
        (None, "04000000", None, Subject(scheme="subj", code="04000000")),
        ("x", "99000000", None, Subject(name="x", code="99000000")),
        (None, "medtop:20000065", None, Subject(scheme="medtop", code="20000065")),
        (
            None,
            "01000000",
            "http://cv.iptc.org/newscodes/subjectcode/",
            Subject(scheme="subj", code="01000000"),
        ),
        ("n", None, None, Subject(name="n")),
        (None, None, "s", None),
    ],
)
def test_subjects_keep_name_scheme_and_code(
    name: str | None, code: str | None, scheme: str | None, expected: Subject | None
) -> None:
    assert subject_of(name, code, scheme) == expected


@pytest.mark.parametrize("word", ["stat:canceled", "Cancelled", "WITHHELD", "http://cv.iptc.org/x/canceled"])
def test_words_for_a_recall_withdraw(word: str) -> None:
    assert status_of(word) == "withdrawn"


@pytest.mark.parametrize("word", [None, "", "Usable", "stat:usable", "Embargoed"])
def test_other_words_publish(word: str | None) -> None:
    assert status_of(word) == "published"


@pytest.mark.parametrize("value", ["0", "10", "R", "", None, True, [], "٣"])
def test_what_is_no_urgency_is_none(value: object) -> None:
    assert urgency_of(value) is None


@pytest.mark.parametrize(
    ("dateline", "place"),
    [
        ("MOSCOW, Monday (Reuters)", "MOSCOW"),
        ("Berlin (dpa) - ", "Berlin"),
        ("Landquart GR", "Landquart GR"),
        ("4/4/2018", None),
        ("January 21", None),
        ("Нью-Йорк, 5 марта", "Нью-Йорк"),
        ("", None),
        (None, None),
    ],
)
def test_a_dateline_starts_with_its_place(dateline: str | None, place: str | None) -> None:
    assert place_in(dateline) == place


@settings(deadline=None)
@given(st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.booleans(), st.lists(st.text())))
def test_a_plain_value_can_always_be_stored(value: object) -> None:
    text = plain(value)
    assert text is None or (text and text.encode("utf-8") and text == " ".join(text.split()))


@settings(deadline=None)
@given(st.lists(st.sampled_from(["", "a", "b", None])))
def test_unique_values_keep_their_order(values: list[str | None]) -> None:
    kept = unique(values)
    assert list(kept) == sorted(set(kept), key=values.index)
    assert set(kept) == {value for value in values if value}


def test_only_the_first_items_of_a_flood_are_read() -> None:
    kept, flags = first_items(list(range(MAX_ITEMS + 1)))
    assert (len(kept), flags) == (MAX_ITEMS, ("items_cut",))


def test_a_document_within_the_limit_is_read_whole() -> None:
    assert first_items([1, 2]) == ([1, 2], ())
