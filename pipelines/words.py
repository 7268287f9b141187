"""Figures in words, for pages and terminals."""

from datetime import date, datetime

_STEPS = ((90, 1, "s"), (5400, 60, "min"), (129_600, 3600, "h"))


def span(seconds: float | None) -> str:
    """A duration in its natural unit.

    >>> span(42), span(600), span(7200), span(864000), span(-600), span(None)
    ('42 s', '10 min', '2.0 h', '10 days', '-10 min', '')
    """
    if seconds is None:
        return ""
    sign, size = "-" if seconds < 0 else "", abs(seconds)
    for limit, unit, name in _STEPS:
        if size < limit:
            return f"{sign}{size / unit:.{1 if name == 'h' else 0}f} {name}"
    return f"{sign}{size / 86_400:.0f} days"


def when(moment: datetime | date | None) -> str:
    """An instant to the minute, UTC; a date as it is.

    >>> when(datetime(2026, 3, 5, 6, 15)), when(date(2026, 3, 5)), when(None)
    ('2026-03-05 06:15', '2026-03-05', '')
    """
    if moment is None:
        return ""
    return moment.strftime("%Y-%m-%d %H:%M") if isinstance(moment, datetime) else moment.isoformat()


def count(number: int, what: str) -> str:
    """How many of something.

    >>> count(1, "reject"), count(1200, "reject")
    ('1 reject', '1,200 rejects')
    """
    return f"{number:,} {what}{'s' * (number != 1)}"


def size(weight: float) -> str:
    """Bytes in the unit people say.

    >>> size(512), size(20_480), size(3_400_000), size(7_200_000_000)
    ('512 B', '20 kB', '3.4 MB', '7.2 GB')
    """
    for unit, limit in (("B", 1e3), ("kB", 1e6), ("MB", 1e9)):
        if weight < limit:
            return f"{weight / limit * 1e3:.{1 if unit == 'MB' else 0}f} {unit}"
    return f"{weight / 1e9:.1f} GB"
