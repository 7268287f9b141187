"""The recorded demo feeds say what config/demo/expected.toml promises, read with feedparser alone."""

import calendar
import io
import json
import tomllib
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import feedparser
import pytest

DEMO = Path(__file__).parent.parent / "config" / "demo"
EXPECTED = tomllib.loads((DEMO / "expected.toml").read_text("utf-8"))
FEEDS = {feed["id"]: feed for feed in tomllib.loads((DEMO / "feeds.toml").read_text("utf-8"))["feed"]}
CASES = [(edition, source) for edition in (1, 2) for source in EXPECTED[f"edition-{edition}"]]
each_document = pytest.mark.parametrize(("edition", "source"), CASES)


@dataclass(frozen=True)
class Seen:
    """What a reader without khabar makes of one entry."""

    guid: str
    link: str
    title: str
    body: str
    raw_date: str | None
    parsed: datetime | None

    @property
    def key(self) -> tuple[str, str]:
        return self.guid, self.link.partition("?")[0]

    @property
    def visible(self) -> str:
        return "".join(f"{self.title}{self.body}".split())


@cache
def document(edition: int, source: str) -> tuple[str, list[Seen]]:
    path = DEMO / f"edition-{edition}" / FEEDS[source]["url"].removeprefix("{origin}/")
    text = path.read_bytes().decode(expected(1, source).get("charset", "utf-8"))
    return json_feed(text) if path.suffix == ".json" else xml_feed(text)


def json_feed(text: str) -> tuple[str, list[Seen]]:
    entries = [
        Seen(
            item["id"],
            item["url"],
            item["title"],
            item["content_html"],
            item["date_published"],
            datetime.fromisoformat(item["date_published"]),
        )
        for item in json.loads(text)["items"]
    ]
    return "jsonfeed", entries


