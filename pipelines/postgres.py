"""The ledger in a PostgreSQL database, for several machines that write to one dataset.

One connection is one session, and the writer's lock belongs to it: who loses the connection loses the lock
and cannot commit any more. So there is no stale lock, and no writer that does not know it was replaced.
"""

import functools
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pipelines.database import LedgerLostError, Rows, shown
from pipelines.ledger_schema import LedgerError
from pipelines.lock import LockedError

try:
    import psycopg
except ModuleNotFoundError as error:
    raise LedgerError("a ledger in PostgreSQL needs: pip install 'khabar[postgres]'") from error

# Advisory locks are numbers in the database: one for the writer, one for whoever changes rows. The second
# half is the oid of the ledger's schema, so that several ledgers fit into one database.
_WRITER, _TRANSACTION = 0x6B686262, 0x6B686263
_SCHEMA = "(SELECT oid::int FROM pg_namespace WHERE nspname = current_schema)"
_HOLDER = (
    "SELECT a.pid, coalesce(host(a.client_addr), 'this machine') FROM pg_locks l JOIN pg_stat_activity a"
    f" USING (pid) WHERE l.locktype = 'advisory' AND l.classid = {_WRITER} AND l.objid = {_SCHEMA}::oid"
    " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND l.granted"
)
# Text in PostgreSQL sorts by language unless told to sort as SQLite does; its INTEGER has 4 bytes.
_TYPES = (
    (" STRICT, WITHOUT ROWID", ""),
    (" BLOB", " BYTEA"),
    (" INTEGER", " BIGINT"),
    (" TEXT", ' TEXT COLLATE "C"'),
)


class Postgres:
    """One session, in autocommit mode."""

    Error = psycopg.Error

    def __init__(self, url: str) -> None:
        """Connect.

        Raises:
            LedgerError: Not to be reached, or refused.
        """
        self.name = shown(url)
        try:
            self._db = psycopg.connect(url, autocommit=True, connect_timeout=20, application_name="khabar")
        except psycopg.Error as error:
            raise LedgerError(f"{self.name}: cannot open the ledger: {_line(error)}") from error
        # The commit point must survive the server's power cut, whatever the server's default.
        self.execute("SET synchronous_commit = on")

    def execute(self, sql: str, values: Sequence[Any] = ()) -> Rows:
        """Carry out one statement; ``?`` stands for a value."""
        with self._watched():
            return self._db.execute(_translated(sql).encode(), values or None)

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Carry out one statement for each row of values, in a pipeline."""
        with self._watched(), self._db.cursor() as cursor:
            cursor.executemany(_translated(sql).encode(), rows)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            if self._db.closed or self._db.broken:
                raise LedgerLostError(f"{self.name}: connection lost: {_line(error)}") from error
            raise

    def begin(self) -> None:
        """Begin a transaction in which no other one of khabar's writes."""
        self.execute("BEGIN")
        self.execute(f"SELECT pg_advisory_xact_lock({_TRANSACTION}, {_SCHEMA})")

    def schema_version(self) -> int:
        """Version of the tables; 0 when there are none."""
        # Not to_regclass: its cache does not see what was committed while a lock was awaited.
        meta = "SELECT 1 FROM pg_tables WHERE schemaname = current_schema AND tablename = 'meta'"
        if self.execute(meta).fetchone() is None:
            return 0
        (found,) = self.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
        return int(found)

    def check(self, *, deep: bool) -> list[str]:
        """Nothing: the server looks after its own files."""
        return []

    @contextmanager
    def alone(self, wait_seconds: float) -> Iterator[None]:
        """Hold the writer's lock, for as long as this session lives.

        Raises:
            LockedError: Still held after the wait; names the holder as the server knows it.
        """
        until = time.monotonic() + wait_seconds
        while self.execute(f"SELECT pg_try_advisory_lock({_WRITER}, {_SCHEMA})").fetchone() != (True,):
            if time.monotonic() >= until:
                pid, host = self.execute(_HOLDER).fetchone() or ("unknown", "unknown")
                raise LockedError(f"{self.name}: held by another run (server process {pid}, from {host})")
            time.sleep(0.1)
        try:
            yield
        finally:
            if not (self._db.closed or self._db.broken):
                self._db.execute(f"SELECT pg_advisory_unlock({_WRITER}, {_SCHEMA})".encode())

    def close(self) -> None:
        """End the session."""
        self._db.close()


@functools.cache
def _translated(sql: str) -> str:
    """A statement as psycopg and PostgreSQL read it."""
    if sql.lstrip().startswith("CREATE"):
        for ours, theirs in _TYPES:
            sql = sql.replace(ours, theirs)
    return sql.replace("%", "%%").replace("?", "%s") if "?" in sql else sql


def _line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
