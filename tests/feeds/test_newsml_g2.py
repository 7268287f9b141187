import pytest

from tests.feeds.agency_documents import CONTEXT, document, utc
from transforms.feeds.entry import FeedEntry, FeedError, Link, Subject
from transforms.feeds.newsml_g2 import parse
from transforms.feeds.values import UNTIL_FURTHER_NOTICE

NAMESPACE = "http://iptc.org/std/nar/2006-10-01/"


@pytest.fixture(scope="module")
def entries() -> list[FeedEntry]:
    return parse(document("g2_message_ar.xml"), CONTEXT).entries


@pytest.fixture(scope="module")
def bridge(entries: list[FeedEntry]) -> FeedEntry:
    return entries[1]


def news(item_meta: str = "", content_meta: str = "<headline>H</headline>", content: str = "") -> FeedEntry:
    text = (
        f'<newsItem xmlns="{NAMESPACE}" guid="g" version="1" xml:lang="en"><itemMeta>{item_meta}</itemMeta>'
        f"<contentMeta>{content_meta}</contentMeta><contentSet>{content}</contentSet></newsItem>"
    )
    return parse(text, CONTEXT).entries[0]


def test_a_message_gives_its_package_and_its_text(entries: list[FeedEntry]) -> None:
    assert [entry.guid for entry in entries] == ["tag:nahr.example,2025:P1", "tag:nahr.example,2025:T1"]


def test_a_clip_without_words_is_handed_to_its_package(entries: list[FeedEntry]) -> None:
    assert entries[0].links[-1] == Link(
        href="https://nahr.example/bridge.mpg", rel="video", type="video/mpeg", length=999
    )


def test_members_of_a_package_are_links(entries: list[FeedEntry]) -> None:
    assert [(link.href, link.rel, link.length, link.title) for link in entries[0].links[:2]] == [
        ("tag:nahr.example,2025:T1", "item", 2345, "نص"),
        ("tag:nahr.example,2025:V1", "video", None, None),
    ]


def test_xhtml_becomes_simple_html_without_its_page_header(bridge: FeedEntry) -> None:
    assert bridge.content == (
        "<div><p>القاهرة (النهر) - افتتحت المدينة <strong>جسرا</strong> جديدا.</p>\n"
        "<p>يتسع الجسر لأربع حارات.</p>\n</div>"
    )


def test_the_headline_is_not_the_subheadline(bridge: FeedEntry) -> None:
    assert bridge.title == "افتتاح جسر جديد فوق النهر"


def test_the_description_is_the_summary(bridge: FeedEntry) -> None:
    assert bridge.summary == "<p>افتتحت المدينة جسرا جديدا.</p>"


def test_first_and_version_created_are_publication_and_update(bridge: FeedEntry) -> None:
    assert (bridge.published, bridge.updated) == (utc(2025, 3, 5, 7, 15), utc(2025, 3, 5, 8, 40))


def test_subjects_from_a_qcode_and_from_a_uri_have_the_same_scheme(bridge: FeedEntry) -> None:
    assert bridge.subjects == (
        Subject(name="نقل", scheme="medtop", code="20000337"),
        Subject(scheme="medtop", code="20000065"),
    )


def test_rights_are_read_in_the_language_of_the_item(bridge: FeedEntry) -> None:
    assert (bridge.copyright, bridge.usage_terms) == ("© 2025 النهر، جميع الحقوق محفوظة", "للمشتركين فقط")


def test_a_login_is_no_author(bridge: FeedEntry) -> None:
    assert bridge.authors == ("ليلى حسن",)


def test_the_plain_fields_are_kept(bridge: FeedEntry) -> None:
    assert (bridge.language, bridge.provider, bridge.slugline, bridge.urgency, bridge.provider_version) == (
        "ar-EG",
        "وكالة النهر",
        "جسر-افتتاح",
        3,
        "7",
    )


def test_keywords_byline_and_place_are_kept(bridge: FeedEntry) -> None:
    assert (bridge.categories, bridge.byline, bridge.located) == (("جسر", "نقل"), "ليلى حسن", "القاهرة")


def test_renditions_and_links_are_kept_but_not_the_item_itself(bridge: FeedEntry) -> None:
    assert bridge.links == (
        Link(href="https://nahr.example/bridge.jpg", rel="image", type="image/jpeg", length=1024),
        Link(href="https://nahr.example/bridge", rel="related", title="صفحة الجسر"),
    )


