"""The graph: documents or web archives in, staged Parquet and a manifest out. Reads like the diagram."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import apache_beam as beam

from schemas.rows import Document, DocumentReport, Entry, Reject, WarcRange
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


def build(pipeline: beam.Pipeline, job: Ingest) -> None:
    """Add the graph of one batch of feed documents to ``pipeline``."""
    documents = pipeline | "Documents" >> beam.Create(job.documents, reshuffle=True)
    _from_entries(documents | "Parse" >> ParseDocuments(), job)


def build_from_warc(pipeline: beam.Pipeline, job: Ingest, sources: SourceMap) -> None:
    """Add the graph of one batch of ranges of WARC files to ``pipeline``: another source, the same stages."""
    ranges = pipeline | "Ranges" >> beam.Create(job.documents, reshuffle=True)
    read = ranges | "Warc" >> ReadWarc(sources)
    _from_entries(read, job, read.outcomes)


def _from_entries(read: Read, job: Ingest, *outcomes: "beam.PCollection[tuple[str, str]]") -> None:
    fresh = read.entries | "Deduplicate" >> DeduplicateEntries(job.ledger, job.stamp.started_at)
    cleaned = fresh.entries | "Clean" >> CleanEntries(job.stamp)
    segmented = (
        cleaned.good | "Identify" >> IdentifyLanguages(job.language_backend) | "Segment" >> SegmentArticles()
    )
    finished = segmented.good | "Fingerprint" >> FingerprintArticles()
    articles = finished.good | "Write" >> WriteArticles(job.staging)
    rejects = (
        read.rejects,
        fresh.rejects,
        cleaned.rejects,
        segmented.rejects,
        finished.rejects,
    ) | "Rejects" >> beam.Flatten()
    errors = rejects | "Keep" >> WriteRejects(job.staging, job.stamp)
    {
        "files": (articles, errors) | "Files" >> beam.Flatten(),
        "reports": read.reports,
        "held": fresh.held,
        "outcomes": (fresh.outcomes, *outcomes) | "Outcomes" >> beam.Flatten(),
    } | "Manifest" >> WriteManifest(job.staging)
