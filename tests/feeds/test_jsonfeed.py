import json

import pytest

from tests.feeds.agency_documents import CONTEXT, document, utc
from transforms.feeds.entry import FeedEntry, FeedError, Link, ParsedFeed
from transforms.feeds.jsonfeed import parse


@pytest.fixture(scope="module")
def feed() -> ParsedFeed:
    return parse(document("jsonfeed_ar.json"), CONTEXT)


@pytest.fixture(scope="module")
def market(feed: ParsedFeed) -> FeedEntry:
    return feed.entries[0]


def test_the_channel_is_read(feed: ParsedFeed) -> None:
    assert (feed.format, feed.title, feed.language) == ("jsonfeed", "أخبار النهر", "ar")


def test_the_next_page_is_resolved_against_the_feed(feed: ParsedFeed) -> None:
    assert feed.next_url == "https://agency.example/feed.json?page=2"


def test_an_item_that_says_nothing_and_one_that_is_no_object_go_to_bad(feed: ParsedFeed) -> None:
    assert (len(feed.entries), [bad.exception for bad in feed.bad]) == (2, ["NotAnItem", "NotAnItem"])


def test_a_number_is_taken_as_identifier(market: FeedEntry) -> None:
    assert market.guid == "71"


def test_the_link_is_resolved(market: FeedEntry) -> None:
    assert market.url == "https://agency.example/news/71"


def test_html_content_is_kept_verbatim(market: FeedEntry) -> None:
    assert market.content == "<p>افتتح السوق صباح اليوم.</p>"


def test_a_plain_summary_is_wrapped_and_escaped(market: FeedEntry) -> None:
    assert market.summary == "<p>سوق &amp; متاجر</p>"


def test_dates_are_utc_instants(market: FeedEntry) -> None:
    assert (market.published, market.updated) == (utc(2025, 3, 5, 7, 15), utc(2025, 3, 5, 9, 0))


def test_tags_are_kept_once_and_blank_ones_dropped(market: FeedEntry) -> None:
    assert market.categories == ("اقتصاد",)


def test_authors_of_the_feed_stand_in_for_missing_ones(market: FeedEntry) -> None:
    assert market.authors == ("وكالة النهر",)


def test_attachments_images_and_the_external_link_are_links(market: FeedEntry) -> None:
    assert market.links == (
        Link(href="https://agency.example/feed/a/71.mp3", type="audio/mpeg", length=4096, title="تسجيل"),
        Link(href="https://agency.example/i/71.jpg", rel="image"),
        Link(href="https://elsewhere.example/x", rel="related"),
    )


def test_plain_content_becomes_paragraphs(feed: ParsedFeed) -> None:
    assert feed.entries[1].content == "<p>سطر أول.</p>\n<p>سطر ثان.</p>"


def test_the_author_of_version_1_is_read(feed: ParsedFeed) -> None:
    assert feed.entries[1].authors == ("منى",)


def test_the_language_of_an_item_wins_over_that_of_the_feed(feed: ParsedFeed) -> None:
    assert [entry.language for entry in feed.entries] == ["ar", "ar-EG"]


def test_an_external_link_stands_in_for_a_missing_one() -> None:
    item = {"id": "1", "external_url": "https://elsewhere.example/x"}
    entry = parse(json.dumps({"items": [item]}), CONTEXT).entries[0]
    assert (entry.url, entry.links) == ("https://elsewhere.example/x", ())


def test_a_broken_link_is_kept_as_published() -> None:
    assert parse('{"items": [{"id": "1", "url": "http://[x"}]}', CONTEXT).entries[0].url == "http://[x"


def test_a_feed_cut_in_an_item_keeps_the_complete_ones() -> None:
    text = document("jsonfeed_ar.json")
    feed = parse(text[: text.index("سطر")], CONTEXT)
    assert ([entry.guid for entry in feed.entries], feed.bozo is None) == (["71"], False)


@pytest.mark.parametrize("text", ['{"feed": {}, "entries": []}', "[]", '"text"', '{"items": {}}'])
def test_other_json_is_no_feed(text: str) -> None:
    with pytest.raises(FeedError) as caught:
        parse(text, CONTEXT)
    assert caught.value.error_class == "not_a_feed"


def test_an_escaped_lone_surrogate_becomes_a_replacement_character() -> None:
    assert parse(r'{"items": [{"id": "1", "title": "a\ud800b"}]}', CONTEXT).entries[0].title == "a\ufffdb"
