"""Dates in words: which tokens are the day, the month, the year, the time and the zone."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from transforms.feeds.context import FeedContext
from transforms.feeds.date_calendars import DateError, to_gregorian
from transforms.feeds.date_numeric import full_year, numeric_date
from transforms.feeds.date_tokens import Token, tokenize
from transforms.feeds.date_zones import Moment, named_zone, offset

MAX_UNKNOWN_WORDS = 4
_OFFSET = re.compile(r"(?:[a-z]+)?\s?([+-])\s?(\d{1,2}):?(\d{2})?$")
_SHORT = 2


def read_text(folded: str, context: FeedContext) -> Moment:
    """Read a folded date string that is neither ISO 8601 nor RFC 822.

    Raises:
        DateError: It cannot be read safely.
    """
    tokens = _hours_to_times(tokenize(folded))
    day, flags = _day(tokens, context)
    clock, clock_flags = _clock(tokens)
    flags += clock_flags + _check_weekday(tokens, day) + _check_words(tokens)
    if clock is None:
        return Moment(datetime.combine(day, time()), None, (*flags, "date_only"))
    naive = datetime.combine(day, time()) + clock
    return _with_zone(tokens, naive, flags, context)


def _hours_to_times(tokens: list[Token]) -> list[Token]:
    """``5 pm`` and ``الساعة 5 م`` are times; ``2020 م`` is a year."""
    for before, number, mark in zip([None, *tokens], tokens, tokens[1:], strict=False):
        plain = not any(meaning.role == "gregorian" for meaning in mark.meanings)
        announced = before is not None and before.text in ("الساعه", "ساعه")
        is_hour = (
            number.kind == "number" and len(number.digits[0]) <= _SHORT and 0 < int(number.digits[0]) <= 12
        )
        if mark.kind in ("am", "pm") and is_hour and (plain or announced):
            number.kind, number.digits = "time", (number.digits[0], "00")
    return tokens


def _day(tokens: Sequence[Token], context: FeedContext) -> tuple[date, tuple[str, ...]]:
    found: list[tuple[str, date, tuple[str, ...]]] = []
    problems: list[DateError] = []
    for part in _parts(tokens):
        try:
            found.append(_day_of_part(part, context))
        except DateError as problem:
            problems.append(problem)
    if not found:
        raise next((p for p in problems if str(p) not in ("incomplete", "relative")), problems[0])
    found.sort(key=lambda reading: reading[0] != "gregorian")
    calendar, day, flags = found[0]
    return day, flags if calendar == "gregorian" else (*flags, calendar)


def _parts(tokens: Sequence[Token]) -> list[list[Token]]:
    """The same day in two calendars is written with "corresponding to" between."""
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token.kind == "corresponding":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _day_of_part(tokens: Sequence[Token], context: FeedContext) -> tuple[str, date, tuple[str, ...]]:
    numeric = [token for token in tokens if token.kind == "date"]
    if numeric:
        readings = [numeric_date(token.digits, token.text, _eras(tokens), context) for token in numeric]
        readings.sort(key=lambda reading: reading[0] != "gregorian")
        same = {day for calendar, day, _ in readings if calendar == readings[0][0]}
        if len(same) > 1:
            raise DateError("contradictory")
        return readings[0]
    return _named_day(tokens)


def _eras(tokens: Sequence[Token]) -> frozenset[str]:
    return frozenset(
        m.role for token in tokens for m in token.meanings if m.role in ("gregorian", "hijri", "jalali")
    )


def _named_day(tokens: Sequence[Token]) -> tuple[str, date, tuple[str, ...]]:
    months = [
        (index, meaning)
        for index, token in enumerate(tokens)
        for meaning in token.meanings[:1]
        if meaning.role == "month"
    ]
    if not months:
        raise DateError("relative" if any(token.kind == "relative" for token in tokens) else "incomplete")
    calendars = [meaning.calendar for _, meaning in months]
    calendar = "gregorian" if "gregorian" in calendars else calendars[0]
    chosen = [(index, meaning.value) for index, meaning in months if meaning.calendar == calendar]
    if len({value for _, value in chosen}) > 1:
        raise DateError("contradictory")
    mixed = len(set(calendars)) > 1
    year, day, flags = _numbers_around(tokens, chosen[0][0], chosen[-1][0], mixed)
    return calendar, to_gregorian(calendar, year, chosen[0][1], day), flags


def _numbers_around(
    tokens: Sequence[Token], first: int, last: int, mixed: bool
) -> tuple[int, int, tuple[str, ...]]:
    before = [token.digits[0] for token in reversed(tokens[:first]) if token.kind == "number"]
    after = [token.digits[0] for token in tokens[last + 1 :] if token.kind == "number"]
    short = [digits for digits in (*before, *after) if len(digits) <= _SHORT]
    years = [digits for digits in (*after, *before) if len(digits) == 4]
    if not short:
        raise DateError("incomplete")
    day = short[0]
    flags: tuple[str, ...] = ()
    if not years and len(short) == 2 and after and after[0] == short[1]:
        years, flags = [full_year(short[1])], ("two_digit_year",)
        short = short[:1]
    if not years:
        raise DateError("no_year")
    if not mixed and (len(short) > 1 or len(years) > 1):
        raise DateError("contradictory")
    return int(years[0]), int(day), flags


def _clock(tokens: Sequence[Token]) -> tuple[timedelta | None, tuple[str, ...]]:
    places = [index for index, token in enumerate(tokens) if token.kind == "time"]
    if not places:
        return None, ()
    if len({tokens[index].digits for index in places}) > 1:
        raise DateError("contradictory")
    index = places[0]
    hour, minute, second = (*(int(digits) for digits in tokens[index].digits[:3]), 0, 0)[:3]
    mark = _meridiem(tokens, index)
    flags: tuple[str, ...] = ()
    if mark and (hour > 12 or hour == 0):
        flags = () if (hour > 12) == (mark == "pm") else ("odd_meridiem",)
    elif mark:
        hour = hour % 12 + 12 * (mark == "pm")
    return clock(hour, minute, second), flags


def clock(hour: int, minute: int, second: int) -> timedelta:
    """Time since midnight; 24:00:00 and the leap second 60 are allowed (ISO 8601).

    Raises:
        DateError: ``invalid_time``.
    """
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second)):
        raise DateError("invalid_time")
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _meridiem(tokens: Sequence[Token], index: int) -> str | None:
    for place in (index + 1, index - 1):
        if 0 <= place < len(tokens) and tokens[place].kind in ("am", "pm"):
            return tokens[place].kind
    return None


def _with_zone(
    tokens: Sequence[Token], naive: datetime, flags: tuple[str, ...], context: FeedContext
) -> Moment:
    for token in tokens:
        if token.kind == "offset" and (match := _OFFSET.match(token.text)):
            zone = offset(match[1], int(match[2]), int(match[3] or 0))
            if zone is None:
                raise DateError("invalid_zone")
            return Moment(naive, zone, flags)
    names = [token.text for token in tokens if token.kind == "zone"]
    if not names:
        return Moment(naive, None, (*flags, *_unknown_zone(tokens)))
    found, flag = named_zone(names[0], naive, context)
    return Moment(naive, found, (*flags, flag) if flag else flags)


def _unknown_zone(tokens: Sequence[Token]) -> tuple[str, ...]:
    """A word right after the time that nobody knows is most likely a zone."""
    previous = ""
    for token in tokens:
        if token.kind == "word" and previous in ("time", "am", "pm"):
            return ("unknown_zone",)
        previous = token.kind
    return ()


def _check_weekday(tokens: Sequence[Token], day: date) -> tuple[str, ...]:
    named = {m.value for token in tokens for m in token.meanings[:1] if m.role == "weekday"}
    return () if not named or day.weekday() in named else ("weekday_mismatch",)


def _check_words(tokens: Sequence[Token]) -> tuple[str, ...]:
    unknown = sum(token.kind == "word" for token in tokens)
    if unknown > MAX_UNKNOWN_WORDS:
        raise DateError("unreadable")
    return ("extra_words",) if unknown else ()
