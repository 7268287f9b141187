"""Dates as datelines write them: Gregorian, Hijri and Persian, with or without a year."""

from collections.abc import Sequence
from datetime import date, timedelta

from transforms.text.shapes import Piece


def _nearest_year(month: int, day: int, published: date) -> date | None:
    """The date with this day and month that lies nearest to the day of publication."""
    candidates = []
    for year in (published.year - 1, published.year, published.year + 1):
        try:
            candidates.append(date(year, month, day))
        except ValueError:  # 29 February
            continue
    return min(candidates, key=lambda candidate: abs(candidate - published), default=None)


def _gregorian(year: int | None, month: int, day: int, published: date | None) -> date | None:
    if year is None:
        return _nearest_year(month, day, published) if published and 1 <= month <= 12 else None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def jalali_to_date(year: int, month: int, day: int) -> date | None:
    """Convert a Persian calendar date; None when there is no such day.

    The 33-year cycle of leap years is exact for 1244-1472 (1865-2093).

    >>> jalali_to_date(1399, 1, 1)
    datetime.date(2020, 3, 20)
    """
    if not (1244 <= year <= 1472 and 1 <= month <= 12 and 1 <= day <= 31):
        return None
    leaps = (8 * year + 21) // 33 - (8 * 1244 + 21) // 33
    days = 365 * (year - 1244) + leaps + 31 * min(month - 1, 6) + 30 * max(month - 7, 0) + day - 1
    return date(1865, 3, 21) + timedelta(days)


def _numeric(numbers: list[int], published: date | None) -> date | None:
    if numbers[0] > 31:
        numbers = numbers[2::-1] if len(numbers) > 2 else numbers
    day, month, *rest = numbers
    if month > 12 >= day:
        day, month = month, day
    year = rest[0] if rest else None
    if year is not None and year < 100:
        year += 2000
    return _gregorian(year, month, day, published)


def read_date(line: str, pieces: Sequence[Piece], published: date | None) -> tuple[date | None, str | None]:
    """Read a date from a stretch of a shape.

    Args:
        line: Class characters, see ``shapes``.
        pieces: As many pieces.
        published: Day of publication, from which a missing year is inferred; None when unknown.

    Returns:
        ``(date, hijri)``: the Gregorian day, None when it needs a year that is not known; the
        Hijri date as ``YYYY-MM-DD`` when one is written in full. Hijri is not converted: the
        calendar in use differs by a day between countries.
    """
    hijri, rest = None, 0
    if "h" in line:
        at = line.index("h")
        numbers = [(i, p[2]) for i, (c, p) in enumerate(zip(line, pieces, strict=True)) if c in "nN"]
        days = [value for i, value in numbers if i < at]
        years = [(i, value) for i, value in numbers if i > at]
        if days and years and years[0][1] > 31:
            hijri = f"{years[0][1]:04d}-{pieces[at][2][1]:02d}-{days[-1]:02d}"
            rest = years[0][0] + 1
        else:
            rest = at + 1
    return _read_plain(line[rest:], pieces[rest:], published), hijri


def _read_plain(line: str, pieces: Sequence[Piece], published: date | None) -> date | None:
    numbers = [piece[2] for kind, piece in zip(line, pieces, strict=True) if kind in "nNo"]
    months = [piece[2] for kind, piece in zip(line, pieces, strict=True) if kind == "m"]
    if not months:
        return _numeric(numbers, published) if len(numbers) > 1 else None
    year = next((number for number in numbers if number > 31), None)
    day = next((number for number in numbers if number <= 31), None)
    calendar, month = next((m for m in months if m[0] == "jalali" and (year or 0) < 1500), months[0])
    if day is None:
        return None
    if calendar == "jalali":
        return jalali_to_date(year, month, day) if year else None
    return _gregorian(year, month, day, published)
