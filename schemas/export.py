"""The schemas of the datasets in other tools' words: JSON Schema, Table Schema, pandera, DuckDB."""

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa

from schemas.arrow import DATASETS, SCHEMA_VERSION
from schemas.constraints import CONSTRAINTS, SUMMARIES, UNIQUE, Constraint

_FREE = Constraint()


def description_of(field: pa.Field) -> str:
    """What the column means."""
    return str(field.metadata[b"description"].decode())


def constraint_of(dataset: str, column: str) -> Constraint:
    """What the column promises beyond its type."""
    return CONSTRAINTS[dataset].get(column, _FREE)


def columns(dataset: str) -> list[dict[str, Any]]:
    """Name, Arrow type, nullability and meaning of every column."""
    return [
        {"name": f.name, "type": str(f.type), "nullable": f.nullable, "description": description_of(f)}
        for f in DATASETS[dataset]
    ]


def json_schema(dataset: str) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a row as ``khabar sql --format jsonl`` prints it."""
    fields = DATASETS[dataset]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": dataset,
        "description": SUMMARIES[dataset],
        "type": "object",
        "properties": {f.name: _json_property(dataset, f) for f in fields},
        "required": [f.name for f in fields],
    }


def _json_property(dataset: str, field: pa.Field) -> dict[str, Any]:
    found = constraint_of(dataset, field.name)
    schema = _json_type(field.type)
    limits = {"minimum": found.minimum, "maximum": found.maximum}
    schema |= {key: value for key, value in limits.items() if value is not None}
    if found.pattern:
        schema["pattern"] = f"^{found.pattern}$"
    if found.enum:
        schema["enum"] = [*found.enum, None] if field.nullable else list(found.enum)
    if field.nullable:
        schema["type"] = [schema["type"], "null"]
    return schema | {"description": description_of(field)}


def _json_type(kind: pa.DataType) -> dict[str, Any]:
    if pa.types.is_list(kind):
        return {"type": "array", "items": _json_type(kind.value_type)}
    if pa.types.is_struct(kind):
        return {"type": "object", "properties": {f.name: _or_null(_json_type(f.type)) for f in kind}}
    if pa.types.is_timestamp(kind):
        return {"type": "string", "format": "date-time"}
    if pa.types.is_date(kind):
        return {"type": "string", "format": "date"}
    if pa.types.is_boolean(kind):
        return {"type": "boolean"}
    if pa.types.is_integer(kind):
        return {"type": "integer"}
    return {"type": "number"} if pa.types.is_floating(kind) else {"type": "string"}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return schema | {"type": [schema["type"], "null"]}


def table_schema(dataset: str) -> dict[str, Any]:
    """Frictionless Table Schema, for ``datapackage.json``."""
    schema: dict[str, Any] = {"fields": [_table_field(dataset, f) for f in DATASETS[dataset]]}
    if UNIQUE[dataset]:
        schema["primaryKey"] = list(UNIQUE[dataset])
    if dataset == "sentences":
        key = ["article_id", "version"]
        schema["foreignKeys"] = [{"fields": key, "reference": {"resource": "articles", "fields": key}}]
    return schema


def _table_field(dataset: str, field: pa.Field) -> dict[str, Any]:
    found = constraint_of(dataset, field.name)
    limits: dict[str, Any] = {"minimum": found.minimum, "maximum": found.maximum, "pattern": found.pattern}
    limits |= {"enum": list(found.enum) or None, "required": None if field.nullable else True}
    described: dict[str, Any] = {
        "name": field.name,
        "type": _table_type(field.type),
        "description": description_of(field),
    }
    kept = {key: value for key, value in limits.items() if value is not None}
    return described | ({"constraints": kept} if kept else {})


def _table_type(kind: pa.DataType) -> str:
    if pa.types.is_timestamp(kind):
        return "datetime"
    return "date" if pa.types.is_date(kind) else str(_json_type(kind)["type"])


def pandera_module(dataset: str) -> str:
    """A Python module with a pandera schema of the dataset as polars reads it (``pandera[polars]``)."""
    lines = [
        f'"""{dataset}: {SUMMARIES[dataset]} Made by `khabar schema`; schema version {SCHEMA_VERSION}."""',
        "",
        "import pandera.polars as pa",
        "import polars as pl",
        "",
        f"{dataset.upper()} = pa.DataFrameSchema(",
        "    {",
        *(f"        {line}" for f in DATASETS[dataset] for line in _pandera_column(dataset, f)),
        "    },",
        f"    unique={list(UNIQUE[dataset]) or None!r},",
        "    strict=False,  # the path adds source and date",
        f"    name={dataset!r},",
        ")",
    ]
    return "\n".join(lines) + "\n"


def _pandera_column(dataset: str, field: pa.Field) -> Iterator[str]:
    yield f'"{field.name}": pa.Column('
    yield f"    {_polars_type(field.type)},"
    if checks := list(_pandera_checks(constraint_of(dataset, field.name))):
        yield f"    checks=[{', '.join(checks)}],"
    yield f"    nullable={field.nullable},"
    yield f"    description={description_of(field)!r},"
    yield "),"


def _pandera_checks(found: Constraint) -> Iterator[str]:
    if found.minimum is not None:
        yield f"pa.Check.ge({found.minimum})"
    if found.maximum is not None:
        yield f"pa.Check.le({found.maximum})"
    if found.pattern:
        yield f"pa.Check.str_matches(r'^{found.pattern}$')"
    if found.enum:
        yield f"pa.Check.isin({list(found.enum)!r})"


def _polars_type(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return f"pl.List({_polars_type(kind.value_type)})"
    if pa.types.is_struct(kind):
        inner = ", ".join(f'"{f.name}": {_polars_type(f.type)}' for f in kind)
        return f"pl.Struct({{{inner}}})"
    if pa.types.is_timestamp(kind):
        return f'pl.Datetime("{kind.unit}", "{kind.tz}")'
    return "pl." + _POLARS[str(kind)]


_POLARS = {
    "string": "String",
    "bool": "Boolean",
    "int32": "Int32",
    "int64": "Int64",
    "uint32": "UInt32",
    "uint64": "UInt64",
    "float": "Float32",
    "binary": "Binary",
    "date32[day]": "Date",
}


def duckdb_table(dataset: str) -> str:
    """``CREATE TABLE`` for DuckDB, the meaning of each column behind it."""
    fields = list(DATASETS[dataset])
    lines = [f"-- {SUMMARIES[dataset]}", f"CREATE TABLE {dataset} ("]
    for n, field in enumerate(fields, start=1):
        null = "" if field.nullable else " NOT NULL"
        comma = "," if n < len(fields) else ""
        lines.append(
            f'    "{field.name}" {_duckdb_type(field.type)}{null}{comma}  -- {description_of(field)}'
        )
    return "\n".join([*lines, ");"]) + "\n"


def _duckdb_type(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return f"{_duckdb_type(kind.value_type)}[]"
    if pa.types.is_struct(kind):
        return "STRUCT(" + ", ".join(f'"{f.name}" {_duckdb_type(f.type)}' for f in kind) + ")"
    if pa.types.is_timestamp(kind):
        return "TIMESTAMPTZ"
    return _DUCKDB[str(kind)]


_DUCKDB = {
    "string": "VARCHAR",
    "bool": "BOOLEAN",
    "int32": "INTEGER",
    "int64": "BIGINT",
    "uint32": "UINTEGER",
    "uint64": "UBIGINT",
    "float": "FLOAT",
    "binary": "BLOB",
    "date32[day]": "DATE",
}


def arrow_text(dataset: str) -> str:
    """The Arrow schema as pyarrow prints it."""
    return str(DATASETS[dataset].to_string(show_field_metadata=False, show_schema_metadata=False)) + "\n"


TEXTS: dict[str, Callable[[str], str]] = {
    "arrow": arrow_text,
    "pandera": pandera_module,
    "sql": duckdb_table,
}
OBJECTS: dict[str, Callable[[str], dict[str, Any]]] = {
    "json": json_schema,
    "frictionless": table_schema,
}
