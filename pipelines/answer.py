"""An answer of DuckDB's: as a table for people, or as CSV, JSON lines or Parquet for programs."""

import base64
import csv
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from pipelines.beside import WriteError
from pipelines.console import console, shown, table

if TYPE_CHECKING:
    import duckdb

_BATCH = 10_000
NARROWEST = 6  # letters a column needs at least


class Answer:
    """The rows of one query, as they come: never all in memory. A statement may have none."""

    def __init__(self, connection: "duckdb.DuckDBPyConnection", query: str) -> None:
        """Run the query.

        Raises:
            duckdb.Error: It cannot be run.
        """
        self._cursor = connection.execute(query)
        self.columns = [str(column[0]) for column in self._cursor.description or ()]

    def __iter__(self) -> Iterator[Sequence[Any]]:
        while batch := self._cursor.fetchmany(_BATCH):
            yield from batch


def print_table(answer: Answer, limit: int = 0) -> None:
    """Print aligned columns; where a terminal is too narrow for them, one block a row.

    ``limit`` 0 prints every row. How many there were goes to standard error.
    """
    if answer.columns == ["Success"]:  # a statement such as SET
        return
    found = iter(answer)
    rows = list(islice(found, limit or None))
    more = next(found, None) is not None
    screen = console()
    if screen.is_terminal and len(answer.columns) * NARROWEST > screen.width:
        for row in rows:
            screen.rule(style="dim")
            names = (shown(name, style="bold") for name in answer.columns)
            screen.print(table(("column", "value"), zip(names, row, strict=True), header=False))
    else:
        screen.print(table(answer.columns, rows))
    told = f"the first {len(rows)} rows; --limit 0 shows all" if more else f"{len(rows)} rows"
    print(told, file=sys.stderr)


def write(answer: Answer, kind: str, out: Path | None) -> None:
    """Write the whole answer as ``csv`` or ``jsonl``, to a file or to standard output.

    Raises:
        WriteError: The file cannot be written.
    """
    with _opened(out) as file:
        (_write_csv if kind == "csv" else _write_jsonl)(answer, file)


def _write_csv(answer: Answer, file: TextIO) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(answer.columns)
    for row in answer:
        writer.writerow(
            [
                json.dumps(v, ensure_ascii=False, default=plain) if isinstance(v, (list, dict)) else _cell(v)
                for v in row
            ]
        )


def _write_jsonl(answer: Answer, file: TextIO) -> None:
    for row in answer:
        fields = dict(zip(answer.columns, row, strict=True))
        file.write(json.dumps(fields, ensure_ascii=False, default=plain) + "\n")


def write_parquet(connection: "duckdb.DuckDBPyConnection", query: str, out: Path | None) -> None:
    """Write the whole answer to a query as one Parquet file, finished before it has its name.

    Raises:
        WriteError: The file cannot be written.
        duckdb.Error: The query cannot be run.
    """
    with tempfile.TemporaryDirectory(dir=None if out is None else _folder(out)) as scratch:
        path = Path(scratch) / "answer.parquet"
        connection.sql(query).write_parquet(str(path), compression="zstd")
        if out is not None:
            path.rename(out)
            return
        with path.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)


def _folder(out: Path) -> Path:
    if not out.parent.is_dir():
        raise WriteError(f"{out}: cannot write: no folder {out.parent}")
    return out.parent


@contextmanager
def _opened(out: Path | None) -> Iterator[TextIO]:
    if out is None:
        yield sys.stdout
        return
    with (_folder(out) / out.name).open("w", encoding="utf-8", newline="") as file:
        yield file


def _cell(value: Any) -> Any:
    return plain(value) if isinstance(value, (bytes, date)) else value


def plain(value: Any) -> Any:
    """What JSON has no type for: instants in ISO 8601, bytes in base64, everything else as it reads.

    >>> plain(date(2026, 3, 5)), plain(b"khabar")
    ('2026-03-05', 'a2hhYmFy')
    """
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)
