"""One run: poll what is due, take it through the graph, commit, publish."""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime
from importlib import metadata
from pathlib import Path

from pipelines import catalog, clock, sqlite, steps
from pipelines.batch import BatchJob, Outcome, run_batch
from pipelines.closing import Batch, close
from pipelines.commit import recover
from pipelines.config import Settings
from pipelines.describe import describe
from pipelines.layout import Root, open_root
from pipelines.ledger import Held, Ledger, LedgerReader
from pipelines.maintenance import alone
from pipelines.monitor import Monitor
from pipelines.polling import Landed, Polled, batches, poll_and_land
from pipelines.root_id import bind
from pipelines.summary import Summary
from transforms.fetch import schedule
from transforms.fetch.policy import Feed
from transforms.fetch.state import FeedState


@dataclass(frozen=True, kw_only=True)
class Job:
    """What one ``khabar run`` was asked to do.

    Attributes:
        describe: When card and catalog are brought up to date: after ``news``, ``always`` or ``never``. It
            takes time with every file of the dataset, so whoever runs often leaves it to some runs.
    """

    run_id: str
    root: Path
    feeds: Sequence[Feed]
    ledger: str | None = None
    settings: Settings = field(default_factory=Settings)
    all_feeds: bool = False
    dry_run: bool = False
    backfill_pages: int = 0
    describe: str = "news"
    max_runtime_seconds: float | None = None
    lock_wait_seconds: float = 0.0
    runner: str = "DirectRunner"
    beam_flags: Sequence[str] = ()


def run_job(job: Job, monitor: Monitor, stop: Callable[[], bool] = lambda: False) -> Summary:
    """Run once.

    Raises:
        RootError, LedgerError, RecoveryError: The root cannot be used.
        LockedError: Another run holds it.
    """
    started = clock.now()
    with ExitStack() as stack:
        scratch = stack.enter_context(tempfile.TemporaryDirectory()) if job.dry_run else None
        root = open_root(job.root, job.ledger) if scratch is None else open_root(Path(scratch))
        if job.dry_run:
            ledger = Ledger(_dry_ledger(job, root))
            stack.callback(ledger.close)
        else:
            ledger = stack.enter_context(alone(root, job.lock_wait_seconds))
            bind(root, ledger)
        return _Run(job, root, ledger, monitor, started, stop).execute()


def _states(ledger: Ledger) -> dict[str, FeedState]:
    return {name: FeedState.from_json(text) for name, text in ledger.feed_states().items()}


def _dry_ledger(job: Job, scratch: Root) -> str:
    """Where a dry run, which commits nothing, asks what is known: of a SQLite ledger a copy."""
    source = Root(job.root.resolve(), job.ledger)
    if source.served:
        return source.ledger_place
    if source.ledger.exists():
        with closing(sqlite.connect(source.ledger)) as known:
            known.copy_to(scratch.ledger)
    return scratch.ledger_place


