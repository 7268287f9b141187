from lxml import html as lxml_html

from transforms.feeds.markup import element_html
from transforms.feeds.page_cleanup import clean_article, facts_of

LONG = "A paragraph that is long enough to be the column of a page and not the cell of a table. " * 2


def cleaned(found: str, page: str = "", *headlines: str) -> str:
    root = lxml_html.document_fromstring(f"<html><body><div>{found}</div></body></html>")
    clean_article(
        root, facts_of(lxml_html.document_fromstring(f"<html><body><i></i>{page}</body></html>"), headlines)
    )
    return element_html(root.find(".//body/div"))


def test_a_column_of_a_layout_table_becomes_running_text() -> None:
    found = cleaned(f"<table><tr><td>x</td><td><p>{LONG}</p></td></tr></table>")
    assert ("<td>" in found, LONG.strip() in found) == (False, True)


def test_a_table_of_figures_stays_a_table() -> None:
    table = "<table><tr><td>Oslo</td><td>12</td></tr>\n<tr><td>Basra</td><td>30</td></tr>\n</table>"
    assert cleaned(table) == table


def test_a_paragraph_that_is_one_link_is_a_teaser() -> None:
    assert cleaned('<p>a</p><p><a href="/x">Read also</a></p>') == "<p>a</p>"


def test_a_link_in_a_sentence_is_text() -> None:
    assert cleaned('<p>see <a href="/x">this</a></p>') == '<p>see <a href="/x">this</a></p>'


def test_the_first_heading_that_repeats_the_headline_is_left_out() -> None:
    assert cleaned("<h1>Flood</h1><p>a</p>", "", "Flood") == "<p>a</p>"


def test_a_subheading_stays() -> None:
    assert cleaned("<p>a</p><h2>Sub</h2><p>b</p>", "", "Flood") == "<p>a</p>\n<h2>Sub</h2>\n<p>b</p>"


def test_a_heading_after_which_nothing_comes_is_left_out() -> None:
    assert cleaned("<p>a</p><h3>More news</h3><ul><li></li></ul>") == "<p>a</p>"


def test_a_heading_turned_into_a_paragraph_is_a_heading_again() -> None:
    assert cleaned("<p>Sub</p><p>a</p>", "<h2>Sub</h2>") == "<h3>Sub</h3>\n<p>a</p>"


def test_what_the_page_marks_as_time_is_no_text() -> None:
    assert cleaned("<p>5 March</p><p>a</p>", "<time>5 March</time>") == "<p>a</p>"


def test_text_around_a_dropped_block_is_kept() -> None:
    assert cleaned('a<p><a href="/x">l</a></p>b') == "<p>ab</p>"
