"""The ledger: what has been seen, what is published, and where each feed stands.

A SQLite file under the root, or a PostgreSQL database (``--ledger``). Everything a run changes is written in
one transaction, ``Ledger.commit``: the only commit point of khabar. Identifiers are stored as 16 bytes,
instants as microseconds since the epoch, UTC.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from pipelines import sqlite
from pipelines.database import Database, LedgerLostError, is_server, shown
from pipelines.exits import KhabarError
from pipelines.ledger_rows import Commit, Drop, FileRecord, Held, Key, Known
from pipelines.ledger_schema import LedgerError, prepare

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

ASKED = 500  # keys in one question


class CommitError(KhabarError):
    """A run could not be committed: nothing of it is visible; the message says why."""


class Ledger:
    """The ledger of one root, open in this process."""

    def __init__(self, where: Path | str) -> None:
        """Open the ledger, creating it if missing.

        Args:
            where: A SQLite file, or a PostgreSQL URL.

        Raises:
            LedgerError: Not a ledger, damaged, not to be reached, or written by a newer khabar.
        """
        self.where = where
        self.name = shown(where)
        self._db = _connect(where)

    @contextmanager
    def transaction(self) -> Iterator[Database]:
        """All that is executed on the connection inside, or nothing.

        Raises:
            CommitError: The database refuses, for example because the disk is full.
        """
        try:
            self._db.begin()
            try:
                yield self._db
                self._db.execute("COMMIT")
            except LedgerLostError:
                raise
            except BaseException:
                # A full disk may have rolled back by itself.
                with suppress(self._db.Error):
                    self._db.execute("ROLLBACK")
                raise
        except self._db.Error as error:
            raise CommitError(f"{self.name}: not written: {error}; the next command completes it") from error

    def query(self, sql: str, *values: object) -> list[Any]:
        """Rows of one question."""
        return self._db.execute(sql, values).fetchall()

    def check(self, *, deep: bool = False) -> list[str]:
        """What the database itself finds wrong, one line each; SQLite only."""
        return self._db.check(deep=deep)

    def alone(self, wait_seconds: float = 0.0) -> AbstractContextManager[None]:
        """Be the only writer of a PostgreSQL ledger; of a SQLite one that is the root's lock file.

        Raises:
            LockedError: Another run is.
        """
        return self._db.alone(wait_seconds)

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def known(self, article_ids: Iterable[str]) -> dict[str, Known]:
        """What is remembered of articles, asked in one question for ``ASKED``; new ones are left out."""
        found: dict[bytes, list[Any]] = defaultdict(list)
        keys = iter([bytes.fromhex(article_id) for article_id in article_ids])
        while some := list(islice(keys, ASKED)):
            rows = self._db.execute(
                "SELECT article_id, version, content_hash, partition_date, date_source, first_seen_at"
                f" FROM versions JOIN articles USING (article_id) WHERE article_id IN ({_marks(some)})",
                some,
            )
            for article, *row in rows:
                found[article].append(row)
        return {article.hex(): _known(rows) for article, rows in found.items()}

    def feed_states(self) -> dict[str, str]:
        """State of every feed as JSON, by source id."""
        return dict(self._db.execute("SELECT source_id, state FROM feeds"))

    def drops(self, source_id: str) -> dict[str, tuple[int, int]]:
        """Files of a folder drop that have been read: path to (size, mtime_ns)."""
        rows = self._db.execute("SELECT path, size, mtime_ns FROM drops WHERE source_id = ?", (source_id,))
        return {path: (size, mtime_ns) for path, size, mtime_ns in rows}

    def held(self, until_us: int | None = None) -> list[Held]:
        """Entries under embargo; with ``until_us`` only those whose embargo has lifted by then."""
        where, values = ("", ()) if until_us is None else (" WHERE until <= ?", (until_us,))
        rows = self._db.execute(
            "SELECT article_id, content_hash, source_id, document, title, until FROM held"
            f"{where} ORDER BY until, article_id",
            values,
        )
        return [Held(article.hex(), content.hex(), *rest) for article, content, *rest in rows]

    def has_run(self, run_id: str) -> bool:
        """Whether a run is committed."""
        return self._db.execute("SELECT 1 FROM runs WHERE run_id = ?", (run_id,)).fetchone() is not None

    def runs(self, limit: int = 10) -> list[dict[str, Any]]:
        """Summaries of the last runs, newest first."""
        rows = self._db.execute("SELECT summary FROM runs ORDER BY started_at DESC LIMIT ?", (limit,))
        return [json.loads(summary) for (summary,) in rows]

    def files(self, status: str | None = None, dataset: str | None = None) -> list[FileRecord]:
        """The dataset's files as far as they are committed."""
        where, values = "1 = 1", () if dataset is None else (dataset,)
        if status is not None:
            # In words, not as a parameter: only so does the partial index on pending files serve.
            where += " AND status = 'pending'" if status == "pending" else " AND status = 'live'"
        if dataset is not None:
            where += " AND dataset = ?"
        rows = self._db.execute(
            "SELECT path, staged, dataset, run_id, rows, bytes, sha256 FROM files"
            f" WHERE {where} ORDER BY path",
            values,
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
                if self.has_run(change.run_id):
                    return False
                self._write(change)
        except CommitError as error:
            cause = error.__cause__
            raise CommitError(f"{self.name}: run {change.run_id} not committed: {cause}") from cause
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
        keys = list(change.keys)
        db.executemany(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?)",
            [(bytes.fromhex(key.article_id), *key[3:]) for key in keys if key.version == 1],
        )
        db.executemany(
            "INSERT INTO versions VALUES (?, ?, ?, ?)",
            [
                (bytes.fromhex(key.article_id), bytes.fromhex(key.content_hash), key.version, change.run_id)
                for key in keys
            ],
        )
        db.executemany("INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?, 'pending')", change.files)
        db.executemany(
            "INSERT INTO feeds VALUES (?, ?) ON CONFLICT (source_id) DO UPDATE SET state = excluded.state",
            list(change.feeds.items()),
        )
        db.executemany(
            "DELETE FROM held WHERE article_id = ? AND content_hash = ?",
            [(bytes.fromhex(h.article_id), bytes.fromhex(h.content_hash)) for h in change.released],
        )
        db.executemany(
            "INSERT INTO held VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (article_id, content_hash) DO UPDATE SET"
            " source_id = excluded.source_id, document = excluded.document, title = excluded.title,"
            " until = excluded.until",
            [(bytes.fromhex(h.article_id), bytes.fromhex(h.content_hash), *h[2:]) for h in change.held],
        )
        db.executemany(
            "INSERT INTO drops VALUES (?, ?, ?, ?) ON CONFLICT (source_id, path) DO UPDATE SET"
            " size = excluded.size, mtime_ns = excluded.mtime_ns",
            change.drops,
        )

    def mark_live(self, paths: Iterable[str]) -> None:
        """Record that files stand in their final place."""
        with self.transaction():
            self._db.executemany(
                "UPDATE files SET status = 'live' WHERE path = ?", [(path,) for path in paths]
            )


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _known(versions: Iterable[Sequence[Any]]) -> Known:
    numbers, contents, dates, sources, seen = zip(*versions, strict=True)
    return Known(max(numbers), dates[0], sources[0], seen[0], frozenset(map(bytes.hex, contents)))


def _connect(where: Path | str) -> Database:
    db: Database
    if is_server(where):
        # Imported here: only a PostgreSQL ledger needs its driver (0.14 CPU-s).
        from pipelines.postgres import Postgres

        db = Postgres(str(where))
        prepare(db, shown(where))
        return db
    try:
        db = sqlite.connect(Path(where))
        prepare(db, str(where))
    except sqlite3.OperationalError as error:
        raise LedgerError(f"{where}: cannot open the ledger: {error}") from error
    except sqlite3.Error as error:
        raise LedgerError(
            f"{where}: cannot use as ledger: {error}; restore it, or khabar rebuild-ledger"
        ) from error
    return db


@dataclass(frozen=True)
class LedgerReader:
    """A picklable way to the ledger for workers, which only ask."""

    where: str

    def open(self) -> Ledger:
        """Open a connection of the worker's own."""
        return Ledger(self.where)
