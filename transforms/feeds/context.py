"""What a format reader may know about a document besides its text."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedContext:
    """Where a document came from: the only outside knowledge a reader may use.

    Attributes:
        url: Final URL of the document; relative references are resolved against it.
        language: BCP 47 tag the source is configured with: a hint, never copied into an entry.
        timezone: IANA name for dates without a zone, e.g. ``Europe/Moscow``; None: UTC, flagged.
        fetched_at: UTC instant of reading. Used to judge dates (far future), never to fill one in.
        region: ISO 3166 country of the source, e.g. ``SA``; settles zones such as AST and IST.
    """

    url: str
    language: str | None = None
    timezone: str | None = None
    fetched_at: datetime
    region: str | None = None
