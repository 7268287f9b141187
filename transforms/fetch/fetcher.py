"""One poll of one feed: ask politely, follow redirects carefully, say what came of it."""

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from transforms.fetch.addresses import Resolver, system_resolver
from transforms.fetch.classify import body_class, status_class
from transforms.fetch.decode import ACCEPT_ENCODING, decode_body
from transforms.fetch.errors import FetchError
from transforms.fetch.freshness import max_age, retry_after, validator
from transforms.fetch.policy import Feed, FetchPolicy
from transforms.fetch.result import Fetched
from transforms.fetch.secrets import feed_headers
from transforms.fetch.state import FeedState, state_of
from transforms.fetch.transport import Answer, Transport, UrllibTransport
from transforms.fetch.urls import Target, parse_target, redact, redirect_target

_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1"
)
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_PERMANENT = frozenset((301, 308))


@dataclass
class _Trail:
    """Where a poll has got to, so that a failure half-way can still be told in full."""

    url: str
    accept: str
    hops: int = 0
    permanent: str | None = None
    conditional: bool = False
    answer: Answer | None = None
    received: int = 0


class Fetcher:
    """Polls feeds over one transport. Thread-safe; a context manager that closes idle connections."""

    def __init__(
        self,
        policy: FetchPolicy,
        *,
        clock: Callable[[], datetime],
        transport: Transport | None = None,
        resolver: Resolver = system_resolver,
    ) -> None:
        self.policy = policy
        self._clock = clock
        self._transport = transport or UrllibTransport(policy, resolver)

    def __enter__(self) -> "Fetcher":
        return self

    def __exit__(self, *_: object) -> None:
        self._transport.close()

    def fetch(self, feed: Feed, state: FeedState | None = None, *, url: str | None = None) -> Fetched:
        """Poll a feed once. Never raises for anything a server can do.

        Args:
            feed: An http or https feed.
            state: What is remembered of it; decides where to ask and whether conditionally.
            url: Another document of the same publisher instead: an older page of the feed (RFC 5005), an
                article, robots.txt. Asked for unconditionally; may be HTML.
        """
        known = state_of(state, feed.url)
        began, now = time.monotonic(), self._clock()
        trail = _Trail(url or known.current_url, accept=_ACCEPT if url is None else "*/*")
        blank = Fetched(feed=feed, started_at=now, requested_url=trail.url)
        validators = _validators(known, now) if url is None else {}
        found: dict[str, Any] = {}
        try:
            answer = self._follow(feed, trail, validators, began + self.policy.timeout_seconds)
            found = self._read(answer, trail, known)
        except FetchError as error:
            line = f"{feed.id}: {redact(trail.url)}: {error.finding}"
            found = {"error_class": error.error_class, "error": line}
        return replace(
            blank,
            final_url=trail.url,
            permanent_url=trail.permanent,
            redirects=trail.hops,
            etag_sent=trail.conditional,
            bytes_received=trail.received,
            duration_ms=round((time.monotonic() - began) * 1000),
            **(self._facts(trail.answer, now) | found),
        )

    def _follow(self, feed: Feed, trail: _Trail, validators: Mapping[str, str], deadline: float) -> Answer:
        """Go from hop to hop until an answer is no redirect; ``trail`` tells how far we got."""
        own = feed_headers(feed, self.policy.secrets_file)
        home = parse_target(feed.url)
        target, seen, public, permanent = parse_target(trail.url), set(), False, True
        while True:
            seen.add(target.url)
            headers = self._headers(trail, own if _same_house(home, target) else {})
            trail.conditional = target.url == validators.get("url") and len(validators) > 1
            if trail.conditional:
                headers |= {k: v for k, v in validators.items() if k != "url"}
            trail.answer = None  # should this hop bring none, the status is not that of the one before
            answer = self._transport.get(target, headers, deadline, public_only=public)
            trail.answer, trail.received = answer, trail.received + len(answer.body)
            if answer.status not in _REDIRECTS:
                return answer
            target, came_from = self._next(target, answer, trail), target
            if target.url in seen:
                raise FetchError("redirect", f"loop back to {redact(target.url)}")
            if came_from.scheme == "https" and target.scheme == "http" and not self.policy.allow_downgrade:
                raise FetchError("redirect", f"from https down to {redact(target.url)}")
            public = public or answer.public
            permanent = permanent and answer.status in _PERMANENT
            trail.url = target.url
            trail.permanent = target.url if permanent else trail.permanent

    def _next(self, target: Target, answer: Answer, trail: _Trail) -> Target:
        location = answer.headers.get("location")
        if not location:
            raise FetchError("redirect", f"HTTP {answer.status} without Location")
        trail.hops += 1
        if trail.hops > self.policy.max_redirects:
            raise FetchError("redirect", f"more than {self.policy.max_redirects} hops")
        return redirect_target(target, location)

    def _headers(self, trail: _Trail, own: Mapping[str, str]) -> dict[str, str]:
        contact = f" (+{self.policy.contact})" if self.policy.contact else ""
        return {
            "User-Agent": self.policy.user_agent + contact,
            "Accept": trail.accept,
            "Accept-Encoding": ACCEPT_ENCODING,
            **own,
        }

    def _facts(self, answer: Answer | None, now: datetime) -> dict[str, Any]:
        """What the last answer's head says, good or bad."""
        if answer is None:
            return {}
        headers = answer.headers
        return {
            "http_status": answer.status,
            "content_type": headers.get("content-type"),
            "content_encoding": headers.get("content-encoding"),
            "max_age_seconds": max_age(headers, now),
            "retry_after_seconds": retry_after(headers, now, self.policy.max_backoff_seconds),
        }

    def _read(self, answer: Answer, trail: _Trail, known: FeedState) -> dict[str, Any]:
        """Return what an answer that is no redirect means.

        Raises:
            FetchError: It is not usable.
        """
        if answer.status == 304:
            if not trail.conditional:
                raise FetchError("protocol", "304 although nothing was asked conditionally")
            return {"not_modified": True}
        if name := status_class(answer.status, answer.headers, _readable(answer)):
            raise FetchError(name, f"HTTP {answer.status}")
        encoding = answer.headers.get("content-encoding", "")
        body = decode_body(answer.body, encoding, self.policy.max_bytes)
        if name := body_class(answer.headers, body):
            raise FetchError(name, f"HTTP 200 with {answer.headers.get('content-type', 'no type')}")
        digest = hashlib.sha256(body).hexdigest()
        unchanged = digest == known.body_sha256
        return {
            "body": None if unchanged else body,
            "body_sha256": digest,
            "unchanged_body": unchanged,
            "suspect": answer.surplus,
            "etag": validator(answer.headers.get("etag")),
            "last_modified": validator(answer.headers.get("last-modified")),
        }


