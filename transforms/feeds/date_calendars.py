"""Dates of the Hijri and Jalali calendars, through the libraries of the extra ``khabar[calendars]``."""

from datetime import date
from functools import cache
from types import ModuleType


class DateError(ValueError):
    """A string that is no date, or not safely one; the message is the quality flag."""


@cache
def _library(name: str) -> ModuleType | None:
    import importlib

    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        return None


def to_gregorian(calendar: str, year: int, month: int, day: int) -> date:
    """The Gregorian date of a day.

    Args:
        calendar: ``gregorian``, ``jalali`` (solar Hijri) or ``hijri`` (Umm al-Qura, 1343-1500 AH; a sighting
            of the moon elsewhere may differ by a day).
        year: As written in that calendar.
        month: 1 to 12.
        day: Of the month.

    Raises:
        DateError: No such day, or the library is not installed.
    """
    try:
        if calendar == "gregorian":
            return date(year, month, day)
        return _jalali(year, month, day) if calendar == "jalali" else _hijri(year, month, day)
    except (ValueError, OverflowError) as error:
        raise error if isinstance(error, DateError) else DateError("invalid_date") from error


def _jalali(year: int, month: int, day: int) -> date:
    library = _library("jdatetime")
    if library is None:
        raise DateError("calendar_unavailable")
    converted: date = library.date(year, month, day).togregorian()
    return converted


def _hijri(year: int, month: int, day: int) -> date:
    library = _library("hijridate")
    if library is None:
        raise DateError("calendar_unavailable")
    found = library.Hijri(year, month, day).to_gregorian()
    return date(found.year, found.month, found.day)
