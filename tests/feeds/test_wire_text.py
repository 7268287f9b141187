import pytest

from tests.feeds.agency_documents import CONTEXT, document, utc
from transforms.feeds.characters import clean
from transforms.feeds.entry import FeedEntry, FeedError
from transforms.feeds.wire_text import parse

# The wires' transmission controls may or may not have been removed by the charset stage.
CONTROLS = pytest.mark.parametrize("prepare", [lambda text: text, lambda text: clean(text)[0]])


@pytest.fixture(scope="module")
def bridge() -> FeedEntry:
    return parse(document("wire_iptc7901.txt"), CONTEXT).entries[0]


@pytest.fixture(scope="module")
def ice() -> FeedEntry:
    return parse(document("wire_anpa.txt"), CONTEXT).entries[0]


def test_the_headline_ends_at_the_equals_sign(bridge: FeedEntry) -> None:
    assert bridge.title == "New bridge opens over the river"


def test_wrapped_lines_are_joined_and_notes_for_editors_left_out(bridge: FeedEntry) -> None:
    assert bridge.content == (
        "<p>Cairo (nhr) - The city opened a new bridge on Wednesday morning after two years of work, "
        "officials said.</p>\n<p>The bridge has four lanes and a path for people on foot.</p>"
    )


def test_priority_and_keyword_line_are_kept(bridge: FeedEntry) -> None:
    assert (bridge.urgency, bridge.slugline) == (3, "Egypt-transport")


def test_the_date_comes_from_the_end_of_the_transmission(bridge: FeedEntry) -> None:
    assert (bridge.published_raw, bridge.published) == ("051115 GMT Mar 25", utc(2025, 3, 5, 11, 15))


def test_the_number_and_the_day_identify_the_message(bridge: FeedEntry) -> None:
    assert bridge.guid == "abc0123:20250305"


def test_lines_set_off_before_the_text_are_its_head(ice: FeedEntry) -> None:
    assert (ice.title, ice.slugline, ice.byline) == (
        "Lake ice reaches ninety centimeters",
        "BC-Lake-Ice",
        "By ANNA LUGOVA and PYOTR SEDOV",
    )


def test_the_authors_are_divided(ice: FeedEntry) -> None:
    assert ice.authors == ("ANNA LUGOVA", "PYOTR SEDOV")


def test_an_american_end_of_transmission_has_the_month_first(ice: FeedEntry) -> None:
    assert ice.published == utc(2025, 3, 5, 15, 9)


def test_the_text_has_one_paragraph_a_line(ice: FeedEntry) -> None:
    assert (ice.content or "").count("<p>") == 2


@CONTROLS
@pytest.mark.parametrize(("name", "wire"), [("wire_iptc7901.txt", "iptc7901"), ("wire_anpa.txt", "anpa1312")])
def test_the_format_is_known_with_and_without_controls(prepare, name: str, wire: str) -> None:  # type: ignore[no-untyped-def]
    assert parse(prepare(document(name)), CONTEXT).format == wire


def test_a_message_without_an_end_has_no_date_and_no_identifier() -> None:
    entry = parse("abc0123 3 e 5 x\n\nHeadline =\n\n   Text.\n", CONTEXT).entries[0]
    assert (entry.published, entry.published_raw, entry.guid) == (None, None, None)


def test_prose_is_no_wire() -> None:
    with pytest.raises(FeedError) as caught:
        parse("Dear reader,\nthis is a letter.", CONTEXT)
    assert caught.value.error_class == "not_a_feed"
