import pytest

from tests.feeds.agency_documents import CONTEXT, document, utc
from transforms.feeds.entry import FeedEntry, Link, ParsedFeed
from transforms.feeds.sitemap import parse

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


@pytest.fixture(scope="module")
def feed() -> ParsedFeed:
    return parse(document("sitemap_news_ar.xml"), CONTEXT)


@pytest.fixture(scope="module")
def market(feed: ParsedFeed) -> FeedEntry:
    return feed.entries[0]


def test_a_news_sitemap_names_its_publication(feed: ParsedFeed) -> None:
    assert (feed.format, feed.title, feed.language) == ("sitemap_news", "النهر", "ar")


def test_title_and_publication_date_are_read(market: FeedEntry) -> None:
    assert (market.title, market.published) == ("افتتاح سوق & متاجر", utc(2025, 3, 5, 7, 15))


def test_an_arabic_path_is_kept_intact(market: FeedEntry) -> None:
    assert market.url == "https://nahr.example/أخبار/71"


def test_the_last_modification_is_the_update(market: FeedEntry) -> None:
    assert market.updated == utc(2025, 3, 5, 9, 0)


def test_keywords_are_divided_at_latin_and_arabic_commas(market: FeedEntry) -> None:
    assert market.categories == ("اقتصاد", "سوق")


def test_images_videos_and_translations_are_links(market: FeedEntry) -> None:
    assert market.links == (
        Link(href="https://agency.example/i/71.jpg", rel="image", title="السوق"),
        Link(href="https://nahr.example/v.mp4", rel="video", title="جولة"),
        Link(href="https://nahr.example/en/71", rel="alternate", title="en"),
    )


def test_a_page_without_news_is_an_entry_without_title(feed: ParsedFeed) -> None:
    assert (feed.entries[1].url, feed.entries[1].title) == ("https://nahr.example/72", None)


def test_an_empty_location_goes_to_bad(feed: ParsedFeed) -> None:
    assert [bad.exception for bad in feed.bad] == ["NoLocation"]


def test_a_plain_sitemap_has_no_publication_date() -> None:
    page = "<url><loc>https://a.example/1</loc><lastmod>2025-03-05</lastmod></url>"
    entry = parse(f'<urlset xmlns="{NAMESPACE}">{page}</urlset>', CONTEXT).entries[0]
    assert (entry.published, entry.updated_raw) == (None, "2025-03-05")


def test_an_index_lists_sitemaps_as_links() -> None:
    text = f'<sitemapindex xmlns="{NAMESPACE}"><sitemap><loc>/s1.xml.gz</loc></sitemap></sitemapindex>'
    feed = parse(text, CONTEXT)
    assert (feed.format, feed.entries[0].links) == (
        "sitemap_index",
        (Link(href="https://agency.example/s1.xml.gz", rel="sitemap"),),
    )


def test_a_namespace_with_a_slash_too_many_is_no_obstacle() -> None:
    text = f'<urlset xmlns="{NAMESPACE}/"><url><loc>https://a.example/1</loc></url></urlset>'
    assert len(parse(text, CONTEXT).entries) == 1


def test_a_sitemap_cut_in_a_page_keeps_the_complete_ones() -> None:
    text = (
        f'<urlset xmlns="{NAMESPACE}"><url><loc>https://a.example/1</loc></url><url><loc>https://a.example/2'
    )
    feed = parse(text, CONTEXT)
    assert ([entry.url for entry in feed.entries], [bad.exception for bad in feed.bad]) == (
        ["https://a.example/1"],
        ["TruncatedItem"],
    )


def test_a_bare_ampersand_in_an_address_loses_no_page() -> None:
    text = (
        f'<urlset xmlns="{NAMESPACE}"><url><loc>https://a.example/?a=1&b=2</loc></url>'
        "<url><loc>https://a.example/2</loc></url></urlset>"
    )
    assert len(parse(text, CONTEXT).entries) == 2
