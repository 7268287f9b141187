"""What a back-fill did, counted."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.summary import Summary
from schemas.rows import WarcRange
from transforms.read_warc import SKIPPED, UNMAPPED

MOST_HOSTS = 20


@dataclass
class BackfillSummary(Summary):
    """A run's summary and what is particular to web archives.

    Attributes:
        archives: Files that match.
        archives_done: Of these, read to the end, now or before.
        bytes_read: Compressed bytes read in this run.
        records: WARC records of all types.
        batches: Commits.
        skipped: Records left out by reason: ``no_article``, ``unmapped_host``, ``not_html``, ``http_404`` ...
        unmapped_hosts: The most frequent hosts that no source names, with their pages.
    """

    archives: int = 0
    archives_done: int = 0
    bytes_read: int = 0
    records: int = 0
    batches: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    unmapped_hosts: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._hosts: Counter[str] = Counter()

    def add(
        self,
        parts: Sequence[WarcRange],
        counts: Mapping[str, Mapping[str, int]],
        reports: Sequence[Mapping[str, object]],
    ) -> None:
        """Add one batch: what was to be read, what became of the entries, what each range reported."""
        # Sources are slugs; what has a colon counts records that no source has.
        self.count_entries(sum((Counter(c) for name, c in counts.items() if ":" not in name), Counter()))
        self.batches += 1
        self.bytes_read += sum(part.end - part.start for part in parts)
        self.records += sum(int(str(report["n_entries"])) for report in reports)
        self._hosts.update(counts.get(UNMAPPED, {}))
        skipped = Counter(self.skipped) + Counter(counts.get(SKIPPED, {}))
        skipped["unmapped_host"] += sum(counts.get(UNMAPPED, {}).values())
        self.unmapped_hosts = dict(self._hosts.most_common(MOST_HOSTS))
        self.skipped = {reason: n for reason, n in skipped.most_common() if n}


def closing_lines(summary: BackfillSummary) -> list[str]:
    """What a person wants to know at the end of a back-fill."""
    skipped = ", ".join(f"{n} {reason}" for reason, n in list(summary.skipped.items())[:6])
    hosts = ", ".join(f"{host} ({n})" for host, n in list(summary.unmapped_hosts.items())[:6])
    lines = [
        f"{summary.new} new and {summary.edited} edited articles added, {summary.seen} seen before"
        + (f", {summary.rejected} rejected (see errors/)" if summary.rejected else ""),
        f"{summary.records} records, {summary.bytes_read / 1e6:.1f} MB of {summary.archives} files"
        f" ({summary.archives_done} done) in {summary.batches} batches",
    ]
    lines += [f"  left out: {skipped}"] if skipped else []
    lines += [f"  hosts without a source: {hosts}"] if hosts else []
    lines += [f"  {finding}" for finding in list(summary.failures.values())[:5]]
    lines.append(f"{summary.root}  ({summary.seconds:.1f} s, run {summary.run_id})")
    return lines
