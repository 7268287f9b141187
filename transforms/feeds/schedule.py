"""How often, and when not, a publisher wants to be asked; and where a feed continues."""

import re
from collections.abc import Iterable, Mapping

from transforms.feeds.raw_entry import resolve

# Minutes of sy:updatePeriod (http://web.resource.org/rss/1.0/modules/syndication/).
_PERIODS = {"hourly": 60, "daily": 1440, "weekly": 10080, "monthly": 43200, "yearly": 525600}
_DAYS = {
    name: number
    for number, name in enumerate(
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    )
}
_HOURS = re.compile(r"<skip[Hh]ours\b[^>]*>(.*?)</skip[Hh]ours>", re.DOTALL)
_SKIP_DAYS = re.compile(r"<skip[Dd]ays\b[^>]*>(.*?)</skip[Dd]ays>", re.DOTALL)
_HOUR = re.compile(r"<hour\b[^>]*>\s*(\d{1,2})\s*</hour>", re.IGNORECASE)
_DAY = re.compile(r"<day\b[^>]*>\s*([A-Za-z]+)\s*</day>", re.IGNORECASE)

Polling = tuple[float | None, tuple[int, ...], tuple[int, ...]]


def polling(ttl: str | None, period: str | None, frequency: str | None, text: str) -> Polling:
    """Minutes between polls, UTC hours and weekdays (Monday is 0) to leave out.

    ``skipHours`` is read from the text: feedparser keeps only its last hour.

    >>> polling(None, "hourly", "2", "<skipHours><hour>0</hour><hour>24</hour></skipHours>")
    (30.0, (0,), ())
    """
    named = "skip" in text  # the two searches cost as much as reading the feed
    hours, days = (_HOURS.search(text), _SKIP_DAYS.search(text)) if named else (None, None)
    skip_hours = {int(hour) % 24 for hour in _HOUR.findall(hours[1])} if hours else set()
    names = {day.lower() for day in _DAY.findall(days[1])} if days else set()
    skip_days = sorted(_DAYS[name] for name in names if name in _DAYS)
    return _minutes(ttl) or _period(period, frequency), tuple(sorted(skip_hours)), tuple(skip_days)


def _minutes(ttl: str | None) -> float | None:
    value = _positive(ttl)
    return float(value) if value else None


def _period(period: str | None, frequency: str | None) -> float | None:
    minutes = _PERIODS.get((period or "").strip().lower())
    return minutes / (_positive(frequency) or 1) if minutes else None


def _positive(text: str | None) -> int:
    """A small whole number, or 0."""
    digits = (text or "").strip()
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 7 else 0


def next_page(links: Iterable[Mapping[str, str]], base: str) -> str | None:
    """RFC 5005: the older page of a paged or archived feed."""
    by_rel = {link.get("rel"): link.get("href") for link in links}
    href = by_rel.get("prev-archive") or by_rel.get("next")
    return resolve(base, href) if href else None
