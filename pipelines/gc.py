"""Retention: drop whole partitions, errors and raw documents that are older than wanted.

The ledger keeps the keys of dropped articles, so that a feed that still shows one does not bring it back as
new, and remembers which partitions were dropped, so that ``verify`` does not miss their rows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pipelines.layout import Root
from pipelines.ledger import FileRecord, Ledger
from pipelines.partitions import by_folder, last_day, strange
from pipelines.polling import Landed
from pipelines.progress import each
from pipelines.swap import Swap, swap
from schemas.arrow import MONTHLY
from transforms.fetch import raw

# A body that is being landed is written beside its name; older than this it is a crash's.
SCRATCH_AGE = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Retention:
    """How many days to keep; None keeps for ever."""

    dataset_days: int | None = None
    errors_days: int | None = None
    monthly_days: int | None = None
    raw_days: int | None = None

    def days_of(self, dataset: str) -> int | None:
        """Of one dataset."""
        if dataset in MONTHLY:
            return self.monthly_days
        return self.errors_days if dataset == "errors" else self.dataset_days


@dataclass
class Collected:
    """What went, or would go; ``khabar gc --json`` prints it."""

    partitions: int = 0
    rows: int = 0
    bytes: int = 0
    raw_documents: int = 0
    raw_bytes: int = 0
    raw_held: int = 0
    dry_run: bool = False
    refused: tuple[str, ...] = ()


def collect(
    root: Root, ledger: Ledger, run_id: str, now: datetime, retention: Retention, *, dry_run: bool = False
) -> Collected:
    """Drop what is older than wanted. The caller holds the lock.

    Partitions go by their date, raw documents by when they were landed; a document that an embargoed entry
    waits for stays. A partition with a file the ledger does not know is left alone and named in ``refused``.
    """
    done = Collected(dry_run=dry_run)
    swaps: list[Swap] = []
    for folder, files in _old_partitions(ledger.files(status="live"), now.date(), retention):
        if why := strange(root, folder, files):
            done.refused += (why,)
            continue
        swaps.append(Swap(folder, f"{run_id}/{len(swaps)}", run_id))
        done.partitions += 1
        done.rows += sum(file.rows for file in files)
        done.bytes += sum(file.bytes for file in files)
    if swaps and not dry_run:
        swap(root, ledger, swaps)
    if retention.raw_days is not None:
        _collect_raw(root, held_documents(root, ledger), now, retention.raw_days, done)
    return done


def held_documents(root: Root, ledger: Ledger) -> set[Path]:
    """Raw documents that embargoed entries will be read from."""
    return {raw.path_of(root.raw, Landed.from_json(held.document).sha256) for held in ledger.held()}


def _old_partitions(
    files: Sequence[FileRecord], today: date, retention: Retention
) -> Iterator[tuple[str, list[FileRecord]]]:
    for folder, found in by_folder(files).items():
        days = retention.days_of(found[0].dataset)
        if days is not None and last_day(folder) < today - timedelta(days=days):
            yield folder, found


def _collect_raw(root: Root, held: set[Path], now: datetime, days: int, done: Collected) -> None:
    documents = (path for path in root.raw.rglob("*") if path.suffix in (".tmp", ".zst"))
    for path in each("raw", documents):
        status = path.stat()
        age = now - datetime.fromtimestamp(status.st_mtime, UTC)
        if path.suffix == ".tmp":
            if age > SCRATCH_AGE and not done.dry_run:
                path.unlink()
        elif age > timedelta(days=days):
            if path in held:
                done.raw_held += 1
                continue
            done.raw_documents += 1
            done.raw_bytes += status.st_size
            if not done.dry_run:
                path.unlink()
