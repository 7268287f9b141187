"""Card and catalog of a watched dataset: now and then, not after every batch."""

import time
from dataclasses import dataclass

from pipelines.exits import KhabarError
from pipelines.job import Job
from pipelines.logs import log
from pipelines.maintenance import maintained
from pipelines.summary import Summary

# They cost 14 microseconds a file of the dataset, and a batch may come every few seconds.
EVERY_SECONDS = 600.0


@dataclass
class Card:
    """Remembers whether card and catalog lag behind the dataset."""

    behind: bool = False
    written_at: float = -EVERY_SECONDS

    def when(self) -> str:
        """What the next batch is to do about them; see ``Job.describe``."""
        if time.monotonic() - self.written_at < EVERY_SECONDS:
            return "never"
        return "always" if self.behind else "news"

    def remember(self, job: Job, summary: Summary) -> None:
        """Take notice of what a batch did."""
        news = bool(summary.new or summary.edited or summary.rolled_forward)
        if job.describe == "never":
            self.behind |= news
        elif news or self.behind:
            self.behind, self.written_at = False, time.monotonic()

    def finish(self, job: Job) -> None:
        """Bring them up to date before the end; where that fails, the next run with news does it."""
        if not self.behind:
            return
        try:
            with maintained(job.root, job.lock_wait_seconds, job.ledger):
                self.behind = False
        except (KhabarError, OSError) as error:
            log.warning("not_described", extra={"error": str(error)})
