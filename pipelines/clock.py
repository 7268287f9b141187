"""Instants of a run: UTC, microseconds, and the run ids made of them."""

import secrets
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """The present instant, UTC."""
    return datetime.now(UTC)


def to_us(moment: datetime) -> int:
    """Microseconds since the epoch, exactly."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def from_us(microseconds: int) -> datetime:
    """The instant ``microseconds`` after the epoch, UTC."""
    return _EPOCH + timedelta(microseconds=microseconds)


def new_run_id(started: datetime) -> str:
    """A run id that sorts by start: ``20260305T061500Z-1f2e3d4c``."""
    return f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
