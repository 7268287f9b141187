"""Ticks to fetches: which feeds are due, and which of them are on their way already."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import apache_beam as beam
from apache_beam.coders import PickleCoder
from apache_beam.transforms.userstate import ReadModifyWriteStateSpec

from pipelines import clock
from pipelines.config import Settings
from pipelines.ledger import Held, Ledger, LedgerReader
from pipelines.polling import Landed, Polled, poll_and_land
from transforms.fetch import schedule
from transforms.fetch.hosts import host_of
from transforms.fetch.policy import Feed
from transforms.fetch.state import FeedState

SHARDS = 8
RELEASED = "released"


@dataclass(frozen=True, kw_only=True)
class StreamJob:
    """What one ``khabar stream`` was asked to do.

    Attributes:
        name: First part of every window's run id.
        root: ``--root``, reachable by every worker.
        ledger: ``--ledger``, likewise.
        feeds: What to read.
        settings: How.
        tick_seconds: How often to look for feeds that are due.
        window_seconds: What is fetched within one window is committed together.
        lock_wait_seconds: How long a commit waits for another writer.
    """

    name: str
    root: Path
    ledger: str | None
    feeds: Sequence[Feed] = field(repr=False)
    settings: Settings = field(default_factory=Settings)
    tick_seconds: float = 10.0
    window_seconds: float = 60.0
    lock_wait_seconds: float = 600.0

    @property
    def lost_after_seconds(self) -> float:
        """A feed whose fetch has not been committed for so long is asked again: its window was lost."""
        return max(600.0, 5 * self.window_seconds)


class Due(NamedTuple):
    """The feeds of one shard that are due, with what the ledger remembers of each."""

    feeds: Sequence[Feed]
    states: dict[str, FeedState]
    released: Sequence[Held]


class FindDue(beam.DoFn):
    """A tick to at most one ``Due`` per shard. All feeds of a host are in one shard, so politeness holds.

    One look serves every tick that came before it, so that slow looks fall behind by one.
    """

    def __init__(self, job: StreamJob, reader: LedgerReader) -> None:
        self.job, self.reader = job, reader

    def setup(self) -> None:  # noqa: D102
        self.ledger = self.reader.open()
        self.looked_at = 0.0

    def teardown(self) -> None:  # noqa: D102
        self.ledger.close()

    def process(self, tick: float) -> Iterator[tuple[int, Due]]:
        """``tick``: when it was due, in seconds since the epoch."""
        if tick <= self.looked_at:
            return
        now = clock.now()
        self.looked_at = now.timestamp()
        states = {name: FeedState.from_json(text) for name, text in self.ledger.feed_states().items()}
        shards: dict[int, list[Feed]] = {}
        for feed in schedule.due(self.job.feeds, states, now):
            shards.setdefault(shard_of(feed), []).append(feed)
        released = self.ledger.held(until_us=clock.to_us(now))
        if released:
            shards.setdefault(0, [])
        for shard, feeds in shards.items():
            known = {feed.id: states[feed.id] for feed in feeds if feed.id in states}
            yield shard, Due(feeds, known, released if shard == 0 else ())


def shard_of(feed: Feed) -> int:
    """The shard of a feed's host."""
    return crc32(host_of(feed.url).encode()) % SHARDS


class FetchDue(beam.DoFn):
    """A shard's due feeds to ``Polled``, each with its documents landed.

    State per shard: when each feed was last asked. One that was, and of which the ledger does not know yet,
    is on its way to its window's commit and is not asked again.
    """

    IN_FLIGHT = ReadModifyWriteStateSpec("in_flight", PickleCoder())

    def __init__(self, job: StreamJob, reader: LedgerReader, raw_root: Path) -> None:
        self.job, self.reader, self.raw_root = job, reader, raw_root

    def setup(self) -> None:  # noqa: D102
        self.ledger = self.reader.open()

    def teardown(self) -> None:  # noqa: D102
        self.ledger.close()

    def process(  # noqa: D102
        self,
        element: tuple[int, Due],
        in_flight: Any = beam.DoFn.StateParam(IN_FLIGHT),  # noqa: B008
    ) -> Iterator[Any]:
        due = element[1]
        asked: dict[str, int] = in_flight.read() or {}
        now_us, lost_after = clock.to_us(clock.now()), self.job.lost_after_seconds
        feeds = [
            feed
            for feed in due.feeds
            if not on_its_way(asked.get(feed.id), due.states.get(feed.id), now_us, lost_after)
        ]
        for held in due.released:
            yield beam.pvalue.TaggedOutput(RELEASED, held)
        for polled in self._fetch(feeds, due) if feeds else ():
            asked[polled.fetched.feed.id] = now_us
            yield polled
        in_flight.write(asked)

    def _fetch(self, feeds: Sequence[Feed], due: Due) -> Iterable[Polled]:
        # What is slow holds up its own shard only, and at most for one window.
        deadline = time.monotonic() + self.job.window_seconds
        policy = self.job.settings.fetch
        return poll_and_land(feeds, due.states, policy, self.ledger, self.raw_root, deadline=deadline)


def on_its_way(asked_us: int | None, state: FeedState | None, now_us: int, lost_after_seconds: float) -> bool:
    """Whether a feed was asked, the answer is not committed, and it is too early to call it lost."""
    if asked_us is None or now_us - asked_us > lost_after_seconds * 1e6:
        return False
    polled_at = state.last_polled_at if state is not None else None
    return polled_at is None or clock.to_us(polled_at) < asked_us


class ReadDocuments(beam.DoFn):
    """What was polled, or released from an embargo, to the documents to parse."""

    def __init__(self, job: StreamJob, reader: LedgerReader, raw_root: Path) -> None:
        self.job, self.reader, self.raw_root = job, reader, raw_root
        self.paged = {feed.id: feed for feed in job.feeds if feed.content == "page"}

    def process(self, part: Polled | Held) -> Iterator[Any]:  # noqa: D102
        from pipelines.batch import document_of

        landed = [Landed.from_json(part.document)] if isinstance(part, Held) else part.documents
        for document in self._with_pages(landed):
            yield document_of(document, self.raw_root)

    def _with_pages(self, documents: list[Landed]) -> list[Landed]:
        if not any(document.source_id in self.paged for document in documents):
            return documents
        from pipelines.pages import PageFetcher

        ledger: Ledger = self.reader.open()
        try:
            deadline = time.monotonic() + self.job.window_seconds
            pages = PageFetcher(
                self.job.settings.fetch, ledger, self.raw_root, deadline=deadline, stop=lambda: False
            )
            return pages.with_pages(documents, self.paged)
        finally:
            ledger.close()
