"""Compaction: many small files of a partition become one, sorted, dense and described."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipelines.layout import Root
from pipelines.ledger import FileRecord, Ledger
from pipelines.partitions import daily, last_day, merged, stage_folder, unsound
from pipelines.progress import each
from pipelines.swap import swap

LATE_DAYS = 2
MAX_FILES = 8
PREFIX = "compact-"


@dataclass
class Compacted:
    """What a compaction did; ``khabar compact --json`` prints it."""

    partitions: int = 0
    files_before: int = 0
    bytes_before: int = 0
    bytes_after: int = 0
    rows: int = 0
    refused: tuple[str, ...] = ()


def compact(
    root: Root,
    ledger: Ledger,
    run_id: str,
    now: datetime,
    *,
    late_days: int = LATE_DAYS,
    max_files: int = MAX_FILES,
    stop: Callable[[], bool] = lambda: False,
) -> Compacted:
    """Compact what is worth it, one partition after the other. The caller holds the lock.

    A partition is left alone, and named in ``refused``, when its folder and the ledger disagree or a file
    does not match its checksum: what is broken must not be made to look whole.

    Args:
        root: Whose partitions.
        ledger: Of the root, recovered.
        run_id: Names the new files.
        now: Decides which days are closed.
        late_days: A day is closed when it ended this many days ago.
        max_files: A partition with more files is compacted whatever its day.
        stop: True once the process was asked to end; what is done by then stays.
    """
    done = Compacted()
    partitions = list(worth_it(ledger.files(status="live"), now.date(), late_days, max_files))
    for n, (folder, files) in enumerate(each("compact", partitions)):
        if stop():
            break
        if (why := unsound(root, folder, files)) is not None:
            done.refused += (why,)
            continue
        table = merged(root, files)
        item = stage_folder(root, folder, table, f"{run_id}/{n}", f"{PREFIX}{run_id}-{n}.parquet")
        swap(root, ledger, [item])
        done.partitions += 1
        done.files_before += len(files)
        done.bytes_before += sum(file.bytes for file in files)
        done.bytes_after += item.bytes or 0
        done.rows += item.rows or 0
    return done


def worth_it(
    files: Sequence[FileRecord], today: date, late_days: int, max_files: int
) -> Iterator[tuple[str, list[FileRecord]]]:
    """Folders with more than one file whose day is closed, or with more than ``max_files``."""
    for folder, found in daily(files).items():
        closed = last_day(folder) < today - timedelta(days=late_days)
        if len(found) > max_files or (closed and len(found) > 1):
            yield folder, found
