"""Pages of an archive as articles: whose they are, where they stand, what they say."""

from datetime import UTC, datetime

import pytest

from pipelines.backfill.config import load_sources
from pipelines.config import ConfigError, shipped
from tests.archives import page
from transforms.warc.articles import address, article_of
from transforms.warc.responses import WarcPage
from transforms.warc.sources import SourceMap, WarcPolicy, WarcSource

pytest.importorskip("trafilatura")
URL = "https://news.example/2026/a"
SOURCE = WarcSource(id="news", hosts=["news.example"])
ARABIC = ("قالت سلطة الميناء في العقبة يوم الخميس إن حركة الحاويات ارتفعت للشهر الثالث على التوالي.",) * 2


def crawled(body: bytes, url: str = URL, content_type: str | None = "text/html") -> WarcPage:
    return WarcPage(url, datetime(2026, 3, 5, 8, tzinfo=UTC), body, content_type)


@pytest.mark.parametrize("extractor", ["careful", "fast", "resiliparse"])
def test_an_article_is_found_with_its_headline_and_date(extractor: str) -> None:
    made = article_of(crawled(page(canonical="https://www.news.example/2026/a")), SOURCE, extractor)
    assert made is not None
    entry, _ = made
    assert (entry.url, entry.title) == ("https://www.news.example/2026/a", "Traffic rises")
    assert entry.published == datetime(2026, 3, 5, 6, 15, tzinfo=UTC)
    assert "shorter waiting times" in (entry.content or "")
    if extractor != "resiliparse":
        assert "Imprint" not in (entry.content or "")


@pytest.mark.parametrize(
    ("head", "content_type"),
    [
        ('<meta charset="windows-1256">', "text/html"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=windows-1256">', None),
        ("", "text/html; charset=windows-1256"),
        ('<meta charset="utf-8">', "text/html; charset=windows-1256"),  # the header wins
    ],
)
def test_the_charset_comes_from_the_header_or_the_page(head: str, content_type: str | None) -> None:
    body = page("حركة الميناء", ARABIC, head=head, language="ar").decode().encode("cp1256")
    made = article_of(crawled(body, content_type=content_type), SOURCE, "careful")
    assert made is not None
    assert ARABIC[0] in (made[0].content or "")


def test_a_front_page_and_an_empty_page_hold_no_article() -> None:
    assert article_of(crawled(page(), "https://news.example/"), SOURCE, "careful") is None
    assert article_of(crawled(b"<html><body><p>404</p></body></html>"), SOURCE, "careful") is None


@pytest.mark.parametrize(
    ("named", "believed"),
    [
        ("https://m.news.example/a/b", True),
        ("https://news.example/?p=7", True),
        ("https://news.example/", False),
        ("https://other.example/a", False),
        ("javascript:void(0)", False),
        ("http://[broken", False),
    ],
)
def test_a_page_is_believed_about_its_address_within_its_site(named: str, believed: bool) -> None:
    assert address(URL, named) == (named if believed else URL)


def test_the_longest_host_then_the_longest_path_decides() -> None:
    sources = SourceMap(
        [
            WarcSource(id="group", hosts=["example"]),
            WarcSource(id="news", hosts=["news.example", "news2.example"]),
            WarcSource(id="news_ar", hosts=["news.example"], paths=["/ar/", "/arabic/"]),
        ],
        WarcPolicy(),
    )
    found = {
        url: source and source.id
        for url in (
            "https://a.example/x", "https://www.news.example/x", "https://NEWS.example:443/ar/x",
            "https://news2.example/ar/x", "https://badnews.example/x", "https://other.test/x", "http://[broken",
        )
        for source in [sources.source_of(url)]
    }  # fmt: skip
    assert list(found.values()) == ["group", "news", "news_ar", "news", "group", None, None]


def test_unmapped_hosts_may_become_sources_of_their_own() -> None:
    sources = SourceMap([SOURCE], WarcPolicy(unmapped="host"))
    named = sources.source_of("https://www.daily-post.test/x")
    assert named is not None
    assert named.id == "daily_post_test"


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("[[source]]\nid = 'A'\nhosts = ['a.test']", "id must match"),
        ("[[source]]\nid = 'a'\nhosts = ['https://a.test/']", "is no host name"),
        ("[[source]]\nid = 'a'\nhosts = []", "hosts is empty"),
        ("[[source]]\nid = 'a'\nhost = ['a.test']", "did you mean 'hosts'"),
        ("[[source]]\nid = 'a'\nhosts = ['a.test']\npaths = ['ar']", "must begin with /"),
        ("[[source]]\nid = 'a'\nhosts = ['a.test']\n[[source]]\nid = 'b'\nhosts = ['a.test']", "used twice"),
        ("[backfill]\nextractor = 'magic'", "careful, fast, resiliparse"),
        ("", "nothing would be read"),
    ],
)
def test_a_wrong_file_of_sources_is_refused_by_name(text: str, finding: str, tmp_path) -> None:
    path = tmp_path / "warc_sources.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=finding):
        load_sources(path)


def test_the_shipped_sources_can_be_used() -> None:
    sources = load_sources(shipped("warc_sources.toml"))
    source = sources.source_of("https://www.wam.ae/ar/article/1")
    assert source is not None
    assert (source.id, source.agency, source.timezone) == ("wam_ar_web", "wam", "Asia/Dubai")
