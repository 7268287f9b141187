"""The fast reader and feedparser must read the same, on feeds made up and on recorded ones."""

import csv
import os
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.feeds import charset, detect, fast_reader, feedparser_reader
from transforms.feeds.context import FeedContext
from transforms.feeds.entry import FeedError
from transforms.feeds.guard import guard
from transforms.feeds.prolog import close_truncated, cut_junk

SHARED = os.environ.get("KHABAR_SHARED")
CONTEXT = FeedContext(url="https://news.example/feeds/rss.xml", fetched_at=datetime(2026, 1, 1, tzinfo=UTC))
NAMESPACES = (
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:yandex="http://news.yandex.ru" xmlns:other="https://other.example/ns"'
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"]), max_size=30).map(
    escape
)
MARKUP = st.sampled_from(
    ["", "a &lt;b&gt;b&lt;/b&gt;", "a &lt; b", "&lt;p&gt;x&lt;/p&gt;", "<![CDATA[<p>y & z</p>]]>"]
)
VALUES = st.one_of(TEXTS, MARKUP)
PLAIN = [
    "title",
    "link",
    "guid",
    "description",
    "pubDate",
    "author",
    "category",
    "comments",
    "source",
    "rights",
]
PREFIXED = [
    "content:encoded",
    "dc:creator",
    "dc:date",
    "dc:subject",
    "dc:language",
    "media:title",
    "other:thing",
]
ASIDES = ["media:description", "itunes:summary", "itunes:author", "itunes:keywords", "yandex:full-text"]
NAMES = st.sampled_from([*PLAIN, *PREFIXED, *ASIDES])
EMPTY = st.sampled_from(
    [
        '<enclosure url="/a.mp3" type="audio/mpeg" length="7"/>',
        '<media:content url="https://a.example/1.jpg" medium="image" type="IMAGE/jpeg"/>',
        '<media:group><media:content url="b.jpg"/><media:title>m</media:title></media:group>',
        '<media:thumbnail url="c.jpg"/>',
        '<guid isPermaLink="false">17</guid>',
        '<category domain="d">x</category>',
        '<source url="https://s.example/">Agency</source>',
        "<pubDate>Fri, 26 Jun 2020 10:30:00 +0300</pubDate>",
        "<link>https://news.example/1?a=b&amp;c=d</link>",
        "<author>desk@a.example (Desk)</author>",
    ]
)
ELEMENTS = st.one_of(EMPTY, st.tuples(NAMES, VALUES).map(lambda pair: f"<{pair[0]}>{pair[1]}</{pair[0]}>"))
ITEMS = st.lists(ELEMENTS, max_size=7).map("".join)


def same(text: str) -> bool:
    """Whether the fast reader took the document; if so it must agree with the reference."""
    fast = fast_reader.read(text, CONTEXT)
    if fast is None:
        return False
    assert fast == feedparser_reader.read(text, CONTEXT)
    return True


@given(st.lists(ITEMS, max_size=3))
def test_made_up_rss_is_read_alike(items: list[str]) -> None:
    body = "".join(f"<item>{item}</item>" for item in items)
    same(f'<rss version="2.0" {NAMESPACES}><channel><title>C</title>{body}</channel></rss>')


ATOM_ELEMENTS = st.one_of(
    st.tuples(
        st.sampled_from(["title", "summary", "content"]),
        st.sampled_from(["", ' type="text"', ' type="html"']),
        VALUES,
    ).map(lambda part: f"<{part[0]}{part[1]}>{part[2]}</{part[0]}>"),
    st.tuples(st.sampled_from(["id", "published", "updated", "rights"]), TEXTS).map(
        lambda part: f"<{part[0]}>{part[1]}</{part[0]}>"
    ),
    st.sampled_from(
        [
            '<link href="/1"/>',
            '<link rel="alternate" type="text/plain" href="/1.txt"/>',
            '<link rel="enclosure" type="image/png" href="/1.png" length="5" title="t"/>',
            '<link rel="self" href="/self"/>',
            "<author><name>A</name><email>a@a.example</email></author>",
            "<author><name>B</name></author>",
            '<category term="t" scheme="s" label="l"/>',
            '<category term="u"/>',
            "<source><title>S</title><id>x</id></source>",
            '<title xml:lang="fa">t</title>',
        ]
    ),
)


@given(
    st.lists(st.lists(ATOM_ELEMENTS, max_size=7).map("".join), max_size=3),
    st.sampled_from(["", ' xml:lang="ar_SA"']),
)
def test_made_up_atom_is_read_alike(entries: list[str], attributes: str) -> None:
    body = "".join(f"<entry>{entry}</entry>" for entry in entries)
    same(f'<feed xmlns="http://www.w3.org/2005/Atom"{attributes}><title>C</title>{body}</feed>')


@pytest.mark.parametrize(
    "text",
    [
        "<rss version='2.0'><channel><item><title>a & b</title></item></channel></rss>",
        "<rss version='2.0'><channel><item><title>a <b>b</b></title></item></channel></rss>",
        "<rss version='2.0'><channel><item><wrapper><title>a</title></wrapper></item></channel></rss>",
        "<rss version='2.0'><channel><group><item><title>a</title></item></group></channel></rss>",
        "<!DOCTYPE rss><rss version='2.0'><channel><item><title>a</title></item></channel></rss>",
        "<rss version='2.0'><channel><item><content type='image/png'>AAAA</content></item></channel></rss>",
        "<html><body/></html>",
    ],
)
def test_what_is_unusual_is_left_to_feedparser(text: str) -> None:
    assert fast_reader.read(text, CONTEXT) is None


def recorded() -> list[Path]:
    if not SHARED:
        return []
    folder = Path(SHARED) / "samples"
    with (folder / "MANIFEST.tsv").open(encoding="utf-8") as manifest:
        paths = [folder / row["file"] for row in csv.DictReader(manifest, delimiter="\t")]
    return [path for path in paths if path.exists() and path.parent.name not in ("agency", "iptc")]


@pytest.mark.skipif(not SHARED, reason="KHABAR_SHARED is not set: no recorded feeds here")
def test_recorded_feeds_are_read_alike_and_most_of_them_fast() -> None:
    taken = []
    for path in recorded():
        try:
            text, _ = cut_junk(charset.decode(path.read_bytes()).text)
            if detect.detect(text) == detect.SYNDICATION:
                taken.append(same(close_truncated(guard(text, path.name)[0])[0]))
        except FeedError:
            continue
    assert sum(taken) / len(taken) > 0.6
