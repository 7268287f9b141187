import re
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.feeds.pages import PageExtraction, extract

pytest.importorskip("trafilatura")
pytest.importorskip("readability")

URL = "https://nahr.example/news/71?utm_source=rss"

ARTICLES = {
    "ar": (
        "افتتاح جسر جديد فوق النهر",
        [
            "افتتحت المدينة صباح اليوم جسرا جديدا يربط الضفتين بعد عامين من العمل المتواصل.",
            "وقال المهندس المشرف إن الجسر يتسع لأربع حارات وممر للمشاة، وإن كلفته بقيت ضمن الحدود المقررة.",
            "ويأمل سكان الحي أن يخفف الجسر الجديد من الازدحام الذي عرفته الطرق القديمة في السنوات الأخيرة.",
        ],
    ),
    "fa": (
        "پل تازه‌ای بر رودخانه گشوده شد",
        [
            "شهرداری امروز پل تازه‌ای را گشود که دو کرانه‌ی رودخانه را پس از دو سال کار به‌هم می‌پیوندد.",
            "مهندس ناظر گفت که این پل چهار خط و یک پیاده‌رو دارد و هزینه‌ی آن از برآوردها بیشتر نشده‌است.",
            "ساکنان محله امیدوارند که پل تازه از شلوغی راه‌های قدیمی که سال‌هاست گرفتارشان کرده بکاهد.",
        ],
    ),
    "ru": (
        "Через реку открыли новый мост",
        [
            "Сегодня утром в городе открыли новый мост, который соединил два берега после двух лет работы.",
            "Главный инженер рассказал: на мосту четыре полосы и дорожка для пешеходов, а смета не выросла.",
            "Жители района надеются, что новый мост разгрузит старые улицы, где годами стояли пробки.",
        ],
    ),
    "en": (
        "New bridge opens over the river",
        [
            "The city opened a new bridge this morning that joins both banks of the river after two years.",
            "The supervising engineer said that it has four lanes and a path for people on foot.",
            "People of the quarter hope that the new bridge will take traffic away from crowded streets.",
        ],
    ),
}
FURNITURE = ("SUBSCRIBE NOW", "Related story one", "We use cookies", "All rights reserved", "Menu entry")
LD = '<script type="application/ld+json">{}</script>'


