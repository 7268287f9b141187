"""Schema versions: what each one added, and how rows of an older one become rows of today's.

A version adds columns and does nothing else: none is renamed, dropped or given another type, so that every
reader can read all versions of one dataset together. Each file names its version in its footer.
"""

from typing import Any, NamedTuple

import pyarrow as pa

from schemas.arrow import MONTHLY_SUFFIX, SCHEMAS, VERSION_KEY


class Added(NamedTuple):
    """A column that a version brought, and what it holds in rows written before; None only if nullable."""

    dataset: str
    column: str
    value: Any = None


# ADDED[n]: what schema version n brought. arrow.py has the newest; SCHEMA_VERSION there is the largest key.
ADDED: dict[int, tuple[Added, ...]] = {}


class SchemaVersionError(ValueError):
    """A file of a version that this khabar does not know; the message says which."""


def version_of(metadata: dict[bytes, bytes] | None) -> int | None:
    """Schema version of a file by its footer's metadata; None when it does not say."""
    found = (metadata or {}).get(VERSION_KEY, b"")
    return int(found) if found.isdigit() else None


def current(dataset: str) -> int:
    """The version this khabar writes."""
    return int(SCHEMAS[dataset].metadata[VERSION_KEY])


def schema_of(dataset: str, version: int) -> pa.Schema:
    """A dataset's schema as it was in ``version``."""
    later = {
        added.column
        for number, columns in ADDED.items()
        if number > version
        for added in columns
        if added.dataset == base_of(dataset)
    }
    schema = SCHEMAS[dataset]
    metadata = schema.metadata | {VERSION_KEY: str(version).encode()}
    return pa.schema([field for field in schema if field.name not in later], metadata)


def base_of(dataset: str) -> str:
    """The dataset whose columns it has: ``articles`` of ``articles_monthly``."""
    return dataset.removesuffix(MONTHLY_SUFFIX)


def as_current(table: pa.Table, dataset: str) -> pa.Table:
    """Rows of any version of a dataset with today's columns.

    Raises:
        SchemaVersionError: A column is missing that no version added, or one is unknown.
    """
    wanted = SCHEMAS[dataset]
    values = {
        added.column: added.value
        for columns in ADDED.values()
        for added in columns
        if added.dataset == base_of(dataset)
    }
    for field in wanted:
        if field.name in table.column_names:
            continue
        if field.name not in values:
            raise SchemaVersionError(f"{dataset}: no column {field.name}, which no schema version added")
        column = pa.repeat(pa.scalar(values[field.name], field.type), table.num_rows)
        table = table.append_column(field, column)
    if unknown := set(table.column_names) - set(wanted.names):
        raise SchemaVersionError(f"{dataset}: unknown columns {sorted(unknown)}; written by a newer khabar?")
    return table.select(wanted.names).cast(wanted)
