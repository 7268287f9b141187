"""What one poll of one feed found out: the record parsing, schedule and fetch_log work from."""

from dataclasses import dataclass, field
from datetime import datetime

from transforms.fetch.policy import Feed


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """The outcome of one poll of one feed; exactly one per feed and run.

    Attributes:
        feed: The feed polled.
        started_at: When, UTC.
        duration_ms: From the first look-up to the last byte, redirects included.
        requested_url: Where the first request went: ``feed.url`` or what permanent redirects made of it.
        final_url: Where the last answer came from.
        permanent_url: Where an unbroken chain of 301/308 from ``requested_url`` leads; None without one.
        redirects: Hops followed.
        http_status: Of the last request's answer; None when it brought none.
        not_modified: The server said 304 to validators of ours.
        unchanged_body: A whole body came, equal to the last one committed.
        body: Decompressed bytes, only with status 200 and different from the last ones committed.
        body_sha256: Hex digest of the decompressed body, whenever a good one came.
        content_type: Header, verbatim.
        content_encoding: Header, verbatim.
        bytes_received: Body bytes on the wire, all hops.
        etag_sent: The request was conditional, by entity tag or date.
        etag: The answer's own, verbatim; None when missing or not safe to send back.
        last_modified: Likewise.
        suspect: The body was longer than announced: parse it but do not keep its validators.
        max_age_seconds: How long the answer says it stays fresh from now (max-age minus Age, or Expires).
        retry_after_seconds: From Retry-After, in [0, cap]; None when missing or unreadable.
        error_class: A key of ``transforms.fetch.errors.ERROR_CLASSES``; None when all went well.
        error: One line with feed id, URL and finding; None when all went well.
    """

    feed: Feed
    started_at: datetime
    duration_ms: int = 0
    requested_url: str = ""
    final_url: str = ""
    permanent_url: str | None = None
    redirects: int = 0
    http_status: int | None = None
    not_modified: bool = False
    unchanged_body: bool = False
    body: bytes | None = field(default=None, repr=False)
    body_sha256: str | None = None
    content_type: str | None = None
    content_encoding: str | None = None
    bytes_received: int = 0
    etag_sent: bool = False
    etag: str | None = None
    last_modified: str | None = None
    suspect: bool = False
    max_age_seconds: float | None = None
    retry_after_seconds: float | None = None
    error_class: str | None = None
    error: str | None = None

    @property
    def ok(self) -> bool:
        """Whether the server gave a usable answer: news, the same as before, or 304."""
        return self.error_class is None

    @property
    def nothing_new(self) -> bool:
        """Whether the server said, or its bytes showed, that the feed is as last committed."""
        return self.not_modified or self.unchanged_body
