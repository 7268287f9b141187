"""What parsing found in one body, as far as the schedule needs to know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median


@dataclass(frozen=True, kw_only=True)
class Window:
    """The entries of one body, counted and dated.

    Attributes:
        n_entries: Entries in the body.
        n_new: Entries never seen before.
        n_seen: Entries seen before.
        published: Publication instants, zone-aware, in any order; of the dated entries only.
        ttl_minutes: RSS ``ttl``, or ``sy:updatePeriod`` over ``sy:updateFrequency``.
        skip_hours: UTC hours in which the publisher asks not to be polled.
        skip_days: Weekdays likewise, 0 is Monday.
    """

    n_entries: int
    n_new: int = 0
    n_seen: int = 0
    published: Sequence[datetime] = ()
    ttl_minutes: float | None = None
    skip_hours: Sequence[int] = ()
    skip_days: Sequence[int] = ()

    @property
    def newest(self) -> datetime | None:
        """Latest publication instant."""
        return max(self.published, default=None)

    def ages_hours(self, now: datetime) -> list[float]:
        """Return how long ago the entries came out, youngest first; dates still to come are left out."""
        ages = ((now - instant).total_seconds() / 3600 for instant in self.published)
        return sorted(age for age in ages if age >= 0)

    def span_seconds(self) -> float | None:
        """Return the time the body covers; None with fewer than two dates.

        Twice the time covered by the newer half, where that is less: one pinned old entry, or one date
        mistyped by a year, must not make a feed look slow.
        """
        if len(self.published) < 2:
            return None
        stamps = [instant.timestamp() for instant in self.published]
        newest = max(stamps)
        return min(newest - min(stamps), 2 * (newest - median(stamps)))

    def busiest_hour(self, now: datetime) -> int:
        """Return the most entries that came out within any one hour.

        >>> from datetime import UTC, timedelta
        >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
        >>> dates = [noon - timedelta(minutes=m) for m in (10, 40, 90)]
        >>> Window(n_entries=3, published=dates).busiest_hour(noon)
        2
        """
        ages, most, first = self.ages_hours(now), 0, 0
        for last, age in enumerate(ages):
            while age - ages[first] > 1:
                first += 1
            most = max(most, last - first + 1)
        return most
