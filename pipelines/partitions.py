"""Partition folders as the ledger knows them: which there are, whether they are sound, new content."""

import errno
import json
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines import steps
from pipelines.layout import Root
from pipelines.ledger import FileRecord
from pipelines.swap import Swap, SwapError
from schemas.arrow import DATASETS, REPLACES
from schemas.versions import as_current, current, version_of
from transforms.parquet import COMPACT_LEVEL, sorted_in_order, write_file
from transforms.storage import file_sha256, is_remote, opened, reading

LISTINGS = 20  # of files that are replaced again and again


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
    """What forbids to rewrite a partition; None when folder, ledger, checksums and schemas agree."""
    names = {path.name for path in (root.path / folder).glob("*")}
    if names != (known := {Path(file.path).name for file in files}):
        return f"{folder}: folder and ledger differ in {', '.join(sorted(names ^ known))}"
    for file in files:
        path = root.path / file.path
        if file_sha256(path) != file.sha256:
            return f"{file.path}: does not match its checksum"
        version, newest = version_of(pq.read_metadata(opened(path)).metadata), current(file.dataset)
        if version is not None and version > newest:
            return f"{file.path}: has schema {version}; this khabar knows up to {newest}"
    return None


def merged(root: Root, files: Sequence[FileRecord]) -> pa.Table:
    """The rows of some files of one dataset, in its order, with today's schema."""
    dataset = files[0].dataset
    tables = [as_current(pq.ParquetFile(opened(root.path / file.path)).read(), dataset) for file in files]
    return sorted_in_order(dataset, pa.concat_tables(tables))


def naming_replaced(root: Root, folder: str, schema: pa.Schema) -> pa.Schema:
    """The schema of a folder's new file; in a store its footer names the files that it replaces.

    There the new one comes before the old ones go, so that no row is ever missing: whoever reads both knows
    by the footer which of them counts.
    """
    if not is_remote(root.path):
        return schema
    names = sorted(path.name for path in (root.path / folder).glob("*"))
    return schema.with_metadata({**(schema.metadata or {}), REPLACES: json.dumps(names).encode()})


def standing(folder: Path) -> list[Path]:
    """The Parquet files below a folder, sorted; in a store without those that another one replaces.

    Raises:
        FileNotFoundError: Files were replaced by others whenever they were listed.
    """
    for _ in range(LISTINGS):
        paths = sorted(folder.rglob("*.parquet"))
        try:
            gone = replaced(paths)
        except FileNotFoundError:
            continue  # replaced since it was listed
        return [path for path in paths if path not in gone]
    raise FileNotFoundError(errno.ENOENT, f"replaced {LISTINGS} times while it was listed", str(folder))


def replaced(paths: Sequence[Path]) -> set[Path]:
    """Which of these files another one of their folder replaces; there are such only in a store.

    Raises:
        FileNotFoundError: One has gone since it was listed.
    """
    crowded = Counter(path.parent for path in paths if is_remote(path))
    # Runs replace nothing.
    asked = [path for path in paths if crowded[path.parent] > 1 and not path.name.startswith("part-")]
    return {path.with_name(name) for path in asked for name in _replaces(path)}


def _replaces(path: Path) -> list[str]:
    try:
        with reading(path):
            footer = pq.read_metadata(opened(path)).metadata or {}
    except pa.ArrowInvalid:
        return []  # damaged: whoever reads its rows will say so
    names: list[str] = json.loads(footer.get(REPLACES, b"[]"))
    return names


def stage_folder(root: Root, folder: str, table: pa.Table, staged: str, name: str) -> Swap:
    """Write a partition's new content, durable and read back, into a staging folder of its own."""
    target = root.staging / staged
    target.mkdir(parents=True)
    path = target / name
    table = table.replace_schema_metadata(naming_replaced(root, folder, table.schema).metadata)
    write_file(table, path, COMPACT_LEVEL, describe=True)
    steps.reached("folder-written")
    back = pq.ParquetFile(opened(path)).read()
    if not back.equals(table):
        raise SwapError(f"{path}: reads back otherwise than it was written")
    return Swap(
        folder, staged, staged.split("/", 1)[0], name, table.num_rows, path.stat().st_size, file_sha256(path)
    )
