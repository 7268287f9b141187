"""One batch of landed documents through the graph, into staging."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.ledger import Held, LedgerReader
from pipelines.polling import Landed
from transforms.fetch import raw
from transforms.parquet import StagedFile

if TYPE_CHECKING:
    from schemas.rows import Document


@dataclass
class Outcome:
    """What the graph made of a batch.

    Attributes:
        files: Finished files in staging.
        counts: Per source, how many entries were new, edited, seen, repeated, held, error.
        reports: Per source, what parsing found in each document.
        held: Entries under embargo.
    """

    files: list[StagedFile] = field(default_factory=list)
    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    reports: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    held: list[Held] = field(default_factory=list)


@dataclass(frozen=True)
class BatchJob:
    """A batch and how to run it."""

    run_id: str
    started_us: int
    pipeline_version: str
    documents: Sequence[Landed]
    raw_root: Path
    staging: Path
    ledger: LedgerReader
    runner: str
    beam_flags: Sequence[str]
    language_backend: str


def run_batch(job: BatchJob) -> Outcome:
    """Run the graph over a batch; nothing outside staging changes."""
    # Imported here: a poll that found nothing new pays for no Beam and no language model.
    from apache_beam.utils.timestamp import Timestamp

    from pipelines.ingest import Ingest, build
    from pipelines.runner import engine_errors, make_pipeline
    from transforms.clean import RunStamp

    documents = [document_of(landed, job.raw_root) for landed in job.documents]
    stamp = RunStamp(job.run_id, Timestamp(micros=job.started_us), job.pipeline_version)
    with engine_errors(job.runner), make_pipeline(job.runner, job.beam_flags) as pipeline:
        build(pipeline, Ingest(documents, job.staging, job.ledger, stamp, job.language_backend))
    return read_manifest(job.staging, job.documents)


def document_of(landed: Landed, raw_root: Path) -> "Document":
    """The row that travels through the graph: paths, not bytes."""
    from apache_beam.utils.timestamp import Timestamp

    from schemas.rows import Document, Page

    return Document(
        source_id=landed.source_id,
        feed_url=landed.feed_url,
        url=landed.url,
        sha256=landed.sha256,
        path=str(raw.path_of(raw_root, landed.sha256)),
        fetched_at=Timestamp(micros=landed.fetched_us),
        content_type=landed.content_type,
        language=landed.language,
        timezone=landed.timezone,
        agency=landed.agency,
        pages=[
            Page(
                url=page.url,
                final_url=page.final_url,
                path=str(raw.path_of(raw_root, page.sha256)) if page.sha256 else None,
                content_type=page.content_type,
            )
            for page in landed.pages
        ],
    )


def read_manifest(staging: Path, documents: Sequence[Landed] = ()) -> Outcome:
    """What the pipeline reported; entries under embargo are traced to their documents."""
    from transforms.manifest import FILE_NAME

    outcome = Outcome()
    by_sha = {(landed.source_id, landed.sha256): landed for landed in documents}
    for line in (staging / FILE_NAME).read_text(encoding="utf-8").splitlines():
        fields = json.loads(line)
        kind = fields.pop("kind")
        if kind == "file":
            outcome.files.append(StagedFile(**fields))
        elif kind == "outcome":
            outcome.counts[fields["source_id"]][fields["outcome"]] += fields["count"]
        elif kind == "report":
            outcome.reports[fields["source_id"]].append(fields)
            outcome.counts[fields["source_id"]]["error"] += fields["n_bad"]
        else:
            landed = by_sha[(fields["source_id"], fields["document_sha256"])]
            outcome.held.append(held_of(fields, landed))
    return outcome


def held_of(fields: Mapping[str, Any], landed: Landed) -> Held:
    """An entry under embargo, with the document to read again."""
    return Held(
        fields["article_id"],
        fields["content_hash"],
        fields["source_id"],
        landed.to_json(),
        fields["title"],
        fields["until"],
    )
