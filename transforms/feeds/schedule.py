"""How often, and when not, a publisher wants to be asked; and where a feed continues."""

import re
from collections.abc import Iterable, Mapping

from transforms.feeds.raw_entry import resolve

# Characters of one skipHours or skipDays that are read: 24 hours with room to spare.
MAX_LIST = 4000
# Minutes of sy:updatePeriod (http://web.resource.org/rss/1.0/modules/syndication/).
_PERIODS = {"hourly": 60, "daily": 1440, "weekly": 10080, "monthly": 43200, "yearly": 525600}
_DAYS = {
    name: number
    for number, name in enumerate(
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    )
}
_HOUR = re.compile(r"<hour\b[^<>]*>\s{0,20}(\d{1,2})\s{0,20}</hour>", re.IGNORECASE)
_DAY = re.compile(r"<day\b[^<>]*>\s{0,20}([A-Za-z]{5,10})\s{0,20}</day>", re.IGNORECASE)

Polling = tuple[float | None, tuple[int, ...], tuple[int, ...]]


def polling(ttl: str | None, period: str | None, frequency: str | None, text: str) -> Polling:
    """Minutes between polls, UTC hours and weekdays (Monday is 0) to leave out.

    ``skipHours`` is read from the text: feedparser keeps only its last hour.

    >>> polling(None, "hourly", "2", "<skipHours><hour>0</hour><hour>24</hour></skipHours>")
    (30.0, (0,), ())
    """
    skip_hours = {int(hour) % 24 for hour in _HOUR.findall(_inside(text, "skipHours"))}
    names = {day.lower() for day in _DAY.findall(_inside(text, "skipDays"))}
    skip_days = sorted(_DAYS[name] for name in names if name in _DAYS)
    return _minutes(ttl) or _period(period, frequency), tuple(sorted(skip_hours)), tuple(skip_days)


def _inside(text: str, name: str) -> str:
    """What stands between the first start tag of that name and the end tag after it."""
    start = text.find(f"<{name}")
    end = text.find(f"</{name}", start) if start >= 0 else -1
    return text[start : min(end, start + MAX_LIST)] if end >= 0 else ""


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
