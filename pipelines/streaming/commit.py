"""One window's parts into the dataset: settled against the ledger, staged, committed, published."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from typing import Any

import apache_beam as beam
from apache_beam.utils.timestamp import Timestamp

from pipelines import clock, steps
from pipelines.batch import Outcome, held_of
from pipelines.closing import Batch, close
from pipelines.commit import recover
from pipelines.describe import describe
from pipelines.layout import Root, open_root
from pipelines.ledger import Held, Ledger
from pipelines.logs import log
from pipelines.maintenance import alone
from pipelines.polling import Landed, Polled
from pipelines.root_id import bind
from pipelines.streaming.due import StreamJob
from pipelines.summary import Summary
from schemas.rows import Article, DocumentReport, HeldEntry, Reject
from transforms.clean import RunStamp
from transforms.fetch.state import FeedState
from transforms.write import write_partition, write_rejects


@dataclass(frozen=True)
class Parts:
    """Everything that one window gathered, by kind; each kind is a collection of the graph."""

    polled: Sequence[Polled] = ()
    released: Sequence[Held] = ()
    articles: Sequence[Article] = ()
    reports: Sequence[DocumentReport] = ()
    held: Sequence[HeldEntry] = ()
    outcomes: Sequence[tuple[str, str]] = ()
    rejects: Sequence[Reject] = ()


class CommitWindow(beam.DoFn):
    """All parts of a window to its summary.

    Safe to repeat: a window that the ledger knows is left alone. Safe beside other windows, other jobs and
    ``khabar run``: the writer's lock is held, and what is new is decided against the ledger inside it.
    """

    def __init__(self, job: StreamJob) -> None:
        self.job = job

    def process(  # noqa: D102
        self,
        element: tuple[str, Mapping[str, Sequence[Any]]],
        window: Any = beam.DoFn.WindowParam,
    ) -> Iterator[dict[str, Any]]:
        started = window.start.to_utc_datetime(has_tz=True)
        summary = commit_window(self.job, started, Parts(**element[1]))
        if summary is not None:
            log.info("window_committed", extra=vars(summary))
            yield vars(summary)


def commit_window(job: StreamJob, started: datetime, parts: Parts) -> Summary | None:
    """Commit what a window gathered; None when it was committed before.

    Raises:
        LockedError: Another writer holds the lock for longer than the job waits.
    """
    run_id = f"{job.name}-{started:%Y%m%dT%H%M%SZ}"
    root = open_root(job.root, job.ledger)
    with alone(root, job.lock_wait_seconds) as ledger:
        bind(root, ledger)
        moved = recover(root, ledger)
        if ledger.has_run(run_id):
            return None
        summary = Summary(run_id, str(job.root), started.isoformat(timespec="seconds"), rolled_forward=moved)
        batch = _stage(root, ledger, run_id, started, parts)
        steps.reached("staged")
        states = {name: FeedState.from_json(text) for name, text in ledger.feed_states().items()}
        close(root, ledger, batch, job.settings.fetch, states, summary)
        if summary.new or summary.edited or moved:
            describe(root, ledger, job.feeds)
    return summary


def _stage(root: Root, ledger: Ledger, run_id: str, started: datetime, parts: Parts) -> Batch:
    staging = root.staging / run_id
    staging.mkdir()
    stamp = RunStamp(run_id, Timestamp(micros=clock.to_us(started)), metadata.version("khabar"))
    outcome = Outcome(held=_held(parts))
    for source_id, what in parts.outcomes:
        outcome.counts[source_id][what] += 1
    for report in parts.reports:
        outcome.reports[report.source_id].append(report._asdict())
        outcome.counts[report.source_id]["error"] += report.n_bad
    partitions: dict[tuple[str, str], list[Article]] = defaultdict(list)
    for article in settle(parts.articles, ledger, stamp, outcome.counts):
        partitions[article.source_id, article.partition_date].append(article)
    for partition, articles in sorted(partitions.items()):
        outcome.files += write_partition((partition, articles), staging)
    if parts.rejects:
        outcome.files.append(write_rejects(("", parts.rejects), staging, stamp))
    return Batch(
        run_id=run_id,
        started=started,
        pipeline_version=stamp.pipeline_version,
        staging=staging,
        polled=parts.polled,
        outcome=outcome,
        released=parts.released,
    )


def settle(
    articles: Iterable[Article], ledger: Ledger, stamp: RunStamp, counts: dict[str, Counter[str]]
) -> Iterator[Article]:
    """Decide against the ledger, as it is now, what of a window is new, and number its versions.

    The graph asked the ledger when an entry passed; what was in flight then may have been committed since.
    ``counts`` is corrected where the answer has changed.
    """
    by_article: dict[str, list[Article]] = defaultdict(list)
    for article in sorted(articles, key=lambda a: (a.article_id, a.version, a.fetched_at, a.content_hash)):
        by_article[article.article_id].append(article)
    remembered = ledger.known(by_article)
    for article_id, group in by_article.items():
        known = remembered.get(article_id)
        first = group[0]
        number = known.versions if known else 0
        written = set(known.contents) if known else set()
        for article in group:
            count = counts[article.source_id]
            count["edited" if article.is_edit else "new"] -= 1
            if article.content_hash in written:
                count["seen"] += 1
                continue
            written.add(article.content_hash)
            number += 1
            count["edited" if number > 1 else "new"] += 1
            yield article._replace(
                version=number,
                is_edit=number > 1,
                partition_date=known.partition_date if known else first.partition_date,
                date_source=known.date_source if known else first.date_source,
                first_seen_at=Timestamp(micros=known.first_seen_us) if known else first.first_seen_at,
                ingested_at=stamp.started_at,
                run_id=stamp.run_id,
            )


def _held(parts: Parts) -> list[Held]:
    landed: dict[tuple[str, str], Landed] = {
        (document.source_id, document.sha256): document
        for polled in parts.polled
        for document in polled.documents
    }
    for released in parts.released:
        document = Landed.from_json(released.document)
        landed[document.source_id, document.sha256] = document
    return [
        held_of(held._asdict() | {"until": held.until.micros}, landed[held.source_id, held.document_sha256])
        for held in parts.held
    ]
