"""HTML to typed blocks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.blocks import TEXT_KINDS, Block, html_to_blocks, inline_text, read_html


def lines(html: str) -> list[str]:
    return [block.text for block in html_to_blocks(html) if block.kind in TEXT_KINDS]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>الر<b>ياض</b></p>", ["الرياض"]),
        ("أول<br>ثان<br/><br />ثالث", ["أول", "ثان", "ثالث"]),
        ("<p>one\n  two</p>", ["one two"]),
        ("<p>a<p>b<div>c</p>", ["a", "b", "c"]),
        ("<div>a<span>b</span><div>c</div>d</div>", ["ab", "c", "d"]),
        ("text <...> more", ["text <...> more"]),
        ("<p>He <laughs> said.</p>", ["He <laughs> said."]),
        ("<p>5 < 6 & 7 > 2</p>", ["5 < 6 & 7 > 2"]),
        ("&lt;div&gt;a&lt;/div&gt;&lt;div&gt;b&lt;/div&gt;", ["a", "b"]),
        ("use &lt;b&gt; here", ["use <b> here"]),
        ("<p>R&amp;amp;D</p>", ["R&D"]),
        ("<p>Q&amp;copy 1</p>", ["Q&copy 1"]),
        ("<![CDATA[<p>x</p>]]>", ["x"]),
        ("<ul><li>a<li>b<p>c</p></ul>", ["a", "b", "c"]),
        ("<p>a</p><script>x()</script><style>y</style><p>b</p>", ["a", "b"]),
        ("<p hidden>x</p><p style='Display:None'>y</p><p>z</p>", ["z"]),
        ("<form><input value=x>Search</form><p>z</p>", ["z"]),
        ("<p>می&zwnj;رود</p>", ["می\u200cرود"]),
        ("<p>a&nbsp;&nbsp;b&thinsp;c</p>", ["a b c"]),
        ("<p>Bun&shy;des</p>", ["Bundes"]),
        ("<p>x</p><div class='addtoany_share'>Share</div>", ["x"]),
        ("<p>\u200fتاس\u200e</p>", ["تاس"]),
        ("<p>a<script>x</script>b <span style='display:none'>y</span>c</p>", ["ab c"]),
        ("<item>x</item>", ["x"]),
        ("<P>A<BR/>B</P>", ["A", "B"]),
        ("<p>a<!-- x -->b<o:p></o:p></p>", ["ab"]),
        ("<dl><dt>a<dd>b</dl>", ["a", "b"]),
        ("<p>x<sup>2</sup> <a href='a>b'>y</a></p>", ["x2 y"]),
        ("<p>x</p><p>Continue reading <span class='screen-reader-text'>Title</span> →</p>", ["x"]),
        ("<p>x</p><p>Continue reading “Some title”</p>", ["x"]),
        ("", []),
        ("<p> </p>", []),
    ],
)
def test_html_becomes_lines_of_text(html: str, expected: list[str]) -> None:
    assert lines(html) == expected


def test_cells_of_a_data_row_are_joined() -> None:
    html = "<table><tr><th>City<th>Dead</tr><tr><td>Gaza<td><b>12</b></tr></table>"
    assert html_to_blocks(html) == [Block("table_row", "City | Dead"), Block("table_row", "Gaza | 12")]


def test_a_table_that_only_arranges_the_page_keeps_its_paragraphs() -> None:
    html = "<table><tr><td><img></td><td><p>One.</p><p>Two.</p></td></tr></table>"
    assert html_to_blocks(html) == [Block("paragraph", "One."), Block("paragraph", "Two.")]


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        ("<h2>x</h2>", "heading"),
        ("<blockquote><p>x</p></blockquote>", "quote"),
        ("<figure><img><figcaption>x</figcaption></figure>", "caption"),
        ("<p class='wp-caption-text'>x</p>", "caption"),
        ("<blockquote class='twitter-tweet'><p>x</p></blockquote>", "embed"),
        ("<ol><li><p>x</p></li></ol>", "list_item"),
        ("<pre>x</pre>", "pre"),
        ("<p>x</p>", "paragraph"),
    ],
)
def test_a_block_has_the_kind_of_its_element(html: str, kind: str) -> None:
    assert html_to_blocks(html) == [Block(kind, "x")]


def test_preformatted_text_keeps_its_lines() -> None:
    assert html_to_blocks("<pre>a  b\n\n c</pre>") == [Block("pre", "a b\nc")]


@pytest.mark.parametrize(
    "tail",
    [
        "اقرأ المزيد...",
        "Читать далее →",
        "Lire la suite",
        "ادامه مطلب",
        "Read more »",
        "The post <a href='#'>Title</a> appeared first on <a href='#'>Site</a>.",
        "阅读全文",
    ],
)
def test_a_teaser_tail_is_cut_and_reported(tail: str) -> None:
    page = read_html(f"<p>أعلن ذلك.</p><p>{tail}</p>")
    assert [block.text for block in page.blocks] == ["أعلن ذلك."]
    assert [reason for reason, _ in page.dropped] == ["tail"]


@pytest.mark.parametrize("text", ["He asked them to read more", "The post office appeared first on the list"])
def test_words_of_a_sentence_are_no_tail(text: str) -> None:
    assert lines(f"<p>{text}</p><p>x.</p>")[0] == text
    assert lines(f"<p>{text}</p>") == [text]


def test_a_bracketed_ellipsis_at_the_end_is_cut() -> None:
    assert read_html("<p>The minister said […]</p>").dropped == [("tail", "[…]")]


def test_dropped_parts_are_reported() -> None:
    assert ("share", "Share this") in read_html("<p>x</p><div class='sharedaddy'>Share this</div>").dropped


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("AT&amp;amp;T &lt;b&gt;x&lt;/b&gt;", "AT&T <b>x</b>"),
        ("<i>تاس</i>: <...>", "تاس: <...>"),
        ("plain", "plain"),
        ("two\nlines", "two lines"),
    ],
)
def test_a_title_becomes_one_line(title: str, expected: str) -> None:
    assert inline_text(title) == expected


@given(st.text())
def test_reading_never_raises_and_gives_no_empty_block(html: str) -> None:
    assert all(block.text.strip() for block in html_to_blocks(html))


@given(st.text(alphabet="<>&;/=\"' abpdivrtl\nش"))
def test_only_preformatted_text_has_newlines(html: str) -> None:
    assert all("\n" not in block.text for block in html_to_blocks(html) if block.kind != "pre")


@pytest.mark.parametrize("tag", ["<div>", "<b>", "<table>", "<blockquote>", "<ul><li>"])
def test_deep_nesting_is_read(tag: str) -> None:
    assert lines(tag * 30_000 + "deep") == ["deep"]
