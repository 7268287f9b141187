"""Instants between the worlds: aware ``datetime`` in pure rules, Beam's ``Timestamp`` in rows."""

from datetime import datetime

from apache_beam.utils.timestamp import Timestamp


def to_timestamp(moment: datetime | None) -> Timestamp | None:
    """Microsecond-exact ``Timestamp`` of an aware datetime."""
    return None if moment is None else Timestamp.from_utc_datetime(moment)


def utc_date(instant: Timestamp) -> str:
    """The UTC calendar date of an instant, YYYY-MM-DD."""
    return instant.to_utc_datetime().date().isoformat()
