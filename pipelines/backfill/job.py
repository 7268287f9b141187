"""A back-fill: batches of ranges of WARC files through the graph, each committed like a run."""

import dataclasses
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from apache_beam.utils.timestamp import Timestamp

from pipelines import clock, steps
from pipelines.backfill.ranges import batches, find, rest_of
from pipelines.backfill.summary import BackfillSummary
from pipelines.batch import Outcome, read_manifest
from pipelines.commit import file_records, publish, recover, written_keys
from pipelines.config import Settings
from pipelines.describe import describe
from pipelines.ingest import Ingest, build_from_warc
from pipelines.layout import Root, open_root
from pipelines.ledger import Commit, Drop, Ledger, LedgerReader
from pipelines.logs import log
from pipelines.maintenance import alone
from pipelines.root_id import bind
from pipelines.runner import engine_errors, make_pipeline
from pipelines.watching.memory import Memory
from schemas.rows import WarcRange
from transforms.clean import RunStamp
from transforms.read_warc import STAGE, range_name
from transforms.storage import remove_tree
from transforms.warc.sources import SourceMap

# In the ledger archives stand among the files of folder drops, under a name that no feed can have; what
# stands there as their size is how far they have been read.
LEDGER_NAME = "warc:"
# A batch is kept in memory by the local runner: its articles take about as much as the compressed pages.
BATCH_BYTES = 128 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Backfill:
    """What one ``khabar backfill`` was asked to do.

    Attributes:
        patterns: Globs of WARC files, on any file system Beam can read.
        batch_bytes: Compressed input of one commit.
        limit_bytes: Stop after about so much input; None for no limit.
        lock_wait_seconds: For each batch: the root is free for other runs between them.
    """

    run_id: str
    root: Path
    patterns: Sequence[str]
    sources: SourceMap
    ledger: str | None = None
    settings: Settings = field(default_factory=Settings)
    batch_bytes: int = BATCH_BYTES
    limit_bytes: int | None = None
    lock_wait_seconds: float = 600.0
    runner: str = "DirectRunner"
    beam_flags: Sequence[str] = ()


def run_backfill(
    job: Backfill,
    stop: Callable[[], bool] = lambda: False,
    progress: Callable[[BackfillSummary], None] = lambda summary: None,
) -> BackfillSummary:
    """Read what is left of the archives; a range is done in the transaction that commits its articles.

    Args:
        job: What to read.
        stop: Asked between batches.
        progress: Told after each commit.

    Raises:
        ArchiveError: The files named cannot be used.
        RootError, LedgerError, LockedError: The root cannot be used.
    """
    return _Backfill(job, open_root(job.root, job.ledger), progress).run(stop)


class _Backfill:
    def __init__(self, job: Backfill, root: Root, progress: Callable[[BackfillSummary], None]) -> None:
        self.job, self.root, self.progress = job, root, progress
        self.version = metadata.version("khabar")
        self.archives = {archive.path: archive for archive in find(job.patterns)}
        self.summary = BackfillSummary(
            run_id=job.run_id,
            root=str(job.root),
            started_at=clock.now().isoformat(timespec="seconds"),
            archives=len(self.archives),
        )

    def run(self, stop: Callable[[], bool]) -> BackfillSummary:
        since, summary, memory = time.monotonic(), self.summary, Memory()
        with self._held() as ledger:
            # What a killed run left behind is completed even where nothing is left to read.
            summary.rolled_forward = recover(self.root, ledger)
            known = ledger.drops(LEDGER_NAME)
        for n, parts in enumerate(batches(self._rest(known), self.job.batch_bytes)):
            if stop() or (self.job.limit_bytes is not None and summary.bytes_read >= self.job.limit_bytes):
                break
            with self._held() as ledger:
                self._batch(ledger, f"{self.job.run_id}-{n}" if n else self.job.run_id, parts)
                known = ledger.drops(LEDGER_NAME)
            summary.seconds = round(time.monotonic() - since, 3)
            self.progress(summary)
            memory.release()
        if summary.new or summary.edited or summary.rolled_forward:
            with self._held() as ledger:
                describe(self.root, ledger)
        done = [known.get(archive.path) == archive[1:] for archive in self.archives.values()]
        summary.archives_done = sum(done)
        summary.seconds = round(time.monotonic() - since, 3)
        return summary

    @contextmanager
    def _held(self) -> Iterator[Ledger]:
        """The root to ourselves, for one batch."""
        with alone(self.root, self.job.lock_wait_seconds) as ledger:
            bind(self.root, ledger)
            yield ledger

    def _rest(self, known: Mapping[str, tuple[int, int]]) -> Iterator[WarcRange]:
        for archive in self.archives.values():
            yield from rest_of(archive, known, self.job.batch_bytes)

    def _batch(self, ledger: Ledger, run_id: str, parts: Sequence[WarcRange]) -> None:
        self.summary.rolled_forward += recover(self.root, ledger)
        staging = self.root.staging / run_id
        staging.mkdir()
        started = clock.now()
        log.info("batch_started", extra={"ranges": len(parts), "first": parts[0].path})
        outcome = self._graph(run_id, staging, started, parts)
        steps.reached("staged")
        reports = outcome.reports[STAGE]
        self.summary.add(parts, outcome.counts, reports)
        self.summary.files += len(outcome.files)
        self._commit(ledger, run_id, started, outcome, self._read(parts, reports))

    def _graph(self, run_id: str, staging: Path, started: datetime, parts: Sequence[WarcRange]) -> Outcome:
        stamp = RunStamp(run_id, Timestamp(micros=clock.to_us(started)), self.version)
        reader = LedgerReader(self.root.ledger_place)
        ingest = Ingest(parts, staging, reader, stamp, self.job.settings.language.backend)
        flags = self.job.beam_flags
        with engine_errors(self.job.runner), make_pipeline(self.job.runner, flags) as pipeline:
            build_from_warc(pipeline, ingest, self.job.sources)
        return read_manifest(staging)

    def _read(self, parts: Sequence[WarcRange], reports: Sequence[Mapping[str, Any]]) -> list[Drop]:
        """How far each file has been read now: up to the first range that could not be."""
        errors = {report["sha256"]: report["error"] for report in reports}
        done: dict[str, int] = {}
        for part in parts:
            error = errors[range_name(part.path, part.start)]
            if error is not None:
                self.summary.failures.setdefault(part.path, error)
            elif part.path not in self.summary.failures:
                done[part.path] = part.end
        return [Drop(LEDGER_NAME, path, end, self.archives[path].mtime_ns) for path, end in done.items()]

    def _commit(
        self, ledger: Ledger, run_id: str, started: datetime, outcome: Outcome, drops: Sequence[Drop]
    ) -> None:
        records = file_records(run_id, outcome.files)
        ledger.commit(
            Commit(
                run_id=run_id,
                started_us=clock.to_us(started),
                pipeline_version=self.version,
                summary=dataclasses.asdict(self.summary) | {"run_id": run_id},
                files=records,
                keys=written_keys(self.root, records),
                drops=drops,
            )
        )
        steps.reached("committed")
        publish(self.root, ledger)
        remove_tree(self.root.staging / run_id)  # also where no file came of it
        log.info("batch_committed", extra={"files": len(records)})
