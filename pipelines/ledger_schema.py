"""The ledger's tables, and how an older ledger becomes a newer one."""

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

from pipelines.exits import Exit, KhabarError

# MIGRATIONS[n] makes schema version n + 1 of version n; a new ledger takes all of them.
MIGRATIONS = (
    """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE runs (
    run_id TEXT PRIMARY KEY, started_at INTEGER NOT NULL, pipeline_version TEXT NOT NULL,
    summary TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE articles (
    article_id BLOB PRIMARY KEY, source_id TEXT NOT NULL, partition_date TEXT NOT NULL,
    date_source TEXT NOT NULL, first_seen_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE versions (
    article_id BLOB NOT NULL, content_hash BLOB NOT NULL, version INTEGER NOT NULL, run_id TEXT NOT NULL,
    PRIMARY KEY (article_id, content_hash)) STRICT, WITHOUT ROWID;
CREATE TABLE feeds (source_id TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE files (
    path TEXT PRIMARY KEY, staged TEXT NOT NULL, dataset TEXT NOT NULL, run_id TEXT NOT NULL,
    rows INTEGER NOT NULL, bytes INTEGER NOT NULL, sha256 TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'live'))) STRICT, WITHOUT ROWID;
CREATE INDEX files_pending ON files (status) WHERE status = 'pending';
CREATE TABLE held (
    article_id BLOB NOT NULL, content_hash BLOB NOT NULL, source_id TEXT NOT NULL,
    document TEXT NOT NULL, title TEXT, until INTEGER NOT NULL,
    PRIMARY KEY (article_id, content_hash)) STRICT, WITHOUT ROWID;
CREATE TABLE drops (
    source_id TEXT NOT NULL, path TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    PRIMARY KEY (source_id, path)) STRICT, WITHOUT ROWID;
""",
    # 2: whole partition folders that are exchanged (compaction, replay) or dropped (gc).
    """
CREATE TABLE swaps (
    folder TEXT PRIMARY KEY, staged TEXT NOT NULL, run_id TEXT NOT NULL,
    file TEXT, rows INTEGER, bytes INTEGER, sha256 TEXT) STRICT, WITHOUT ROWID;
CREATE TABLE dropped (folder TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
""",
)
SCHEMA_VERSION = len(MIGRATIONS)


class LedgerError(KhabarError):
    """The ledger cannot be used; the message names the file and the finding."""

    exit = Exit.CONFIG


def connect(path: Path) -> sqlite3.Connection:
    """Open the ledger, making it or bringing it up to date; on a read-only root, open it for reading.

    Raises:
        LedgerError: Written by another khabar than this one can read.
        sqlite3.Error: Not a ledger, or not to be opened.
    """
    if path.exists() and not os.access(path.parent, os.W_OK):
        return _connect_read_only(path)
    # A Beam worker sets a DoFn up in one thread and runs it in another, one at a time.
    db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    prepare(db, path)
    return db


def _connect_read_only(path: Path) -> sqlite3.Connection:
    journal = path.with_name(f"{path.name}-wal")
    if journal.exists() and journal.stat().st_size:
        raise LedgerError(f"{path}: on a read-only root, with a journal that was not folded in")
    db = sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True, isolation_level=None)
    if (found := schema_version(db)) != SCHEMA_VERSION:
        raise LedgerError(f"{path}: on a read-only root, with schema {found} (this khabar: {SCHEMA_VERSION})")
    return db


def prepare(db: sqlite3.Connection, path: Path) -> None:
    """Make a new ledger, or bring an older one up to date; each in one transaction.

    Raises:
        LedgerError: Written by a newer khabar.
    """
    if schema_version(db) == SCHEMA_VERSION:
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        # Read again: another process may have been faster.
        found = schema_version(db)
        if found > SCHEMA_VERSION:
            raise LedgerError(
                f"{path}: written by a newer khabar (schema {found}, this one knows {SCHEMA_VERSION})"
            )
        for migration in MIGRATIONS[found:]:
            for statement in migration.split(";"):
                db.execute(statement)
        db.execute("INSERT OR REPLACE INTO meta VALUES ('schema_version', ?)", (str(SCHEMA_VERSION),))
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def schema_version(db: sqlite3.Connection) -> int:
    """Version of the tables; 0 when there are none."""
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
        return 0
    (found,) = db.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
    return int(found)
