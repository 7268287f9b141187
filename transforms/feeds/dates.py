"""Dates as publishers write them, to UTC instants."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from transforms.feeds.context import FeedContext


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """What a date string says.

    Attributes:
        instant: UTC instant, or None when the string cannot be read safely.
        quality: Flags, sorted, e.g. ``assumed_zone``, ``date_only``, ``unreadable``; empty for a clean date.
    """

    instant: datetime | None
    quality: tuple[str, ...] = ()


def parse_date(raw: str, context: FeedContext) -> ParsedDate:
    """Read one date string; never falls back on the time of reading.

    Args:
        raw: The string as published.
        context: Settles what the string leaves open: zone, calendar, day or month first.
    """
    text = raw.strip()
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        try:
            value = parsedate_to_datetime(text)
        except ValueError:
            return ParsedDate(None, ("unreadable",))
    if value.tzinfo is not None:
        return ParsedDate(value.astimezone(UTC))
    zone = ZoneInfo(context.timezone) if context.timezone else UTC
    return ParsedDate(value.replace(tzinfo=zone).astimezone(UTC), ("assumed_zone",))
