"""Every date form of the case file, and what no string may do."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.feeds.context import FeedContext
from transforms.feeds.dates import parse_date

CASES = Path(__file__).parent.parent / "data" / "feeds" / "dates.tsv"
READ_AT = datetime(2026, 1, 1, tzinfo=UTC)


def context(language: str = "", timezone: str = "") -> FeedContext:
    return FeedContext(
        url="https://news.example.com/rss",
        language=language or None,
        timezone=timezone or None,
        fetched_at=READ_AT,
    )


def cases() -> list[list[str]]:
    lines = CASES.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("# ")]
    return [row + [""] * (5 - len(row)) for row in rows]


def test_the_case_file_holds_at_least_150_forms() -> None:
    assert len(cases()) >= 150


@pytest.mark.parametrize(("raw", "expected", "flags", "language", "timezone"), cases())
def test_a_date_is_read_as_the_case_file_says(
    raw: str, expected: str, flags: str, language: str, timezone: str
) -> None:
    found = parse_date(raw, context(language, timezone))
    instant = found.instant.strftime("%Y-%m-%dT%H:%M:%SZ") if found.instant else "-"
    assert (instant, " ".join(found.quality)) == (expected, flags)


@given(st.text(max_size=250), st.sampled_from(["", "ar", "fa", "en", "ru"]))
def test_any_text_gives_an_instant_or_a_reason(raw: str, language: str) -> None:
    found = parse_date(raw, context(language))
    assert found.instant is not None or found.quality


INSTANTS = st.datetimes(datetime(1971, 1, 1), datetime(2025, 12, 31)).map(
    lambda naive: naive.replace(microsecond=0, tzinfo=UTC)
)


@given(INSTANTS)
def test_rfc_822_round_trips(instant: datetime) -> None:
    assert parse_date(format_datetime(instant), context()).instant == instant


@given(INSTANTS, st.integers(-14 * 4, 14 * 4))
def test_iso_8601_with_any_offset_round_trips(instant: datetime, quarters: int) -> None:
    from datetime import timezone

    local = instant.astimezone(timezone(timedelta(minutes=15 * quarters)))
    assert parse_date(local.isoformat(), context()).instant == instant


@given(INSTANTS)
def test_arabic_digits_mean_the_same(instant: datetime) -> None:
    arabic = instant.isoformat().translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert parse_date(arabic, context()).instant == instant


def test_the_time_of_reading_never_fills_in() -> None:
    assert parse_date("", context()).instant is None


def test_without_the_library_a_hijri_date_is_none_with_a_flag(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transforms.feeds.date_calendars._library", lambda name: None)
    assert parse_date("1 محرم 1442", context("ar")).quality == ("calendar_unavailable",)
