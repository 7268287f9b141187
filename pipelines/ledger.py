"""The ledger: what has been seen, what is published, and where each feed stands.

One SQLite file (WAL, ``synchronous=FULL``). Everything a run changes is written in one transaction,
``Ledger.commit``: the only commit point of khabar. Identifiers are stored as 16 bytes, instants as
microseconds since the epoch, UTC.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from pipelines.exits import KhabarError
from pipelines.ledger_schema import LedgerError, connect

__all__ = [
    "Commit",
    "CommitError",
    "Drop",
    "FileRecord",
    "Held",
    "Key",
    "Known",
    "Ledger",
    "LedgerError",
    "LedgerReader",
]


class CommitError(KhabarError):
    """A run could not be committed: nothing of it is visible; the message says why."""


class Known(NamedTuple):
    """What the ledger remembers of one article."""

    versions: int
    partition_date: str
    date_source: str
    first_seen_us: int


class FileRecord(NamedTuple):
    """One Parquet file of a run: ``path`` under the root, ``staged`` under the state folder."""

    path: str
    staged: str
    dataset: str
    run_id: str
    rows: int
    bytes: int
    sha256: str


class Key(NamedTuple):
    """One written article version."""

    article_id: str
    content_hash: str
    version: int
    source_id: str
    partition_date: str
    date_source: str
    first_seen_us: int


class Held(NamedTuple):
    """One entry under embargo; ``document`` is the JSON of the document to read again."""

    article_id: str
    content_hash: str
    source_id: str
    document: str
    title: str | None
    until_us: int


class Drop(NamedTuple):
    """One file of a folder drop that has been read."""

    source_id: str
    path: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, kw_only=True)
class Commit:
    """Everything one run changes."""

    run_id: str
    started_us: int
    pipeline_version: str
    summary: Mapping[str, Any]
    files: Sequence[FileRecord] = ()
    keys: Iterable[Key] = ()
    feeds: Mapping[str, str] = field(default_factory=dict)
    held: Sequence[Held] = ()
    released: Sequence[Held] = ()
    drops: Sequence[Drop] = ()


class Ledger:
    """The ledger of one root, open in this process."""

    def __init__(self, path: Path) -> None:
        """Open the ledger, creating it if missing.

        Raises:
            LedgerError: Not a ledger, damaged, or written by a newer khabar.
        """
        self.path = path
        try:
            self._db = connect(path)
        except sqlite3.OperationalError as error:
            raise LedgerError(f"{path}: cannot open the ledger: {error}") from error
        except sqlite3.Error as error:
            raise LedgerError(
                f"{path}: cannot use as ledger: {error}; restore it, or khabar rebuild-ledger"
            ) from error

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All that is executed on the connection inside, or nothing."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def query(self, sql: str, *values: object) -> list[Any]:
        """Rows of one question."""
        return self._db.execute(sql, values).fetchall()

    def copy_to(self, target: Path) -> None:
        """Copy the whole ledger to a new file, beside a running writer."""
        with closing(sqlite3.connect(target)) as copy:
            self._db.backup(copy)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def holds(self, article_id: str, content_hash: str) -> bool:
        """Whether this content of this article is in the dataset."""
        row = self._db.execute(
            "SELECT 1 FROM versions WHERE article_id = ? AND content_hash = ?",
            (bytes.fromhex(article_id), bytes.fromhex(content_hash)),
        ).fetchone()
        return row is not None

    def known(self, article_id: str) -> Known | None:
        """What is remembered of an article; None when it is new."""
        key = bytes.fromhex(article_id)
        row = self._db.execute(
            "SELECT (SELECT max(version) FROM versions WHERE article_id = ?1), partition_date, date_source,"
            " first_seen_at FROM articles WHERE article_id = ?1",
            (key,),
        ).fetchone()
        return Known(*row) if row else None

    def feed_states(self) -> dict[str, str]:
        """State of every feed as JSON, by source id."""
        return dict(self._db.execute("SELECT source_id, state FROM feeds"))

    def drops(self, source_id: str) -> dict[str, tuple[int, int]]:
        """Files of a folder drop that have been read: path to (size, mtime_ns)."""
        rows = self._db.execute("SELECT path, size, mtime_ns FROM drops WHERE source_id = ?", (source_id,))
        return {path: (size, mtime_ns) for path, size, mtime_ns in rows}

    def held(self, until_us: int | None = None) -> list[Held]:
        """Entries under embargo; with ``until_us`` only those whose embargo has lifted by then."""
        rows = self._db.execute(
            "SELECT hex(article_id), hex(content_hash), source_id, document, title, until FROM held"
            " WHERE ?1 IS NULL OR until <= ?1 ORDER BY until",
            (until_us,),
        )
        return [Held(a.lower(), c.lower(), *rest) for a, c, *rest in rows]

    def runs(self, limit: int = 10) -> list[dict[str, Any]]:
        """Summaries of the last runs, newest first."""
        rows = self._db.execute("SELECT summary FROM runs ORDER BY started_at DESC LIMIT ?", (limit,))
        return [json.loads(summary) for (summary,) in rows]

    def files(self, status: str | None = None, dataset: str | None = None) -> list[FileRecord]:
        """The dataset's files as far as they are committed."""
        rows = self._db.execute(
            "SELECT path, staged, dataset, run_id, rows, bytes, sha256 FROM files"
            " WHERE (?1 IS NULL OR status = ?1) AND (?2 IS NULL OR dataset = ?2) ORDER BY path",
            (status, dataset),
        )
        return [FileRecord(*row) for row in rows]

    def commit(self, change: Commit) -> bool:
        """Write all that a run changes, or nothing; False when the run is committed already.

        Raises:
            CommitError: A key of the run is in the ledger already (a bug, never a duplicate), or the disk
                refuses.
        """
        try:
            with self.transaction():
                if self._db.execute("SELECT 1 FROM runs WHERE run_id = ?", (change.run_id,)).fetchone():
                    return False
                self._write(change)
        except sqlite3.Error as error:
            raise CommitError(f"{self.path}: run {change.run_id} not committed: {error}") from error
        return True

    def _write(self, change: Commit) -> None:
        db = self._db
        db.execute(
            "INSERT INTO runs VALUES (?, ?, ?, ?)",
            (
                change.run_id,
                change.started_us,
                change.pipeline_version,
                json.dumps(change.summary, ensure_ascii=False),
            ),
        )
        for key in change.keys:
            article = bytes.fromhex(key.article_id)
            if key.version == 1:
                db.execute(
                    "INSERT INTO articles VALUES (?, ?, ?, ?, ?)",
                    (article, key.source_id, key.partition_date, key.date_source, key.first_seen_us),
                )
            db.execute(
                "INSERT INTO versions VALUES (?, ?, ?, ?)",
                (article, bytes.fromhex(key.content_hash), key.version, change.run_id),
            )
        db.executemany("INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?, 'pending')", change.files)
        db.executemany("INSERT OR REPLACE INTO feeds VALUES (?, ?)", change.feeds.items())
        db.executemany(
            "DELETE FROM held WHERE article_id = ? AND content_hash = ?",
            [(bytes.fromhex(h.article_id), bytes.fromhex(h.content_hash)) for h in change.released],
        )
        db.executemany(
            "INSERT OR REPLACE INTO held VALUES (?, ?, ?, ?, ?, ?)",
            [(bytes.fromhex(h.article_id), bytes.fromhex(h.content_hash), *h[2:]) for h in change.held],
        )
        db.executemany("INSERT OR REPLACE INTO drops VALUES (?, ?, ?, ?)", change.drops)

    def mark_live(self, paths: Iterable[str]) -> None:
        """Record that files stand in their final place."""
        with self.transaction():
            self._db.executemany(
                "UPDATE files SET status = 'live' WHERE path = ?", [(path,) for path in paths]
            )


@dataclass(frozen=True)
class LedgerReader:
    """A picklable way to the ledger for workers, which only ask."""

    path: str

    def open(self) -> Ledger:
        """Open a connection of the worker's own."""
        return Ledger(Path(self.path))
