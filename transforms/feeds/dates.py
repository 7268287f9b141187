"""Dates as publishers write them, to UTC instants. A missing or unreadable date is None, never now."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache
from html import unescape
from zoneinfo import ZoneInfo

from transforms.feeds.context import FeedContext
from transforms.feeds.date_calendars import DateError, to_gregorian
from transforms.feeds.date_text import clock, read_text
from transforms.feeds.date_words import fold
from transforms.feeds.date_zones import Moment, is_zone, named_zone, offset

MAX_LENGTH = 200
# A publisher's clock may run ahead; calendars of events lie ahead; beyond that it is an error.
AHEAD = timedelta(days=1)
FAR_AHEAD = timedelta(days=3660)
FIRST_YEAR = 1700

_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})"
    r"(?:(?:[Tt]|\s+)(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?\s*(?:([+-])(\d{2}):?(\d{2})?|([Zz])|([A-Za-z]{2,5}))?)?$",
    re.ASCII,
)
_ISO_BASIC = re.compile(
    r"(\d{4})(\d{2})(\d{2})(?:[Tt]?(\d{2})(\d{2})(\d{2})?(?:[.,]\d+)?\s*(?:([+-])(\d{2}):?(\d{2})?|([Zz])|([A-Z]{2,5}))?)?$",
    re.ASCII,
)
_RFC822 = re.compile(
    r"(?:([A-Z][a-z]{2}),\s+)?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2})(?::(\d{2}))?"
    r" (?:([+-])(\d{2}):?(\d{2})|(GMT|UTC|Z))$",
    re.ASCII,
)
_EPOCH = re.compile(r"(\d{9,10})(?:\.\d+)?$|(\d{9,10})(?:\d{3}|\d{6})$", re.ASCII)
_ISO_WEEK = re.compile(r"(\d{4})-?W(\d{2})-?(\d)$|(\d{4})-(\d{3})$", re.ASCII)
_IANA = re.compile(
    r"\b(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)/[A-Za-z_/+-]+"
)
_MONTHS = dict(
    zip(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
        range(1, 13),
        strict=True,
    )
)
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MARKUP = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """What a date string says.

    Attributes:
        instant: UTC instant, or None when the string cannot be read safely.
        quality: Flags, sorted; empty for a clean date. With an instant: ``assumed_zone``, ``ambiguous_zone``,
            ``unknown_zone``, ``date_only``, ``epoch``, ``two_digit_year``, ``assumed_day_first``,
            ``assumed_month_first``, ``weekday_mismatch``, ``odd_meridiem``, ``extra_words``, ``hijri``,
            ``jalali``, ``dst_ambiguous``, ``future``. Without: ``unreadable``, ``incomplete``, ``no_year``,
            ``relative``, ``invalid_date``, ``invalid_time``, ``invalid_zone``, ``contradictory``,
            ``ambiguous_order``, ``ambiguous_calendar``, ``calendar_unavailable``, ``out_of_range``,
            ``placeholder``.
    """

    instant: datetime | None
    quality: tuple[str, ...] = ()


def parse_date(raw: str, context: FeedContext) -> ParsedDate:
    """Read one date string; never falls back on the time of reading.

    Args:
        raw: The string as published.
        context: Settles what the string leaves open: zone, calendar, day or month first.

    >>> context = FeedContext(url="https://a.example/", timezone="Asia/Riyadh",
    ...                       fetched_at=datetime(2026, 1, 1, tzinfo=UTC))
    >>> parse_date("الجمعة ٢٦ حزيران / يونيو ٢٠٢٠ - ١٠:٣٠ م", context).instant.isoformat()
    '2020-06-26T19:30:00+00:00'
    >>> parse_date("31 June 2020", context)
    ParsedDate(instant=None, quality=('invalid_date',))
    """
    try:
        return _check(_read(raw, context), context)
    except DateError as error:
        return ParsedDate(None, (str(error),))


def _read(raw: str, context: FeedContext) -> Moment:
    text = raw.strip()
    match = _RFC822.match(text)
    if match and match[3] in _MONTHS:
        numbers = (int(match[4]), _MONTHS[match[3]], int(match[2]))
        moment = _numeric_moment(numbers, match.groups()[4:], context)
        wrong = match[1] and match[1] != _WEEKDAYS[date(*numbers).weekday()]
        return replace(moment, flags=(*moment.flags, "weekday_mismatch")) if wrong else moment
    if match := _ISO.match(text):
        return _numeric_moment((int(match[1]), int(match[2]), int(match[3])), match.groups()[3:], context)
    return _read_rare(text, context)


def _read_rare(text: str, context: FeedContext) -> Moment:
    if len(text) > MAX_LENGTH:
        raise DateError("unreadable")
    text = _MARKUP.sub(" ", unescape(text)).strip()
    if match := _EPOCH.match(plain := fold(text)):
        seconds = int(match[1] or match[2])
        return Moment(datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None), UTC, ("epoch",))
    if (match := _ISO_BASIC.match(plain.upper())) and 1 <= int(match[2]) <= 12:
        return _numeric_moment((int(match[1]), int(match[2]), int(match[3])), match.groups()[3:], context)
    if match := _ISO_WEEK.match(plain.upper()):
        return _week_date(match)
    iana = _IANA.search(text)
    moment = read_text(fold(_cjk(_IANA.sub(" ", text))), context)
    zone = _zone(iana[0]) if iana and moment.zone is None else None
    return Moment(moment.naive, zone or moment.zone, moment.flags)


def _numeric_moment(
    numbers: tuple[int, int, int], rest: tuple[str | None, ...], context: FeedContext
) -> Moment:
    """A date in figures with the groups hour, minute, second, sign, hours, minutes, Z and zone name."""
    naive = _civil(numbers, rest)
    if rest[0] is None:
        return Moment(naive, None, ("date_only",))
    if rest[3]:
        zone = offset(rest[3], int(rest[4] or 0), int(rest[5] or 0))
        if zone is None:
            raise DateError("invalid_zone")
        return Moment(naive, zone, ())
    if rest[6]:
        return Moment(naive, UTC, ())
    return _named(naive, fold(rest[7]) if len(rest) > 7 and rest[7] else "", context)


def _civil(numbers: tuple[int, int, int], rest: tuple[str | None, ...]) -> datetime:
    hour, minute, second = int(rest[0] or 0), int(rest[1] or 0), int(rest[2] or 0)
    try:
        return datetime(*numbers, hour, minute, second)
    except ValueError:  # perhaps 24:00 or a leap second
        pass
    day = to_gregorian("gregorian", *numbers)
    return datetime(day.year, day.month, day.day) + clock(hour, minute, second)


def _named(naive: datetime, name: str, context: FeedContext) -> Moment:
    if not name:
        return Moment(naive, None, ())
    if not is_zone(name):
        return Moment(naive, None, ("unknown_zone",))
    zone, flag = named_zone(name, naive, context)
    return Moment(naive, zone, (flag,) if flag else ())


def _week_date(match: re.Match[str]) -> Moment:
    try:
        if match[1]:
            return Moment(datetime.fromisocalendar(*map(int, match.groups()[:3])), None, ("date_only",))
        return Moment(datetime.strptime(f"{match[4]}-{match[5]}", "%Y-%j"), None, ("date_only",))
    except ValueError as error:
        raise DateError("invalid_date") from error


def _cjk(text: str) -> str:
    """``2020年6月26日`` and ``2020년 6월 26일`` as 2020-6-26."""
    text = re.sub(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]", r" \1-\2-\3 ", text)
    return re.sub(r"(\d{1,2})\s*[時时点點시]\s*(?:(\d{1,2})\s*[分분]?)", r" \1:\2 ", text)


@cache
def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError):
        return None


def _check(moment: Moment, context: FeedContext) -> ParsedDate:
    flags = moment.flags
    zone = moment.zone
    if zone is None:
        zone = (_zone(context.timezone) if context.timezone else None) or UTC
        flags = (*flags, "assumed_zone", *_twice(moment.naive, zone))
    if moment.naive.year < FIRST_YEAR:
        raise DateError("out_of_range")
    if moment.naive.year == 1970 and moment.naive.timetuple().tm_yday == 1:
        raise DateError("placeholder")
    instant = moment.naive.replace(tzinfo=zone).astimezone(UTC)
    if instant > context.fetched_at + FAR_AHEAD:
        raise DateError("out_of_range")
    ahead = ("future",) if instant > context.fetched_at + AHEAD else ()
    return ParsedDate(instant, tuple(sorted({*flags, *ahead})) if flags or ahead else ())


def _twice(naive: datetime, zone: tzinfo) -> tuple[str, ...]:
    """Whether a local time happens twice, or never, where clocks change."""
    first, second = naive.replace(tzinfo=zone), naive.replace(tzinfo=zone, fold=1)
    return ("dst_ambiguous",) if first.utcoffset() != second.utcoffset() else ()
