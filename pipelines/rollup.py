"""Roll-up: a closed month of one source as one file, in a dataset beside the daily one.

``articles_monthly/source=S/month=YYYY-MM/`` repeats the rows of ``articles/source=S/date=YYYY-MM-*/``, so
that a long series is a few files; the daily dataset, its ``date`` partitions and late edits stay as they are.
The file names in its footer the daily files it holds: whoever reads both knows what it lacks. A month is
rolled up again once it lacks something. Days that ``gc`` has dropped stay in their month.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines import steps
from pipelines.compact import LATE_DAYS
from pipelines.layout import Root
from pipelines.ledger import FileRecord, Ledger
from pipelines.partitions import by_folder, last_day, merged, naming_replaced, strange, unsound
from pipelines.progress import each
from pipelines.swap import Swap, SwapError, swap
from schemas.arrow import MONTHLY, MONTHLY_SUFFIX, ROLLUP_OF, SCHEMAS, SORTED_BY
from schemas.versions import as_current, base_of
from transforms.parquet import COMPACT_LEVEL, ROW_GROUP_ROWS, write_tables
from transforms.storage import file_sha256, opened

PREFIX = "rollup-"
KEY = ["article_id", "version"]


@dataclass
class RolledUp:
    """What a roll-up did; ``khabar rollup --json`` prints it."""

    months: int = 0
    files_before: int = 0
    files_after: int = 0
    bytes_before: int = 0
    bytes_after: int = 0
    rows: int = 0
    refused: tuple[str, ...] = ()


@dataclass(frozen=True)
class Month:
    """A month of one source in one dataset: its folder, its daily files, its present file if there is one."""

    folder: str
    days: dict[str, list[FileRecord]]
    present: FileRecord | None

    @property
    def dataset(self) -> str:
        """``articles_monthly`` or ``sentences_monthly``."""
        return self.folder.split("/", 1)[0]

    @property
    def files(self) -> list[FileRecord]:
        """All daily files."""
        return [file for files in self.days.values() for file in files]

    def inputs(self) -> list[str]:
        """What the footer says the month holds: paths under the daily dataset's ``source=``."""
        return [below_source(file.path) for file in self.files]

    def lacks(self, root: Root) -> bool:
        """Whether there is a daily file that the present monthly one does not hold, or it cannot tell."""
        if self.present is None:
            return True
        try:
            return not held_by(root.path / self.present.path).issuperset(self.inputs())
        except (pa.ArrowException, OSError):
            return True

    def gone(self, dropped: set[str]) -> dict[date, str]:
        """Days that ``gc`` has dropped at some time, and the folders they had."""
        days = f"{base_of(self.dataset)}/{self.folder.split('/')[1]}/"
        own = [name for name in dropped if name.startswith(days) and month_folder(name) == self.folder]
        return {last_day(name): name for name in sorted(own)}


def rollup(
    root: Root,
    ledger: Ledger,
    run_id: str,
    now: datetime,
    *,
    late_days: int = LATE_DAYS,
    everything: bool = False,
    stop: Callable[[], bool] = lambda: False,
) -> RolledUp:
    """Roll up every closed month that lacks something, one after the other. The caller holds the lock.

    A month of which one day is not sound is left alone and named in ``refused``; so is a month that is not
    sound itself, if it holds days that were dropped. Otherwise its days make it whole again.

    Args:
        root: Whose months.
        ledger: Of the root, recovered.
        run_id: Names the new files.
        now: Decides which months are closed.
        late_days: A month is closed when it ended this many days ago.
        everything: Also months that lack nothing.
        stop: True once the process was asked to end; what is done by then stays.
    """
    done = RolledUp()
    dropped = {folder for (folder,) in ledger.query("SELECT folder FROM dropped")}
    closed = now.date() - timedelta(days=late_days)
    for n, months in enumerate(each("rollup", closed_months(ledger.files("live"), closed))):
        if stop():
            break
        if not everything and not any(month.lacks(root) for month in months):
            continue
        if whys := [why for month in months for why in _unsound(root, month, dropped)]:
            done.refused += tuple(whys)
            continue
        # Articles and sentences together: who reads one with the other finds them of one moment.
        items = [_stage(root, month, dropped, run_id, n) for month in months]
        swap(root, ledger, items)
        files = [file for month in months for file in month.files]
        done.months += 1
        done.files_before += len(files)
        done.files_after += len(items)
        done.bytes_before += sum(file.bytes for file in files)
        done.bytes_after += sum(item.bytes or 0 for item in items)
        done.rows += sum(item.rows or 0 for item in items)
    return done


