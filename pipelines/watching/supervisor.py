"""The loop of ``khabar watch``."""

import dataclasses
import logging
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime

from pipelines import clock, logs
from pipelines.exits import Exit, KhabarError, machine_trouble
from pipelines.job import Job, run_job
from pipelines.lock import LockedError
from pipelines.logs import log
from pipelines.signals import Wakeful
from pipelines.summary import Summary
from pipelines.watching.card import Card
from pipelines.watching.configuration import Configuration
from pipelines.watching.memory import Memory
from pipelines.watching.pace import Pace
from pipelines.watching.vitals import Reporter, SignsOfLife, Vitals

TICK_SECONDS = 5.0  # between looks at the clock and the configuration, and between heartbeats


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How to watch.

    Attributes:
        pace: When batches start.
        max_batches: Good batches after which the watch ends; None for never.
        stall_seconds: A batch without a sign of life for so long stops the heartbeat.
        tick_seconds: Longest time between two heartbeats.
    """

    pace: Pace
    max_batches: int | None = None
    stall_seconds: float = 600.0
    tick_seconds: float = TICK_SECONDS


class Supervisor:
    """Runs batches in a thread of their own, one after the other, and keeps everybody informed meanwhile.

    The thread leaves the main one free for signals and heartbeats, and whatever ends a batch ends there.
    Batches share the process: over 1 000 of them it does not grow (``python -m benchmarks.soak``), and a
    batch in a process of its own would pay for Beam and the models each time: 2 CPU-seconds against 0.5.
    """

    def __init__(
        self, configuration: Configuration, plan: Plan, reporters: Sequence[Reporter], signals: Wakeful
    ) -> None:
        self.configuration, self.plan, self.reporters, self.signals = (
            configuration, plan, reporters, signals,
        )  # fmt: skip
        self.vitals = Vitals(clock.now())
        self.rng = random.Random()
        self.up = False
        self.stalled = False
        self.card = Card()
        self.memory = Memory()

    def run(self) -> int:
        """Watch until asked to stop, or to the end of ``max_batches``; the exit code.

        Raises:
            KhabarError: What the configuration names cannot be used, and never could.
        """
        with ThreadPoolExecutor(1, thread_name_prefix="batch") as pool:
            while not self.signals() and not self._enough():
                self._batch(pool)
                if not self._enough():
                    self._sleep()
        self._tell("stopping")
        self.card.finish(self.configuration.job)
        return Exit.OK if self.signals.signal is None else 128 + self.signals.signal

    def _enough(self) -> bool:
        return self.plan.max_batches is not None and self.vitals.batches >= self.plan.max_batches

    def _batch(self, pool: ThreadPoolExecutor) -> None:
        started = clock.now()
        job = replace(self.configuration.job, run_id=clock.new_run_id(started), describe=self.card.when())
        logs.begin_run(job.run_id)
        self.vitals.run_id = job.run_id
        signs = SignsOfLife(self._begun, self.plan.stall_seconds, blind=_works_elsewhere(job))
        self.stalled = False
        future = pool.submit(run_job, job, signs, self.signals)
        future.add_done_callback(lambda _: self.signals.wake())
        while not future.done():
            self._follow(signs)
            self.signals.sleep(self.plan.tick_seconds)
        self.memory.release()
        error = future.exception()
        if error is not None:
            self._failed(error)
            return
        self._succeeded(started, future.result())
        self.card.remember(job, future.result())

    def _begun(self) -> None:
        """Called in the batch's thread: the root can be used, so the watch is up."""
        self.up = True
        self.signals.wake()

    def _follow(self, signs: SignsOfLife) -> None:
        """Say that the batch under way is alive; say so no more when it is not."""
        if not signs.stalled():
            self._tell("stopping" if self.signals() else "working" if self.up else "starting")
        elif not self.stalled:
            self.stalled = True
            log.error("batch_stalled", extra={"error": f"no progress for {self.plan.stall_seconds:.0f} s"})

    def _succeeded(self, started: datetime, summary: Summary) -> None:
        vitals, now = self.vitals, clock.now()
        vitals.batches += 1
        vitals.failures_in_row, vitals.error = 0, None
        vitals.last, vitals.last_success_at = summary, now
        due = datetime.fromisoformat(summary.next_due) if summary.next_due else None
        vitals.next_at = self.plan.pace.after_success(started, now, due)
        next_at = vitals.next_at.isoformat(timespec="seconds")
        log.info("batch_finished", extra=dataclasses.asdict(summary) | {"next_at": next_at})

    def _failed(self, error: BaseException) -> None:
        vitals = self.vitals
        hopeless = isinstance(error, KhabarError) and error.exit in (Exit.USAGE, Exit.CONFIG)
        if hopeless and not vitals.batches and machine_trouble(error) is None:
            raise error
        self.up = True
        vitals.failures += 1
        vitals.failures_in_row += 1
        vitals.error = f"{error}" if isinstance(error, KhabarError) else f"{type(error).__name__}: {error}"
        vitals.next_at = self.plan.pace.after_failure(clock.now(), vitals.failures_in_row, self.rng)
        expected = isinstance(error, KhabarError) or machine_trouble(error) is not None
        log.log(
            logging.WARNING if isinstance(error, LockedError) else logging.ERROR,
            "batch_failed",
            extra={
                "error": vitals.error,
                "in_row": vitals.failures_in_row,
                "next_at": vitals.next_at.isoformat(timespec="seconds"),
            },
            exc_info=None if expected else error,
        )

    def _sleep(self) -> None:
        """Until the next batch, a signal to stop, or a changed configuration."""
        while not self.signals() and not self._reloaded():
            left = ((self.vitals.next_at or clock.now()) - clock.now()).total_seconds()
            if left <= 0:
                return
            self._tell("sleeping")
            self.signals.sleep(min(left, self.plan.tick_seconds))

    def _reloaded(self) -> bool:
        """Take a changed configuration; one that is wrong is named once and leaves the old one in force."""
        if not self.signals.take_hangup() and not self.configuration.changed():
            return False
        self._tell("reloading")
        try:
            self.configuration.reload()
        except KhabarError as error:
            self.vitals.refused = str(error)
            log.error("configuration_refused", extra={"error": str(error)})
            return False
        self.vitals.refused = None
        self.vitals.reloads += 1
        log.info("configuration_reloaded", extra={"feeds": len(self.configuration.job.feeds)})
        return True

    def _tell(self, state: str) -> None:
        self.vitals.state = state
        for report in self.reporters:
            report(self.vitals)


def _works_elsewhere(job: Job) -> bool:
    return job.runner != "DirectRunner" or any("direct_running_mode" in flag for flag in job.beam_flags)
