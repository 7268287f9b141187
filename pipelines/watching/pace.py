"""When the next batch starts. Wall clock, so that a suspended machine and a corrected clock do no harm."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

# Nothing is ever due: a configuration may change, an operator may set the clock.
IDLE = timedelta(minutes=5)
# Feeds that come due within a second of each other share a batch.
LEAST_PAUSE = timedelta(seconds=1)
FIRST_RETRY_SECONDS = 5.0
LONGEST_RETRY_SECONDS = 600.0


@dataclass(frozen=True)
class Pace:
    """The rhythm of a watch.

    Attributes:
        every: Start batches at this distance, whether feeds are due or not; None: when the first feed is due.
    """

    every: timedelta | None = None

    def after_success(self, started: datetime, now: datetime, next_due: datetime | None) -> datetime:
        """The next start after a good batch; starts of a fixed rhythm that passed meanwhile are skipped.

        >>> t = datetime(2026, 3, 5, 12)
        >>> Pace(timedelta(minutes=5)).after_success(t, t + timedelta(minutes=12), None).isoformat()
        '2026-03-05T12:15:00'
        """
        if self.every is not None:
            return started + ((now - started) // self.every + 1) * self.every
        return max(now + LEAST_PAUSE, min(next_due or now + IDLE, now + IDLE))

    def after_failure(self, now: datetime, failures: int, rng: random.Random) -> datetime:
        """The next start after ``failures`` failed batches in a row: doubling, capped, half of it by chance.

        Chance keeps several watches that failed together (a database, a mount) from coming back together.
        """
        longest = min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2.0 ** min(failures - 1, 20))
        return now + timedelta(seconds=longest * rng.uniform(0.5, 1.0))
