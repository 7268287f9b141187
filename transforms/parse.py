"""Parse landed documents into entries with an identity."""

from collections.abc import Iterable
from datetime import UTC
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.utils.timestamp import Timestamp

from schemas.rows import Document, DocumentReport, Entry, Link, Reject, Subject
from transforms import pulse
from transforms.attempt import REJECTS
from transforms.feeds import identity, parse
from transforms.feeds.canonical_url import canonical_url
from transforms.feeds.entry import FeedEntry, FeedError, ParsedFeed
from transforms.fetch import raw
from transforms.instants import to_timestamp
from transforms.storage import place

STAGE = "parse"
REPORTS = "reports"


class Parsed(NamedTuple):
    """What came out of the documents."""

    entries: "beam.PCollection[Entry]"
    reports: "beam.PCollection[DocumentReport]"
    rejects: "beam.PCollection[Reject]"


class ParseDocuments(beam.PTransform["beam.PCollection[Document]", Parsed]):
    """Documents to entries; one report per document, one reject per item that could not be read."""

    def expand(self, documents: "beam.PCollection[Document]") -> Parsed:  # noqa: D102
        outputs = documents | "parse_document" >> beam.ParDo(_ParseDocument()).with_outputs(
            REPORTS, REJECTS, main="entries"
        ).with_output_types(Entry)
        outputs[REPORTS].element_type = DocumentReport
        outputs[REJECTS].element_type = Reject
        return Parsed(outputs["entries"], outputs[REPORTS], outputs[REJECTS])


class _ParseDocument(beam.DoFn):
    def __init__(self) -> None:
        self.undated = Metrics.counter(STAGE, "entries_without_date")

    def process(self, document: Document) -> Iterable[Any]:
        try:
            feed = parse_document(document)
        except FeedError as error:
            yield from _failed(document, error.error_class, str(error))
            return
        except ValueError as error:
            yield from _failed(document, "raw_damaged", str(error))
            return
        yield beam.pvalue.TaggedOutput(REPORTS, _report(document, feed))
        for bad in feed.bad:
            reject = Reject(
                document.source_id, document.feed_url, STAGE, bad.exception, bad.message, scrub(bad.raw)
            )
            yield beam.pvalue.TaggedOutput(REJECTS, reject)
        for entry in identify_entries(document, feed):
            pulse.BEATS["entries"] += 1
            if entry.published_at is None:
                self.undated.inc()
            yield entry


def parse_document(document: Document) -> ParsedFeed:
    """Read one document of the raw store.

    Raises:
        FeedError: It is no feed, empty, hostile, or only an index of feeds.
        ValueError: The stored bytes are damaged.
    """
    feed = parse.parse(
        raw.read(place(document.path)),
        url=document.url,
        content_type=document.content_type,
        language=document.language,
        timezone=document.timezone,
        fetched_at=document.fetched_at.to_utc_datetime(has_tz=True).astimezone(UTC),
    )
    if feed.format == "sitemap_index":
        raise FeedError("sitemap_index", _index_finding(feed))
    return feed


def identify_entries(document: Document, feed: ParsedFeed) -> list[Entry]:
    """Give every entry of a document its identity and provenance, in document order."""
    ids = identity.assign_ids(document.source_id, feed.entries)
    pages = {page.url: page for page in document.pages}
    return [
        _entry(document, feed, position, article_id, entry)._replace(page=pages.get(entry.url or ""))
        for position, (article_id, entry) in enumerate(zip(ids, feed.entries, strict=True))
    ]


def _entry(document: Document, feed: ParsedFeed, position: int, article_id: str, entry: FeedEntry) -> Entry:
    return Entry(
        source_id=document.source_id,
        article_id=article_id,
        content_hash=identity.entry_hash(entry),
        feed_url=document.feed_url,
        document_sha256=document.sha256,
        position=position,
        fetched_at=document.fetched_at,
        feed_language=scrub(document.language or entry.language or feed.language),
        feed_agency=document.agency,
        guid=scrub(entry.guid),
        url=scrub(entry.url),
        url_canonical=scrub(canonical_url(entry.url)) if entry.url else None,
        title=scrub(entry.title),
        summary=scrub(entry.summary),
        content=scrub(entry.content),
        published_raw=scrub(entry.published_raw),
        published_at=to_timestamp(entry.published),
        updated_at=to_timestamp(entry.updated),
        date_quality=entry.date_quality,
        authors=_scrub_all(entry.authors),
        categories=_scrub_all(entry.categories),
        subjects=[Subject(scrub(s.name), scrub(s.scheme), scrub(s.code)) for s in entry.subjects],
        links=[
            Link(scrub(k.href) or "", k.rel, scrub(k.type), _int64(k.length), scrub(k.title))
            for k in entry.links
        ],
        provider=scrub(entry.provider),
        slugline=scrub(entry.slugline),
        byline=scrub(entry.byline),
        located=scrub(entry.located),
        urgency=entry.urgency,
        usage_terms=scrub(entry.usage_terms),
        copyright=scrub(entry.copyright),
        provider_version=scrub(entry.provider_version),
        status=entry.status,
        embargo_until=to_timestamp(entry.embargo_until),
        page=None,
        extraction=None,
        extra=None,
    )


def scrub(text: str | None) -> str | None:
    r"""Replace lone surrogates, which neither a row nor Parquet can hold, by U+FFFD.

    JSON escapes and numeric references can smuggle them in.

    >>> scrub("a\ud800b")
    'a\ufffdb'
    """
    if text is None or text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _scrub_all(texts: Iterable[str]) -> list[str]:
    return [scrub(text) or "" for text in texts]


def _int64(number: int | None) -> int | None:
    return number if number is not None and abs(number) < 2**63 else None


def _report(document: Document, feed: ParsedFeed) -> DocumentReport:
    return DocumentReport(
        source_id=document.source_id,
        sha256=document.sha256,
        format=feed.format,
        encoding=feed.encoding,
        bozo=scrub(feed.bozo),
        flags=feed.flags,
        n_entries=len(feed.entries) + len(feed.bad),
        n_bad=len(feed.bad),
        published_us=[Timestamp.from_utc_datetime(e.published).micros for e in feed.entries if e.published],
        ttl_minutes=feed.ttl_minutes,
        skip_hours=feed.skip_hours,
        skip_days=feed.skip_days,
        next_url=scrub(feed.next_url),
        error_class=None,
        error=None,
    )


def _index_finding(feed: ParsedFeed) -> str:
    sitemaps = [entry.url for entry in feed.entries if entry.url]
    some = ", ".join(sitemaps[:3]) + (" ..." if len(sitemaps) > 3 else "")
    return f"an index of {len(sitemaps)} sitemaps, not a feed; configure the ones to read: {some}"


def _failed(document: Document, error_class: str, error: str) -> Iterable[Any]:
    """A document that gave no entries: it shows in the fetch log and in errors/."""
    message = f"{document.source_id}: {scrub(error)}"
    report = _report(document, ParsedFeed(format=""))
    report = report._replace(format=None, error_class=error_class, error=message)
    yield beam.pvalue.TaggedOutput(REPORTS, report)
    raw_entry = f"raw/{document.sha256}"
    reject = Reject(document.source_id, document.feed_url, STAGE, error_class, message, raw_entry)
    yield beam.pvalue.TaggedOutput(REJECTS, reject)
