"""Feeds in every damaged encoding we know, built from our own text: titles must come out exact."""

import codecs
import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.feeds.charset import decode
from transforms.feeds.entry import FeedError
from transforms.feeds.parse import parse

AR = "وزارة الخارجية تعلن استئناف المفاوضات في العاصمة"
FA = "رييس جمهور از آغاز طرح تازه آبرساني خبر داد"
RU = "В Москве открылась выставка древних рукописей"
UK = "У Києві відкрили виставку давніх рукописів"
FR = "Été: l’équipe a été reçue à l’hôtel de ville"
DE = "Größte Übung für Rettungskräfte über Köln"
PL = "Żołnierze wrócili późną nocą z ćwiczeń"
TR = "Başbakan bugün İstanbul’da öğrencilerle görüştü"
EL = "Η κυβέρνηση ανακοίνωσε νέα μέτρα για την οικονομία"
HE = "הממשלה אישרה את התקציב לשנה הבאה"
EN = "Ministers agree on “a new plan” — at last"


def feed(title: str, declared: str | None = "utf-8") -> str:
    prolog = f'<?xml version="1.0" encoding="{declared}"?>\n' if declared else ""
    return (
        f'{prolog}<rss version="2.0"><channel><title>{title}</title><link>https://news.example/</link>'
        f"<item><title>{title}</title><link>https://news.example/1</link></item></channel></rss>"
    )


def http(charset: str) -> str:
    return f"text/xml; charset={charset}"


