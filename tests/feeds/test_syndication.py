"""RSS and Atom as publishers write them: feedparser's traps, repairs, partial feeds."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.feeds import feedparser_reader
from transforms.feeds.context import FeedContext
from transforms.feeds.entry import FeedEntry, FeedError, ParsedFeed
from transforms.feeds.parse import parse

NAMESPACES = (
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:yandex="http://news.yandex.ru" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" '
    'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
)


def rss(*items: str, channel: str = "") -> str:
    body = "".join(f"<item>{item}</item>" for item in items)
    return f'<rss version="2.0" {NAMESPACES}><channel><title>C</title>{channel}{body}</channel></rss>'


def atom(*entries: str, attributes: str = "", head: str = "") -> str:
    body = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom"{attributes}><title>C</title>{head}{body}</feed>'


def read(text: str | bytes, url: str = "https://news.example/feeds/rss.xml") -> ParsedFeed:
    return parse(
        text.encode() if isinstance(text, str) else text,
        url=url,
        content_type=None,
        language=None,
        timezone=None,
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def by_feedparser(text: str) -> ParsedFeed:
    context = FeedContext(
        url="https://news.example/feeds/rss.xml", fetched_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    return feedparser_reader.read(text, context)


@pytest.fixture(params=[read, by_feedparser], ids=["parse", "feedparser"])
def one(request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    """Reads a feed of one entry, through the whole chain and through the reference reader alone."""

    def entry(text: str) -> FeedEntry:
        found: ParsedFeed = request.param(text)
        assert len(found.entries) == 1
        return found.entries[0]

    return entry


@pytest.mark.parametrize("order", [1, -1])
def test_media_description_does_not_overwrite_the_summary(one, order: int) -> None:
    parts = ["<description>real</description>", '<media:description type="plain">photo</media:description>'][
        ::order
    ]
    found = one(rss("".join(parts)))
    assert (found.summary, found.content) == ("real", None)


def test_media_description_stands_in_for_a_missing_summary(one) -> None:
    assert (
        one(rss("<media:description>photo &amp; text</media:description>")).summary
        == "<p>photo &amp; text</p>"
    )


@pytest.mark.parametrize("order", [1, -1])
def test_content_encoded_is_content_and_description_summary(one, order: int) -> None:
    parts = ["<description>short</description>", "<content:encoded>&lt;p&gt;long&lt;/p&gt;</content:encoded>"]
    found = one(rss("".join(parts[::order])))
    assert (found.summary, found.content) == ("short", "<p>long</p>")


def test_content_alone_is_not_copied_to_the_summary(one) -> None:
    found = one(rss("<content:encoded>long</content:encoded>"))
    assert (found.summary, found.content) == (None, "long")


def test_itunes_summary_does_not_become_the_content(one) -> None:
    found = one(rss("<description>a</description><itunes:summary>b</itunes:summary>"))
    assert (found.summary, found.content) == ("a", None)


def test_yandex_full_text_is_content(one) -> None:
    found = one(rss("<description>a</description><yandex:full-text>whole text</yandex:full-text>"))
    assert found.content == "whole text"


def test_a_relative_enclosure_is_resolved(one) -> None:
    found = one(rss('<enclosure url="/a.mp3" type="audio/mpeg" length="12"/>'))
    assert [(link.href, link.length) for link in found.links] == [("https://news.example/a.mp3", 12)]


def test_an_enclosure_length_that_is_no_number_is_none(one) -> None:
    assert one(rss('<enclosure url="/a" length="1,2"/>')).links[0].length is None


def test_media_content_becomes_a_link_of_its_kind(one) -> None:
    found = one(rss('<media:group><media:content url="//cdn.example/a.jpg" medium="image"/></media:group>'))
    assert [(link.href, link.rel) for link in found.links] == [("https://cdn.example/a.jpg", "image")]


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("/a?b=1&amp;c=2", "https://news.example/a?b=1&c=2"),
        ("a.html", "https://news.example/feeds/a.html"),
        ("//other.example/a", "https://other.example/a"),
        ("https://news.example/أخبار/1", "https://news.example/أخبار/1"),
    ],
)
def test_a_link_is_resolved_against_the_feed(one, link: str, url: str) -> None:
    assert one(rss(f"<link>{link}</link>")).url == url


def test_a_guid_is_kept_verbatim_even_as_a_permalink(one) -> None:
    found = one(rss("<guid>17</guid><title>t</title>"))
    assert (found.guid, found.url) == ("17", None)


def test_a_guid_that_is_a_link_stands_in_for_the_link(one) -> None:
    assert one(rss('<guid isPermaLink="false">https://a.example/1</guid>')).url == "https://a.example/1"


def test_the_original_link_is_preferred_to_the_proxy(one) -> None:
    item = (
        "<link>https://proxy.example/1</link><feedburner:origLink>https://a.example/1</feedburner:origLink>"
    )
    assert one(rss(item)).url == "https://a.example/1"


def test_an_entry_inherits_the_language_of_its_channel(one) -> None:
    assert one(rss("<title>t</title>", channel="<language>ar</language>")).language == "ar"


def test_an_entry_keeps_its_own_language(one) -> None:
    assert (
        one(rss("<title>t</title><dc:language>fa</dc:language>", channel="<language>ar</language>")).language
        == "fa"
    )


def test_xml_lang_of_an_atom_entry_is_its_language(one) -> None:
    text = atom('<title xml:lang="ur">t</title>', attributes=' xml:lang="en"')
    assert one(text).language == "ur"


def test_every_skip_hour_and_day_survives() -> None:
    channel = (
        "<ttl>30</ttl><skipHours><hour>1</hour><hour>2</hour><hour>24</hour></skipHours>"
        "<skipDays><day>Friday</day><day>Saturday</day></skipDays>"
    )
    found = read(rss("<title>t</title>", channel=channel))
    assert (found.ttl_minutes, found.skip_hours, found.skip_days) == (30, (0, 1, 2), (4, 5))


def test_an_update_period_is_minutes() -> None:
    channel = "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>"
    assert read(rss("<title>t</title>", channel=channel)).ttl_minutes == 30


def test_the_older_page_of_an_archived_feed_is_told() -> None:
    text = atom("<title>t</title>", head='<link rel="prev-archive" href="/2020"/>')
    assert read(text).next_url == "https://news.example/2020"


def test_atom_text_is_escaped_and_wrapped(one) -> None:
    assert one(atom("<summary>a &lt; b</summary>")).summary == "<p>a &lt; b</p>"


def test_atom_html_is_kept(one) -> None:
    assert one(atom('<content type="html">&lt;p&gt;a&lt;/p&gt;</content>')).content == "<p>a</p>"


def test_atom_xhtml_is_kept(one) -> None:
    div = '<div xmlns="http://www.w3.org/1999/xhtml"><p>a <b>b</b></p></div>'
    assert one(atom(f'<content type="xhtml">{div}</content>')).content == "<p>a <b>b</b></p>"


def test_updated_alone_dates_an_atom_entry_with_a_flag(one) -> None:
    found = one(atom("<updated>2020-06-26T10:30:00Z</updated>"))
    assert (found.published, found.date_quality) == (
        datetime(2020, 6, 26, 10, 30, tzinfo=UTC),
        ("updated_only",),
    )


def test_a_dublin_core_date_dates_an_rss_entry(one) -> None:
    assert one(rss("<dc:date>2020-06-26T10:30:00Z</dc:date>")).published == datetime(
        2020, 6, 26, 10, 30, tzinfo=UTC
    )


def test_a_missing_date_is_none(one) -> None:
    found = one(rss("<title>t</title>"))
    assert (found.published_raw, found.published, found.date_quality) == (None, None, ())


def test_an_unreadable_date_keeps_its_text(one) -> None:
    found = one(rss("<pubDate>31 June 2020</pubDate>"))
    assert (found.published_raw, found.published, found.date_quality) == (
        "31 June 2020",
        None,
        ("invalid_date",),
    )


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("<author>desk@a.example (Desk)</author>", "Desk"),
        ("<author>desk@a.example</author>", "desk@a.example"),
        ("<dc:creator>ليلى</dc:creator>", "ليلى"),
    ],
)
def test_an_author_is_a_name(one, author: str, name: str) -> None:
    assert one(rss(author)).authors == (name,)


def test_categories_keep_their_order_without_repeats(one) -> None:
    item = "<category>b</category><category domain='d'>a</category><category>b</category>"
    found = one(rss(item))
    assert (found.categories, [(s.scheme, s.code) for s in found.subjects]) == (("b", "a"), [("d", "a")])


def test_utf8_read_as_latin1_by_the_publisher_is_undone(one) -> None:
    assert one(rss(f"<title>{'café'.encode().decode('latin-1')}</title>")).title == "café"


def test_a_stray_gml_position_loses_no_entry() -> None:
    text = (
        '<rss version="2.0" xmlns:gml="http://www.opengis.net/gml"><channel><item><title>a</title></item>'
        "<item><gml:pos>1 2</gml:pos><title>b</title></item></channel></rss>"
    )
    assert [entry.title for entry in by_feedparser(text).entries][:1] == ["a"]
    assert [entry.title for entry in read(text).entries] == ["a", "b"]


def test_an_item_feedparser_cannot_survive_is_kept_as_bad() -> None:
    text = (
        '<rss version="2.0" xmlns:gml="http://www.opengis.net/gml"><channel><item><title>a</title></item>'
        "<item><gml:pos>1 2</gml:pos><title>b</title></item></channel></rss>"
    )
    found = by_feedparser(text)
    assert len(found.entries) + len(found.bad) == 2


def test_an_ill_formed_feed_keeps_its_entries_and_says_why() -> None:
    found = read(rss("<title>a & b</title>", "<title>c</title>"))
    assert ([entry.title for entry in found.entries], found.bozo is None) == (["a & b", "c"], False)


def test_prefixed_atom_is_read() -> None:
    text = '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>t</a:title></a:entry></a:feed>'
    assert [entry.title for entry in read(text).entries] == ["t"]


ITEMS = [f"<title>t{n}</title><description>{'x' * n}</description>" for n in range(5)]


@given(st.integers(0, 2000))
def test_a_feed_cut_anywhere_gives_exactly_its_complete_entries(at: int) -> None:
    text = rss(*ITEMS)
    cut = text[: min(at, len(text))]
    complete = cut.count("</item>")
    if complete and cut.count("</rss>") == 0:
        assert [entry.title for entry in read(cut).entries] == [f"t{n}" for n in range(complete)]


def test_a_cut_feed_is_flagged_and_keeps_the_rest_as_bad() -> None:
    found = read(rss(*ITEMS)[:-60])
    assert ("truncated" in found.flags, len(found.bad)) == (True, 1)


@pytest.mark.parametrize(
    ("body", "error_class"),
    [
        (b"", "empty_body"),
        (b" \n\0", "empty_body"),
        (b"<html><head></head><body>Just a moment...</body></html>", "not_a_feed"),
        (b"plain words", "not_a_feed"),
        (b"<note>x</note>", "not_a_feed"),
        (b"\x89PNG\r\n\x1a\n", "not_a_feed"),
        (b"<rss>" + b"<a " + b"b='1' " * 20_000 + b"></rss>", "hostile"),
        (b"<!DOCTYPE a [" + b"<!ENTITY a 'b'>" * 300 + b"]><rss/>", "hostile"),
        (b"<rss>" + b" " * (11 * 2**20), "too_large"),
    ],
)
def test_what_is_no_feed_has_a_stable_name(body: bytes, error_class: str) -> None:
    with pytest.raises(FeedError) as caught:
        read(body)
    assert caught.value.error_class == error_class


def test_a_page_tells_the_feeds_it_advertises() -> None:
    page = '<html><head><link rel="alternate" type="application/rss+xml" href="/rss"></head></html>'
    with pytest.raises(FeedError) as caught:
        read(page)
    assert caught.value.advertised == ("https://news.example/rss",)


def test_an_inline_image_is_not_hostile() -> None:
    image = "data:image/png;base64," + "A" * 50_000
    assert len(read(rss(f"<description><![CDATA[<img src='{image}'>]]></description>")).entries) == 1


def test_beyond_5000_items_the_first_are_read() -> None:
    found = read(rss(*["<title>t</title>"] * 5100))
    assert (len(found.entries), "items_cut" in found.flags) == (5000, True)


def test_an_external_entity_reads_nothing() -> None:
    text = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + rss("<title>a&x;b</title>")
    assert "root:" not in (read(text).entries[0].title or "")


def test_a_body_that_names_a_file_opens_none() -> None:
    with pytest.raises(FeedError):
        read(b"/etc/passwd")


def test_a_prefix_nobody_declared_hides_no_entry() -> None:
    text = "<rss><rss:channel><rss:item><rss:title>t</rss:title></rss:item></rss:channel></rss>"
    assert [entry.title for entry in read(text).entries] == ["t"]


@pytest.mark.parametrize(
    "name", ["links", "tags", "authors", "content", "enclosures", "summary_detail", "source"]
)
@pytest.mark.parametrize("place", ["channel", "item"])
def test_a_stray_element_named_as_feedparsers_own_keys_does_no_harm(name: str, place: str) -> None:
    stray = f"<{name}>text</{name}>"
    item = f"<item><guid>1</guid><title>One</title>{stray if place == 'item' else ''}</item>"
    # The unclosed tag sends the document past the fast reader.
    feed = f"<rss version='2.0'><channel>{stray if place == 'channel' else ''}<b>{item}</channel></rss>"
    parsed = parse(
        feed.encode(),
        url="https://agency.example/rss",
        content_type=None,
        language=None,
        timezone=None,
        fetched_at=datetime(2026, 3, 5, tzinfo=UTC),
    )
    assert [entry.title for entry in parsed.entries] == ["One"]


def test_a_media_title_behind_a_source_does_not_replace_the_headline() -> None:
    item = (
        "<title>Headline</title><source url='https://s.example/'>Agency</source><media:title>b</media:title>"
    )
    feed = (
        "<rss version='2.0' xmlns:media='http://search.yahoo.com/mrss/'><channel><title>c</title>"
        f"<item>{item}</item></channel></rss>"
    )
    context = FeedContext(url="https://agency.example/rss", fetched_at=datetime(2026, 3, 5, tzinfo=UTC))
    (entry,) = feedparser_reader.read(feed, context).entries
    assert entry.title == "Headline"


def test_an_unclosed_cdata_section_hides_no_dense_markup() -> None:
    dense = "<feed><title><![CDATA[" + "</rs>" * 60_000
    with pytest.raises(FeedError) as raised:
        parse(
            dense.encode(),
            url="https://agency.example/atom",
            content_type=None,
            language=None,
            timezone=None,
            fetched_at=datetime(2026, 3, 5, tzinfo=UTC),
        )
    assert raised.value.error_class in ("hostile", "not_a_feed")
