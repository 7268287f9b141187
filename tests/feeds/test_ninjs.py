import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.feeds.agency_documents import CONTEXT, document, utc
from transforms.feeds.entry import FeedEntry, FeedError, Link, Subject
from transforms.feeds.ninjs import parse
from transforms.feeds.values import UNTIL_FURTHER_NOTICE


@pytest.fixture(scope="module")
def rain() -> FeedEntry:
    return parse(document("ninjs1_ar.json"), CONTEXT).entries[0]


@pytest.fixture(scope="module")
def bridge() -> FeedEntry:
    return parse(document("ninjs3_ru.json"), CONTEXT).entries[0]


def read(**fields: Any) -> FeedEntry:
    return parse(json.dumps({"uri": "u", "headline": "H", **fields}), CONTEXT).entries[0]


def test_markup_wins_over_plain_text_and_loses_a_repeated_headline(rain: FeedEntry) -> None:
    assert rain.content == "<p>حلب (النهر) - هطلت أمطار غزيرة.</p><p>وتوقعت الأرصاد استمرارها.</p>"


def test_the_fields_of_version_1_are_read(rain: FeedEntry) -> None:
    assert (rain.guid, rain.title, rain.slugline, rain.language, rain.urgency, rain.provider_version) == (
        "urn:newsml:nahr.example:20250305:N77",
        "أمطار غزيرة في الشمال",
        "طقس-أمطار",
        "ar",
        2,
        "2",
    )


def test_rights_and_provider_are_read(rain: FeedEntry) -> None:
    assert (rain.usage_terms, rain.copyright, rain.provider) == ("للمشتركين فقط", "© النهر 2025", "النهر")


def test_the_byline_is_kept_and_the_author_is_its_name(rain: FeedEntry) -> None:
    assert (rain.byline, rain.authors, rain.located) == ("بقلم سامي نور", ("سامي نور",), "حلب")


def test_dates_are_read(rain: FeedEntry) -> None:
    assert (rain.published, rain.updated) == (utc(2025, 3, 5, 7, 0), utc(2025, 3, 5, 7, 30))


def test_subjects_and_keywords_are_kept(rain: FeedEntry) -> None:
    assert (rain.subjects, rain.categories) == (
        (
            Subject(name="طقس", scheme="subj", code="17000000"),
            Subject(name="الشمال", scheme="http://nahr.example/region/", code="R1"),
        ),
        ("طقس", "أمطار"),
    )


def test_associations_are_links(rain: FeedEntry) -> None:
    assert rain.links == (
        Link(
            href="https://nahr.example/rain.jpg",
            rel="image",
            type="image/jpeg",
            length=77,
            title="شارع غمرته المياه",
        ),
        Link(href="urn:text:2", rel="related"),
    )


def test_the_fields_of_version_3_are_read(bridge: FeedEntry) -> None:
    assert (bridge.title, bridge.byline, bridge.located, bridge.status) == (
        "Мост закрыт на ремонт",
        "Пётр Седов",
        "Казань",
        "withdrawn",
    )


def test_of_several_bodies_the_one_with_markup_is_taken(bridge: FeedEntry) -> None:
    assert bridge.content == "<p>Мост через реку закрыт.</p><p>Ремонт продлится месяц.</p>"


def test_a_credit_line_is_no_summary(bridge: FeedEntry) -> None:
    assert bridge.summary == "<p>Ремонт продлится месяц.</p>"


def test_a_subject_of_version_3_keeps_its_iptc_code(bridge: FeedEntry) -> None:
    assert bridge.subjects == (Subject(name="транспорт", scheme="medtop", code="20000337"),)


@pytest.mark.parametrize(
    "envelope",
    [
        lambda item: item,
        lambda item: [item],
        lambda item: {"data": {"item": item}},
        lambda item: {"data": {"items": [{"meta": {}, "item": item}]}},
        lambda item: {"total": 1, "item": [item]},
    ],
)
def test_an_item_is_found_in_the_envelope_of_any_api(envelope: Any) -> None:
    item = {"uri": "u", "headline": "H", "versioncreated": "2025-03-05T00:00:00Z"}
    assert [entry.title for entry in parse(json.dumps(envelope(item)), CONTEXT).entries] == ["H"]


def test_an_associated_item_is_no_entry_of_its_own() -> None:
    inner = {"uri": "p", "headline": "Photo", "versioncreated": "2025-03-05T00:00:00Z"}
    document = {"uri": "u", "headline": "H", "associations": {"a": inner}}
    assert len(parse(json.dumps(document), CONTEXT).entries) == 1


