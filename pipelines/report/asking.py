"""Ask DuckDB and get dicts."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

Row = dict[str, Any]


def rows(connection: "duckdb.DuckDBPyConnection", sql: str, *values: object) -> list[Row]:
    """Every row of an answer, by column name."""
    answer = connection.execute(sql, values or None)
    names = [column[0] for column in answer.description or ()]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def row(connection: "duckdb.DuckDBPyConnection", sql: str, *values: object) -> Row:
    """The one row of an answer."""
    (found,) = rows(connection, sql, *values)
    return found


def bins(column: str, edges: list[tuple[float, str]], last: str) -> str:
    """SQL that names the bin of a value: the first whose upper edge it lies below, else ``last``.

    >>> bins("x", [(1, "none"), (10, "few")], "many")
    "CASE WHEN x < 1 THEN 'none' WHEN x < 10 THEN 'few' ELSE 'many' END"
    """
    cases = " ".join(f"WHEN {column} < {edge} THEN '{name}'" for edge, name in edges)
    return f"CASE {cases} ELSE '{last}' END"
