"""Clean entries into articles: blocks, canonical text, furniture into columns."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.utils.timestamp import Timestamp

from schemas.rows import Article, Entry, NewEntry, Reject, Removed
from transforms.attempt import Attempted, attempt, reject_of
from transforms.page import BodySource, choose_body
from transforms.text import quality
from transforms.text.body import Body, read_body, read_line
from transforms.text.furniture import Furniture, strip_furniture

STAGE = "clean"


class RunStamp(NamedTuple):
    """What every row of a run carries."""

    run_id: str
    started_at: Timestamp
    pipeline_version: str


class CleanEntries(beam.PTransform["beam.PCollection[NewEntry]", Attempted]):
    """New entries to articles without language and sentences yet."""

    def __init__(self, stamp: RunStamp) -> None:
        super().__init__()
        self.stamp = stamp

    def expand(self, entries: "beam.PCollection[NewEntry]") -> Attempted:  # noqa: D102
        stamp = self.stamp

        def clean(new: NewEntry) -> Article:
            return clean_entry(new, stamp)

        return attempt(entries, clean, _describe, Article)


def clean_entry(new: NewEntry, stamp: RunStamp) -> Article:
    """Clean one entry. Language, sentences and signatures are filled by later stages."""
    entry = new.entry
    hint = entry.feed_language
    source = choose_body(entry)
    body = read_body(source.html, hint)
    furniture = strip_furniture(body.paragraphs, hint, _date(entry.published_at or entry.fetched_at))
    text = "\n".join(furniture.body) or None
    title = read_line(entry.title, hint)
    return Article(
        **_provenance(new, stamp),
        **_furniture(furniture, body, entry),
        title=title,
        summary=_summary(entry, source),
        text=text,
        text_search=None,
        text_origin=None if text is None else source.origin,
        text_len=len(text or ""),
        n_sentences=0,
        language=None,
        language_confidence=None,
        language_feed=hint,
        language_detector=None,
        languages=(),
        script=None,
        sentence_spans=(),
        captions=body.of_kind("caption"),
        embeds=body.of_kind("embed"),
        extraction_confidence=source.confidence,
        content_sha256=None,
        minhash_b8=None,
        lsh32=(),
        sent_fp=(),
        dup_cluster_id=None,
        dup_kind=None,
        origin=None,
        quality_flags=quality.flags(text or "", title, repaired=body.repaired, tails=body.tails),
        extra=entry.extra,
    )


def _provenance(new: NewEntry, stamp: RunStamp) -> dict[str, Any]:
    entry, version = new.entry, new.version
    return {
        "article_id": entry.article_id,
        "content_hash": entry.content_hash,
        "version": version.number,
        "is_edit": version.number > 1,
        "source_id": entry.source_id,
        "partition_date": version.partition_date,
        "date_source": version.date_source,
        "published_at": entry.published_at,
        "updated_at": entry.updated_at,
        "published_raw": entry.published_raw,
        "date_quality": entry.date_quality,
        "first_seen_at": version.first_seen_at,
        "fetched_at": entry.fetched_at,
        "ingested_at": stamp.started_at,
        "feed_url": entry.feed_url,
        "url": entry.url,
        "url_canonical": entry.url_canonical,
        "guid": entry.guid,
        "authors": entry.authors,
        "categories": entry.categories,
        "subjects": entry.subjects,
        "enclosures": entry.links,
        "slugline": entry.slugline,
        "located": entry.located,
        "urgency": entry.urgency,
        "usage_terms": entry.usage_terms,
        "copyright": entry.copyright,
        "provider": entry.provider,
        "provider_version": entry.provider_version,
        "status": entry.status,
        "document_sha256": entry.document_sha256,
        "run_id": stamp.run_id,
        "pipeline_version": stamp.pipeline_version,
    }


def _furniture(furniture: Furniture, body: Body, entry: Entry) -> dict[str, Any]:
    # Code (scripts, styles) was never text; everything else that was left out is kept.
    dropped = [Removed("html", reason, text) for reason, text in body.dropped if text and reason != "code"]
    return {
        "agency": furniture.agency or entry.feed_agency,
        "agencies": furniture.agencies,
        "dateline_place": furniture.place,
        "dateline_date": furniture.date.isoformat() if furniture.date else None,
        "dateline_hijri": furniture.hijri,
        "byline": furniture.byline or entry.byline,
        "publisher": furniture.publisher,
        "photo_credits": furniture.photo_credits,
        "furniture_removed": [Removed(r.where, r.kind, r.text) for r in furniture.removed] + dropped,
    }


def _summary(entry: Entry, source: BodySource) -> str | None:
    """The feed's summary where it is not what ``text`` was made from."""
    if not entry.summary or source.origin == "summary":
        return None
    paragraphs: Sequence[str] = read_body(entry.summary, entry.feed_language).paragraphs
    return "\n".join(paragraphs) or None


def _date(instant: Timestamp) -> date:
    return instant.to_utc_datetime().date()


def _describe(new: NewEntry) -> Reject:
    return reject_of(STAGE, new.entry.source_id, new.entry.feed_url, new.entry)
