"""The ledger as one SQLite file: WAL, ``synchronous=FULL``."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from pipelines.ledger_schema import SCHEMA_VERSION, LedgerError


class SQLite(sqlite3.Connection):
    """A connection to the file; everything but what the two databases say differently is sqlite3's own."""

    def begin(self) -> None:
        """Begin a transaction in which no other one writes."""
        self.execute("BEGIN IMMEDIATE")

    def schema_version(self) -> int:
        """Version of the tables; 0 when there are none."""
        if not self.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
            return 0
        (found,) = self.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
        return int(found)

    def check(self, *, deep: bool) -> list[str]:
        """What SQLite finds wrong with the file."""
        lines = self.execute(f"PRAGMA {'integrity_check' if deep else 'quick_check'}")
        return [line for (line,) in lines if line != "ok"]

    @contextmanager
    def alone(self, wait_seconds: float) -> Iterator[None]:
        """Nothing to do: who writes to a file's ledger holds the root's lock file."""
        yield

    def copy_to(self, target: Path) -> None:
        """Copy everything to a new file, beside a running writer."""
        with closing(sqlite3.connect(target)) as copy:
            self.backup(copy)


def connect(path: Path) -> SQLite:
    """Open the file, making it if missing; on a read-only root, open it for reading.

    Raises:
        LedgerError: On a read-only root, and not to be read there.
        sqlite3.Error: Not a database, or not to be opened.
    """
    if path.exists() and not os.access(path.parent, os.W_OK):
        return _connect_read_only(path)
    # A Beam worker sets a DoFn up in one thread and runs it in another, one at a time.
    db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False, factory=SQLite)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    return db


def _connect_read_only(path: Path) -> SQLite:
    journal = path.with_name(f"{path.name}-wal")
    if journal.exists() and journal.stat().st_size:
        raise LedgerError(f"{path}: on a read-only root, with a journal that was not folded in")
    uri = f"file:{quote(str(path))}?mode=ro&immutable=1"
    db = sqlite3.connect(uri, uri=True, isolation_level=None, factory=SQLite)
    if (found := db.schema_version()) != SCHEMA_VERSION:
        raise LedgerError(f"{path}: on a read-only root, with schema {found} (this khabar: {SCHEMA_VERSION})")
    return db
