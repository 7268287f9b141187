import pytest

from tests.feeds.agency_documents import CONTEXT, document, utc
from transforms.feeds.entry import FeedEntry, Link, Subject
from transforms.feeds.nitf import parse
from transforms.feeds.values import UNTIL_FURTHER_NOTICE


@pytest.fixture(scope="module")
def apples() -> FeedEntry:
    return parse(document("nitf_ru.xml"), CONTEXT).entries[0]


def nitf(docdata: str = "", head: str = "", content: str = "<p>Text.</p>") -> FeedEntry:
    text = (
        f"<nitf><head><docdata{docdata}</docdata></head><body><body.head><hedline><hl1>H</hl1></hedline>{head}"
        f"</body.head><body.content>{content}</body.content></body></nitf>"
    )
    return parse(text, CONTEXT).entries[0]


def test_a_named_character_of_the_missing_dtd_is_kept(apples: FeedEntry) -> None:
    assert apples.title == "Урожай яблок в области вырос на треть"


def test_the_body_keeps_headings_lists_and_tables(apples: FeedEntry) -> None:
    assert apples.content == (
        "<div><p>САМАРА, 5 марта. Сады области дали 120 тысяч тонн яблок, сообщило министерство.</p>\n"
        "<h2>Саженцы</h2>\n<ul><li>Антоновка</li>\n<li>Белый налив</li>\n</ul>\n"
        "<table><tr><th>Год</th><th>Тонн</th></tr>\n<tr><td>2024</td><td>90\u00a0000</td></tr>\n</table>\n</div>"
    )


def test_the_abstract_is_the_summary(apples: FeedEntry) -> None:
    assert apples.summary == "<p>Сады дали на треть больше, чем год назад.</p>"


def test_the_key_that_stays_over_revisions_is_the_identifier(apples: FeedEntry) -> None:
    assert (apples.guid, apples.provider_version) == ("volga-4411", "3")


def test_the_date_of_issue_is_the_publication(apples: FeedEntry) -> None:
    assert (apples.published_raw, apples.published) == ("20250305T114500+0300", utc(2025, 3, 5, 8, 45))


def test_people_of_the_byline_are_the_authors(apples: FeedEntry) -> None:
    assert apples.authors == ("Ольга Берёзина",)


def test_the_byline_leaves_out_the_title_of_the_writer(apples: FeedEntry) -> None:
    assert apples.byline == "Автор: Ольга Берёзина"


def test_the_location_of_the_dateline_is_the_place(apples: FeedEntry) -> None:
    assert apples.located == "САМАРА"


def test_subjects_keep_their_registry(apples: FeedEntry) -> None:
    assert apples.subjects == (
        Subject(name="Сельское хозяйство", scheme="subj", code="04001000"),
        Subject(name="Регионы", scheme="VOLGA", code="A7"),
    )


def test_keywords_are_kept_once(apples: FeedEntry) -> None:
    assert apples.categories == ("яблоки", "урожай")


def test_media_become_links_with_their_caption(apples: FeedEntry) -> None:
    assert apples.links == (
        Link(
            href="https://volga.example/apples.jpg",
            rel="image",
            type="image/jpeg",
            length=5120,
            title="Сбор урожая",
        ),
    )


def test_slug_provider_copyright_language_and_urgency_are_kept(apples: FeedEntry) -> None:
    assert (apples.slugline, apples.provider, apples.copyright, apples.language, apples.urgency) == (
        "урожай-яблоки",
        "Волга",
        "Волга 2025",
        "ru",
        5,
    )


@pytest.mark.parametrize("status", ["canceled", "withheld"])
def test_a_canceled_document_is_withdrawn(status: str) -> None:
    assert nitf(f' management-status="{status}">').status == "withdrawn"


def test_a_release_after_the_issue_is_an_embargo() -> None:
    dates = '><date.issue norm="20250305T080000Z"/><date.release norm="20250306T080000Z"/>'
    assert nitf(dates).embargo_until == utc(2025, 3, 6, 8, 0)


def test_a_release_at_the_issue_is_no_embargo() -> None:
    dates = '><date.issue norm="20250305T080000Z"/><date.release norm="20250305T080000Z"/>'
    assert nitf(dates).embargo_until is None


def test_an_embargo_without_a_date_holds_until_further_notice() -> None:
    assert nitf(' management-status="embargoed">').embargo_until == UNTIL_FURTHER_NOTICE


def test_text_outside_any_paragraph_is_wrapped() -> None:
    assert nitf(">", content="Bare text.").content == "<p>Bare text.</p>"


def test_a_dateline_that_is_only_a_date_gives_no_place() -> None:
    assert nitf(">", head="<dateline>March 5</dateline>").located is None


def test_the_city_of_the_event_stands_in_for_the_dateline() -> None:
    assert nitf('><evloc city="Basra"/>').located == "Basra"


def test_an_iptc_code_in_a_meta_is_a_subject() -> None:
    text = (
        '<nitf><head><title>T</title><meta name="category_iptc" content="04000000"/></head>'
        "<body><body.content><p>x</p></body.content></body></nitf>"
    )
    assert parse(text, CONTEXT).entries[0].subjects == (Subject(scheme="subj", code="04000000"),)


def test_an_empty_document_goes_to_bad() -> None:
    feed = parse("<nitf><body><body.content/></body></nitf>", CONTEXT)
    assert (feed.entries, [bad.message for bad in feed.bad]) == ([], ["neither title nor text"])


def test_several_documents_in_one_envelope_are_all_read() -> None:
    one = "<nitf><head><title>T</title></head></nitf>"
    assert len(parse(f"<batch>{one}{one}</batch>", CONTEXT).entries) == 2


@pytest.mark.parametrize(
    "content", ["One.\n\nTwo.", "<block>One.\n\nTwo.</block>", "<pre>   One.\n   Two.</pre>"]
)
def test_bare_text_of_old_systems_is_divided_into_paragraphs(content: str) -> None:
    assert nitf(">", content=content).content == "<p>One.</p>\n<p>Two.</p>"


def test_what_the_article_is_about_is_a_subject() -> None:
    about = (
        "><identified-content><person>Leyla Hasan</person>"
        '<classifier idsrc="iptc.org" value="04000000">economy</classifier></identified-content>'
    )
    assert nitf(about).subjects == (
        Subject(name="Leyla Hasan"),
        Subject(name="economy", scheme="subj", code="04000000"),
    )
