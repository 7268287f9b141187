"""The ledger's tables, and how an older ledger becomes a newer one.

Written in SQLite's SQL, of which PostgreSQL reads all but the names of some types (``pipelines.postgres``).
"""

from pipelines.database import Database
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
    """The ledger cannot be used; the message names it and the finding."""

    exit = Exit.CONFIG


def prepare(db: Database, name: str) -> None:
    """Make a new ledger, or bring an older one up to date; each in one transaction.

    Raises:
        LedgerError: Written by a newer khabar.
    """
    if db.schema_version() == SCHEMA_VERSION:
        return
    db.begin()
    try:
        # Read again: another process may have been faster.
        found = db.schema_version()
        if found > SCHEMA_VERSION:
            raise LedgerError(
                f"{name}: written by a newer khabar (schema {found}, this one knows {SCHEMA_VERSION})"
            )
        for migration in MIGRATIONS[found:]:
            for statement in filter(str.strip, migration.split(";")):
                db.execute(statement)
        db.execute(
            "INSERT INTO meta VALUES ('schema_version', ?)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (str(SCHEMA_VERSION),),
        )
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
