from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.fetch.freshness import http_date, max_age, retry_after

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
DAY = 86_400.0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"cache-control": "max-age=600"}, 600.0),
        ({"cache-control": 'public, MAX-AGE = "600"'}, 600.0),
        ({"cache-control": "max-age=600", "age": "100"}, 500.0),
        ({"cache-control": "max-age=600", "age": "9999"}, 0.0),
        ({"cache-control": "max-age=600", "age": "old"}, 600.0),
        ({"cache-control": "max-age=315360000"}, 315_360_000.0),
        ({"cache-control": "max-age=-5"}, None),
        ({"cache-control": "max-age=soon"}, None),
        ({"cache-control": "no-cache, max-age=600"}, 0.0),
        ({"cache-control": "no-store"}, 0.0),
        ({"cache-control": "s-maxage=9"}, None),
        ({"expires": "0"}, None),
        ({"expires": "-1"}, None),
        ({"expires": "Thu, 05 Mar 2026 12:10:00 GMT"}, 600.0),
        ({"expires": "Thu, 05 Mar 2026 11:00:00 GMT"}, 0.0),
        ({"expires": "Thu, 05 Mar 2020 12:10:00 GMT", "date": "Thu, 05 Mar 2020 12:00:00 GMT"}, 600.0),
        ({"cache-control": "max-age=60", "expires": "Thu, 05 Mar 2026 12:10:00 GMT"}, 60.0),
    ],
)
def test_freshness(headers: dict[str, str], seconds: float | None) -> None:
    assert max_age(headers, NOW) == seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 120 ", 120.0),
        ("0", 0.0),
        ("316800", DAY),
        ("9" * 400, DAY),
        ("Thu, 05 Mar 2026 12:05:00 GMT", 300.0),
        ("Thursday, 05-Mar-26 12:05:00 GMT", 300.0),
        ("Thu Mar  5 12:05:00 2026", 300.0),
        ("Thu, 05 Mar 2026 11:00:00 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", DAY),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("٦٠", None),
        ("", None),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": value}, NOW, DAY) == seconds


@given(st.text())
def test_retry_after_stays_within_its_cap(value: str) -> None:
    assert 0 <= (retry_after({"retry-after": value}, NOW, DAY) or 0.0) <= DAY


@given(st.text(), st.text(), st.text())
def test_freshness_is_never_negative(cache: str, age: str, expires: str) -> None:
    assert (max_age({"cache-control": cache, "age": age, "expires": expires}, NOW) or 0.0) >= 0


@given(st.datetimes(datetime(1970, 1, 1), datetime(2199, 1, 1)).map(lambda d: d.replace(microsecond=0)))
def test_http_dates_are_read_as_written(instant: datetime) -> None:
    assert http_date(instant.strftime("%a, %d %b %Y %H:%M:%S GMT")) == instant.replace(tzinfo=UTC)
