"""Partition folders as the ledger knows them: which there are, whether they are sound, new content."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines import steps
from pipelines.layout import Root
from pipelines.ledger import FileRecord
from pipelines.swap import Swap, SwapError
from schemas.arrow import DATASETS
from schemas.versions import as_current
from transforms.parquet import COMPACT_LEVEL, sorted_in_order, write_file
from transforms.storage import file_sha256


def by_folder(files: Iterable[FileRecord]) -> dict[str, list[FileRecord]]:
    """Files by their folder, e.g. ``articles/source=S/date=D``, in the order of the folders."""
    found: dict[str, list[FileRecord]] = {}
    for file in sorted(files):
        found.setdefault(file.path.rpartition("/")[0], []).append(file)
    return found


def daily(files: Iterable[FileRecord]) -> dict[str, list[FileRecord]]:
    """Likewise, without the monthly datasets."""
    return by_folder(file for file in files if file.dataset in DATASETS)


def last_day(folder: str) -> date:
    """The date, or the last day of the month, in a folder's path.

    >>> last_day("articles_monthly/source=a/month=2024-02").isoformat()
    '2024-02-29'
    """
    kind, _, value = folder.rpartition("/")[2].partition("=")
    if kind == "date":
        return date.fromisoformat(value)
    year, month = map(int, value.split("-"))
    return date(year, month, monthrange(year, month)[1])


def strange(root: Root, folder: str, files: Sequence[FileRecord]) -> str | None:
    """What is in a partition that the ledger does not know; None when nothing is."""
    names = {path.name for path in (root.path / folder).glob("*")} - {Path(file.path).name for file in files}
    return f"{folder}: the ledger does not know {', '.join(sorted(names))}" if names else None


def unsound(root: Root, folder: str, files: Sequence[FileRecord]) -> str | None:
    """What is wrong with a partition's files; None when folder, ledger and checksums agree."""
    names = {path.name for path in (root.path / folder).glob("*")}
    if names != (known := {Path(file.path).name for file in files}):
        return f"{folder}: folder and ledger differ in {', '.join(sorted(names ^ known))}"
    for file in files:
        if file_sha256(root.path / file.path) != file.sha256:
            return f"{file.path}: does not match its checksum"
    return None


def merged(root: Root, files: Sequence[FileRecord]) -> pa.Table:
    """The rows of some files of one dataset, in its order, with today's schema."""
    dataset = files[0].dataset
    tables = [as_current(pq.ParquetFile(root.path / file.path).read(), dataset) for file in files]
    return sorted_in_order(dataset, pa.concat_tables(tables))


def stage_folder(root: Root, folder: str, table: pa.Table, staged: str, name: str) -> Swap:
    """Write a partition's new content, durable and read back, into a staging folder of its own."""
    target = root.staging / staged
    target.mkdir(parents=True)
    path = target / name
    write_file(table, path, COMPACT_LEVEL, describe=True)
    steps.reached("folder-written")
    back = pq.ParquetFile(path).read()
    if not back.equals(table):
        raise SwapError(f"{path}: reads back otherwise than it was written")
    return Swap(
        folder, staged, staged.split("/", 1)[0], name, table.num_rows, path.stat().st_size, file_sha256(path)
    )