U8 = codecs.BOM_UTF8
# name, body, Content-Type, language of the source, expected title
VARIANTS: list[tuple[str, bytes, str | None, str | None, str]] = [
    ("utf8", feed(AR).encode(), None, None, AR),
    ("utf8 undeclared", feed(AR, None).encode(), None, None, AR),
    ("utf8 bom", U8 + feed(AR).encode(), None, None, AR),
    ("utf8 double bom", U8 + U8 + feed(AR).encode(), None, None, AR),
    ("utf8 bom, blank line, bom", U8 + b"\n" + U8 + feed(AR).encode(), None, None, AR),
    ("utf8 declared cp1256", feed(AR, "windows-1256").encode(), None, None, AR),
    ("utf8 declared latin1", feed(AR, "iso-8859-1").encode(), None, None, AR),
    ("utf8 declared utf16", feed(AR, "utf-16").encode(), None, None, AR),
    ("utf8 declared nonsense", feed(AR, "unknown-8bit").encode(), None, None, AR),
    ("utf8, http says cp1251", feed(RU).encode(), http("windows-1251"), None, RU),
    ("cp1256 declared", feed(AR, "windows-1256").encode("cp1256"), None, None, AR),
    ("cp1256 undeclared", feed(AR, None).encode("cp1256"), None, "ar", AR),
    ("cp1256 undeclared, no hint", feed(AR, None).encode("cp1256"), None, None, AR),
    ("cp1256 declared utf8", feed(AR).encode("cp1256"), None, "ar", AR),
    ("cp1256 declared utf8, no hint", feed(AR).encode("cp1256"), None, None, AR),
    ("cp1256 declared latin1", feed(AR, "iso-8859-1").encode("cp1256"), None, None, AR),
    ("cp1256 declared cp1252", feed(AR, "windows-1252").encode("cp1256"), None, None, AR),
    ("cp1256 by http only", feed(AR, None).encode("cp1256"), http("windows-1256"), None, AR),
    ("cp1256, http says utf8", feed(AR, "windows-1256").encode("cp1256"), http("utf-8"), None, AR),
    ("cp1256 behind a utf8 bom", U8 + feed(AR).encode("cp1256"), None, None, AR),
    ("8859-6 declared", feed(AR, "iso-8859-6").encode("iso8859-6"), None, None, AR),
    ("8859-6 undeclared", feed(AR, None).encode("iso8859-6"), None, "ar", AR),
    ("8859-6 declared cp1256", feed(AR, "windows-1256").encode("iso8859-6"), None, None, AR),
    ("cp1256 declared 8859-6", feed(AR, "iso-8859-6").encode("cp1256"), None, None, AR),
    ("persian in cp1256", feed(FA, None).encode("cp1256"), None, "fa", FA),
    ("cp1251 declared", feed(RU, "windows-1251").encode("cp1251"), None, None, RU),
    ("cp1251 undeclared", feed(RU, None).encode("cp1251"), None, None, RU),
    ("cp1251 declared utf8", feed(RU).encode("cp1251"), None, "ru", RU),
    ("cp1251 declared latin1", feed(RU, "iso-8859-1").encode("cp1251"), None, None, RU),
    ("cp1251 declared koi8-r", feed(RU, "koi8-r").encode("cp1251"), None, None, RU),
    ("koi8-r declared", feed(RU, "koi8-r").encode("koi8-r"), None, None, RU),
    ("koi8-r undeclared", feed(RU, None).encode("koi8-r"), None, None, RU),
    ("koi8-r declared cp1251", feed(RU, "windows-1251").encode("koi8-r"), None, None, RU),
    ("8859-5 undeclared", feed(RU, None).encode("iso8859-5"), None, "ru", RU),
    ("ukrainian in cp1251", feed(UK, None).encode("cp1251"), None, "uk", UK),
    ("cp1252 declared latin1", feed(FR, "iso-8859-1").encode("cp1252"), None, None, FR),
    ("cp1252 undeclared", feed(DE, None).encode("cp1252"), None, "de", DE),
    ("cp1252 declared utf8", feed(FR).encode("cp1252"), None, None, FR),
    ("cp1252 quotes only", feed(EN, None).encode("cp1252"), None, None, EN),
    ("8859-2 declared", feed(PL, "iso-8859-2").encode("iso8859-2"), None, None, PL),
    ("cp1254 undeclared", feed(TR, None).encode("cp1254"), None, "tr", TR),
    ("cp1253 undeclared", feed(EL, None).encode("cp1253"), None, None, EL),
    ("cp1255 undeclared", feed(HE, None).encode("cp1255"), None, None, HE),
    ("utf16 le bom", codecs.BOM_UTF16_LE + feed(AR, "utf-16").encode("utf-16-le"), None, None, AR),
    ("utf16 be bom", codecs.BOM_UTF16_BE + feed(AR, "utf-16").encode("utf-16-be"), None, None, AR),
    ("utf16 le no bom", feed(AR, "utf-16").encode("utf-16-le"), None, None, AR),
    ("utf16 be no bom", feed(AR, "utf-16").encode("utf-16-be"), None, None, AR),
    ("utf16 declared utf8", codecs.BOM_UTF16_LE + feed(AR).encode("utf-16-le"), None, None, AR),
    ("utf16 odd length", codecs.BOM_UTF16_LE + feed(AR).encode("utf-16-le") + b"\n", None, None, AR),
    ("utf32 bom", codecs.BOM_UTF32_LE + feed(AR).encode("utf-32-le"), None, None, AR),
    (
        "one cut character",
        feed(AR + " عا")
        .encode()
        .replace(
            "عا</title><link>https://news.example/1<".encode(),
            "ع".encode() + b"\xd8</title><link>https://news.example/1<",
        ),
        None,
        None,
        AR + " ع\ufffd",
    ),
    ("one stray byte", feed(AR).encode().replace(b"</channel>", b"<!-- \xff --></channel>"), None, None, AR),
    ("nul bytes", feed(AR).replace("في", "\0في\0").encode(), None, None, AR),
    ("control characters", feed(AR).replace("في", "\x08في\x1b").encode(), None, None, AR),
    ("surrogate references", feed(AR + " &#55357;&#56832;").encode(), None, None, AR + " 😀"),
    ("surrogate references, hex", feed(AR + " &#xD83D;&#xDE00;").encode(), None, None, AR + " 😀"),
    ("lone surrogate reference", feed(AR + "&#55357;").encode(), None, None, AR),
    ("huge reference", feed(AR + "&#99999999999;").encode(), None, None, AR),
    ("reference to NUL", feed(AR + "&#0;&#x1F;").encode(), None, None, AR),
    (
        "encoded surrogates",
        feed(AR).encode().replace(b"</channel>", b"<!-- \xed\xa0\xbd --></channel>"),
        None,
        None,
        AR,
    ),
    ("blank lines before the prolog", b"\r\n\r\n  " + feed(AR).encode(), None, None, AR),
    (
        "php warning before the prolog",
        b"<br />\n<b>Warning</b>: x in <b>/a.php</b><br />\n" + feed(AR).encode(),
        None,
        None,
        AR,
    ),
    (
        "text before the prolog",
        b"Notice: undefined\n" + feed(AR, "windows-1256").encode("cp1256"),
        None,
        None,
        AR,
    ),
    ("markup after the root", feed(AR).encode() + b"<script>1</script><!-- cached -->", None, None, AR),
    ("gzip", gzip.compress(feed(AR).encode()), None, None, AR),
    ("gzip of cp1256", gzip.compress(feed(AR, None).encode("cp1256")), None, "ar", AR),
    ("gb2312 declared", feed("中国新闻社", "gb2312").encode("gb18030"), None, None, "中国新闻社"),
    ("shift_jis declared", feed("日本のニュース", "shift_jis").encode("cp932"), None, None, "日本のニュース"),
    ("euc-kr by http", feed("한국 뉴스", None).encode("cp949"), http("euc-kr"), None, "한국 뉴스"),
    (
        "iso-2022-jp declared",
        feed("日本のニュース", "iso-2022-jp").encode("iso2022_jp"),
        None,
        None,
        "日本のニュース",
    ),
]


