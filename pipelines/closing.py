"""Close a batch, of a run or of a window: its feeds' next turns, its log, and the commit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pipelines import clock, fetch_log, steps
from pipelines.batch import Outcome
from pipelines.commit import file_records, publish, written_keys
from pipelines.layout import Root
from pipelines.ledger import Commit, CommitError, Held, Ledger
from pipelines.polling import Polled
from pipelines.summary import Summary
from transforms.fetch import schedule
from transforms.fetch.policy import FetchPolicy
from transforms.fetch.state import FeedState
from transforms.parquet import StagedFile, stage_table, table_of


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What goes into the dataset together.

    Attributes:
        run_id: Its name in the ledger; a name that is there already commits nothing.
        started: Start of the run, or of the window.
        pipeline_version: Of this khabar.
        staging: Folder of its finished files.
        polled: What the sources said.
        outcome: What the graph made of it.
        released: Entries whose embargo has lifted.
    """

    run_id: str
    started: datetime
    pipeline_version: str
    staging: Path
    polled: Sequence[Polled]
    outcome: Outcome
    released: Sequence[Held] = ()


def close(
    root: Root,
    ledger: Ledger,
    batch: Batch,
    policy: FetchPolicy,
    states: Mapping[str, FeedState],
    summary: Summary,
    *,
    dry_run: bool = False,
) -> int:
    """Log, count and commit a batch; the number of its files. The caller is the ledger's only writer."""
    after = next_states(batch, policy, states)
    files = [*batch.outcome.files, *_log(batch, after)]
    summary.count(batch.polled, batch.outcome)
    summary.files += len(files)
    if not dry_run:
        _commit(root, ledger, batch, files, after, summary)
    return len(files)


def next_states(batch: Batch, policy: FetchPolicy, states: Mapping[str, FeedState]) -> dict[str, FeedState]:
    """Where the polled feeds stand after the batch: validators, pace, next turn."""
    now, outcome = clock.now(), batch.outcome
    after: dict[str, FeedState] = {}
    for polled in batch.polled:
        fetched, name = polled.fetched, polled.fetched.feed.id
        window = fetch_log.window_of(outcome.reports[name], outcome.counts[name], fetched.body_sha256)
        if polled.documents and window is None:
            # Nothing readable came: the validators must not move, or it would never be looked at again.
            fetched = replace(fetched, error_class=outcome.reports[name][0]["error_class"])
        after[name] = schedule.next_state(after.get(name, states.get(name)), fetched, window, policy, now)
    return after


def _log(batch: Batch, states: Mapping[str, FeedState]) -> Iterator[StagedFile]:
    run_id, at_us, outcome = batch.run_id, clock.to_us(batch.started), batch.outcome
    rows = [
        fetch_log.fetch_row(run_id, p, outcome.reports[i], outcome.counts[i], states[i])
        for p in batch.polled
        for i in [p.fetched.feed.id]
    ]
    errors = [row for p in batch.polled if (row := fetch_log.error_row(run_id, at_us, p))]
    for dataset, found in (("fetch_log", rows), ("errors", errors)):
        if found:
            partition = f"date={batch.started:%Y-%m-%d}"
            yield stage_table(dataset, partition, table_of(dataset, found), batch.staging)


def _commit(
    root: Root,
    ledger: Ledger,
    batch: Batch,
    files: Sequence[StagedFile],
    states: Mapping[str, FeedState],
    summary: Summary,
) -> None:
    records = file_records(batch.run_id, files)
    committed = ledger.commit(
        Commit(
            run_id=batch.run_id,
            started_us=clock.to_us(batch.started),
            pipeline_version=batch.pipeline_version,
            summary=vars(summary) | {"run_id": batch.run_id},
            files=records,
            keys=written_keys(root, records),
            feeds={name: state.to_json() for name, state in states.items()},
            held=batch.outcome.held,
            released=batch.released,
            drops=[drop for polled in batch.polled for drop in polled.drops],
        )
    )
    if not committed:
        raise CommitError(
            f"run {batch.run_id} is committed already: nothing of this one is kept, the next run repeats it"
        )
    steps.reached("committed")
    publish(root, ledger)
