"""Damage of every kind done to documents of every format: entries or a named refusal, never an exception."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.feeds.agency_documents import CONTEXT, DOCUMENTS, document
from transforms.feeds.agency_formats import READERS, sniff
from transforms.feeds.entry import FeedEntry, FeedError

NAMES = sorted(path.name for path in DOCUMENTS.iterdir())
REFUSALS = {"unreadable_xml", "unreadable_json", "not_a_feed", "hostile"}
SPLINTERS = st.text(alphabet="<>/\"'&;=[]{}!-:\\\n p\u0661ا\x00\ud800", max_size=12)


def outcome(name: str, text: str) -> str:
    try:
        feed = READERS[sniff(document(name)) or ""](text, CONTEXT)
    except FeedError as error:
        return error.error_class
    return "read" if all(map(storable, feed.entries)) else "unstorable"


def storable(entry: FeedEntry) -> bool:
    texts = (
        entry.guid,
        entry.title,
        entry.summary,
        entry.content,
        entry.byline,
        *entry.categories,
        *entry.authors,
    )
    return all(
        text is None or (text != "" and text.encode("utf-8", "ignore").decode() == text) for text in texts
    )


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_cut_document_is_read_or_refused_by_name(name: str, data: st.DataObject) -> None:
    text = document(name)
    assert outcome(name, text[: data.draw(st.integers(0, len(text)))]) in REFUSALS | {"read"}


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_document_with_a_piece_replaced_is_read_or_refused_by_name(name: str, data: st.DataObject) -> None:
    text = document(name)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 60)))
    damaged = text[:start] + data.draw(SPLINTERS) + text[end:]
    assert outcome(name, damaged) in REFUSALS | {"read"}


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_document_with_a_piece_repeated_is_read_or_refused_by_name(name: str, data: st.DataObject) -> None:
    text = document(name)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    assert outcome(name, text[:end] + text[start:]) in REFUSALS | {"read"}
