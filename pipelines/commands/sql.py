"""``khabar sql``: ask the dataset with DuckDB."""

import argparse
import sys
from pathlib import Path

from transforms.storage import place

FORMATS = ("table", "csv", "jsonl", "parquet")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "sql",
        help="query the dataset with DuckDB",
        description="Query the dataset with DuckDB. Views: articles, sentences, fetch_log, errors,"
        " and latest (the newest version of each article).",
    )
    parser.add_argument(
        "query", metavar="QUERY", nargs="?", help="SQL in DuckDB's dialect, in one argument; - reads stdin"
    )
    parser.add_argument("--root", type=place, default=Path("."), help="folder of the dataset (default: here)")
    parser.add_argument("--file", metavar="FILE", help="read the SQL from a file; - is stdin")
    parser.add_argument("--format", choices=FORMATS, default="table", help="of the answer (default table)")
    parser.add_argument(
        "--json",
        action="store_const",
        const="jsonl",
        dest="format",
        help="one object a line, as --format jsonl",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the answer there (default: stdout)")
    parser.add_argument(
        "--limit", type=int, metavar="N",
        help="rows of a table; 0 shows all (default 50 on a terminal, else all)",
    )  # fmt: skip
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Ask, and print or write the answer."""
    import duckdb

    from pipelines.answer import Answer, print_table, write, write_parquet
    from pipelines.exits import Exit
    from pipelines.query import connect, explained

    query = _query(arguments)
    connection = connect(arguments.root)
    try:
        if arguments.format == "parquet":
            write_parquet(connection, query, arguments.out)
            return Exit.OK
        answer = Answer(connection, query)
        if arguments.format == "table" and arguments.out is None:
            print_table(answer, arguments.limit if arguments.limit is not None else 50 * sys.stdout.isatty())
        else:
            write(answer, "csv" if arguments.format == "table" else arguments.format, arguments.out)
    except duckdb.Error as error:
        print(f"khabar: {explained(error, connection)}", file=sys.stderr)
        return Exit.USAGE
    return Exit.OK


def _query(arguments: argparse.Namespace) -> str:
    """The SQL: from the command line, a file, or standard input when something is piped there."""
    from pipelines.textfile import TextFileError, read_text

    if arguments.query not in (None, "-") and arguments.file is not None:
        raise TextFileError("give a QUERY or --file, not both")
    if arguments.query not in (None, "-"):
        return str(arguments.query)
    if arguments.file is None and arguments.query is None and sys.stdin.isatty():
        raise TextFileError('no query; for example: khabar sql "select count(*) from articles"')
    return read_text(arguments.file or "-")
