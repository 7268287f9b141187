"""Read a khabar root without khabar: copy this file. Needs pyarrow, and duckdb for ``connect``.

    import readers
    march = readers.read("data", sources=["tass_ar"], since="2026-03-01", until="2026-03-31")
    newest = readers.latest(march)

Files are listed once and handed over by name: on thousands of files that is far faster than a glob, and no
file outside the wanted sources and days is opened. Files never change; maintenance replaces a partition's
files by others. Whoever listed the old ones and finds one gone lists again, which ``read`` and the others do.
"""

import functools
import json
import os
from collections.abc import Callable, Collection, Iterator
from typing import Any, ParamSpec, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

VERSION = ["article_id", "version"]
P = ParamSpec("P")
T = TypeVar("T")


def _listing_again(function: Callable[P, T]) -> Callable[P, T]:
    """Call once more, with a new listing, when a listed file was replaced before it was opened."""

    @functools.wraps(function)
    def call(*words: P.args, **names: P.kwargs) -> T:
        for _ in range(20):
            try:
                return function(*words, **names)
            except FileNotFoundError:
                continue
        return function(*words, **names)

    return call


def files(
    root: str | os.PathLike[str],
    dataset: str = "articles",
    *,
    sources: Collection[str] | None = None,
    since: str | None = None,
    until: str | None = None,
) -> list[str]:
    """Paths of a dataset's files, for any reader that takes a list.

    Args:
        root: Folder of the datasets.
        dataset: ``articles``, ``sentences``, their ``_monthly`` forms, ``fetch_log`` or ``errors``.
        sources: Only these feeds; all by default.
        since: First partition date, ``YYYY-MM-DD``; a month that reaches into it counts.
        until: Last partition date.
    """
    found: list[str] = []
    top = os.path.join(os.fspath(root), dataset)
    parents = [top] if dataset in ("fetch_log", "errors") else _folders(top, "source", sources)
    for parent in parents:
        for folder in _folders(parent, "month" if dataset.endswith("_monthly") else "date"):
            period = folder.rpartition("=")[2]
            # A month compares by its own length: 2026-03 is neither before nor after 2026-03-15.
            if (since or "")[: len(period)] <= period and (until is None or period <= until[: len(period)]):
                found += sorted(entry.path for entry in os.scandir(folder))
    return found


def _folders(top: str, key: str, values: Collection[str] | None = None) -> list[str]:
    if not os.path.isdir(top):
        return []
    names = [entry.name for entry in os.scandir(top) if entry.name.startswith(f"{key}=")]
    wanted = None if values is None else {f"{key}={value}" for value in values}
    return sorted(os.path.join(top, name) for name in names if wanted is None or name in wanted)


def _dataset(paths: list[str]) -> ds.Dataset:
    """Files of any schema versions: the file written last has all columns."""
    newest = max(paths, key=lambda path: os.stat(path).st_mtime_ns)
    return ds.dataset(paths, schema=pq.read_schema(newest).remove_metadata(), format="parquet")


def _table(paths: list[str], columns: list[str] | None, condition: pc.Expression | None = None) -> pa.Table:
    return _dataset(paths).to_table(columns=columns, filter=condition) if paths else pa.table({})


@_listing_again
def read(
    root: str | os.PathLike[str], dataset: str = "articles", columns: list[str] | None = None, **which: Any
) -> pa.Table:
    """Rows of the wanted sources and days; ``which`` as in ``files``."""
    return _table(files(root, dataset, **which), columns)


def latest(table: pa.Table) -> pa.Table:
    """The newest version of each article; ``table`` has whole partitions, and the columns of ``VERSION``."""
    newest = table.select(VERSION).group_by("article_id").aggregate([("version", "max")])
    newest = newest.rename_columns({"version_max": "version"})
    rows = _numbered(table).join(newest, VERSION, join_type="inner")["row"]
    return table.take(rows.combine_chunks().sort())


def _numbered(table: pa.Table) -> pa.Table:
    return table.select(VERSION).append_column("row", pa.array(range(table.num_rows), pa.int64()))


