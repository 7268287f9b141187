"""Detection, repairs around the root, discovery, and the promise that nothing escapes."""

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.feeds.characters import clean
from transforms.feeds.detect import detect
from transforms.feeds.discover import advertised_feeds
from transforms.feeds.entry import FeedError, ParsedFeed
from transforms.feeds.guard import guard
from transforms.feeds.parse import parse
from transforms.feeds.prolog import close_truncated, cut_junk

DATA = Path(__file__).parent.parent / "data" / "feeds"


def literals(name: str) -> list[bytes]:
    """The bytes literals of a data file, one a line."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [ast.literal_eval(line) for line in lines if not line.startswith("#")]


PIECES = literals("fuzz_pieces.txt")
SEEDS = literals("fuzz_seeds.txt")
URL = "https://news.example/feeds/"


def read(body: bytes) -> ParsedFeed | None:
    try:
        return parse(
            body,
            url=URL,
            content_type="text/html",
            language=None,
            timezone=None,
            fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
    except FeedError:
        return None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("<rss version='2.0'/>", "syndication"),
        ("<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a 'b'>]><!-- <html> --><rss/>", "syndication"),
        ("<rdf:RDF xmlns:rdf='x'/>", "syndication"),
        ("<feed xmlns='http://www.w3.org/2005/Atom'/>", "syndication"),
        ("<atom:feed xmlns:atom='http://www.w3.org/2005/Atom'/>", "syndication"),
        ("<html><body><feed xmlns='http://www.w3.org/2005/Atom'></feed></body></html>", "syndication"),
        ("<!DOCTYPE html><html><body>hello</body></html>", "html"),
        ("<opml version='2.0'/>", "opml"),
        ("<note/>", "unknown"),
        ("hello", "unknown"),
        ("<urlset/>", "sitemap"),
        ("<sitemapindex/>", "sitemap"),
        ("<nitf/>", "nitf"),
        ("<NewsML/>", "newsml1"),
        ("<newsMessage xmlns='http://iptc.org/std/nar/2006-10-01/'/>", "newsml-g2"),
        ('{"version": "https://jsonfeed.org/version/1", "items": []}', "jsonfeed"),
        ('{"uri": "urn:x", "headline": "a", "versioncreated": "2020-06-26"}', "ninjs"),
    ],
)
def test_the_format_is_told_by_the_content(text: str, name: str) -> None:
    assert detect(text) == name


@pytest.mark.parametrize("seed", SEEDS)
def test_every_format_gives_its_entry_whatever_the_content_type(seed: bytes) -> None:
    found = read(seed)
    assert found is not None
    assert len(found.entries) == 1


@given(st.lists(st.sampled_from(PIECES) | st.sampled_from(SEEDS) | st.binary(max_size=8), max_size=12))
def test_no_bytes_make_anything_but_a_feed_error_escape(parts: list[bytes]) -> None:
    read(b"".join(parts))


@given(st.sampled_from(SEEDS), st.integers(0, 400), st.sampled_from(PIECES))
def test_a_damaged_feed_never_escapes(seed: bytes, at: int, piece: bytes) -> None:
    read(seed[:at] + piece + seed[at:])


@pytest.mark.parametrize(
    ("text", "kept", "flags"),
    [
        ("<rss></rss>", "<rss></rss>", ()),
        ("<rss></rss>\n ", "<rss></rss>\n ", ()),
        ("warning <rss></rss>", "<rss></rss>", ("junk_before_prolog",)),
        (
            "<b>x</b><?xml version='1.0'?><rss></rss>",
            "<?xml version='1.0'?><rss></rss>",
            ("junk_before_prolog",),
        ),
        ("<rss></rss><!-- 0.1 s -->", "<rss></rss>", ("trailing_junk",)),
        ("<!DOCTYPE rss [<!ENTITY a 'b'>]><rss></rss>", "<!DOCTYPE rss [<!ENTITY a 'b'>]><rss></rss>", ()),
        ("<html>no feed</html>", "<html>no feed</html>", ()),
        ('{"a": "<rss></rss>"}', '{"a": "<rss></rss>"}', ()),
    ],
)
def test_junk_around_the_root_is_cut(text: str, kept: str, flags: tuple[str, ...]) -> None:
    assert cut_junk(text) == (kept, flags)


@pytest.mark.parametrize(
    ("text", "closed", "tail"),
    [
        ("<rss><channel><item>a</item></channel></rss>", "<rss><channel><item>a</item></channel></rss>", ""),
        ("<rss><channel><item>a</item><it", "<rss><channel><item>a</item></channel></rss>", ""),
        ("<feed><entry>a</entry><entry>b", "<feed><entry>a</entry></feed>", "<entry>b"),
        (
            "<rdf:RDF><channel></channel><item>a</item><item>",
            "<rdf:RDF><channel></channel><item>a</item></rdf:RDF>",
            "<item>",
        ),
        ("<rss><channel><item>a", "<rss><channel><item>a", ""),
    ],
)
def test_a_cut_feed_is_closed_after_its_last_complete_entry(text: str, closed: str, tail: str) -> None:
    assert close_truncated(text) == (closed, tail)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a&#55357;&#56832;b", "a😀b"),
        ("a&#xd83d;&#xDE00;b", "a😀b"),
        ("a&#55357;b", "ab"),
        ("a&amp;#55357;b", "ab"),
        ("a&#0;&#31;&#xFFFF;&#1114112;&#99999999999999;b", "ab"),
        ("a&#9;&#10;&#65;&#x1F600;b", "a&#9;&#10;&#65;&#x1F600;b"),
        ("a\x00\x0b\ufffe\ud800b", "ab"),
        ("\ufeff \n\ufeffa", "a"),
    ],
)
def test_what_xml_forbids_is_dropped_and_surrogate_pairs_are_joined(text: str, cleaned: str) -> None:
    assert clean(text)[0] == cleaned


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once, _ = clean(text)
    assert clean(once)[0] == once or "&" in text


@pytest.mark.parametrize(
    ("page", "feeds"),
    [
        ("<link rel='alternate' type='application/atom+xml' href='atom.xml'>", (URL + "atom.xml",)),
        ("<link href=/rss type=application/rss+xml rel='alternate home'>", ("https://news.example/rss",)),
        (
            "<base href='https://b.example/'><link rel=alternate type='text/xml' href=r>",
            ("https://b.example/r",),
        ),
        (
            "<link rel=alternate type='application/feed+json' href='//c.example/f?a=1&amp;b=2'>",
            ("https://c.example/f?a=1&b=2",),
        ),
        ("<link rel=alternate hreflang=ar href=/ar>", ()),
        ("<link rel=stylesheet type='text/css' href=/x>", ()),
        (
            "<outline text='x' xmlUrl='https://a.example/rss'/><outline xmlUrl='https://a.example/rss'/>",
            ("https://a.example/rss",),
        ),
    ],
)
def test_a_page_or_list_advertises_feeds(page: str, feeds: tuple[str, ...]) -> None:
    assert advertised_feeds(page, URL) == feeds


def hostile(text: str) -> bool:
    try:
        guard(text, URL)
    except FeedError as error:
        return error.error_class == "hostile"
    return False


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<a " + "b='c' " * 10_000 + ">", True),
        ("<a x='>' " + "b='c' " * 10_000 + ">", True),
        ("<a b='" + "c" * 40_000 + "'>", True),
        ("<p>" + "word " * 20_000 + "</p>", False),
        ("<img src='data:image/png;base64," + "A" * 40_000 + "'>", False),
        ("<img src='data:image/png;base64," + "A" * 40_000 + "' " + "b='c' " * 10_000 + ">", True),
        ("<!DOCTYPE a [" + "<!ENTITY a 'b'>" * 201 + "]>", True),
        ("<!DOCTYPE a [" + "<!ENTITY a 'b'>" * 5 + "]>", False),
    ],
)
@pytest.mark.filterwarnings("ignore:expat")
def test_the_guard_refuses_what_would_take_minutes_and_nothing_else(text: str, expected: bool) -> None:
    assert hostile(text) == expected


def test_a_large_broken_feed_of_dense_markup_is_still_read() -> None:
    body = "<rss version='2.0'><channel>" + "<item><title>t</title></item>" * 4000 + "<b>&</channel></rss>"
    found = read(body.encode())
    assert found is not None
    assert (len(found.entries), "recovered" in found.flags) == (4000, True)