def _same_house(home: Target, target: Target) -> bool:
    """Whether a feed's own headers may go there: its configured origin, or that host upgraded to https."""
    upgraded = target.scheme == "https" and target.host == home.host and (home.port, target.port) == (80, 443)
    return target.origin == home.origin or upgraded


def _validators(known: FeedState, now: datetime) -> dict[str, str]:
    """Return conditional headers and, under ``url``, where to send them; empty when a full body is wanted."""
    if known.validator_url is None or known.body_sha256 is None or wants_full_body(known, now):
        return {}
    fields = {
        "url": known.validator_url,
        "If-None-Match": known.etag,
        "If-Modified-Since": known.last_modified,
    }
    return {name: value for name, value in fields.items() if value}


def wants_full_body(known: FeedState, now: datetime) -> bool:
    """Whether 304s have gone on for so long that one unconditional request should check them.

    A server whose 304 is broken would otherwise silence a feed for ever. Eight of the feed's own windows
    without anything new are suspicious, a week is in any case; each proven lie halves the patience.
    """
    if known.last_200_at is None:
        return True
    patience = min(7 * 86_400.0, max(21_600.0, 8 * (known.window_span_seconds or 86_400.0)))
    return now - known.last_200_at > timedelta(seconds=patience / 2 ** min(known.bogus_304_count, 6))


def _readable(answer: Answer) -> bytes:
    """Return an error page's text as far as it can be read; it only serves to recognise it."""
    try:
        return decode_body(answer.body, answer.headers.get("content-encoding", ""), 1 << 20)
    except FetchError:
        return answer.body
