"""Dates in figures: which number is the day and which calendar the year belongs to."""

from datetime import date, timedelta

from transforms.feeds.context import FeedContext
from transforms.feeds.date_calendars import DateError, to_gregorian
from transforms.feeds.date_zones import region_of

Reading = tuple[str, date, tuple[str, ...]]

# Month first: CLDR 45 short date patterns beginning with M.
_MONTH_FIRST = frozenset(["US", "PH", "PR", "GU", "VI", "AS", "MP", "UM", "PW", "FM", "MH"])
_JALALI_LANGUAGES = frozenset(["fa", "ps", "prs", "ckb"])
_GREGORIAN_YEARS = range(1700, 10000)
_HIJRI_YEARS = range(1300, 1501)
# Two-digit years from here on belong to the last century (POSIX strptime %y).
_CENTURY_PIVOT = 69


def full_year(digits: str) -> str:
    """Four digits for two, as POSIX has it.

    >>> full_year("20"), full_year("99")
    ('2020', '1999')
    """
    return f"{19 if int(digits) >= _CENTURY_PIVOT else 20}{int(digits):02d}"


def numeric_date(parts: tuple[str, ...], text: str, eras: frozenset[str], context: FeedContext) -> Reading:
    """Read ``26/06/2020``, ``2020/06/26``, ``26.06.20``, ``1399/04/06``.

    Args:
        parts: The three numbers as written.
        text: The token, for its separator.
        eras: Era marks near it: ``gregorian``, ``hijri``, ``jalali``.
        context: Region and language settle the order, ``fetched_at`` what lies in the future.

    Raises:
        DateError: No such day, or ``ambiguous_order``, ``ambiguous_calendar``.
    """
    first, middle, last = parts
    if len(first) == 4:
        calendar = _calendar(int(first), eras, context)
        return calendar, to_gregorian(calendar, int(first), int(middle), int(last)), ()
    if len(last) == 4:
        return _year_last(int(first), int(middle), int(last), text, eras, context)
    if len(last) == 2 and len(first) <= 2:
        return _short_year(parts, text, context)
    raise DateError("unreadable")


def _calendar(year: int, eras: frozenset[str], context: FeedContext) -> str:
    if year in _GREGORIAN_YEARS:
        return "gregorian"
    if year not in _HIJRI_YEARS:
        raise DateError("out_of_range")
    if "jalali" in eras or "hijri" in eras:
        return "jalali" if "jalali" in eras else "hijri"
    language = (context.language or "").split("-")[0].lower()
    if language in _JALALI_LANGUAGES or region_of(context) in ("IR", "AF"):
        return "jalali"
    if language == "ar" or region_of(context) == "SA":
        return "hijri"
    raise DateError("ambiguous_calendar")


def _year_last(
    first: int, middle: int, year: int, text: str, eras: frozenset[str], context: FeedContext
) -> Reading:
    calendar = _calendar(year, eras, context)
    if first > 12 or first == middle:
        return calendar, to_gregorian(calendar, year, middle, first), ()
    if middle > 12:
        return calendar, to_gregorian(calendar, year, first, middle), ()
    order = _order(text, context)
    day, month = (first, middle) if order == "day" else (middle, first)
    flags = () if "." in text else (f"assumed_{order}_first",)
    return calendar, to_gregorian(calendar, year, month, day), flags


def _order(text: str, context: FeedContext) -> str:
    """``day`` or ``month``: which comes first; dots are only written day first."""
    if "." in text:
        return "day"
    region = region_of(context)
    if region:
        return "month" if region in _MONTH_FIRST else "day"
    language = (context.language or "").split("-")[0].lower()
    if language and language != "en":
        return "day"
    raise DateError("ambiguous_order")


def _short_year(parts: tuple[str, ...], text: str, context: FeedContext) -> Reading:
    """Two-digit years: the one reading that is a day and not in the future; dots are only day first."""
    a, b, c = parts
    orders = [(c, b, a)] if "." in text else [(c, b, a), (a, b, c), (c, a, b)]
    latest = context.fetched_at.date() + timedelta(days=1)
    days = {
        day for year, month, day_ in orders if (day := _try(full_year(year), month, day_)) and day <= latest
    }
    if len(days) != 1:
        raise DateError("ambiguous_order" if days else "invalid_date")
    return "gregorian", days.pop(), ("two_digit_year",)


def _try(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
