"""The rows that travel between stages.

Annotations are read by Beam at run time: ``Optional[X]``, never ``X | None``, and no
``from __future__ import annotations`` (both turn a field into pickle, silently, in Beam 2.77).
``tests/schemas/test_rows.py`` keeps it.
"""

from collections.abc import Sequence
from typing import NamedTuple, Optional

from apache_beam import coders
from apache_beam.utils.timestamp import Timestamp


class Page(NamedTuple):
    """The page of one article, for feeds with ``content = "page"``."""

    url: str  # as the entry gives it
    final_url: str
    path: Optional[str]  # file of the raw store; None while it waits for its turn
    content_type: Optional[str]


class Document(NamedTuple):
    """One feed document on disk, waiting to be parsed."""

    source_id: str
    feed_url: str  # as configured
    url: str  # where the bytes came from, after redirects
    sha256: str  # of the decoded bytes
    path: str  # file of the raw store (zstd)
    fetched_at: Timestamp
    content_type: Optional[str]
    language: Optional[str]  # declared in the configuration: a prior
    timezone: Optional[str]  # IANA name for dates without a zone
    agency: Optional[str]
    pages: Sequence[Page]


class WarcRange(NamedTuple):
    """A part of a WARC file: the records that begin in ``[start, end)``."""

    path: str
    start: int
    end: int


class Link(NamedTuple):
    """A reference an entry makes; see ``transforms.feeds.entry.Link``."""

    href: str
    rel: str
    type: Optional[str]
    length: Optional[int]
    title: Optional[str]


class Subject(NamedTuple):
    """A controlled keyword; see ``transforms.feeds.entry.Subject``."""

    name: Optional[str]
    scheme: Optional[str]
    code: Optional[str]


class Entry(NamedTuple):
    """One entry as published, with its identity and where it came from."""

    source_id: str
    article_id: str  # 32 hex digits
    content_hash: str  # 32 hex digits
    feed_url: str
    document_sha256: str
    position: int  # 0-based, in the document
    fetched_at: Timestamp
    feed_language: Optional[str]  # configured, else declared by entry or channel
    feed_agency: Optional[str]
    guid: Optional[str]
    url: Optional[str]
    url_canonical: Optional[str]
    title: Optional[str]
    summary: Optional[str]
    content: Optional[str]
    published_raw: Optional[str]
    published_at: Optional[Timestamp]
    updated_at: Optional[Timestamp]
    date_quality: Sequence[str]
    authors: Sequence[str]
    categories: Sequence[str]
    subjects: Sequence[Subject]
    links: Sequence[Link]
    provider: Optional[str]
    slugline: Optional[str]
    byline: Optional[str]
    located: Optional[str]
    urgency: Optional[int]
    usage_terms: Optional[str]
    copyright: Optional[str]
    provider_version: Optional[str]
    status: str  # published or withdrawn
    embargo_until: Optional[Timestamp]
    page: Optional[Page]
    extraction: Optional[float]  # content is what was extracted from a page, with this confidence
    extra: Optional[str]  # JSON object for the article's column of that name


class Version(NamedTuple):
    """Where an entry stands among the versions of its article."""

    number: int  # 1 for the first
    partition_date: str  # YYYY-MM-DD, sticky per article
    date_source: str  # published or first_seen
    first_seen_at: Timestamp


class NewEntry(NamedTuple):
    """An entry whose content the dataset does not hold yet."""

    entry: Entry
    version: Version


class Span(NamedTuple):
    """One sentence: code points ``[start, end)`` of the article's ``text``."""

    paragraph: int
    start: int
    end: int
    language: Optional[str]


class Removed(NamedTuple):
    """One piece of furniture taken out of the body, verbatim."""

    where: str
    kind: str
    text: str


class LanguageShare(NamedTuple):
    """A language of an article and its share of the letters, 0..1."""

    language: str
    share: float


class Article(NamedTuple):
    """One version of one article, cleaned. ``schemas.arrow.ARTICLES`` documents every field."""

    article_id: str
    content_hash: str
    version: int
    is_edit: bool
    source_id: str
    partition_date: str
    date_source: str
    published_at: Optional[Timestamp]
    updated_at: Optional[Timestamp]
    published_raw: Optional[str]
    date_quality: Sequence[str]
    first_seen_at: Timestamp
    fetched_at: Timestamp
    ingested_at: Timestamp
    feed_url: str
    url: Optional[str]
    url_canonical: Optional[str]
    guid: Optional[str]
    title: Optional[str]
    summary: Optional[str]
    text: Optional[str]
    text_search: Optional[str]
    text_origin: Optional[str]
    text_len: int
    n_sentences: int
    language: Optional[str]
    language_confidence: Optional[float]
    language_feed: Optional[str]
    language_detector: Optional[str]
    languages: Sequence[LanguageShare]
    script: Optional[str]
    sentence_spans: Sequence[Span]
    agency: Optional[str]
    agencies: Sequence[str]
    dateline_place: Optional[str]
    dateline_date: Optional[str]  # YYYY-MM-DD
    dateline_hijri: Optional[str]
    byline: Optional[str]
    publisher: Optional[str]
    photo_credits: Sequence[str]
    furniture_removed: Sequence[Removed]
    captions: Sequence[str]
    embeds: Sequence[str]
    authors: Sequence[str]
    categories: Sequence[str]
    subjects: Sequence[Subject]
    enclosures: Sequence[Link]
    slugline: Optional[str]
    located: Optional[str]
    urgency: Optional[int]
    usage_terms: Optional[str]
    copyright: Optional[str]
    provider: Optional[str]
    provider_version: Optional[str]
    extraction_confidence: Optional[float]
    content_sha256: Optional[str]
    minhash_b8: Optional[bytes]
    lsh32: Sequence[int]
    sent_fp: Sequence[int]
    dup_cluster_id: Optional[str]
    dup_kind: Optional[str]
    origin: Optional[str]
    status: str
    quality_flags: Sequence[str]
    document_sha256: str
    run_id: str
    pipeline_version: str
    extra: Optional[str]  # JSON object


class Reject(NamedTuple):
    """An element a stage could not process, kept for replay."""

    source_id: str
    feed_url: Optional[str]
    stage: str
    exception: str
    message: str
    raw_entry: Optional[str]


class DocumentReport(NamedTuple):
    """What parsing found in one document: feeds the fetch log and the schedule."""

    source_id: str
    sha256: str
    format: Optional[str]
    encoding: Optional[str]
    bozo: Optional[str]
    flags: Sequence[str]
    n_entries: int
    n_bad: int
    published_us: Sequence[int]  # of the dated entries, microseconds since the epoch
    ttl_minutes: Optional[float]
    skip_hours: Sequence[int]
    skip_days: Sequence[int]
    next_url: Optional[str]
    error_class: Optional[str]
    error: Optional[str]


class HeldEntry(NamedTuple):
    """An entry under embargo or waiting for its page: released by re-reading its document after ``until``."""

    source_id: str
    article_id: str
    content_hash: str
    document_sha256: str
    title: Optional[str]
    until: Timestamp


ROWS: tuple[type, ...] = (
    Page, Document, WarcRange, Link, Subject, Entry, Version, NewEntry, Span, Removed, LanguageShare, Article,
    Reject, DocumentReport, HeldEntry,
)  # fmt: skip
for _row in ROWS:
    coders.registry.register_row(_row)
