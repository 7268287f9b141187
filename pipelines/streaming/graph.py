"""The unbounded graph: ticks in, committed windows out."""

from typing import Any

import apache_beam as beam
from apache_beam.transforms.periodicsequence import PeriodicImpulse
from apache_beam.transforms.window import FixedWindows
from apache_beam.utils.timestamp import MAX_TIMESTAMP, Timestamp

from pipelines.ingest import derive
from pipelines.layout import Root
from pipelines.ledger import LedgerReader
from pipelines.streaming.commit import CommitWindow
from pipelines.streaming.due import RELEASED, FetchDue, FindDue, ReadDocuments, StreamJob
from schemas.rows import Document
from transforms.clean import RunStamp
from transforms.parse import ParseDocuments


def build(
    pipeline: beam.Pipeline, job: StreamJob, pipeline_version: str, until: Timestamp | None = None
) -> None:
    """Add the graph of a stream to ``pipeline``.

    Args:
        pipeline: Empty.
        job: What to read, where to and how often.
        pipeline_version: Of this khabar.
        until: When to stop polling; None for never.
    """
    root = Root(job.root, job.ledger)
    reader = LedgerReader(root.ledger_place)
    # Rows get the window's id and start when it is committed.
    stamp = RunStamp("", Timestamp(0), pipeline_version)
    fetched = (
        pipeline
        | "Tick" >> PeriodicImpulse(Timestamp.now(), until or MAX_TIMESTAMP, job.tick_seconds)
        # Together, ticks could never be told to wait while a look takes longer than one: no window would end.
        | "Apart" >> beam.Reshuffle()
        | "FindDue" >> beam.ParDo(FindDue(job, reader)).with_output_types(tuple[int, Any])
        | "Fetch" >> beam.ParDo(FetchDue(job, reader, root.raw)).with_outputs(RELEASED, main="polled")
    )
    window = FixedWindows(job.window_seconds)
    polled = fetched["polled"] | "WindowPolled" >> beam.WindowInto(window)
    released = fetched[RELEASED] | "WindowReleased" >> beam.WindowInto(window)
    documents = (
        (polled, released)
        | "Landed" >> beam.Flatten()
        | "Read" >> beam.ParDo(ReadDocuments(job, reader, root.raw)).with_output_types(Document)
        | "Spread" >> beam.Reshuffle()
    )
    parsed = documents | "Parse" >> ParseDocuments()
    derived = derive(parsed, reader, stamp, job.settings.language.backend, None)
    parts = {"polled": polled, "released": released, **derived._asdict()}
    (
        {kind: part | f"Key_{kind}" >> beam.Map(_under_one_key) for kind, part in parts.items()}
        | "GatherWindow" >> beam.CoGroupByKey()
        | "Commit" >> beam.ParDo(CommitWindow(job))
    )


def _under_one_key(part: Any) -> tuple[str, Any]:
    return "", part
