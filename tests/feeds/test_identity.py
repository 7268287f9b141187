"""Identifiers that stay, hashes that change exactly when a reader would see it."""

from datetime import UTC, datetime
from html import escape

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from transforms.feeds.entry import FeedEntry
from transforms.feeds.identity import article_id, assign_ids, content_hash

DAY = datetime(2020, 6, 26, tzinfo=UTC)
# Words a reader sees; no angle brackets, so that no word is a tag.
WORDS = st.text(
    st.characters(codec="utf-8", categories=["L", "N"]) | st.sampled_from("&\"'.،؟"), min_size=1, max_size=12
)
SENTENCES = st.lists(WORDS, min_size=1, max_size=8)


def test_the_guid_alone_identifies_an_article() -> None:
    assert article_id("s", "g", "https://a.example/1", "x", None) == article_id("s", "g", None, "y", DAY)


def test_another_source_means_another_article() -> None:
    assert article_id("s", "g", None, None, None) != article_id("t", "g", None, None, None)


def test_without_guid_the_canonical_link_identifies() -> None:
    tracked = article_id("s", None, "https://a.example/1?utm_source=rss", "x", None)
    assert tracked == article_id("s", " ", "https://a.example:443/1", "y", DAY)


def test_without_guid_and_link_title_and_date_identify() -> None:
    assert article_id("s", None, None, "x", DAY) != article_id("s", None, None, "x", None)


def test_tracking_parameters_in_a_guid_do_not_count() -> None:
    first = article_id("s", "https://a.example/1?id=2&utm_source=rss", None, None, None)
    assert first == article_id("s", "https://a.example/1?id=2", None, None, None)


def test_a_source_and_guid_cannot_be_confused() -> None:
    assert article_id("a", "bc", None, None, None) != article_id("ab", "c", None, None, None)


# Frozen: these values are in every dataset written so far.
@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (article_id("tass_ar", "17", None, None, None), "ef9f8f1a4a705cb16c3d60021c253491"),
        (article_id("tass_ar", None, "https://a.example/x", None, None), "ea90f8a4bcd7c5400a48bcf1f4b08460"),
        (article_id("tass_ar", None, None, "خبر", DAY), "bc6d9d8e004b8e0a89b27345785ed9f8"),
        (content_hash("خبر عاجل", "<p>موسكو. &laquo;تاس&raquo;</p>"), "3f5e786237c684f43e07c7740774eebd"),
        (content_hash(None, None), "7025e075d5e2f6cde3cc051a31f07660"),
    ],
)
def test_identifiers_and_hashes_never_change(found: str, expected: str) -> None:
    assert found == expected


def entry(guid: str | None, url: str | None, title: str) -> FeedEntry:
    return FeedEntry(guid=guid, url=url, title=title)


def test_one_guid_with_many_links_is_many_articles() -> None:
    entries = [entry("x", f"https://a.example/{n}", "t") for n in range(3)]
    assert len(set(assign_ids("s", entries))) == 3


def test_one_guid_and_link_for_all_titles_is_many_articles() -> None:
    entries = [entry("x", "https://a.example/", f"t{n}") for n in range(3)]
    assert len(set(assign_ids("s", entries))) == 3


def test_one_guid_and_no_link_is_told_apart_by_title() -> None:
    assert len(set(assign_ids("s", [entry("x", None, "a"), entry("x", None, "b")]))) == 2


def test_two_titles_under_one_guid_and_link_are_versions() -> None:
    entries = [entry("x", "https://a.example/1", "a"), entry("x", "https://a.example/1?utm_source=r", "b")]
    assert len(set(assign_ids("s", entries))) == 1


def test_a_guid_used_once_gets_the_plain_id() -> None:
    assert assign_ids("s", [entry("x", "https://a.example/1", "t")]) == [
        article_id("s", "x", None, None, None)
    ]


@given(st.permutations([("x", 1), ("x", 2), ("y", 3), (None, 4), (None, 5), ("x", 1)]))
def test_the_order_of_entries_does_not_matter(order: list[tuple[str | None, int]]) -> None:
    ids = assign_ids("s", [entry(guid, f"https://a.example/{n}", f"t{n}") for guid, n in order])
    assert len(dict(zip(order, ids, strict=True))) == len(set(ids)) == 5


def render(words: list[str], tag: str, gap: str) -> str:
    return f"<{tag} class='x'>" + gap.join(escape(word) for word in words) + f"</{tag}>"


@given(
    SENTENCES,
    st.sampled_from(["p", "div", "span"]),
    st.sampled_from([" ", "\n\t", "&nbsp;", "<br/>", " <b></b> "]),
)
def test_tags_entities_and_white_space_make_no_difference(words: list[str], tag: str, gap: str) -> None:
    assert content_hash("t", render(words, tag, gap)) == content_hash("t", " ".join(escape(w) for w in words))


@given(SENTENCES, st.sampled_from(["utm_source=rss", "fbclid=1", "utm_medium=a&utm_campaign=b"]))
def test_tracking_parameters_make_no_difference(words: list[str], query: str) -> None:
    text = escape(" ".join(words))
    link = '{0} <a href="https://a.example/1{1}">https://a.example/1{1}</a> more? yes'
    assert content_hash("t", link.format(text, "?" + query)) == content_hash("t", link.format(text, ""))


@given(SENTENCES, SENTENCES)
def test_other_visible_words_change_the_hash(one: list[str], other: list[str]) -> None:
    import unicodedata
    from html import unescape

    def seen(words: list[str]) -> str:
        return unicodedata.normalize("NFC", unescape("".join(words)))

    assume(seen(one) != seen(other))
    assert content_hash(escape(" ".join(one)), "b") != content_hash(escape(" ".join(other)), "b")
    assert content_hash("t", escape(" ".join(one))) != content_hash("t", escape(" ".join(other)))


def test_moving_text_from_title_to_body_changes_the_hash() -> None:
    assert content_hash("ab", "c") != content_hash("a", "bc")


def test_scripts_and_comments_are_not_visible() -> None:
    assert content_hash("t", "a<!-- 1 --><script>2</script><style>3</style>b") == content_hash("t", "ab")


def test_escaping_markup_twice_makes_no_difference() -> None:
    assert content_hash("t", "&lt;p&gt;A &amp;amp; B&lt;/p&gt;") == content_hash("t", "<p>A &amp; B</p>")