def page(language: str, *, head: str = "", body: str = "") -> str:
    headline, paragraphs = ARTICLES[language]
    text = body or "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"""<!DOCTYPE html><html lang="{language}">
    <head><title>{headline} | Nahr</title>{head}</head><body>
    <div class="cookie-banner" id="cookie-consent"><p>We use cookies and similar technologies.</p></div>
    <nav><ul><li><a href="/">Menu entry</a></li><li><a href="/w">Menu entry</a></li></ul></nav>
    <main><article><h1>{headline}</h1><div class="article-body">{text}</div>
    <div class="newsletter-signup"><form><label>SUBSCRIBE NOW</label><input></form></div></article></main>
    <aside class="related"><h3>More</h3><ul><li><a href="/1">Related story one</a></li>
    <li><a href="/2">Related story two</a></li></ul></aside>
    <footer><p>All rights reserved</p></footer></body></html>"""


def words(html: str | None) -> list[str]:
    return unescape(re.sub(r"<[^>]*>", " ", html or "")).split()


def read(html: str, title: str | None = None) -> PageExtraction:
    return extract(html, URL, None, title)


LANGUAGES = pytest.mark.parametrize("language", ARTICLES)


@LANGUAGES
def test_every_paragraph_is_found_and_nothing_else(language: str) -> None:
    assert words(read(page(language)).html) == " ".join(ARTICLES[language][1]).split()


@LANGUAGES
def test_paragraphs_stay_paragraphs(language: str) -> None:
    assert (read(page(language)).html or "").count("<p>") == 3


@LANGUAGES
def test_furniture_of_the_page_is_left_out(language: str) -> None:
    html = read(page(language)).html or ""
    assert [piece for piece in FURNITURE if piece in html] == []


@LANGUAGES
def test_two_opinions_that_agree_give_confidence(language: str) -> None:
    assert read(page(language)).confidence > 0.9


@LANGUAGES
def test_the_headline_is_the_title_and_not_part_of_the_text(language: str) -> None:
    found = read(page(language))
    assert (found.title, ARTICLES[language][0] in (found.html or "")) == (ARTICLES[language][0], False)


@pytest.mark.parametrize("joiner", ["\u200c", "&zwnj;", "&#8204;", "&#x200C;"])
def test_joiners_of_persian_words_survive(joiner: str) -> None:
    html = page("fa").replace("\u200c", joiner)
    assert (read(html).html or "").count("\u200c") == "".join(ARTICLES["fa"][1]).count("\u200c")


def test_joiners_survive_where_the_page_uses_the_first_stand_in_itself() -> None:
    html = page("fa").replace("شهرداری", "شهرداری ꔀ")
    found = read(html).html or ""
    assert (found.count("ꔀ"), found.count("\u200c")) == (1, "".join(ARTICLES["fa"][1]).count("\u200c"))


def test_an_emoji_sequence_stays_one() -> None:
    family = "👨\u200d👩\u200d👧"
    html = page("en").replace("The city opened", f"The city {family} opened")
    assert family in (read(html).html or "")


def test_the_metadata_of_json_ld_is_read() -> None:
    ld = LD.format(
        '{"@context": "https://schema.org", "@graph": [{"@type": "WebSite"}, {"@type": ["NewsArticle"], '
        '"headline": "Заголовок", "datePublished": "2025-03-05T10:00:00+03:00", "inLanguage": "ru-RU", '
        '"author": [{"@type": "Person", "name": "Анна Лугова"}, "Пётр Седов", "https://x.example/a"]}]}'
    )
    found = read(page("ru", head=ld))
    assert (found.title, found.published, found.language, found.authors) == (
        "Заголовок",
        "2025-03-05T10:00:00+03:00",
        "ru-RU",
        ("Анна Лугова", "Пётр Седов"),
    )


def test_json_ld_in_comment_marks_is_read() -> None:
    ld = LD.format('\n//<![CDATA[\n{"@type": "NewsArticle", "datePublished": "2025-03-05"};\n//]]>\n')
    assert read(page("en", head=ld)).published == "2025-03-05"


def test_broken_json_ld_is_no_obstacle() -> None:
    assert read(page("en", head=LD.format("{broken"))).method == "trafilatura"


def test_meta_tags_stand_in_for_missing_json_ld() -> None:
    head = (
        '<meta property="og:title" content="OG title"><meta name="author" content="A. Writer">'
        '<meta property="article:published_time" content="2025-03-05T08:00:00Z">'
    )
    found = read(page("en", head=head))
    assert (found.title, found.authors, found.published) == (
        "OG title",
        ("A. Writer",),
        "2025-03-05T08:00:00Z",
    )


def test_the_canonical_address_is_resolved() -> None:
    found = read(page("en", head='<link rel="canonical" href="/news/71">'))
    assert found.canonical_url == "https://nahr.example/news/71"


def test_the_language_of_the_document_wins_over_that_of_the_feed() -> None:
    assert extract(page("fa"), URL, "ar", None).language == "fa"


def test_the_language_of_the_feed_stands_in_for_a_missing_one() -> None:
    html = page("fa").replace(' lang="fa"', "")
    assert extract(html, URL, "fa-IR", None).language == "fa-IR"


def test_a_text_that_only_json_ld_has_is_taken_from_there() -> None:
    body = " ".join(ARTICLES["ar"][1])
    ld = LD.format(f'{{"@type": "NewsArticle", "headline": "x", "articleBody": "{body}"}}')
    html = f"<html><head>{ld}</head><body><div id='app'></div></body></html>"
    found = read(html)
    assert (found.method, words(found.html), found.confidence) == ("jsonld", body.split(), 0.0)


def test_a_teaser_in_json_ld_does_not_replace_the_article() -> None:
    teaser = " ".join(ARTICLES["en"][1][0].split()[:12])
    ld = LD.format(f'{{"@type": "NewsArticle", "articleBody": "{teaser}"}}')
    assert words(read(page("en", head=ld)).html) == " ".join(ARTICLES["en"][1]).split()


def test_a_full_text_in_json_ld_replaces_the_beginning_the_page_shows() -> None:
    body = " ".join(ARTICLES["ru"][1])
    ld = LD.format(f'{{"@type": "NewsArticle", "articleBody": "{body}"}}')
    shown = f"<p>{ARTICLES['ru'][1][0]}</p><p>{ARTICLES['ru'][1][1][:60]}</p>"
    found = read(page("ru", head=ld, body=shown))
    assert (found.method, words(found.html)) == ("jsonld", body.split())


@LANGUAGES
def test_a_flash_of_one_paragraph_is_found_without_furniture(language: str) -> None:
    html = page(language, body=f"<p>{ARTICLES[language][1][1]}</p>")
    assert words(read(html).html) == ARTICLES[language][1][1].split()


def test_the_title_of_the_feed_is_used_when_the_page_has_none() -> None:
    html = page("en").replace("<h1>New bridge opens over the river</h1>", "")
    html = re.sub(r"<title>.*?</title>", "", html)
    assert read(html, "From the feed").title == "From the feed"


@pytest.mark.parametrize(
    "html", ["", "   ", "<!-- nothing -->", "<html></html>", "<p>too short</p>", "plain"]
)
def test_a_page_without_an_article_gives_none(html: str) -> None:
    found = read(html, "T")
    assert (found.html, found.method, found.confidence) == (None, "none", 0.0)


def test_a_page_nested_beyond_reason_ends_without_an_exception() -> None:
    assert isinstance(read("<div>" * 20_000 + "x" + "</div>" * 20_000), PageExtraction)


@settings(deadline=None)
@given(st.text(alphabet="<>/pdivarticle =\"'&;#0xا\u200c\u200d \n", max_size=200))
def test_any_text_gives_an_extraction_with_a_confidence_between_0_and_1(html: str) -> None:
    assert 0.0 <= read(html).confidence <= 1.0
