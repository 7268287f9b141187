"""The commit: one ledger transaction, then renames; and the recovery that completes or forgets a run.

Before the transaction nothing is visible and the feeds will be read again; after it every file is
rolled forward, by this process or by the next one.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyarrow.parquet as pq

from pipelines import steps
from pipelines.exits import KhabarError
from pipelines.layout import Root
from pipelines.ledger import FileRecord, Key, Ledger
from pipelines.swap import complete
from transforms.parquet import StagedFile
from transforms.storage import is_remote, opened, remove_tree, sync_folder

KEY_COLUMNS = [
    "article_id",
    "content_hash",
    "version",
    "source_id",
    "partition_date",
    "date_source",
    "first_seen_at",
]


class RecoveryError(KhabarError):
    """A committed file is neither in staging nor in its place; the message names it."""


def file_records(run_id: str, files: Sequence[StagedFile]) -> list[FileRecord]:
    """Where each staged file will stand: ``<dataset>/<partition>/part-<run_id>-<n>.parquet``."""
    ordered = sorted(files, key=lambda file: (file.dataset, file.partition, file.staged))
    return [
        FileRecord(
            path=f"{file.dataset}/{file.partition}/part-{run_id}-{n}.parquet",
            staged=f"{run_id}/{file.staged}",
            dataset=file.dataset,
            run_id=run_id,
            rows=file.rows,
            bytes=file.size,
            sha256=file.sha256,
        )
        for n, file in enumerate(ordered)
    ]


def written_keys(root: Root, files: Iterable[FileRecord]) -> Iterator[Key]:
    """The article versions in staged files: read back from them, so the ledger says what the files say."""
    for file in files:
        if file.dataset != "articles":
            continue
        yield from keys_of(root.staging / file.staged)


def keys_of(path: Path) -> Iterator[Key]:
    """The article versions in one file, in its order."""
    table = pq.read_table(opened(path), columns=KEY_COLUMNS, partitioning=None)
    instants = table.column("first_seen_at").cast("int64").to_pylist()
    for row, first_seen in zip(table.drop_columns(["first_seen_at"]).to_pylist(), instants, strict=True):
        yield Key(**{**row, "partition_date": row["partition_date"].isoformat()}, first_seen_us=first_seen)


def publish(root: Root, ledger: Ledger) -> int:
    """Move every committed file to its place, make that durable, and say how many moved.

    Safe to repeat and to interrupt anywhere.

    Raises:
        RecoveryError: A committed file is gone.
    """
    # fetch_log last: once it is there, a reader knows that the run's other files are.
    pending = sorted(ledger.files(status="pending"), key=lambda file: file.dataset == "fetch_log")
    if not pending:
        return 0
    for file in pending:
        _move(root, file)
        steps.reached("renamed-one")
    for folder in {(root.path / file.path).parent for file in pending}:
        sync_folder(folder)
    steps.reached("renamed")
    ledger.mark_live(file.path for file in pending)
    for run_id in {file.run_id for file in pending}:
        remove_tree(root.staging / run_id)
    return len(pending)


def _move(root: Root, file: FileRecord) -> None:
    source, target = root.staging / file.staged, root.path / file.path
    _make_folders(target.parent, root.path)
    try:
        source.rename(target)
    except FileNotFoundError as error:
        # Moved before, by a run that was killed, or by the next one when this one lost its lock.
        if not target.exists():
            raise RecoveryError(
                f"{target}: committed by run {file.run_id}, but neither there nor in staging"
            ) from error


def _make_folders(folder: Path, top: Path) -> None:
    """Make ``folder`` and make every new name above it durable; a store has none."""
    if is_remote(folder):
        return
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        sync_folder(path.parent)


def recover(root: Root, ledger: Ledger) -> int:
    """Complete what is committed and forget what is not; the number of files and folders rolled forward."""
    moved = complete(root, ledger) + publish(root, ledger)
    for leftover in root.staging.iterdir():
        remove_tree(leftover)
    return moved
