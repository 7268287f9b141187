"""DuckDB over a root: a view per dataset on an explicit list of files, and ``latest``.

An explicit list is what makes many small files quick, and it is taken once: what a compaction replaces
meanwhile is missed by name, never read twice.
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from pipelines.layout import RootError, nearby
from pipelines.partitions import standing
from pipelines.suggest import suggestion
from schemas.arrow import DATASETS, MONTHLY
from schemas.constraints import PARTITIONED_BY
from schemas.versions import base_of, current, version_of
from transforms.s3 import S3Path
from transforms.storage import is_remote

if TYPE_CHECKING:
    import duckdb

LATEST = "SELECT * FROM articles QUALIFY version = max(version) OVER (PARTITION BY article_id)"


def connect(root: Path) -> "duckdb.DuckDBPyConnection":
    """A connection with a view per dataset of the root, and ``latest``: the newest version of each article.

    A dataset without a file yet is an empty view with its columns; a roll-up is there once it exists.

    Raises:
        RootError: There is no dataset.
    """
    import duckdb

    if not any((root / name).is_dir() for name in DATASETS):
        raise RootError(f"root {root}: no dataset here (no {root / 'articles'}){nearby(root)}")
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    view = _view_of_store if is_remote(root) else _view_of_disk
    for name in DATASETS:
        if not view(connection, root, name):
            _create_empty(connection, name)
    for name in MONTHLY:
        view(connection, root, name)
    connection.execute(f"CREATE VIEW latest AS {LATEST}")
    return connection


def _create_view(connection: "duckdb.DuckDBPyConnection", name: str, files: list[str]) -> None:
    """Uniting columns by name reads every footer first, five times as slow: only while schemas are mixed."""
    newest = current(name)
    mixed = newest > 1 and any(version_of(pq.read_metadata(file).metadata) != newest for file in files)
    connection.read_parquet(files, hive_partitioning=True, union_by_name=mixed).create_view(name)


def _view_of_disk(connection: "duckdb.DuckDBPyConnection", root: Path, name: str) -> bool:
    files = files_of(root, name)
    if files:
        _create_view(connection, name, files)
    return bool(files)


def _view_of_store(connection: "duckdb.DuckDBPyConnection", root: Path, name: str) -> bool:
    """Through pyarrow: DuckDB's own way to a store is an extension that it has to download."""
    import pyarrow as pa
    import pyarrow.dataset as ds

    files = [path for path in standing(root / name) if isinstance(path, S3Path)]
    if not files:
        return False
    keys = {"source": pa.string(), "date": pa.date32(), "month": pa.string()}
    by = pa.schema([(key, kind) for key, kind in keys.items() if f"/{key}=" in files[0].key])
    rows = ds.dataset(
        [path.key for path in files],
        # Files of an older schema have null where they lack a column.
        schema=pa.schema([*DATASETS[base_of(name)], *by]),
        filesystem=files[0].store,
        format="parquet",
        partitioning=ds.HivePartitioning(by),
    )
    connection.register(name, rows)
    return True


def files_of(root: Path, dataset: str) -> list[str]:
    """The files of one dataset, oldest partition first within a source."""
    found = [
        os.path.join(folder, name)
        for folder, _, names in os.walk(root / dataset)
        for name in names
        if name.endswith(".parquet")
    ]
    return sorted(found)


def explained(error: "duckdb.Error", connection: "duckdb.DuckDBPyConnection") -> str:
    """DuckDB's finding in a line; where a name is wrong, with the one that was probably meant."""
    message = str(error)
    no_column = r'Referenced column "([^"]+)" not found|does not have a column named "([^"]+)"'
    if found := re.search(no_column, message):
        known = connection.execute("SELECT DISTINCT column_name FROM information_schema.columns").fetchall()
        return _meant("column", found[1] or found[2], [name for (name,) in known])
    if found := re.search(r"Table with name (\S+) does not exist", message):
        known = connection.execute("SELECT table_name FROM information_schema.tables").fetchall()
        return _meant("table", found[1], sorted(name for (name,) in known))
    if found := re.search(r"Function with name (\S+) does not exist", message):
        known = connection.execute("SELECT DISTINCT function_name FROM duckdb_functions()").fetchall()
        return _meant("function", found[1], [name for (name,) in known])
    return message


def _meant(kind: str, wrong: str, known: Sequence[str]) -> str:
    close = suggestion(wrong, known)
    listed = f"; there are {', '.join(known)}" if kind == "table" and not close else ""
    return f"no {kind} {wrong!r}{close}{listed}"


def _create_empty(connection: "duckdb.DuckDBPyConnection", name: str) -> None:
    rows = DATASETS[name].empty_table()  # noqa: F841 - DuckDB finds it by its name
    path = ", ".join(
        f"NULL::{'DATE' if column == 'date' else 'VARCHAR'} AS {column}" for column in PARTITIONED_BY[name]
    )
    connection.execute(f"CREATE TABLE {name} AS SELECT *, {path} FROM rows")