def test_spelling_in_camel_case_is_the_same_field() -> None:
    entry = read(headLine=None, bodyXhtml="<p>x</p>", byLine="By A B", versionCreated="2025-03-05T00:00:00Z")
    assert (entry.content, entry.authors, entry.updated) == ("<p>x</p>", ("A B",), utc(2025, 3, 5))


def test_plain_text_bodies_are_wrapped_and_escaped() -> None:
    assert read(body_text="a < b\n\nc").content == "<p>a &lt; b</p>\n<p>c</p>"


def test_markup_without_tags_is_one_paragraph() -> None:
    assert read(body_xhtml="\n  two\n  lines\n").content == "<p>two lines</p>"


def test_a_body_delivered_as_nitf_is_read() -> None:
    nitf = (
        "<?xml version='1.0' encoding='UTF-8'?><nitf><head><docdata><date.issue norm='20250305T080000Z'/>"
        "</docdata></head><body><body.content><p>x</p></body.content></body></nitf>"
    )
    entry = read(bodies=[{"contentType": "text/vnd.IPTC.NITF", "value": nitf}])
    assert (entry.content, entry.published) == ("<p>x</p>", utc(2025, 3, 5, 8))


def test_an_identifier_with_the_revision_in_its_query_is_cut_to_the_item() -> None:
    uri = "https://api.agency.example/media/v/content/0123456789abcdef0123456789abcdef?qt=a&et=0a1"
    assert read(uri=uri).guid == "0123456789abcdef0123456789abcdef"


def test_the_authority_of_the_identifier_stands_in_for_the_provider() -> None:
    assert read(uri="tag:agency.example,2025:n1").provider == "agency.example"


@pytest.mark.parametrize(
    ("embargo", "until"),
    [("2025-03-06T00:00:00Z", utc(2025, 3, 6)), (True, UNTIL_FURTHER_NOTICE), (None, None)],
)
def test_an_embargo_is_read(embargo: Any, until: Any) -> None:
    assert read(embargoed=embargo).embargo_until == until


def test_a_planned_event_is_no_news() -> None:
    event = {"uri": "e", "type": "event", "title": "Meeting", "eventDetails": {"dates": {}}}
    feed = parse(json.dumps(event), CONTEXT)
    assert (feed.entries, feed.flags) == ([], ("not_news:event",))


def test_json_of_another_kind_is_no_feed() -> None:
    with pytest.raises(FeedError) as caught:
        parse('{"weather": {"basra": 30}}', CONTEXT)
    assert caught.value.error_class == "not_a_feed"


def test_a_list_cut_in_an_item_keeps_the_complete_ones() -> None:
    item = json.dumps({"uri": "u", "headline": "H", "body_text": "x"})
    feed = parse(f"[{item}, {item[:20]}", CONTEXT)
    assert (len(feed.entries), feed.bozo is not None) == (1, True)


ITEM_KEYS = ("uri", "headline", "headlines", "bodies", "body_html", "renditions", "associations", "subject")
INNER_KEYS = ("value", "role", "contentType", "href", "byline", "bylines", "item", "keywords", "urgency")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(ITEM_KEYS + INNER_KEYS), inner, max_size=6)
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(JSON)
def test_any_json_is_read_or_refused_by_name(value: Any) -> None:
    assert outcome(value) in ("read", "not_a_feed", "unreadable_json")


def outcome(value: Any) -> str:
    try:
        entries = parse(json.dumps(value), CONTEXT).entries
    except FeedError as error:
        return error.error_class
    return "read" if all(entry.title or entry.content or entry.summary for entry in entries) else "empty"


def test_the_authors_and_categories_of_wire_apis_are_read() -> None:
    entry = read(
        uri=None,
        urn="urn:newsml:agency.example:20250305:1",
        authors=[{"name": "A B", "role": "writer"}],
        categories=[{"name": "Politik", "qcode": "medtop:11000000"}],
        article_html="<p>x</p>",
        dateline="Berlin (ag)",
    )
    assert (entry.guid, entry.authors, entry.subjects, entry.content, entry.located) == (
        "urn:newsml:agency.example:20250305:1",
        ("A B",),
        (Subject(name="Politik", scheme="medtop", code="11000000"),),
        "<p>x</p>",
        "Berlin",
    )
