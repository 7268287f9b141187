"""Read ranges of WARC files into entries with an identity: another source for the graph behind parsing."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems
from apache_beam.utils.timestamp import Timestamp

from schemas.rows import Document, DocumentReport, Entry, Reject, WarcRange
from transforms import pulse
from transforms.attempt import DATA_ERRORS, REJECTS
from transforms.feeds.entry import FeedError, ParsedFeed
from transforms.parse import REPORTS, identify_entries, scrub
from transforms.warc.articles import article_of
from transforms.warc.members import Damage, Record, records
from transforms.warc.responses import Refused, Skipped, WarcPage, read_responses
from transforms.warc.sources import SourceMap, host_and_path

STAGE = "warc"
OUTCOMES = "outcomes"
# Sources are slugs, so these are none: counts of records that no source has.
SKIPPED = "skipped:"
UNMAPPED = "unmapped:"


class WarcRead(NamedTuple):
    """What came out of the ranges.

    Attributes:
        entries: One per article.
        reports: One per range: what was read, or why it could not be.
        rejects: Records that should have been an article and could not be read.
        outcomes: One (``skipped:``, reason) or (``unmapped:``, host) per record left out.
    """

    entries: "beam.PCollection[Entry]"
    reports: "beam.PCollection[DocumentReport]"
    rejects: "beam.PCollection[Reject]"
    outcomes: "beam.PCollection[tuple[str, str]]"


class ReadWarc(beam.PTransform["beam.PCollection[WarcRange]", WarcRead]):
    """Ranges to entries, one page at a time in memory.

    Args:
        sources: Whose page is whose.
    """

    def __init__(self, sources: SourceMap) -> None:
        super().__init__()
        self.sources = sources

    def expand(self, ranges: "beam.PCollection[WarcRange]") -> WarcRead:  # noqa: D102
        outputs = ranges | "read_range" >> beam.ParDo(_ReadRange(self.sources)).with_outputs(
            REPORTS, REJECTS, OUTCOMES, main="entries"
        ).with_output_types(Entry)
        outputs[REPORTS].element_type = DocumentReport
        outputs[REJECTS].element_type = Reject
        outputs[OUTCOMES].element_type = tuple[str, str]
        return WarcRead(outputs["entries"], outputs[REPORTS], outputs[REJECTS], outputs[OUTCOMES])


class _ReadRange(beam.DoFn):
    def __init__(self, sources: SourceMap) -> None:
        self.sources = sources

    def process(self, part: WarcRange) -> Iterable[Any]:
        n_records = n_bad = 0
        error = None
        try:
            for found in read_range(part, self.sources):
                n_records += 1
                if isinstance(found, Entry):
                    pulse.BEATS["entries"] += 1
                    yield found
                elif isinstance(found, Reject):
                    n_bad += 1
                    yield beam.pvalue.TaggedOutput(REJECTS, found)
                else:
                    yield beam.pvalue.TaggedOutput(OUTCOMES, found)
        except OSError as trouble:
            # The rest of the range stays to be read; what came out of it so far is deduplicated then.
            error = f"{part.path}: cannot read: {trouble.strerror or trouble}"
            yield beam.pvalue.TaggedOutput(REJECTS, _reject(part, None, "unreadable_file", error, part.start))
        yield beam.pvalue.TaggedOutput(REPORTS, _report(part, n_records, n_bad, error))


def read_range(part: WarcRange, sources: SourceMap) -> Iterator[Entry | Reject | tuple[str, str]]:
    """Read the records of a range: an entry, a reject or the reason for leaving it out, one for each.

    Raises:
        OSError: The file cannot be read.
    """
    limit = sources.policy.max_page_bytes
    with FileSystems.open(part.path, compression_type=CompressionTypes.UNCOMPRESSED) as file:
        for record in records(file, part.start, part.end, limit):
            if isinstance(record, Damage):
                yield _reject(part, None, record.error_class, record.finding, record.offset)
                continue
            for response in read_responses(record.data, limit):
                yield _read(part, record, response, sources)


def _read(
    part: WarcRange, record: Record, response: WarcPage | Skipped | Refused, sources: SourceMap
) -> Entry | Reject | tuple[str, str]:
    if isinstance(response, Skipped):
        return SKIPPED, response.reason
    url = response.url or ""
    source = sources.source_of(url)
    if source is None:
        return UNMAPPED, host_and_path(url)[0]
    if isinstance(response, Refused):
        return _reject(part, source.id, response.error_class, response.finding, record.offset, url)
    try:
        made = article_of(response, source, sources.policy.extractor)
    except FeedError as error:
        return _reject(part, source.id, error.error_class, str(error), record.offset, url)
    except DATA_ERRORS as error:
        finding = str(error) or repr(error)
        return _reject(part, source.id, type(error).__name__, finding, record.offset, url)
    if made is None:
        return SKIPPED, "no_article"
    entry, found = made
    document = Document(
        source_id=source.id,
        feed_url=part.path,
        url=url,
        sha256=hashlib.sha256(response.body).hexdigest(),
        path="",
        fetched_at=Timestamp.from_utc_datetime(response.fetched_at),
        content_type=response.content_type,
        language=source.language,
        timezone=source.timezone,
        agency=source.agency,
        pages=[],
    )
    [identified] = identify_entries(document, ParsedFeed(format="warc", entries=[entry]))
    place = {"warc": PurePosixPath(part.path).name, "offset": record.offset}
    return identified._replace(extraction=found.confidence, extra=json.dumps(place), position=record.offset)


def _reject(
    part: WarcRange, source_id: str | None, error_class: str, finding: str, offset: int, url: str = ""
) -> Reject:
    message = f"{part.path}: record at byte {offset}: {scrub(finding)}"
    raw = json.dumps({"warc": part.path, "offset": offset, "url": scrub(url)}, ensure_ascii=False)
    return Reject(source_id or STAGE, part.path, STAGE, error_class, message, raw)


def range_name(path: str, start: int) -> str:
    """What a report calls a range."""
    return f"{path}@{start}"


def _report(part: WarcRange, n_records: int, n_bad: int, error: str | None) -> DocumentReport:
    return DocumentReport(
        source_id=STAGE,
        sha256=range_name(part.path, part.start),
        format="warc",
        encoding=None,
        bozo=None,
        flags=[],
        n_entries=n_records,
        n_bad=n_bad,
        published_us=[],
        ttl_minutes=None,
        skip_hours=[],
        skip_days=[],
        next_url=None,
        error_class="unreadable_file" if error else None,
        error=error,
    )
