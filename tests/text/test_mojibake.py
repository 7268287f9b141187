"""Mojibake is repaired, sound text stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.mojibake import repair

ARABIC = "أعلن الكرملين أن الرئيس الروسي سيزور القاهرة الأسبوع المقبل، وفق وكالة «تاس»."
RUSSIAN = "Москва сообщила, что президент приедет в Каир на следующей неделе."
PERSIAN = "تهران اعلام کرد که گفتگوها می‌شود"
FRENCH = "Le président a reçu l’élève à Noël, où ça coûte 5 €."


def misread(text: str, really: str, read_as: str) -> str:
    """Decode with the wrong charset; bytes it leaves undefined pass through, as in browsers."""
    decoded = []
    for byte in text.encode(really):
        try:
            decoded.append(bytes([byte]).decode(read_as))
        except UnicodeDecodeError:
            decoded.append(chr(byte))
    return "".join(decoded)


@pytest.mark.parametrize("read_as", ["latin-1", "cp1252", "cp1251", "cp1256"])
@pytest.mark.parametrize("text", [ARABIC, RUSSIAN, PERSIAN, FRENCH])
def test_utf8_read_as_a_single_byte_charset_is_repaired(text: str, read_as: str) -> None:
    assert repair(misread(text, "utf-8", read_as)) == (text, True)


@pytest.mark.parametrize("read_as", ["latin-1", "cp1252"])
@pytest.mark.parametrize(("text", "charset"), [(ARABIC, "cp1256"), (RUSSIAN, "cp1251")])
def test_a_single_byte_charset_read_as_a_western_one_is_repaired(
    text: str, charset: str, read_as: str
) -> None:
    assert repair(misread(text, charset, read_as)) == (text, True)


@pytest.mark.parametrize(
    "text",
    [
        ARABIC,
        RUSSIAN,
        PERSIAN,
        FRENCH,
        "ATATÜRK ÇAĞDAŞ ÖĞRETMEN",
        "ÄÖÜ ÄÖÜß Größe Übermäßig",
        "ÞÓRÐUR ÁRNASON ræddi við",
        "Thủ tướng Việt Nam đã đến thăm",
        "ظطظ طظط خطط",
        "À É Í Ó Ú",
        "Ñandú Ñoño ÑUÑOA",
        "日本語のテキスト",
        "",
    ],
)
def test_sound_text_comes_back_as_it_is(text: str) -> None:
    assert repair(text) == (text, False)


@given(st.text())
def test_the_flag_says_whether_the_text_changed(text: str) -> None:
    repaired, changed = repair(text)
    assert changed == (repaired != text)


@given(st.text(alphabet=st.characters(min_codepoint=0x600, max_codepoint=0x6FF)))
def test_arabic_is_never_changed(text: str) -> None:
    assert repair(text) == (text, False)
