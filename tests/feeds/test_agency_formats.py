import pytest

from tests.feeds.agency_documents import CONTEXT, DOCUMENTS, document
from transforms.feeds.agency_formats import READERS, sniff

EXPECTED = {
    "newsml1_ar.xml": "newsml1",
    "newsml1_ru_embargo.xml": "newsml1",
    "newsml1_two_languages.xml": "newsml1",
    "nitf_ru.xml": "nitf",
    "g2_message_ar.xml": "newsml-g2",
    "ninjs1_ar.json": "ninjs",
    "ninjs3_ru.json": "ninjs",
    "jsonfeed_ar.json": "jsonfeed",
    "sitemap_news_ar.xml": "sitemap",
    "wire_iptc7901.txt": "wire_text",
    "wire_anpa.txt": "wire_text",
}


def test_every_document_of_the_tests_is_expected() -> None:
    assert {path.name for path in DOCUMENTS.iterdir()} == set(EXPECTED)


@pytest.mark.parametrize(("name", "reader"), EXPECTED.items())
def test_the_format_is_known_from_the_content(name: str, reader: str) -> None:
    assert sniff(document(name)) == reader


@pytest.mark.parametrize(("name", "reader"), EXPECTED.items())
def test_the_reader_of_the_format_finds_entries(name: str, reader: str) -> None:
    assert READERS[reader](document(name), CONTEXT).entries


@pytest.mark.parametrize(
    "text", ["<rss/>", "<feed/>", "<html>", "<rdf:RDF>", "", "{}", "words", '{"items": []}']
)
def test_what_others_read_is_not_claimed(text: str) -> None:
    assert sniff(text) is None


def test_a_subset_with_brackets_in_quotes_hides_no_root() -> None:
    assert sniff("<!DOCTYPE nitf [<!ENTITY x ']'> <!-- ]> --> ]><!-- <rss> --><nitf/>") == "nitf"
