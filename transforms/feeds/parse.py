"""Bytes of one document in, entries out."""

from dataclasses import replace
from datetime import datetime

from transforms.feeds import charset, detect
from transforms.feeds.context import FeedContext
from transforms.feeds.date_zones import region_of
from transforms.feeds.discover import advertised_feeds
from transforms.feeds.entry import FeedError, ParsedFeed
from transforms.feeds.guard import guard
from transforms.feeds.prolog import cut_junk


def parse(
    body: bytes,
    *,
    url: str,
    content_type: str | None,
    language: str | None,
    timezone: str | None,
    fetched_at: datetime,
) -> ParsedFeed:
    """Read one document; its format is judged by content, never by its name or type.

    Args:
        body: As received, after HTTP's own decompression; gzip bodies (``sitemap.xml.gz``) are inflated.
        url: Final URL, for relative references.
        content_type: HTTP header, of which only the charset is used.
        language: BCP 47 tag the source is configured with: a hint for charsets and dates.
        timezone: IANA zone for dates without one.
        fetched_at: UTC instant of reading.

    Returns:
        Entries in document order; what could not be read is in ``bad``, what was repaired in ``flags``.

    Raises:
        FeedError: ``empty_body``, ``too_large``, ``hostile``, ``bad_gzip``, ``not_a_feed`` (with the feeds
            an HTML page or an OPML list advertises), or a format's own class such as ``unreadable_xml``.
    """
    if not body.strip(b"\0 \t\r\n"):
        raise FeedError("empty_body", f"{url}: the body is empty")
    if len(body) > charset.MAX_BYTES:
        raise FeedError("too_large", f"{url}: {len(body)} bytes, at most {charset.MAX_BYTES}")
    decoded = charset.decode(body, content_type=content_type, language=language)
    text, cut = cut_junk(decoded.text)
    context = FeedContext(url=url, language=language, timezone=timezone, fetched_at=fetched_at)
    context = replace(context, region=region_of(context))
    parsed = _read(text, context)
    return replace(parsed, encoding=decoded.encoding, flags=(*decoded.flags, *cut, *parsed.flags))


def _read(text: str, context: FeedContext) -> ParsedFeed:
    name = detect.detect(text)
    read = detect.reader(name)
    if read is None:
        feeds = advertised_feeds(text, context.url)
        raise FeedError("not_a_feed", f"{context.url}: {name}, not a feed; it advertises {len(feeds)}", feeds)
    if not text.startswith("<"):
        return read(text, context)
    text, flags = guard(text, context.url)
    parsed = read(text, context)
    return replace(parsed, flags=(*flags, *parsed.flags)) if flags else parsed
