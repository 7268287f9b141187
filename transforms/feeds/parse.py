"""Bytes of one document in, entries out."""

from dataclasses import replace
from datetime import datetime

from transforms.feeds import charset, detect
from transforms.feeds.context import FeedContext
from transforms.feeds.entry import FeedError, ParsedFeed


def parse(
    body: bytes,
    *,
    url: str,
    content_type: str | None,
    language: str | None,
    timezone: str | None,
    fetched_at: datetime,
) -> ParsedFeed:
    """Read one document, whatever its format; the format is judged by content.

    Args:
        body: As received, after HTTP's own decompression.
        url: Final URL, for relative references.
        content_type: HTTP header, only its charset is used.
        language: BCP 47 tag the source is configured with: a hint for charsets and dates.
        timezone: IANA zone for dates without one.
        fetched_at: UTC instant of reading.

    Raises:
        FeedError: The document is no feed, empty or hostile.
    """
    if not body.strip():
        raise FeedError("empty_body", f"{url}: the body is empty")
    decoded = charset.decode(body, content_type=content_type, language=language)
    context = FeedContext(url=url, language=language, timezone=timezone, fetched_at=fetched_at)
    name = detect.detect(decoded.text)
    if name not in detect.READERS:
        raise FeedError("not_a_feed", f"{url}: {name} instead of a feed")
    parsed = detect.reader(name)(decoded.text, context)
    return replace(parsed, encoding=decoded.encoding, flags=decoded.flags + parsed.flags)
