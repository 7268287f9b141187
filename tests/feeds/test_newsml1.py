import pytest

from tests.feeds.agency_documents import CONTEXT, document, utc
from transforms.feeds.entry import FeedEntry, FeedError, Link, Subject
from transforms.feeds.newsml1 import parse
from transforms.feeds.values import UNTIL_FURTHER_NOTICE


def read(name: str) -> list[FeedEntry]:
    return parse(document(name), CONTEXT).entries


@pytest.fixture(scope="module")
def arabic() -> FeedEntry:
    return read("newsml1_ar.xml")[0]


@pytest.fixture(scope="module")
def russian() -> FeedEntry:
    return read("newsml1_ru_embargo.xml")[0]


def item(management: str, component: str = "<NewsComponent/>") -> FeedEntry:
    text = f"""<NewsML><NewsItem><Identification><NewsIdentifier><NewsItemId>9</NewsItemId></NewsIdentifier>
    </Identification><NewsManagement>{management}</NewsManagement>{component}</NewsItem></NewsML>"""
    return parse(text, CONTEXT).entries[0]


def test_inline_nitf_becomes_paragraphs(arabic: FeedEntry) -> None:
    assert arabic.content == (
        "<p>القاهرة، 5 مارس. /النهر/. افتتحت المدينة صباح اليوم جسرا جديدا يربط الضفتين.</p>\n"
        "<p>وقال المهندس المشرف إن العمل استغرق عامين، وإن الجسر يتسع لأربع حارات &amp; ممر للمشاة.</p>"
    )


def test_the_headline_of_the_innermost_component_is_the_title(arabic: FeedEntry) -> None:
    assert arabic.title == "افتتاح جسر جديد فوق النهر بعد عامين من العمل"


def test_a_document_without_identifiers_is_known_by_its_guid_element(arabic: FeedEntry) -> None:
    assert arabic.guid == "7F3C55E0A1"


def test_a_date_without_a_zone_is_read_in_the_zone_of_the_source(arabic: FeedEntry) -> None:
    assert (arabic.published, arabic.date_quality) == (utc(2025, 3, 5, 7, 27, 8), ("assumed_zone",))


def test_the_date_string_is_kept_verbatim(arabic: FeedEntry) -> None:
    assert arabic.published_raw == "20250305T102708"


def test_the_revision_date_is_the_update(arabic: FeedEntry) -> None:
    assert arabic.updated == utc(2025, 3, 5, 7, 31, 12)


def test_metadata_under_a_misspelt_name_is_found(arabic: FeedEntry) -> None:
    assert arabic.located == "القاهرة"


def test_lines_of_an_outer_component_are_inherited(arabic: FeedEntry) -> None:
    assert arabic.copyright == "(c) وكالة النهر 2025"


def test_an_urgency_written_as_text_counts(arabic: FeedEntry) -> None:
    assert arabic.urgency == 2


def test_item_keywords_become_categories(arabic: FeedEntry) -> None:
    assert arabic.categories == ("rubric_ECONOMY", "عاجل")


def test_language_slugline_and_provider_are_kept(arabic: FeedEntry) -> None:
    assert (arabic.language, arabic.slugline, arabic.provider) == ("ar", "عاجل", "agency.example")


def test_the_revision_is_cut_from_the_public_identifier(russian: FeedEntry) -> None:
    assert russian.guid == "urn:newsml:volga.example:20250305:RU-118"


def test_the_revision_number_is_the_provider_version(russian: FeedEntry) -> None:
    assert russian.provider_version == "3"


def test_an_embargo_ends_when_the_status_will_change(russian: FeedEntry) -> None:
    assert russian.embargo_until == utc(2025, 3, 6, 9, 0)


def test_indented_wrapped_text_becomes_paragraphs(russian: FeedEntry) -> None:
    assert russian.content == (
        "<p>ИРКУТСК, 5 марта. Толщина льда на озере достигла девяноста сантиметров, сообщила группа "
        "исследователей после трёх недель замеров у северного берега.</p>\n"
        "<p>Следующая экспедиция выйдет на лёд в конце марта.</p>"
    )


def test_a_picture_component_becomes_a_link_not_an_entry(russian: FeedEntry) -> None:
    assert russian.links == (
        Link(href="ice.jpg", rel="image", type="image/jpeg", length=20480, title="Экспедиция на льду"),
        Link(href="urn:newsml:volga.example:20250305:FOTO-7", rel="related"),
    )


def test_iptc_subject_codes_are_kept(russian: FeedEntry) -> None:
    assert russian.subjects == (
        Subject(scheme="subj", code="13000000"),
        Subject(scheme="subj", code="13009000"),
    )


def test_keyword_lines_and_properties_are_both_read(russian: FeedEntry) -> None:
    assert russian.categories == ("наука", "лёд", "озеро")


def test_editors_are_no_authors(russian: FeedEntry) -> None:
    assert russian.authors == ("Анна Лугова",)


def test_the_dateline_gives_the_place_without_the_date(russian: FeedEntry) -> None:
    assert russian.located == "ИРКУТСК"


