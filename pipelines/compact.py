"""Compaction: many small files of a partition become one, sorted, dense and described."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines import steps
from pipelines.layout import Root
from pipelines.ledger import FileRecord, Ledger
from pipelines.swap import Swap, SwapError, swap
from schemas.arrow import DATASETS, SORTED_BY
from transforms.parquet import COMPACT_LEVEL, file_sha256, write_file

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
    for n, (folder, files) in enumerate(
        worth_it(ledger.files(status="live"), now.date(), late_days, max_files)
    ):
        if stop():
            break
        if (why := unsound(root, folder, files)) is not None:
            done.refused += (why,)
            continue
        item = _stage(root, folder, files, f"{run_id}/{n}", f"{PREFIX}{run_id}-{n}.parquet")
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
    by_folder: dict[str, list[FileRecord]] = {}
    for file in files:
        by_folder.setdefault(file.path.rpartition("/")[0], []).append(file)
    for folder, found in sorted(by_folder.items()):
        day = date.fromisoformat(folder.rpartition("date=")[2])
        closed = day < today - timedelta(days=late_days)
        if len(found) > max_files or (closed and len(found) > 1):
            yield folder, found


def unsound(root: Root, folder: str, files: Sequence[FileRecord]) -> str | None:
    """What is wrong with a partition's files; None when folder, ledger and checksums agree."""
    names = {path.name for path in (root.path / folder).glob("*")}
    if names != (known := {Path(file.path).name for file in files}):
        return f"{folder}: folder and ledger differ in {', '.join(sorted(names ^ known))}"
    for file in files:
        if file_sha256(root.path / file.path) != file.sha256:
            return f"{file.path}: does not match its checksum"
    return None


def _stage(root: Root, folder: str, files: Sequence[FileRecord], staged: str, name: str) -> Swap:
    dataset = folder.split("/", 1)[0]
    order = [(column, "ascending") for column in SORTED_BY[dataset]]
    tables = [pq.ParquetFile(root.path / file.path).read() for file in files]
    table = pa.concat_tables(tables).cast(DATASETS[dataset]).sort_by(order)
    return stage_folder(root, folder, table, staged, name)


def stage_folder(root: Root, folder: str, table: pa.Table, staged: str, name: str) -> Swap:
    """Write a partition's new content, durable and read back, into a staging folder of its own."""
    target = root.staging / staged
    target.mkdir(parents=True)
    path = target / name
    write_file(table, path, COMPACT_LEVEL, describe=True)
    steps.reached("compact-written")
    back = pq.ParquetFile(path).read()
    if not back.equals(table):
        raise SwapError(f"{path}: reads back otherwise than it was written")
    return Swap(
        folder, staged, staged.split("/", 1)[0], name, table.num_rows, path.stat().st_size, file_sha256(path)
    )
