"""Export to a Delta table: changed partitions are overwritten in one Delta commit.

The table's own log makes it atomic. What each partition was made of stands in ``_khabar/export.json`` in the
table's folder (Delta readers skip names with an underscore), written after the commit: lost or old, it only
makes the next export write more.
"""

import json
import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines import lock, steps
from pipelines.export import Exported, ExportError, Partition, Snapshot
from pipelines.progress import each
from schemas.arrow import ARTICLES

PARTITION_BY = ("source_id", "partition_date")
STATE = "_khabar"


def export_delta(snapshot: Snapshot, target: Path, done: Exported) -> None:
    """Bring the table to what is wanted; a table of another choice is written anew, as its next version.

    Raises:
        ExportError: deltalake is not installed, the folder holds something else, or a column that the table
            is partitioned by is not wanted.
        LockedError: Another export to the same table is on.
    """
    try:
        from deltalake import DeltaTable
    except ModuleNotFoundError as error:
        raise ExportError("format delta needs: pip install 'khabar[delta]'") from error
    if missing := set(PARTITION_BY) - set(snapshot.wanted.columns):
        raise ExportError(f"a Delta table is partitioned by {PARTITION_BY}; wanted: {sorted(missing)}")
    there = DeltaTable.is_deltatable(str(target))
    if not there and target.exists() and any(path.name != STATE for path in target.iterdir()):
        raise ExportError(f"{target}: holds something that is no Delta table")
    (target / STATE).mkdir(parents=True, exist_ok=True)
    with lock.hold(target / STATE / "lock"):
        _update(snapshot, target, done, _read_state(target, snapshot) if there else None)
    table = DeltaTable(target)
    done.version = table.version()
    sizes = pa.table(table.get_add_actions(flatten=True))["size_bytes"].to_pylist()
    done.files, done.bytes = len(sizes), sum(sizes)


def _update(snapshot: Snapshot, target: Path, done: Exported, known: dict[str, str] | None) -> None:
    """Overwrite what changed, or everything where nothing is known, in one commit."""
    from deltalake import write_deltalake

    partitions = snapshot.partitions()
    chosen = [p for p in partitions if known is None or known.get(_name(p)) != p.digest()]
    gone = set(known or ()) - {_name(partition) for partition in partitions}
    done.partitions, done.partitions_written = len(partitions), len(chosen)
    if known is not None and not chosen and not gone:
        return
    digests: dict[str, str] = {}
    schema = _delta_schema(snapshot)
    rows = pa.RecordBatchReader.from_batches(schema, _batches(each("export", chosen), schema, digests, done))
    how: dict[str, Any] = {"schema_mode": "overwrite"}
    if known is not None:
        how = {"predicate": _predicate({*map(_name, chosen), *gone})}
    write_deltalake(target, rows, mode="overwrite", partition_by=list(PARTITION_BY), **how)
    steps.reached("export-written")
    kept = {name: digest for name, digest in (known or {}).items() if name not in gone}
    _write_state(target, snapshot, kept | digests)
    steps.reached("export-placed")


def _name(partition: Partition) -> str:
    return f"{partition.source}/{partition.date}"


def _predicate(names: Collection[str]) -> str:
    days: dict[str, list[str]] = defaultdict(list)
    for name in sorted(names):
        source, _, date = name.partition("/")
        days[source].append(f"'{date}'")
    return " OR ".join(
        f"(source_id = '{source}' AND partition_date IN ({', '.join(dates)}))"
        for source, dates in days.items()
    )


def _batches(
    partitions: Iterable[Partition], schema: pa.Schema, digests: dict[str, str], done: Exported
) -> Iterator[pa.RecordBatch]:
    for partition in partitions:
        digests[_name(partition)], table = partition.read()
        done.rows += table.num_rows
        columns = [_signed(table[field.name], field.type) for field in schema]
        yield from pa.table(columns, schema=schema).to_batches()


def _delta_schema(snapshot: Snapshot) -> pa.Schema:
    """Delta has no unsigned numbers: 32 bits become 64, 64 keep their bits and may show as negative."""
    return pa.schema(
        [pa.field(name, _delta_type(ARTICLES.field(name).type)) for name in snapshot.wanted.columns]
    )


def _delta_type(kind: pa.DataType) -> pa.DataType:
    unsigned = pa.types.is_list(kind) and kind.value_type in (pa.uint32(), pa.uint64())
    return pa.list_(pa.int64()) if unsigned else kind


def _signed(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    return column if column.type == kind else pc.cast(column, kind, safe=False)


def _state(target: Path) -> Path:
    return target / STATE / "export.json"


def _read_state(target: Path, snapshot: Snapshot) -> dict[str, str] | None:
    """Digest of each partition in the table; None where the table is not known to be this export's."""
    try:
        state = json.loads(_state(target).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return state["partitions"] if state["key"] == _key(snapshot) else None


def _write_state(target: Path, snapshot: Snapshot, partitions: dict[str, str]) -> None:
    path = _state(target)
    scratch = path.with_suffix(".tmp")
    with scratch.open("w", encoding="utf-8") as file:
        json.dump({"key": _key(snapshot), "partitions": partitions}, file)
        file.flush()
        os.fsync(file.fileno())
    scratch.rename(path)


def _key(snapshot: Snapshot) -> str:
    wanted = snapshot.wanted
    return json.dumps(
        [str(snapshot.articles), sorted(wanted.sources), wanted.since, wanted.until, wanted.key()]
    )