@_listing_again
def long_series(
    root: str | os.PathLike[str],
    columns: list[str] | None = None,
    *,
    dataset: str = "articles",
    sources: Collection[str] | None = None,
    since: str | None = None,
    until: str | None = None,
) -> pa.Table:
    """The same rows as ``read``, from the months that ``khabar rollup`` made and the days they lack.

    A month names in its footer the daily files it holds. Daily files that are not named (late edits, a
    compacted or replayed day) are read too, and win over the month's rows of the same article versions.
    """
    asked = None if columns is None else list(dict.fromkeys([*columns, *VERSION, "partition_date"]))
    days = files(root, dataset, sources=sources, since=since and since[:7], until=until and f"{until[:7]}-31")
    months = files(root, f"{dataset}_monthly", sources=sources, since=since, until=until)
    held = {path for month in months for path in _held_by(month, os.path.join(os.fspath(root), dataset))}
    recent = _between(_table([path for path in days if path not in held], asked), since, until)
    old = _between(_table(months, asked), since, until)
    if old.num_rows and recent.num_rows:
        kept = _numbered(old).join(recent.select(VERSION), VERSION, join_type="left anti")["row"]
        old = old.take(kept.combine_chunks().sort())
    parts = [part for part in (old, recent) if part.num_rows]
    table = pa.concat_tables(parts, promote_options="default") if parts else pa.table({})
    return table if columns is None or not parts else table.select(columns)


def _held_by(month: str, top: str) -> Iterator[str]:
    source = month.split(os.sep)[-3]
    holds = (pq.read_metadata(month).metadata or {}).get(b"khabar.rollup_of", b"[]")
    yield from (os.path.join(top, source, *path.split("/")) for path in json.loads(holds))


def _between(table: pa.Table, since: str | None, until: str | None) -> pa.Table:
    if table.num_rows:
        day = table["partition_date"].cast(pa.string())
        if since is not None:
            table = table.filter(pc.greater_equal(day, since))
            day = table["partition_date"].cast(pa.string())
        if until is not None:
            table = table.filter(pc.less_equal(day, until))
    return table


@_listing_again
def added_since(
    root: str | os.PathLike[str], had: Collection[str] = (), columns: list[str] | None = None, **which: Any
) -> tuple[pa.Table, set[str]]:
    """Article versions added by runs that are not in ``had``, and the ``had`` to bring next time.

    A run whose files are still being moved in counts as not there yet: its ``fetch_log`` comes last. Run ids
    are compared one by one, not by time, so that a clock that went back loses nothing.
    """
    logged = set(read(root, "fetch_log", ["run_id"]).to_pydict().get("run_id", []))
    if not logged:
        return pa.table({}), set(had)
    paths = [path for path in files(root, **which) if _run_of(path) not in set(had)]
    run = ds.field("run_id")
    # A run that only published what an embargo had held back has no fetch_log: any later run vouches for it.
    finished = run.isin(sorted(logged)) | (run < max(logged))
    condition = finished & ~run.isin(sorted(had)) if had else finished
    asked = None if columns is None else list(dict.fromkeys([*columns, "run_id"]))
    table = _table(paths, asked, condition)
    runs = set(table["run_id"].to_pylist()) if table.num_rows else set()
    return table if columns is None or not table.num_rows else table.select(columns), logged | runs | set(had)


def _run_of(path: str) -> str | None:
    """The run of a file that one run wrote; None where maintenance has joined several."""
    kind, _, rest = os.path.basename(path).partition("-")
    return rest.rpartition("-")[0] if kind == "part" else None


def connect(root: str | os.PathLike[str], **which: Any) -> Any:
    """A DuckDB connection with views ``articles`` and ``latest`` over the wanted files.

    The views name files: connect again when DuckDB says that one is gone.
    """
    import duckdb

    paths = files(root, **which)
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.read_parquet(paths, hive_partitioning=True, union_by_name=True).create_view("articles")
    connection.execute(
        "CREATE VIEW latest AS SELECT * FROM articles"
        " QUALIFY version = max(version) OVER (PARTITION BY article_id)"
    )
    return connection
