"""What is remembered about a feed between runs. The ledger keeps it as JSON, beside ``next_due``."""

import dataclasses
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class FeedState:
    """A feed's cursor, written only in the transaction that commits the data it describes.

    All instants are UTC. A field without a value is None, or zero where it counts something.

    Attributes:
        url: ``Feed.url`` this state belongs to; another one in the configuration starts afresh.
        current_url: Where to ask: ``url``, or what a permanent redirect seen often enough made of it.
        redirect_url: A permanent redirect seen lately, not yet believed.
        redirect_count: How often in a row.
        redirect_first_at: Since when.
        etag: Validator of the last committed body, verbatim (opaque, RFC 9110 8.8.3).
        last_modified: Likewise, verbatim (it need not be a date).
        validator_url: Where the validators came from; they are sent nowhere else.
        body_sha256: Of the last committed body.
        next_due: When to poll next.
        due_reason: Why then, in a few words for ``khabar status``.
        interval_seconds: What the feed's own rhythm asks for.
        guard_scale: In (0, 1]: how much shorter than that after possible gaps.
        rate_per_hour: New entries, over the last hours.
        peak_per_hour: Highest such rate, forgotten over weeks.
        window_entries: Entries in the last body.
        window_span_seconds: Time between its oldest and newest entry.
        overlap_ratio: Share of its entries seen before.
        gap_count: Possible gaps so far.
        possible_gap: The last parsed body shared no entry with what was seen before it.
        error_class: Of the last poll; None after a good one.
        error_count: Failures in a row.
        last_polled_at: Last request.
        last_success_at: Last good answer of any kind.
        last_200_at: Last whole body.
        last_304_at: Last 304 to validators of ours.
        last_new_at: Last body with a new entry.
        bogus_304_count: How often a forced full fetch proved 304s wrong.
        retry_after_until: This feed's server asked for peace until then.
        host: Host the back-off below is about (host, or host:port).
        host_until: Every feed of ``host`` waits until then.
        ttl_minutes: As the last body asked.
        skip_hours: UTC hours the publisher asks not to be polled in.
        skip_days: Weekdays likewise, 0 is Monday.
        gone_first_at: First 410 of an unbroken row.
        stopped_at: Confirmed gone: not polled until the URL changes.
        polls: Requests so far.
    """

    url: str
    current_url: str
    redirect_url: str | None = None
    redirect_count: int = 0
    redirect_first_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    validator_url: str | None = None
    body_sha256: str | None = None
    next_due: datetime | None = None
    due_reason: str | None = None
    interval_seconds: float | None = None
    guard_scale: float = 1.0
    rate_per_hour: float | None = None
    peak_per_hour: float = 0.0
    window_entries: int = 0
    window_span_seconds: float | None = None
    overlap_ratio: float | None = None
    gap_count: int = 0
    possible_gap: bool = False
    error_class: str | None = None
    error_count: int = 0
    last_polled_at: datetime | None = None
    last_success_at: datetime | None = None
    last_200_at: datetime | None = None
    last_304_at: datetime | None = None
    last_new_at: datetime | None = None
    bogus_304_count: int = 0
    retry_after_until: datetime | None = None
    host: str | None = None
    host_until: datetime | None = None
    ttl_minutes: float | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    gone_first_at: datetime | None = None
    stopped_at: datetime | None = None
    polls: int = 0

    def to_json(self) -> str:
        """Return the state as one line of JSON with sorted keys and without empty fields."""
        values = {k: v for k, v in dataclasses.asdict(self).items() if v is not None}
        return json.dumps(values, default=_isoformat, sort_keys=True, ensure_ascii=True)

    @classmethod
    def from_json(cls, text: str) -> "FeedState":
        """Read what ``to_json`` wrote, by this version or another one.

        Unknown keys, as a newer version may have written, are dropped.

        Raises:
            ValueError: The text is not such JSON; the message names the key.
        """
        try:
            values = json.loads(text)
        except ValueError as error:
            raise ValueError(f"feed state is not JSON: {error}") from error
        if not isinstance(values, dict):
            raise ValueError(f"feed state is a {type(values).__name__}, expected a JSON object")
        known = {k: _restore(k, v) for k, v in values.items() if k in _FIELDS}
        if missing := {"url", "current_url"} - known.keys():
            raise ValueError(f"feed state lacks {', '.join(sorted(missing))}")
        return cls(**known)


def fresh_state(url: str) -> FeedState:
    """Return the state of a feed never polled."""
    return FeedState(url=url, current_url=url)


def state_of(state: FeedState | None, url: str) -> FeedState:
    """Return the remembered state, or a fresh one when it belongs to another URL or there is none."""
    return state if state is not None and state.url == url else fresh_state(url)


_FIELDS = {f.name: f.type for f in dataclasses.fields(FeedState)}
_INSTANTS = frozenset(name for name, kind in _FIELDS.items() if "datetime" in str(kind))


def _isoformat(value: object) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"feed state cannot hold a {type(value).__name__}")
    return value.astimezone(UTC).isoformat()


def _restore(key: str, value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    if key not in _INSTANTS or value is None:
        return value
    try:
        instant = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise ValueError(f"feed state: {key} is no instant: {value!r}") from error
    if instant.tzinfo is None:
        raise ValueError(f"feed state: {key} has no zone: {value!r}")
    return instant.astimezone(UTC)
