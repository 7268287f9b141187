"""The ledger's two databases behind one face: a SQLite file, or PostgreSQL where several machines write.

All statements are written once, in SQL that both read, with ``?`` for values. SQLite takes them as they are
and imports nothing else: an unchanged poll must stay cheap.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

from pipelines.exits import Exit, KhabarError

SCHEMES = ("postgresql://", "postgres://")


class LedgerLostError(KhabarError):
    """The server went away; what was not committed is not visible, and the next run finds out the rest."""

    exit = Exit.FAILED


class Rows(Protocol):
    """The answer to one statement."""

    def fetchone(self) -> Any:
        """The next row, or None."""

    def fetchall(self) -> list[Any]:
        """All rows that are left."""

    def __iter__(self) -> Iterator[Any]:
        """Row by row."""


class Database(Protocol):
    """An open connection in autocommit mode, on which ``BEGIN`` and ``COMMIT`` are statements."""

    @property
    def Error(self) -> type[Exception]:  # noqa: N802
        """What a refused statement raises (PEP 249's optional attribute)."""

    def execute(self, sql: str, values: Sequence[Any] = ..., /) -> Rows:
        """Carry out one statement."""

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]], /) -> Any:
        """Carry out one statement for each row of values."""

    def begin(self) -> None:
        """Begin a transaction in which no other one writes."""

    def schema_version(self) -> int:
        """Version of the ledger's tables; 0 when there are none."""

    def check(self, *, deep: bool) -> list[str]:
        """What the database itself finds wrong with its file."""

    def alone(self, wait_seconds: float) -> AbstractContextManager[None]:
        """Be the only writer; raises ``LockedError`` when another one still is after the wait."""

    def close(self) -> None:
        """Close the connection."""


def is_server(where: str | Path | None) -> bool:
    """Whether a ledger's place is a PostgreSQL URL rather than a file."""
    return isinstance(where, str) and where.startswith(SCHEMES)


def shown(where: str | Path) -> str:
    """A ledger's place without its password, for messages.

    >>> shown("postgresql://khabar:secret@db:5432/news")
    'postgresql://khabar@db:5432/news'
    """
    if not is_server(where):
        return str(where)
    parts = urlsplit(str(where))
    user = f"{parts.username}@" if parts.username else ""
    host = f"[{parts.hostname}]" if parts.hostname and ":" in parts.hostname else parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit((parts.scheme, f"{user}{host}{port}", parts.path, "", ""))