def closed_months(files: Iterable[FileRecord], closed: date) -> list[list[Month]]:
    """Months of a source that ended before ``closed``, in each long dataset that has days of them."""
    folders = by_folder(files)
    months: dict[str, dict[str, list[FileRecord]]] = {}
    for folder, found in folders.items():
        if f"{found[0].dataset}{MONTHLY_SUFFIX}" in MONTHLY and last_day(month_folder(folder)) < closed:
            months.setdefault(month_folder(folder), {})[folder] = found
    sources: dict[str, list[Month]] = {}
    for folder, days in sorted(months.items()):
        present = next(iter(folders.get(folder, [])), None)
        sources.setdefault(folder.partition("/")[2], []).append(Month(folder, days, present))
    return [found for _, found in sorted(sources.items())]


def _unsound(root: Root, month: Month, dropped: set[str]) -> Iterator[str]:
    present = [month.present] if month.present else []
    check = unsound if month.gone(dropped) else strange
    found = [check(root, month.folder, present)]
    found += [unsound(root, folder, files) for folder, files in month.days.items()]
    yield from filter(None, found)


def month_folder(folder: str) -> str:
    """Where a day is rolled up.

    >>> month_folder("articles/source=tass_ar/date=2026-03-05")
    'articles_monthly/source=tass_ar/month=2026-03'
    """
    dataset, source, day = folder.split("/")
    return f"{dataset}{MONTHLY_SUFFIX}/{source}/month={day.removeprefix('date=')[:7]}"


def below_source(path: str) -> str:
    """``date=D/FILE`` of ``articles/source=S/date=D/FILE``."""
    return path.split("/", 2)[2]


def held_by(path: Path) -> set[str]:
    """The daily files that a monthly file holds, by its footer."""
    metadata = pq.read_metadata(opened(path)).metadata or {}
    return set(json.loads(metadata.get(ROLLUP_OF, b"[]")))


def _stage(root: Root, month: Month, dropped: set[str], run_id: str, n: int) -> Swap:
    """Write the month, durable and read back, into a staging folder of its own; a day at a time in memory."""
    staged, name = f"{run_id}/{n}-{month.dataset}", f"{PREFIX}{run_id}-{n}.parquet"
    (root.staging / staged).mkdir(parents=True)
    path = root.staging / staged / name
    schema = SCHEMAS[month.dataset]
    schema = schema.with_metadata(schema.metadata | {ROLLUP_OF: json.dumps(month.inputs()).encode()})
    schema = naming_replaced(root, month.folder, schema)
    rows = sum(file.rows for file in month.files)
    groups = _row_groups(_days(root, month, dropped))
    write_tables(groups, rows, schema, path, COMPACT_LEVEL, describe=True)
    steps.reached("rollup-written")
    back = pq.ParquetFile(opened(path))
    for index, table in enumerate(_row_groups(_days(root, month, dropped))):
        if not back.read_row_group(index).equals(table):
            raise SwapError(f"{path}: reads back otherwise than it was written")
    return Swap(
        month.folder, staged, run_id, name, back.metadata.num_rows, path.stat().st_size, file_sha256(path)
    )


def _days(root: Root, month: Month, dropped: set[str]) -> Iterator[pa.Table]:
    """The month's rows, day by day, in the monthly dataset's order."""
    old = _carried(root, month, dropped)
    order = [(name, "ascending") for name in SORTED_BY[month.dataset]]
    for folder in sorted({*month.days, *old}):
        rows = SCHEMAS[month.dataset].empty_table()
        if files := month.days.get(folder):
            rows = as_current(merged(root, files), month.dataset)
        if (carried := old.get(folder)) is not None:
            rows = pa.concat_tables([rows, without(carried, rows)])
        yield rows.sort_by(order)


def _carried(root: Root, month: Month, dropped: set[str]) -> dict[str, pa.Table]:
    """Rows of the present monthly file whose days were dropped, by the folder they had."""
    days = month.gone(dropped)
    if month.present is None or not days:
        return {}
    table = as_current(pq.ParquetFile(opened(root.path / month.present.path)).read(), month.dataset)
    found = {
        folder: table.filter(pc.equal(table["partition_date"], pa.scalar(day)))
        for day, folder in days.items()
    }
    return {folder: rows for folder, rows in found.items() if rows.num_rows}


def without(rows: pa.Table, others: pa.Table) -> pa.Table:
    """Rows of article versions that are not among ``others``."""
    numbered = rows.select(KEY).append_column("row", pa.array(range(rows.num_rows), pa.int64()))
    left = numbered.join(others.select(KEY), KEY, join_type="left anti")
    return rows.take(left["row"].combine_chunks().sort())


def _row_groups(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The same rows in tables of ``ROW_GROUP_ROWS``; the last one may be smaller."""
    waiting: pa.Table | None = None
    for table in tables:
        waiting = table if waiting is None else pa.concat_tables([waiting, table])
        while waiting.num_rows >= ROW_GROUP_ROWS:
            yield waiting.slice(0, ROW_GROUP_ROWS)
            waiting = waiting.slice(ROW_GROUP_ROWS)
    if waiting is not None and waiting.num_rows:
        yield waiting
