"""The graph: landed documents in, staged Parquet and a manifest out. Reads like the diagram."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import apache_beam as beam

from schemas.rows import Document
from transforms.clean import CleanEntries, RunStamp
from transforms.deduplicate import DeduplicateEntries, SeenReader
from transforms.fingerprint import FingerprintArticles
from transforms.identify import IdentifyLanguages
from transforms.manifest import WriteManifest
from transforms.parse import ParseDocuments
from transforms.segment import SegmentArticles
from transforms.write import WriteArticles, WriteRejects


@dataclass(frozen=True)
class Ingest:
    """One bounded batch.

    Attributes:
        documents: What was fetched, on disk.
        staging: The run's staging folder, reachable by every worker.
        ledger: Opens the ledger in a worker, to ask what is known.
        stamp: Run id, start and version.
        language_backend: Name of the language detector.
    """

    documents: Sequence[Document]
    staging: Path
    ledger: SeenReader
    stamp: RunStamp
    language_backend: str = "langdetect"


def build(pipeline: beam.Pipeline, job: Ingest) -> None:
    """Add the graph of one batch to ``pipeline``."""
    documents = pipeline | "Documents" >> beam.Create(job.documents, reshuffle=True)
    parsed = documents | "Parse" >> ParseDocuments()
    fresh = parsed.entries | "Deduplicate" >> DeduplicateEntries(job.ledger, job.stamp.started_at)
    cleaned = fresh.entries | "Clean" >> CleanEntries(job.stamp)
    segmented = (
        cleaned.good | "Identify" >> IdentifyLanguages(job.language_backend) | "Segment" >> SegmentArticles()
    )
    finished = segmented.good | "Fingerprint" >> FingerprintArticles()
    articles = finished.good | "Write" >> WriteArticles(job.staging)
    rejects = (
        parsed.rejects,
        fresh.rejects,
        cleaned.rejects,
        segmented.rejects,
        finished.rejects,
    ) | "Rejects" >> beam.Flatten()
    errors = rejects | "Keep" >> WriteRejects(job.staging, job.stamp)
    {
        "files": (articles, errors) | "Files" >> beam.Flatten(),
        "reports": parsed.reports,
        "held": fresh.held,
        "outcomes": fresh.outcomes,
    } | "Manifest" >> WriteManifest(job.staging)
