"""What a feed says, before khabar has changed anything: the result of parsing one document."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A reference an entry makes: an enclosure, a rendition, an association.

    Attributes:
        href: Absolute URL or the provider's own identifier (``urn:``, ``tag:``).
        rel: ``enclosure``, ``image``, ``video``, ``audio``, ``related``, ``alternate`` ...
        type: Media type as declared.
        length: Bytes as declared; None when missing or not a number.
        title: Caption or title as declared, plain text.
    """

    href: str
    rel: str = "enclosure"
    type: str | None = None
    length: int | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One keyword or controlled subject of an entry, e.g. IPTC ``medtop:20000065``."""

    name: str | None = None
    scheme: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One entry as published, whatever the format.

    Attributes:
        guid: The publisher's identifier, verbatim (stripped); None when missing.
        url: Absolute link to the article, resolved against the feed; None when missing.
        title: One level of XML escaping undone; may hold HTML.
        summary: HTML (formats with plain text wrap paragraphs in ``<p>`` and escape); None when missing.
        content: HTML of the full body; None when the feed gives only a summary.
        published_raw: The date string as published, verbatim.
        published: UTC instant, or None when missing or unreadable. Never the time of reading.
        updated_raw: As ``published_raw``, for the modification date.
        updated: As ``published``.
        date_quality: Flags from ``transforms.feeds.dates``, e.g. ``assumed_zone``, ``date_only``.
        authors: Names as published, in order.
        categories: Free tags as published, in order, without repeats.
        subjects: Controlled vocabulary terms.
        links: Enclosures, renditions, associations, by reference.
        language: The tag the entry (or else its channel) declares, verbatim.
        provider: The agency the document names as its provider or credit, verbatim.
        slugline: Agency slug.
        byline: Agency byline, plain text.
        located: Dateline place as the format's own field gives it.
        urgency: 1 (flash) to 9, as IPTC.
        usage_terms: Rights and usage, plain text.
        copyright: Copyright notice, plain text.
        provider_version: The provider's own revision number, verbatim.
        status: ``published`` or ``withdrawn`` (canceled, withheld).
        embargo_until: UTC instant before which the entry must not be published.
        raw: The entry's own source text when cheap to keep (for errors/); else None.
    """

    guid: str | None = None
    url: str | None = None
    title: str | None = None
    summary: str | None = None
    content: str | None = None
    published_raw: str | None = None
    published: datetime | None = None
    updated_raw: str | None = None
    updated: datetime | None = None
    date_quality: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subjects: tuple[Subject, ...] = ()
    links: tuple[Link, ...] = ()
    language: str | None = None
    provider: str | None = None
    slugline: str | None = None
    byline: str | None = None
    located: str | None = None
    urgency: int | None = None
    usage_terms: str | None = None
    copyright: str | None = None
    provider_version: str | None = None
    status: str = "published"
    embargo_until: datetime | None = None
    raw: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BadEntry:
    """An item that could not become an entry: what it was and why."""

    raw: str
    exception: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """One document, read.

    Attributes:
        format: ``rss20``, ``rss10``, ``atom10``, ``jsonfeed``, ``sitemap``, ``newsml-g2``, ``ninjs`` ...
        entries: In document order.
        bad: Items that could not be read.
        title: Of the channel.
        language: The channel's declared tag, verbatim.
        encoding: The charset the bytes were decoded with.
        bozo: Why the document is not well-formed; None when it is.
        flags: What the byte stage and the guard had to repair, e.g. ``charset_mislabelled``.
        ttl_minutes: RSS ``ttl`` or ``sy:updatePeriod``/``updateFrequency``, in minutes.
        skip_hours: UTC hours the publisher asks not to be polled in.
        skip_days: Weekdays likewise, ``0`` = Monday.
        next_url: RFC 5005 ``prev-archive`` or ``next``: the following older page.
    """

    format: str
    entries: list[FeedEntry] = field(default_factory=list)
    bad: list[BadEntry] = field(default_factory=list)
    title: str | None = None
    language: str | None = None
    encoding: str | None = None
    bozo: str | None = None
    flags: tuple[str, ...] = ()
    ttl_minutes: float | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    next_url: str | None = None


class FeedError(Exception):
    """A document that cannot be read as a feed at all.

    Attributes:
        error_class: Stable name for fetch_log, e.g. ``not_a_feed``, ``empty_body``, ``hostile``.
        advertised: Feed URLs an HTML page advertises, for ``khabar feeds add``.
    """

    def __init__(self, error_class: str, message: str, advertised: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.error_class = error_class
        self.advertised = advertised