def xml_feed(text: str) -> tuple[str, list[Seen]]:
    headers = {"content-type": "application/xml; charset=utf-8"}
    parsed = feedparser.parse(
        io.BytesIO(text.encode()), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    return parsed.version, [seen(entry) for entry in parsed.entries]


def seen(entry: Any) -> Seen:
    name = "published" if "published" in entry else "updated"
    parsed = entry.get(f"{name}_parsed")
    body = entry.content[0].value if "content" in entry else entry.get("summary", "")
    moment = datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None
    return Seen(entry.id, entry.link, entry.title, body, entry.get(name), moment)


def expected(edition: int, source: str) -> dict[str, Any]:
    return EXPECTED[f"edition-{edition}"][source]


def published(source: str, entry: Seen) -> datetime | None:
    beyond: dict[str, datetime] = expected(1, source).get("beyond_feedparser", {})
    if entry.guid in beyond:
        return beyond[entry.guid]
    if entry.raw_date and len(entry.raw_date) == len("2025-03-05 10:00:00"):  # no zone
        naive = datetime.fromisoformat(entry.raw_date)
        return naive.replace(tzinfo=ZoneInfo(FEEDS[source]["timezone"])).astimezone(UTC)
    return entry.parsed.astimezone(UTC) if entry.parsed else None


def first_editions(source: str) -> dict[tuple[str, str], Seen]:
    return {entry.key: entry for entry in document(1, source)[1]}


def added(edition: int, source: str) -> list[Seen]:
    """Rows this poll adds, each under the entry that fixed its day: the first edition's."""
    rejects = expected(edition, source).get("rejects", [])
    entries = [entry for entry in document(edition, source)[1] if entry.guid not in rejects]
    if edition == 1:
        return entries
    before = first_editions(source)
    return [
        before.get(entry.key, entry)
        for entry in entries
        if entry.key not in before or entry.visible != before[entry.key].visible
    ]


@each_document
def test_a_document_has_the_format_that_is_promised(edition: int, source: str) -> None:
    assert document(edition, source)[0] == expected(edition, source)["format"]


@each_document
def test_a_document_has_the_number_of_entries_that_is_promised(edition: int, source: str) -> None:
    assert len(document(edition, source)[1]) == expected(edition, source)["entries"]


@each_document
def test_a_document_is_long_enough_to_show_something_and_short_enough_to_read(
    edition: int, source: str
) -> None:
    assert 6 <= len(document(edition, source)[1]) <= 15


@each_document
def test_outcomes_add_up_to_the_entries(edition: int, source: str) -> None:
    want = expected(edition, source)
    assert sum(want[name] for name in ("new", "edited", "seen", "rejected")) == want["entries"]


@each_document
def test_languages_add_up_to_the_entries_that_are_whole(edition: int, source: str) -> None:
    want = expected(edition, source)
    assert sum(want["languages"].values()) == want["entries"] - want["rejected"]


@each_document
def test_no_two_entries_of_a_document_are_the_same_article(edition: int, source: str) -> None:
    keys = Counter(entry.key for entry in document(edition, source)[1])
    assert max(keys.values()) == 1


@each_document
def test_partitions_count_the_rows_that_the_poll_adds(edition: int, source: str) -> None:
    moments = [published(source, entry) for entry in added(edition, source)]
    days = Counter(str(moment.date()) for moment in moments if moment)
    assert days == expected(edition, source)["partitions"]


@each_document
def test_undated_entries_are_counted(edition: int, source: str) -> None:
    undated = [entry for entry in added(edition, source) if published(source, entry) is None]
    assert len(undated) == expected(edition, source).get("undated", 0)


@pytest.mark.parametrize("source", EXPECTED["edition-2"])
def test_the_second_edition_has_the_new_and_edited_entries_that_are_promised(source: str) -> None:
    before, want = first_editions(source), expected(2, source)
    entries = document(2, source)[1]
    new = [entry for entry in entries if entry.key not in before]
    edited = [entry for entry in entries if entry not in new and entry.visible != before[entry.key].visible]
    assert (len(new), len(edited)) == (want["new"], want["edited"])


@pytest.mark.parametrize("source", ["tass_ar", "wam_ar"])
def test_one_entry_has_vanished_from_the_second_edition(source: str) -> None:
    now = {entry.key for entry in document(2, source)[1]}
    assert len(first_editions(source).keys() - now) == 1


@pytest.mark.parametrize("source", EXPECTED["edition-2"])
def test_one_entry_of_the_second_edition_changed_in_white_space_only(source: str) -> None:
    before = first_editions(source)
    entries = [entry for entry in document(2, source)[1] if entry.key in before]
    respaced = [
        entry
        for entry in entries
        if entry.visible == before[entry.key].visible and entry.body != before[entry.key].body
    ]
    assert len(respaced) == 1


def test_an_edit_moves_a_publication_date_over_midnight() -> None:
    (entry,) = [entry for entry in document(2, "tass_ar")[1] if entry.guid == "tass-ar-1002"]
    assert [entry.parsed and entry.parsed.date()] == [date(2025, 3, 7)]


def test_dates_beyond_feedparser_are_beyond_feedparser() -> None:
    beyond = expected(1, "petra_ar")["beyond_feedparser"]
    entries = [entry for entry in document(1, "petra_ar")[1] if entry.guid in beyond]
    assert [entry.parsed for entry in entries] == [None]


def test_two_different_entries_share_one_guid() -> None:
    guids = Counter(entry.guid for entry in document(1, "tass_ar")[1])
    assert guids.most_common(1) == [("tass-ar-space", 2)]


def test_a_mislabelled_document_is_not_valid_in_the_charset_it_claims() -> None:
    raw = (DEMO / "edition-1" / "ina_ar.xml").read_bytes()
    assert b'encoding="UTF-8"' in raw
    with pytest.raises(UnicodeDecodeError):
        raw.decode("utf-8")


def test_a_cut_document_begins_with_a_warning_and_has_no_end_tag() -> None:
    text = (DEMO / "edition-1" / "spa_ar.xml").read_text("utf-8")
    assert text.startswith("<br />\n<b>Warning</b>")
    assert "</rss>" not in text


def test_the_cut_entry_is_the_one_that_is_expected_to_be_rejected() -> None:
    (reject,) = expected(1, "spa_ar")["rejects"]
    last = document(1, "spa_ar")[1][-1]
    assert (last.guid, last.body) == (reject, "")


def test_every_feed_has_expectations_and_a_file() -> None:
    files = {path.stem for path in (DEMO / "edition-1").iterdir()}
    assert FEEDS.keys() == EXPECTED["edition-1"].keys() == files


@pytest.mark.parametrize("field", ["new", "edited", "rejected"])
def test_poll_sums_follow_from_the_editions(field: str) -> None:
    sums = [sum(feed[field] for feed in EXPECTED[f"edition-{edition}"].values()) for edition in (1, 2)]
    first, unchanged, second = (poll[field] for poll in EXPECTED["poll"])
    assert [first, unchanged, second] == [sums[0], 0, sums[1]]


def test_the_demo_covers_the_languages_and_formats_it_advertises() -> None:
    feeds = EXPECTED["edition-1"].values()
    languages = {tag for feed in feeds for tag in feed["languages"]}
    formats = {feed["format"] for feed in feeds}
    assert languages >= {"ar", "ru", "en", "fr", "fa", "tr", "ur", "es", "zh-Hans"}
    assert formats == {"rss20", "rss10", "atom10", "jsonfeed"}


def test_every_address_in_the_demo_is_one_that_cannot_exist() -> None:
    links = [entry.link for edition, source in CASES for entry in document(edition, source)[1]]
    assert all(".example/" in link for link in links)
