"""How a watch is doing: what its heartbeat, its metrics and systemd are told."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from pipelines.logs import log
from pipelines.monitor import Monitor
from pipelines.polling import Polled
from pipelines.summary import Summary
from transforms import pulse


@dataclass
class Vitals:
    """The state of a watch, as of now.

    Attributes:
        started_at: When the watch began.
        state: ``starting``, ``working``, ``sleeping``, ``reloading`` or ``stopping``.
        run_id: Of the batch under way, else of the last one.
        batches: Finished well.
        failures: Failed batches.
        failures_in_row: Failed batches since the last good one.
        error: Why the last batch failed; None after a good one.
        last_success_at: End of the last good batch.
        next_at: Start of the next batch.
        last: What the last good batch did.
        reloads: Changes of the configuration that were taken.
        refused: The finding in a changed configuration that was not taken; None when it is in use.
    """

    started_at: datetime
    state: str = "starting"
    run_id: str | None = None
    batches: int = 0
    failures: int = 0
    failures_in_row: int = 0
    error: str | None = None
    last_success_at: datetime | None = None
    next_at: datetime | None = None
    last: Summary | None = None
    reloads: int = 0
    refused: str | None = None

    @property
    def line(self) -> str:
        """One line for ``systemctl status``."""
        if self.failures_in_row:
            return f"{self.failures_in_row} failed in a row: {self.error}"
        line = f"{self.state}; {self.batches} batches"
        if self.state == "sleeping" and self.next_at:
            line += f", next at {self.next_at:%H:%M:%S}Z"
        return line if self.refused is None else f"{line}; configuration not reloaded: {self.refused}"


Reporter = Callable[[Vitals], None]


@dataclass
class SignsOfLife(Monitor):
    """Notices whether a batch gets on: a monitor that logs failed feeds and remembers when anything moved.

    Args:
        begun: Called when the batch has the root to itself and begins to poll.
        stall_seconds: Without a sign of life for so long, a batch counts as stalled.
        blind: The work is done in other processes, whose progress nobody sees from here: never stalled.
    """

    begun: Callable[[], None]
    stall_seconds: float
    blind: bool = False
    _moved_at: float = field(default_factory=time.monotonic)
    _beats: int = field(default_factory=lambda: sum(pulse.BEATS.values()))

    def stalled(self) -> bool:
        """Whether the batch under way has been still for too long."""
        beats = sum(pulse.BEATS.values())
        if beats != self._beats:
            self._beats = beats
            self.moved()
        return not self.blind and time.monotonic() - self._moved_at > self.stall_seconds

    def moved(self) -> None:
        """Something happened."""
        self._moved_at = time.monotonic()

    def polling(self, total: int) -> None:
        """The batch holds the lock and begins."""
        self.moved()
        self.begun()

    def polled(self, polled: Polled) -> None:
        """One feed answered: of those that did well the batch's summary tells enough."""
        self.moved()
        fetched = polled.fetched
        if fetched.error_class:
            fields = {"source_id": fetched.feed.id, "error_class": fetched.error_class}
            log.warning("feed_failed", extra=fields | {"error": fetched.error})

    def ingesting(self, documents: int, size: int) -> None:
        """The graph starts."""
        self.moved()

    def committed(self, files: int) -> None:
        """A commit."""
        self.moved()
