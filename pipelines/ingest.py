"""The graph: documents or web archives in, staged Parquet and a manifest out. Reads like the diagram."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

import apache_beam as beam
from apache_beam.utils.timestamp import Timestamp

from schemas.rows import Article, Document, DocumentReport, Entry, HeldEntry, Reject, WarcRange
from transforms.clean import CleanEntries, RunStamp
from transforms.deduplicate import DeduplicateEntries, SeenReader
from transforms.fingerprint import FingerprintArticles
from transforms.identify import IdentifyLanguages
from transforms.manifest import WriteManifest
from transforms.parse import ParseDocuments
from transforms.read_warc import ReadWarc
from transforms.segment import SegmentArticles
from transforms.warc.sources import SourceMap
from transforms.write import WriteArticles, WriteRejects


@dataclass(frozen=True)
class Ingest:
    """One bounded batch.

    Attributes:
        documents: What was fetched, on disk; or parts of web archives, see ``build_from_warc``.
        staging: The run's staging folder, reachable by every worker.
        ledger: Opens the ledger in a worker, to ask what is known.
        stamp: Run id, start and version.
        language_backend: Name of the language detector.
    """

    documents: Sequence[Document] | Sequence[WarcRange]
    staging: Path
    ledger: SeenReader
    stamp: RunStamp
    language_backend: str = "langdetect"


class Read(Protocol):
    """What a source of the graph gives: that of feeds is ``transforms.parse.Parsed``."""

    @property
    def entries(self) -> "beam.PCollection[Entry]":
        """Entries with an identity."""

    @property
    def reports(self) -> "beam.PCollection[DocumentReport]":
        """What was read."""

    @property
    def rejects(self) -> "beam.PCollection[Reject]":
        """What could not be."""


class Derived(NamedTuple):
    """What the graph makes of a source; each kind goes into the dataset or into the run's report."""

    articles: "beam.PCollection[Article]"
    reports: "beam.PCollection[DocumentReport]"
    held: "beam.PCollection[HeldEntry]"
    outcomes: "beam.PCollection[tuple[str, str]]"
    rejects: "beam.PCollection[Reject]"


def build(pipeline: beam.Pipeline, job: Ingest) -> None:
    """Add the graph of one batch of feed documents to ``pipeline``."""
    documents = pipeline | "Documents" >> beam.Create(job.documents, reshuffle=True)
    _write(_derive(documents | "Parse" >> ParseDocuments(), job), job)


def build_from_warc(pipeline: beam.Pipeline, job: Ingest, sources: SourceMap) -> None:
    """Add the graph of one batch of ranges of WARC files to ``pipeline``: another source, the same stages."""
    ranges = pipeline | "Ranges" >> beam.Create(job.documents, reshuffle=True)
    read = ranges | "Warc" >> ReadWarc(sources)
    derived = _derive(read, job)
    outcomes = (derived.outcomes, read.outcomes) | "Outcomes" >> beam.Flatten()
    _write(derived._replace(outcomes=outcomes), job)


def _derive(read: Read, job: Ingest) -> Derived:
    return derive(read, job.ledger, job.stamp, job.language_backend, job.stamp.started_at)


def derive(
    read: Read, ledger: SeenReader, stamp: RunStamp, language_backend: str, now: Timestamp | None
) -> Derived:
    """Everything from an entry to a finished article. Bounded or not, all of it is the same.

    Args:
        read: What a source gives.
        ledger: Opens the ledger in a worker.
        stamp: What every row carries.
        language_backend: Name of the language detector.
        now: Embargoes are judged by it; None for the moment at which an entry passes.
    """
    fresh = read.entries | "Deduplicate" >> DeduplicateEntries(ledger, now)
    cleaned = fresh.entries | "Clean" >> CleanEntries(stamp)
    segmented = (
        cleaned.good | "Identify" >> IdentifyLanguages(language_backend) | "Segment" >> SegmentArticles()
    )
    finished = segmented.good | "Fingerprint" >> FingerprintArticles()
    rejects = (
        read.rejects,
        fresh.rejects,
        cleaned.rejects,
        segmented.rejects,
        finished.rejects,
    ) | "Rejects" >> beam.Flatten()
    return Derived(finished.good, read.reports, fresh.held, fresh.outcomes, rejects)


def _write(derived: Derived, job: Ingest) -> None:
    articles = derived.articles | "Write" >> WriteArticles(job.staging)
    errors = derived.rejects | "Keep" >> WriteRejects(job.staging, job.stamp)
    {
        "files": (articles, errors) | "Files" >> beam.Flatten(),
        "reports": derived.reports,
        "held": derived.held,
        "outcomes": derived.outcomes,
    } | "Manifest" >> WriteManifest(job.staging)
