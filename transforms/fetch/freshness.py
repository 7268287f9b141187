"""What an answer's headers ask of us: how long it stays fresh, when to come back, how to ask next time."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_DIRECTIVE = re.compile(r'([A-Za-z-]+)(?:\s*=\s*(?:"([^"]*)"|([^\s,;]*)))?')
_MAX_VALIDATOR = 1024  # longer ones are refused by the server's own header limits


def max_age(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds an answer stays fresh: max-age minus Age, else Expires minus Date (RFC 9111 4.2).

    ``no-cache`` and ``no-store`` mean none at all; unreadable values count as missing. Never negative.

    >>> max_age({"cache-control": "public, max-age=600", "age": "120"}, datetime.now(UTC))
    480.0
    """
    directives = {
        m[1].lower(): m[2] or m[3] or "" for m in _DIRECTIVE.finditer(headers.get("cache-control", ""))
    }
    if directives.keys() & {"no-cache", "no-store"}:
        return 0.0
    if (seconds := _seconds(directives.get("max-age", ""))) is not None:
        return max(0.0, seconds - (_seconds(headers.get("age", "")) or 0.0))
    if (expires := http_date(headers.get("expires", ""))) is not None:
        # The server's own clock, where it tells: a wrong one must not move the difference.
        return max(0.0, (expires - (http_date(headers.get("date", "")) or now)).total_seconds())
    return None


def retry_after(headers: Mapping[str, str], now: datetime, cap_seconds: float) -> float | None:
    """Return the seconds Retry-After asks for (RFC 9110 10.2.3), in [0, cap]; None when missing or garbage.

    >>> retry_after({"retry-after": "316800"}, datetime.now(UTC), 86400.0)
    86400.0
    """
    value = headers.get("retry-after", "")
    seconds = _seconds(value)
    if seconds is None and (instant := http_date(value)) is not None:
        seconds = (instant - (http_date(headers.get("date", "")) or now)).total_seconds()
    return None if seconds is None else min(max(0.0, seconds), cap_seconds)


def validator(value: str | None) -> str | None:
    """Return an ETag or Last-Modified to send back verbatim; None when doing so could break a request.

    Both are opaque: weak, unquoted and odd ones go back as they came.
    """
    if not value or len(value) > _MAX_VALIDATOR:
        return None
    return None if any(ord(c) < 32 or ord(c) == 127 or ord(c) > 255 for c in value) else value


def http_date(value: str) -> datetime | None:
    """Return the instant of an HTTP date in any of its three forms; None when it is none."""
    try:
        instant = parsedate_to_datetime(value.strip())
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)


def _seconds(value: str) -> float | None:
    digits = value.strip()
    # Ten digits are three centuries: enough for any cap, short enough for any arithmetic.
    return float(digits[:10]) if digits.isascii() and digits.isdigit() else None
