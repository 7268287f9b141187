import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.feeds.agency_xml import parse_xml, text_of
from transforms.feeds.entry import FeedError


def text(document: str) -> str | None:
    return text_of(parse_xml(document).root)


def test_an_external_entity_is_not_loaded(tmp_path) -> None:  # type: ignore[no-untyped-def]
    secret = tmp_path / "secret.txt"
    secret.write_text("TOP SECRET")
    document = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><a>[&x;]</a>'
    assert "SECRET" not in (text(document) or "")


def test_an_external_dtd_is_not_loaded(tmp_path) -> None:  # type: ignore[no-untyped-def]
    dtd = tmp_path / "evil.dtd"
    dtd.write_text('<!ENTITY x "LOADED">')
    assert "LOADED" not in (text(f'<!DOCTYPE a SYSTEM "{dtd.as_uri()}"><a>[&x;]</a>') or "")


def test_a_billion_laughs_stay_small() -> None:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    document = f'<!DOCTYPE a [<!ENTITY l0 "ha">{levels}]><a>&l11;</a>'
    assert len(text(document) or "") < 20


def test_a_bomb_in_an_attribute_stays_small() -> None:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    root = parse_xml(f'<!DOCTYPE a [<!ENTITY l0 "ha">{levels}]><a b="&l11;">x</a>').root
    assert len(root.get("b") or "") < 20


def test_an_entity_of_the_document_itself_is_not_expanded() -> None:
    assert "inner" not in (text('<!DOCTYPE a [<!ENTITY x "inner">]><a>[&x;]</a>') or "")


def test_a_subset_with_brackets_in_quotes_is_removed_whole() -> None:
    assert text("<!DOCTYPE a [<!ENTITY x ']>'><!-- ]> -->]><a>kept</a>") == "kept"


def test_named_characters_of_html_are_written_out() -> None:
    assert text("<a>caf&eacute;&nbsp;&ndash; &amp;lt;</a>") == "café – &lt;"


def test_namespaces_and_prefixes_are_dropped_from_tags() -> None:
    assert [element.tag for element in parse_xml("<p:a xmlns:p='urn:x'><p:b/><q:c/></p:a>").root.iter()] == [
        "a",
        "b",
        "c",
    ]


def test_a_declaration_of_another_charset_is_ignored() -> None:
    assert text('<?xml version="1.0" encoding="windows-1256"?><a>خبر</a>') == "خبر"


def test_damage_is_reported() -> None:
    assert parse_xml("<a><b>x</a>").bozo is not None


def test_a_sound_document_is_not_reported() -> None:
    assert parse_xml("<a><b>x</b></a>").bozo is None


@pytest.mark.parametrize("document", ["", "   ", "words", "<!-- only a comment -->"])
def test_text_without_an_element_is_refused(document: str) -> None:
    with pytest.raises(FeedError) as caught:
        parse_xml(document)
    assert caught.value.error_class == "unreadable_xml"


def test_deep_nesting_ends_without_harm() -> None:
    depth = 100_000
    assert parse_xml("<a>" * depth + "</a>" * depth).bozo is not None


@settings(deadline=None)
@given(st.text(alphabet="<>/&;![]\"'-?abDOCTYPEnl= #x0", max_size=80))
def test_any_text_is_read_or_refused_by_name(document: str) -> None:
    assert outcome(document) in ("read", "unreadable_xml")


def outcome(document: str) -> str:
    try:
        return "read" if parse_xml(document).root.tag else "no tag"
    except FeedError as error:
        return error.error_class