def test_the_subheadline_is_the_summary(russian: FeedEntry) -> None:
    assert russian.summary == "<p>Замеры вели три недели</p>"


def test_the_priority_of_the_envelope_stands_in_for_the_urgency(russian: FeedEntry) -> None:
    assert russian.urgency == 4


def test_an_item_in_two_languages_gives_two_entries() -> None:
    entries = read("newsml1_two_languages.xml")
    assert [(entry.language, entry.title) for entry in entries] == [
        ("en", "Harbour reopens after storm"),
        ("fr", "Le port rouvre après la tempête"),
    ]


def test_the_two_entries_have_identifiers_of_their_own() -> None:
    assert [entry.guid for entry in read("newsml1_two_languages.xml")] == [
        "urn:newsml:delta.example:98055#11",
        "urn:newsml:delta.example:98055#12",
    ]


def test_lead_and_body_make_the_text_and_the_title_does_not() -> None:
    assert read("newsml1_two_languages.xml")[0].content == (
        "<p>Ships left at noon.</p>\n<p>The <b>pilot</b> service resumed.</p>"
    )


@pytest.mark.parametrize("status", ["Canceled", "Withheld", "canceled"])
def test_a_canceled_item_is_withdrawn(status: str) -> None:
    assert item(f'<Status FormalName="{status}"/>').status == "withdrawn"


def test_an_instruction_to_delete_withdraws_the_item() -> None:
    assert item('<Status FormalName="Usable"/><Instruction FormalName="Delete"/>').status == "withdrawn"


def test_a_recall_without_any_component_is_still_an_entry() -> None:
    assert item('<Status FormalName="Canceled"/>', component="").guid == "urn:newsml:9"


def test_an_embargo_without_a_date_holds_until_further_notice() -> None:
    component = "<NewsComponent><NewsLines><HeadLine>H</HeadLine></NewsLines></NewsComponent>"
    assert item('<Status FormalName="Embargoed"/>', component).embargo_until == UNTIL_FURTHER_NOTICE


def test_an_item_that_says_nothing_goes_to_bad() -> None:
    feed = parse("<NewsML><NewsItem><NewsComponent/></NewsItem></NewsML>", CONTEXT)
    assert (feed.entries, [bad.exception for bad in feed.bad]) == ([], ["Empty"])


def test_bare_paragraphs_without_nitf_are_the_body() -> None:
    data = "<ContentItem><DataContent><p>One.</p><p>Two.</p></DataContent></ContentItem>"
    entry = item("", f"<NewsComponent><NewsLines><HeadLine>H</HeadLine></NewsLines>{data}</NewsComponent>")
    assert entry.content == "<p>One.</p>\n<p>Two.</p>"


def test_html_in_cdata_is_kept_as_html() -> None:
    data = "<ContentItem><DataContent><![CDATA[<P>One &amp; two.</P>]]></DataContent></ContentItem>"
    entry = item("", f"<NewsComponent><NewsLines><HeadLine>H</HeadLine></NewsLines>{data}</NewsComponent>")
    assert entry.content == "<P>One &amp; two.</P>"


def test_names_of_a_topic_set_are_given_to_its_codes() -> None:
    topics = (
        "<TopicSet><Topic><FormalName>09003000</FormalName><Description Variant='Name' xml:lang='el'>Εργασία"
        "</Description><Description Variant='Name' xml:lang='en'>Employment</Description></Topic></TopicSet>"
    )
    code = "<SubjectCode><Subject FormalName='09003000'/></SubjectCode>"
    lines = f"<NewsLines><HeadLine>H</HeadLine></NewsLines><DescriptiveMetadata>{code}</DescriptiveMetadata>"
    entry = item("", f"<NewsComponent>{topics}{lines}</NewsComponent>")
    assert entry.subjects == (Subject(name="Employment", scheme="subj", code="09003000"),)


def test_a_cut_document_gives_the_complete_items_and_reports_the_open_one() -> None:
    whole = document("newsml1_ru_embargo.xml")
    second = whole[whole.index("<NewsItem") : whole.index("</NewsItem>")].replace("RU-118", "RU-119")
    cut = whole.replace("</NewsML>", second[: len(second) // 2])
    feed = parse(cut, CONTEXT)
    assert ([entry.guid for entry in feed.entries], [bad.exception for bad in feed.bad]) == (
        ["urn:newsml:volga.example:20250305:RU-118"],
        ["TruncatedItem"],
    )


def test_text_that_is_no_xml_is_refused_by_name() -> None:
    with pytest.raises(FeedError) as caught:
        parse("plain words", CONTEXT)
    assert caught.value.error_class == "unreadable_xml"


def test_the_caption_of_a_picture_is_its_summary() -> None:
    data = "<ContentItem><DataContent>A bridge.</DataContent></ContentItem>"
    caption = f"<NewsComponent><Role FormalName='Caption'/>{data}</NewsComponent>"
    entry = item("", f"<NewsComponent><NewsLines><HeadLine>H</HeadLine></NewsLines>{caption}</NewsComponent>")
    assert (entry.summary, entry.content) == ("<p>A bridge.</p>", None)
