"""Dates of datelines."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.datelines import jalali_to_date, read_date
from transforms.text.shapes import shape_of


def read(text: str, published: date | None) -> tuple[date | None, str | None]:
    shape = shape_of(text)
    return read_date(shape.line, shape.pieces, published)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("26 يونيو 2020", date(2020, 6, 26)),
        ("٢٦ حزيران ٢٠٢٠", date(2020, 6, 26)),
        ("26 حزيران/يونيو 2020", date(2020, 6, 26)),
        ("9 كانون الأول / ديسمبر 2019", date(2019, 12, 9)),
        ("الأول من ديسمبر 2025", date(2025, 12, 1)),
        ("26 جوان 2020", date(2020, 6, 26)),
        ("1 غشت 2020", date(2020, 8, 1)),
        ("۲۱ اردیبهشت ۱۳۹۹", date(2020, 5, 10)),
        ("26 июня 2020 года", date(2020, 6, 26)),
        ("June 26, 2020", date(2020, 6, 26)),
        ("2nd April, 2024", date(2024, 4, 2)),
        ("5 de marzo de 2020", date(2020, 3, 5)),
        ("2022. május 6.", date(2022, 5, 6)),
        ("26-6-2020", date(2020, 6, 26)),
        ("2020-06-26", date(2020, 6, 26)),
        ("6/26/2020", date(2020, 6, 26)),
        ("30 فبراير 2020", None),
        ("26 يونيو", None),
    ],
)
def test_a_date_is_read(text: str, expected: date | None) -> None:
    assert read(text, None)[0] == expected


def test_a_hijri_date_stands_beside_the_gregorian() -> None:
    assert read("12 شوال 1444 هـ الموافق 02 مايو 2023 م", None) == (date(2023, 5, 2), "1444-10-12")


def test_a_hijri_date_alone_is_not_converted() -> None:
    assert read("12 شوال 1444 هـ", date(2023, 5, 2)) == (None, "1444-10-12")


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2060, 1, 1)), st.integers(-180, 180))
def test_a_missing_year_is_the_nearest_one(day: date, distance: int) -> None:
    months = [
        "يناير",
        "فبراير",
        "مارس",
        "أبريل",
        "مايو",
        "يونيو",
        "يوليو",
        "أغسطس",
        "سبتمبر",
        "أكتوبر",
        "نوفمبر",
        "ديسمبر",
    ]
    assert read(f"{day.day} {months[day.month - 1]}", day + timedelta(distance))[0] == day


@pytest.mark.parametrize(
    ("jalali", "expected"),
    [
        ((1399, 1, 1), date(2020, 3, 20)),
        ((1399, 12, 30), date(2021, 3, 20)),
        ((1403, 12, 30), date(2025, 3, 20)),
        ((1357, 11, 22), date(1979, 2, 11)),
        ((1400, 1, 1), date(2021, 3, 21)),
        ((1500, 1, 1), None),
        ((1399, 13, 1), None),
    ],
)
def test_persian_dates_are_converted(jalali: tuple[int, int, int], expected: date | None) -> None:
    assert jalali_to_date(*jalali) == expected
