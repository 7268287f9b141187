from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from transforms.feeds.markup import body_html, element_html, plain_to_html, without_headline


class Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words += data.split()


def words(markup: str) -> list[str]:
    reader = Words()
    reader.feed(markup)
    reader.close()
    return reader.words


def element(markup: str) -> str:
    return element_html(etree.fromstring(f"<x>{markup}</x>"))


def test_white_space_of_the_source_collapses() -> None:
    assert element("<p>\n   a\n   b\n</p>") == "<p>a b</p>"


def test_white_space_of_preformatted_text_is_kept() -> None:
    assert element("<pre>a\n  b</pre>") == "<pre>a\n  b</pre>"


def test_empty_blocks_vanish_with_what_only_they_held() -> None:
    assert element("<div><p> </p><ul><li/></ul></div><p>a</p>") == "<p>a</p>"


def test_an_empty_cell_keeps_its_column() -> None:
    assert element("<table><tr><td/><td>1</td></tr></table>") == (
        "<table><tr><td></td><td>1</td></tr>\n</table>"
    )


def test_inline_inventions_of_a_format_leave_their_text() -> None:
    assert element("<p>by <person>A <name.given>B</name.given></person>!</p>") == "<p>by A B!</p>"


def test_an_arabic_word_with_markup_inside_stays_one_word() -> None:
    assert element("<p>ال<chron>يوم</chron></p>") == "<p>اليوم</p>"


def test_of_attributes_only_the_address_of_a_link_is_kept() -> None:
    assert element('<p style="x" onclick="y"><a href="/a?b=1&amp;c" class="z">l</a></p>') == (
        '<p><a href="/a?b=1&amp;c">l</a></p>'
    )


def test_scripts_and_media_are_left_out() -> None:
    assert element("<p>a<script>x</script><img src='i'/></p><media>m</media><style>s</style>") == "<p>a</p>"


def test_a_declared_document_is_reduced_to_its_body() -> None:
    assert body_html("<html><head><title>t</title></head><body><p>a</p></body></html>") == "<p>a</p>"


def test_a_fragment_is_kept_verbatim() -> None:
    assert body_html(' <p class="x">a &amp; b</p> ') == '<p class="x">a &amp; b</p>'


def test_inline_tags_in_plain_text_are_not_escaped() -> None:
    assert body_html("a <b>b</b>\n\nc", declared="plain") == "<p>a <b>b</b></p>\n<p>c</p>"


def test_a_comparison_in_plain_text_is_escaped() -> None:
    assert body_html("1 < 2 and 3 > 2", declared="plain") == "<p>1 &lt; 2 and 3 &gt; 2</p>"


def test_short_lines_are_paragraphs_of_their_own() -> None:
    assert plain_to_html("- one\n- two") == "<p>- one</p>\n<p>- two</p>"


def test_lines_wrapped_at_a_fixed_width_are_joined() -> None:
    line = "word " * 12 + "end"
    assert plain_to_html(f"{line}\n{line}\nlast.") == f"<p>{line} {line} last.</p>"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_counts(end: str) -> None:
    assert plain_to_html(f"a{end}{end}b") == "<p>a</p>\n<p>b</p>"


def test_a_heading_that_says_something_else_is_kept() -> None:
    assert without_headline("<h1>Other</h1><p>x</p>", "Headline") == "<h1>Other</h1><p>x</p>"


@settings(deadline=None)
@given(st.text(alphabet="ab<>&\"' \n\r\tاب\u200c.,;=/", max_size=120))
def test_plain_text_loses_no_word(text: str) -> None:
    assert words(plain_to_html(text)) == text.split()


@settings(deadline=None)
@given(st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc")), max_size=60))
def test_the_text_of_an_element_survives(text: str) -> None:
    node = etree.Element("x")
    etree.SubElement(node, "p").text = text
    assert words(element_html(node)) == text.split()


@settings(deadline=None)
@given(st.text(alphabet="<>pbdiv/ a\n", max_size=60))
def test_any_string_gives_a_string_that_reads_the_same_again(text: str) -> None:
    once = plain_to_html(text)
    assert body_html(once) == once