class _Run:
    def __init__(
        self,
        job: Job,
        root: Root,
        ledger: Ledger,
        monitor: Monitor,
        started: datetime,
        stop: Callable[[], bool],
    ) -> None:
        self.job, self.root, self.ledger, self.monitor, self.stop = job, root, ledger, monitor, stop
        self.started = started
        self.since = time.monotonic()
        self.version = metadata.version("khabar")
        self.summary = Summary(
            run_id=job.run_id,
            root=str(job.root),
            started_at=started.isoformat(timespec="seconds"),
            dry_run=job.dry_run,
        )

    def execute(self) -> Summary:
        summary = self.summary
        summary.rolled_forward = 0 if self.job.dry_run else recover(self.root, self.ledger)
        states = _states(self.ledger)
        feeds = self.job.feeds if self.job.all_feeds else schedule.due(self.job.feeds, states, self.started)
        summary.feeds_not_due = len(self.job.feeds) - len(feeds)
        polled = list(self._poll(feeds, states))
        steps.reached("landed")
        # A dry run has no raw store to read what is released from.
        released = [] if self.job.dry_run else self.ledger.held(until_us=clock.to_us(self.started))
        for n, batch in enumerate(batches(polled)):
            self._ingest(n, batch, released if n == 0 else [], states)
        if released and not polled:
            self._ingest(0, [], released, states)
        self._describe()
        if (due := self._next_due()) is not None:
            summary.next_due = due.isoformat()
        summary.seconds = round(time.monotonic() - self.since, 3)
        return summary

    def _next_due(self) -> datetime | None:
        lifts = [clock.from_us(held.until_us) for held in self.ledger.held()[:1]]
        turn = schedule.next_due(self.job.feeds, _states(self.ledger), clock.now())
        return min([*lifts, *([turn] if turn else [])], default=None)

    def _describe(self) -> None:
        """Card and catalog follow what was added; a poll without news leaves them alone."""
        summary = self.summary
        if self.job.dry_run or self.job.describe == "never":
            return
        missing = not (self.root.path / catalog.NAME).exists()
        news = summary.new or summary.edited or summary.rolled_forward or missing
        if news or self.job.describe == "always":
            describe(self.root, self.ledger, self.job.feeds)

    def _poll(self, feeds: Sequence[Feed], states: Mapping[str, FeedState]) -> Iterator[Polled]:
        deadline, stop = self._deadline(), self.stop
        policy, raw_root = self.job.settings.fetch, self.root.raw
        self.monitor.polling(len(feeds))
        for polled in poll_and_land(
            feeds, states, policy, self.ledger, raw_root, deadline=deadline, stop=stop
        ):
            self.monitor.polled(polled)
            if self.job.backfill_pages and polled.fetched.feed.id not in states:
                # Imported here: only a back-fill parses feeds before there is a graph.
                from pipelines.older import with_older_pages

                polled = with_older_pages(
                    polled, policy, raw_root, self.job.backfill_pages, deadline=deadline, stop=stop
                )
            yield polled

    def _ingest(
        self, n: int, polled: Sequence[Polled], released: Sequence[Held], states: Mapping[str, FeedState]
    ) -> None:
        run_id = self.summary.run_id if n == 0 else f"{self.summary.run_id}-{n}"
        staging = self.root.staging / run_id
        staging.mkdir()
        documents = [document for part in polled for document in part.documents]
        documents += {held.document: Landed.from_json(held.document) for held in released}.values()
        documents = self._with_pages(documents)
        outcome = self._run_graph(run_id, staging, documents)
        steps.reached("staged")
        batch = Batch(
            run_id=run_id,
            started=self.started,
            pipeline_version=self.version,
            staging=staging,
            polled=polled,
            outcome=outcome,
            released=released,
        )
        dry, policy = self.job.dry_run, self.job.settings.fetch
        n_files = close(self.root, self.ledger, batch, policy, states, self.summary, dry_run=dry)
        self.monitor.committed(n_files)

    def _with_pages(self, documents: list[Landed]) -> list[Landed]:
        feeds = {feed.id: feed for feed in self.job.feeds if feed.content == "page"}
        if not any(document.source_id in feeds for document in documents):
            return documents
        # Imported here: only feeds that ask for pages parse before there is a graph.
        from pipelines.pages import PageFetcher, check_extra

        check_extra(feeds.values())
        pages = PageFetcher(
            self.job.settings.fetch, self.ledger, self.root.raw, deadline=self._deadline(), stop=self.stop
        )
        return pages.with_pages(documents, feeds)

    def _deadline(self) -> float | None:
        limit = self.job.max_runtime_seconds
        return None if limit is None else self.since + limit

    def _run_graph(self, run_id: str, staging: Path, documents: Sequence[Landed]) -> Outcome:
        if not documents:
            return Outcome()
        self.monitor.ingesting(len(documents), sum(document.size for document in documents))
        return run_batch(
            BatchJob(
                run_id=run_id,
                started_us=clock.to_us(self.started),
                pipeline_version=self.version,
                documents=documents,
                raw_root=self.root.raw,
                staging=staging,
                ledger=LedgerReader(str(self.ledger.where)),
                runner=self.job.runner,
                beam_flags=self.job.beam_flags,
                language_backend=self.job.settings.language.backend,
            )
        )
