"""``khabar sql``: ask the dataset with DuckDB."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "sql",
        help="query the dataset with DuckDB",
        description="Query the dataset with DuckDB. Views: articles, sentences, fetch_log, errors,"
        " and latest (the newest version of each article).",
        epilog='example: khabar sql --root data "select language, count(*) from latest group by 1"',
    )
    parser.add_argument("query", metavar="QUERY", help="SQL in DuckDB's dialect, in one argument")
    parser.add_argument("--root", type=Path, default=Path("."), help="folder of the dataset (default: here)")
    parser.add_argument("--json", action="store_true", help="one object a line")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the answer as a table, or as JSON lines."""
    import duckdb

    from pipelines.exits import Exit
    from pipelines.query import connect

    connection = connect(arguments.root)
    try:
        answer = connection.sql(arguments.query)
    except duckdb.Error as error:
        print(f"khabar: {error}", file=sys.stderr)
        return Exit.USAGE
    if answer is None:
        return Exit.OK
    if arguments.json:
        for row in answer.fetchall():
            print(json.dumps(dict(zip(answer.columns, row, strict=True)), ensure_ascii=False, default=str))
    else:
        _print_table(answer)
    return Exit.OK


def _print_table(answer: "duckdb.DuckDBPyRelation") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(*answer.columns, box=None, header_style="bold")
    rows = answer.fetchall()
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row))
    # Into a pipe or a file a row is one line, however long.
    Console(width=None if sys.stdout.isatty() else 10_000).print(table)
    print(f"{len(rows)} rows", file=sys.stderr)
