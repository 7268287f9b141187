"""Build a lost ledger again from the dataset: keys and files from Parquet, feeds and runs from fetch_log.

What cannot come back: validators (every feed is read once more in full), embargoed entries (they are in the
feeds still, or gone), the schedule's experience, and the keys of partitions that ``gc`` dropped.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines import clock, lock, steps
from pipelines.commit import keys_of
from pipelines.exits import KhabarError
from pipelines.layout import Root, RootError, open_root
from pipelines.ledger import Key, Ledger, LedgerError
from pipelines.maintenance import alone
from pipelines.partitions import replaced
from pipelines.progress import each
from pipelines.root_id import bind
from schemas.arrow import MONTHLY, SCHEMAS
from schemas.versions import base_of
from transforms.fetch.state import FeedState
from transforms.storage import file_sha256, opened, sync_folder

LOG_COLUMNS = ["run_id", "source_id", "feed_url", "started_at", "n_new", "n_edited", "n_seen", "error_class"]
TABLES = ("runs", "articles", "versions", "feeds", "files", "held", "drops", "swaps", "dropped")
COMPANIONS = ("", "-wal", "-shm")


class RebuildError(KhabarError):
    """The dataset does not allow a ledger; the message names the file and the finding."""


@dataclass
class Rebuilt:
    """What the new ledger holds; ``khabar rebuild-ledger --json`` prints it."""

    files: int = 0
    articles: int = 0
    versions: int = 0
    runs: int = 0
    feeds: int = 0
    old_ledger: str | None = None


def rebuild(
    path: Path,
    now: datetime,
    *,
    force: bool = False,
    lock_wait_seconds: float = 0.0,
    ledger: str | None = None,
) -> Rebuilt:
    """Build the ledger of a root anew.

    A file's successor is built beside it and takes its place in one step; in PostgreSQL one transaction
    empties the tables and fills them.

    Args:
        path: The root.
        now: Names what is left of the old ledger's file, which is kept.
        force: Also when the old ledger is usable, and when a half-published run has to be forgotten.
        lock_wait_seconds: How long to wait for a run.
        ledger: ``--ledger``.

    Raises:
        RootError: The ledger is usable, or a run is half published, and ``force`` is not given.
        RebuildError: A file cannot be read, or an article version is there twice.
    """
    root = open_root(path, ledger, needs_ledger=False)
    if root.served:
        return _rebuild_served(root, force, lock_wait_seconds)
    with lock.hold(root.lock, lock_wait_seconds):
        if not force:
            _refuse_usable(root)
            _refuse_half_published(root)
        scratch = root.ledger.with_name("ledger.rebuilt")
        for suffix in COMPANIONS:
            scratch.with_name(scratch.name + suffix).unlink(missing_ok=True)
        with closing(Ledger(scratch)) as fresh:  # closing folds the -wal into the file
            done = _fill(root, fresh)
        steps.reached("rebuilt")
        done.old_ledger = _put_aside(root, now)
        scratch.rename(root.ledger)
        sync_folder(root.state)
        with closing(Ledger(root.ledger)) as fresh:
            bind(root, fresh)
    return done


def _rebuild_served(root: Root, force: bool, lock_wait_seconds: float) -> Rebuilt:
    with alone(root, lock_wait_seconds) as ledger:
        if not force:
            if ledger.runs(1):
                raise RootError(
                    f"root {root.path}: {ledger.name} is usable; --force builds it again all the same"
                )
            _refuse_half_published(root)
        done = _fill(root, ledger)
        bind(root, ledger)
    return done


def _refuse_usable(root: Root) -> None:
    if not root.ledger.exists():
        return
    try:
        with closing(Ledger(root.ledger)) as ledger:
            sound = not ledger.check()
    except (LedgerError, sqlite3.Error):
        return
    if sound:
        raise RootError(f"root {root.path}: {root.ledger} is usable; --force builds another one all the same")


def _refuse_half_published(root: Root) -> None:
    for staging in root.staging.iterdir():
        for name in SCHEMAS:
            if found := next(root.dataset(name).rglob(f"part-{staging.name}-*.parquet"), None):
                raise RootError(
                    f"root {root.path}: run {staging.name} was committed and has files in staging still"
                    f" ({found.name} is published): restore the ledger; --force forgets the rest of that run"
                )


def _fill(root: Root, ledger: Ledger) -> Rebuilt:
    done, runs = Rebuilt(), _Runs()
    firsts: dict[str, Key] = {}
    seen: dict[bytes, str] = {}
    with ledger.transaction() as db:
        for table in TABLES:
            db.execute(f"DELETE FROM {table}")
        for dataset in SCHEMAS:
            for path in replaced(sorted(root.dataset(dataset).rglob("*.parquet"))):
                path.unlink(missing_ok=True)  # of an exchange in a store that was not finished
            for path in each(dataset, sorted(root.dataset(dataset).rglob("*.parquet"))):
                name = str(path.relative_to(root.path))
                try:
                    rows = pq.read_metadata(opened(path)).num_rows
                    versions = []
                    for key, run_id, version in _keys(path, runs) if base_of(dataset) == "articles" else ():
                        packed = bytes.fromhex(key.article_id) + bytes.fromhex(key.content_hash)
                        if packed in seen and dataset in MONTHLY and seen[packed].startswith("articles/"):
                            continue  # a month repeats its days, and keeps those that gc has dropped
                        if packed in seen:
                            raise RebuildError(f"{name}: {key.article_id} is in {seen[packed]} too")
                        seen[packed] = name
                        runs.versions.setdefault(run_id, version)
                        first = firsts.get(key.article_id)
                        if first is None or key.version < first.version:
                            firsts[key.article_id] = key
                        versions.append((packed[:16], packed[16:], key.version, run_id))
                    db.executemany("INSERT INTO versions VALUES (?, ?, ?, ?)", versions)
                    if dataset == "fetch_log":
                        runs.read(path)
                except (pa.ArrowException, OSError, KeyError, ValueError) as error:
                    what = str(error).splitlines()[0]
                    raise RebuildError(f"{name}: unreadable, restore or remove it: {what}") from error
                size, digest = path.stat().st_size, file_sha256(path)
                values = (name, name, dataset, _run_of(path), rows, size, digest)
                db.execute("INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?, 'live')", values)
                done.files += 1
        db.executemany(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?)",
            [(bytes.fromhex(k.article_id), *k[3:]) for _, k in sorted(firsts.items())],
        )
        db.executemany("INSERT INTO runs VALUES (?, ?, ?, ?)", list(runs.rows(str(root.path))))
        db.executemany("INSERT INTO feeds VALUES (?, ?)", list(runs.feeds()))
    done.articles, done.versions = len(firsts), len(seen)
    done.runs, done.feeds = len(runs.totals), len(runs.states)
    return done


def _keys(path: Path, runs: "_Runs") -> Iterator[tuple[Key, str, str]]:
    extra = pq.ParquetFile(opened(path)).read(["run_id", "pipeline_version"])
    yield from zip(
        keys_of(path), extra["run_id"].to_pylist(), extra["pipeline_version"].to_pylist(), strict=True
    )


def _run_of(path: Path) -> str:
    """``part-<run_id>-<n>.parquet`` and ``compact-<run_id>-<n>.parquet`` name their run."""
    return path.stem.partition("-")[2].rpartition("-")[0]


class _Runs:
    """Runs and feeds as fetch_log tells them."""

    def __init__(self) -> None:
        self.totals: dict[str, dict[str, Any]] = {}
        self.states: dict[str, FeedState] = {}
        self.versions: dict[str, str] = {}

    def read(self, path: Path) -> None:
        for row in pq.ParquetFile(opened(path)).read(LOG_COLUMNS).to_pylist():
            total = self.totals.setdefault(
                row["run_id"],
                {"started": row["started_at"], "new": 0, "edited": 0, "seen": 0}
                | {"feeds_polled": 0, "feeds_failed": 0},
            )
            total["started"] = min(total["started"], row["started_at"])
            for name in ("new", "edited", "seen"):
                total[name] += row[f"n_{name}"]
            total["feeds_polled"] += 1
            total["feeds_failed"] += row["error_class"] is not None
            self._feed(row)

    def _feed(self, row: dict[str, Any]) -> None:
        """A feed that is known but has no validators is due at once and read in full, without back-fill."""
        name, at = row["source_id"], row["started_at"]
        known = self.states.get(name)
        if known is None or known.last_polled_at is None or known.last_polled_at < at:
            url = row["feed_url"]
            self.states[name] = FeedState(url=url, current_url=url, last_polled_at=at)

    def rows(self, root: str) -> Iterator[tuple[str, int, str, str]]:
        for run_id, total in self.totals.items():
            started = total.pop("started")
            summary = {"run_id": run_id, "root": root, "started_at": started.isoformat(), "rebuilt": True}
            yield (
                run_id,
                clock.to_us(started),
                self.versions.get(run_id, "unknown"),
                json.dumps(summary | total),
            )

    def feeds(self) -> Iterator[tuple[str, str]]:
        yield from ((name, state.to_json()) for name, state in self.states.items())


def _put_aside(root: Root, now: datetime) -> str | None:
    """Keep the old ledger under another name."""
    aside = f"ledger.{now:%Y%m%dT%H%M%SZ}.old"
    if not root.ledger.exists():
        # A journal without its ledger belongs to nothing, and must not be taken for the new one's.
        for suffix in COMPANIONS[1:]:
            root.ledger.with_name(root.ledger.name + suffix).unlink(missing_ok=True)
        return None
    for suffix in reversed(COMPANIONS):
        old = root.ledger.with_name(root.ledger.name + suffix)
        if old.exists():
            old.rename(old.with_name(aside + suffix))
    return aside
