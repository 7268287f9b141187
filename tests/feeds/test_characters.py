"""What XML may not hold never gets past the byte stage, however it is hidden."""

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from transforms.feeds.characters import clean

PIECES = st.sampled_from(
    [
        "&#xD800;",
        "&#xD8",
        "00;",
        "&#",
        "&#x",
        "&amp;#",
        "55357;",
        "56832;",
        "&#0;",
        "x",
        "D800;",
        "\x1f",
        "\r",
        "a",
        "&#65;",
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_no_reference_to_a_surrogate_or_control_is_left(text: str) -> None:
    cleaned, _ = clean(text)
    parser = etree.XMLParser(recover=True)
    root = etree.fromstring(f"<a>{cleaned}</a>".encode(), parser)
    "".join(root.itertext()).encode("utf-8")


@given(st.lists(PIECES, max_size=12).map("".join))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once, _ = clean(text)
    assert clean(once)[0] == once


def test_two_halves_that_meet_over_a_dropped_reference_do_not_become_one() -> None:
    assert clean("x&#xD8&#xD800;00;")[0] == "x\ufffd"
