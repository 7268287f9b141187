import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.feeds.agency_json import parse_json
from transforms.feeds.entry import FeedError

ITEMS = st.lists(
    st.dictionaries(st.text(max_size=3), st.text(max_size=6), min_size=1), min_size=1, max_size=4
)


def test_deep_nesting_is_refused_by_name() -> None:
    with pytest.raises(FeedError) as caught:
        parse_json("[" * 100_000)
    assert caught.value.error_class == "hostile"


def test_a_number_too_long_for_an_integer_stays_text() -> None:
    assert parse_json("1" * 5000).value == "1" * 5000


def test_a_line_break_inside_a_string_is_allowed() -> None:
    assert parse_json('{"a": "x\ny"}').value == {"a": "x\ny"}


def test_numbers_that_are_none_become_none() -> None:
    assert parse_json("[NaN, Infinity]").value == [None, None]


def test_text_after_the_document_is_ignored_and_reported() -> None:
    document = parse_json('{"a": 1}<!-- cached -->')
    assert (document.value, document.bozo) == ({"a": 1}, "text after the document, char 8")


@pytest.mark.parametrize("text", ["", "{", "not json", "[1, 2", '{"a": '])
def test_text_without_a_complete_item_is_refused(text: str) -> None:
    with pytest.raises(FeedError) as caught:
        parse_json(text)
    assert caught.value.error_class == "unreadable_json"


def test_brackets_in_strings_do_not_count() -> None:
    assert parse_json('{"items": [{"t": "}]"}, {"t": "').value == {"items": [{"t": "}]"}]}


@settings(deadline=None)
@given(ITEMS)
def test_a_sound_document_is_decoded_as_it_is(items: list[dict[str, str]]) -> None:
    assert parse_json(json.dumps({"items": items})).value == {"items": items}


@settings(deadline=None)
@given(ITEMS, st.data())
def test_a_cut_document_keeps_a_prefix_of_its_items(items: list[dict[str, str]], data: st.DataObject) -> None:
    text = json.dumps({"items": items})
    cut = data.draw(st.integers(min_value=len(json.dumps({"items": items[:1]})) - 2, max_value=len(text)))
    kept = parse_json(text[:cut]).value["items"]
    assert kept == items[: max(1, len(kept))]