@pytest.mark.parametrize("status", ["stat:canceled", "stat:withheld"])
def test_a_canceled_item_is_withdrawn_even_without_a_text(status: str) -> None:
    assert news(f'<pubStatus qcode="{status}"/>', content_meta="").status == "withdrawn"


def test_a_status_given_as_uri_counts() -> None:
    uri = "http://cv.iptc.org/newscodes/pubstatusg2/canceled"
    assert news(f'<pubStatus uri="{uri}"/>').status == "withdrawn"


def test_an_embargo_is_read() -> None:
    assert news("<embargoed>2025-03-06T12:00:00Z</embargoed>").embargo_until == utc(2025, 3, 6, 12, 0)


def test_an_empty_embargo_holds_until_further_notice() -> None:
    assert news("<embargoed/>").embargo_until == UNTIL_FURTHER_NOTICE


def test_inline_nitf_is_the_body() -> None:
    nitf = (
        '<inlineXML><n:nitf xmlns:n="http://iptc.org/std/NITF/2006-10-18/"><n:body><n:body.content>'
        "<n:p>One.</n:p><n:p>Two.</n:p></n:body.content></n:body></n:nitf></inlineXML>"
    )
    assert news(content=nitf).content == "<p>One.</p>\n<p>Two.</p>"


def test_plain_inline_data_is_escaped() -> None:
    inline = '<inlineData contenttype="text/plain">Oil &amp; gas &lt; 3</inlineData>'
    assert news(content=inline).content == "<p>Oil &amp; gas &lt; 3</p>"


def test_binary_inline_data_is_no_body() -> None:
    inline = '<inlineData contenttype="image/png" encoding="base64">AAAA</inlineData>'
    assert news(content=inline).content is None


def test_an_inline_paragraph_declared_plain_is_unwrapped() -> None:
    inline = '<inlineData contenttype="text/plain"><![CDATA[<p>\n   One.\n   Two.\n</p>]]></inlineData>'
    assert news(content=inline).content == "<p>One.</p>\n<p>Two.</p>"


def test_a_heading_that_repeats_the_headline_is_left_out() -> None:
    inline = "<inlineXML><html><body><h1>H</h1><p>Text.</p></body></html></inlineXML>"
    assert news(content=inline).content == "<p>Text.</p>"


@pytest.mark.parametrize("kind", ["conceptItem", "knowledgeItem", "planningItem", "catalogItem"])
def test_an_item_that_is_no_news_is_named_in_the_flags(kind: str) -> None:
    feed = parse(f'<{kind} xmlns="{NAMESPACE}" guid="x"><itemMeta/></{kind}>', CONTEXT)
    assert (feed.entries, feed.bad, feed.flags) == ([], [], (f"not_news:{kind}",))


def test_a_fragment_of_an_item_is_no_feed() -> None:
    with pytest.raises(FeedError) as caught:
        parse("<contentMeta><dateline>X</dateline></contentMeta>", CONTEXT)
    assert caught.value.error_class == "not_a_feed"


def test_an_item_that_says_nothing_goes_to_bad() -> None:
    feed = parse(f'<newsItem xmlns="{NAMESPACE}" guid="N1"> ... </newsItem>', CONTEXT)
    assert (feed.entries, [bad.exception for bad in feed.bad]) == ([], ["Empty"])


def test_a_message_cut_in_an_item_keeps_the_complete_ones() -> None:
    text = document("g2_message_ar.xml")
    feed = parse(text[: text.index("<section>")], CONTEXT)
    assert ([entry.guid for entry in feed.entries], [bad.exception for bad in feed.bad]) == (
        ["tag:nahr.example,2025:P1"],
        ["TruncatedItem"],
    )


def test_a_placeholder_of_the_provider_is_no_byline() -> None:
    assert news(content_meta="<headline>H</headline><by>No-Data-Available, MAR 05</by>").byline is None


def test_a_lost_end_tag_does_not_put_the_next_item_into_the_text() -> None:
    def one(guid: str, end: str) -> str:
        content = f"<contentSet><inlineXML><html><body><p>Text {guid}.</p>{end}"
        return f'<newsItem guid="{guid}"><contentMeta><headline>{guid}</headline></contentMeta>{content}'

    closed = "</body></html></inlineXML></contentSet></newsItem>"
    feed = parse(f"<newsMessage><itemSet>{one('a', '')}{one('b', closed)}</itemSet></newsMessage>", CONTEXT)
    assert [(entry.guid, entry.content) for entry in feed.entries][:1] == [("a", "<p>Text a.</p>")]