def title_of(body: bytes, content_type: str | None, language: str | None) -> str | None:
    found = parse(
        body,
        url="https://news.example/rss",
        content_type=content_type,
        language=language,
        timezone=None,
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return found.entries[0].title


def test_there_are_at_least_47_variants() -> None:
    assert len(VARIANTS) >= 47


@pytest.mark.parametrize(
    ("body", "content_type", "language", "title"), [v[1:] for v in VARIANTS], ids=[v[0] for v in VARIANTS]
)
def test_the_title_of_a_damaged_feed_is_exact(
    body: bytes, content_type: str | None, language: str | None, title: str
) -> None:
    assert title_of(body, content_type, language) == title


@pytest.mark.parametrize(
    ("body", "flags"),
    [
        (feed(AR, "windows-1256").encode(), ("charset_mislabelled",)),
        (feed(AR).encode("cp1256"), ("charset_mislabelled",)),
        (feed(AR, None).encode("cp1256"), ("charset_guessed",)),
        (feed(AR, "windows-1256").encode("cp1256"), ()),
        (feed(AR).encode(), ()),
        (feed(AR + "\0").encode(), ("illegal_characters",)),
        (feed(AR + "&#0;").encode(), ("bad_references",)),
        (gzip.compress(feed(AR).encode())[:-12], ("gzip", "gzip_truncated")),
    ],
)
def test_repairs_are_flagged(body: bytes, flags: tuple[str, ...]) -> None:
    assert decode(body).flags == flags


def test_a_gzip_bomb_is_refused() -> None:
    with pytest.raises(FeedError) as caught:
        decode(gzip.compress(b"<rss>" + b" " * (11 * 2**20)))
    assert caught.value.error_class == "too_large"


LETTERS = st.text(st.sampled_from("ابتثجحخدذرزسشصضطظعغفقكلمنهويء ،؟"), min_size=20, max_size=60)


@given(LETTERS)
def test_utf8_wins_over_any_label(title: str) -> None:
    assert decode(feed(title, "windows-1256").encode(), content_type=http("iso-8859-6")).encoding == "utf-8"


@given(st.binary(max_size=300).filter(lambda body: body[:2] != b"\x1f\x8b"))
def test_any_bytes_become_text_xml_allows(body: bytes) -> None:
    assert not any(ord(char) < 32 and char not in "\t\n\r" for char in decode(body).text)
