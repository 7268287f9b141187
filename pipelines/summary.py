"""What one run did, counted."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.batch import Outcome
from pipelines.polling import Polled


@dataclass
class Summary:
    """What one run did; ``khabar run --json`` prints it.

    Attributes:
        next_due: When there is something to do again: the next feed's turn, or the end of an embargo.
    """

    run_id: str
    root: str
    started_at: str
    seconds: float = 0.0
    new: int = 0
    edited: int = 0
    seen: int = 0
    repeated: int = 0
    held: int = 0
    rejected: int = 0
    feeds_polled: int = 0
    feeds_ok: int = 0
    feeds_unchanged: int = 0
    feeds_failed: int = 0
    feeds_not_due: int = 0
    files: int = 0
    rolled_forward: int = 0
    dry_run: bool = False
    next_due: str | None = None
    failures: dict[str, str] = field(default_factory=dict)

    def count(self, batch: Sequence[Polled], outcome: Outcome) -> None:
        """Add one batch."""
        self.count_entries(sum(outcome.counts.values(), Counter()))
        for polled in batch:
            feed_id, fetched = polled.fetched.feed.id, polled.fetched
            error = fetched.error or next((r["error"] for r in outcome.reports[feed_id] if r["error"]), None)
            self.feeds_polled += 1
            self.feeds_failed += error is not None
            self.feeds_unchanged += error is None and not polled.documents
            self.feeds_ok += error is None
            if error is not None:
                self.failures[feed_id] = error

    def count_entries(self, total: Mapping[str, int]) -> None:
        """Add what became of entries."""
        for outcome in ("new", "edited", "seen", "repeated", "held"):
            setattr(self, outcome, getattr(self, outcome) + total.get(outcome, 0))
        self.rejected += total.get("error", 0)


def closing_lines(summary: Summary) -> list[str]:
    """What a person wants to know at the end of a run."""
    would = "would be " if summary.dry_run else ""
    lines = [
        f"{summary.new} new and {summary.edited} edited articles {would}added, {summary.seen} seen before"
        + (f", {summary.held} under embargo" if summary.held else "")
        + (f", {summary.rejected} rejected (see errors/)" if summary.rejected else ""),
        f"{summary.feeds_polled} feeds polled: {summary.feeds_ok} ok ({summary.feeds_unchanged} unchanged), "
        f"{summary.feeds_failed} failed; {summary.feeds_not_due} not due",
    ]
    lines += [f"  {error}" for error in list(summary.failures.values())[:5]]
    if len(summary.failures) > 5:
        lines.append(f"  ... and {len(summary.failures) - 5} more: khabar status --root {summary.root}")
    lines.append(f"{summary.root}  ({summary.seconds:.1f} s, run {summary.run_id})")
    return lines
