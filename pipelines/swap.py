"""Replace whole partition folders, atomically for readers and safely for whoever is killed on the way.

A folder with its new content is finished in staging; one ledger transaction records the intent; the two
folders are exchanged in one step of the kernel (``renameat2`` with ``RENAME_EXCHANGE``); a second transaction
makes the new file the ledger's. A crash before the intent leaves orphaned staging, a crash after it is rolled
forward by ``complete``. A reader sees the old files or the new one, never both and never neither; one that
listed the old files and opens them later finds them gone, and must list again.

A store exchanges nothing: there the new object, whose footer names those it replaces, is copied to its place,
and then they are deleted. For that moment ``partitions.standing`` tells readers which of them count.
"""

import ctypes
import errno
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pipelines import clock, steps
from pipelines.exits import KhabarError
from pipelines.layout import Root
from pipelines.ledger import Ledger
from transforms.storage import is_remote, remove_tree, sync_folder

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
# What the call says where kernel or file system cannot exchange.
_UNSUPPORTED = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP)
# Every path under a folder, by its index, in both databases: "0" follows "/".
_BELOW = "path > ? AND path < ?"


class SwapError(KhabarError):
    """A recorded exchange cannot be completed; the message names the folder."""


class Swap(NamedTuple):
    """One folder to be replaced.

    Attributes:
        folder: ``<dataset>/<partition>`` under the root.
        staged: Folder with its one new file, under ``_state/staging``; for a drop, where the old one goes.
        run_id: Of the maintenance that does it.
        file: Name of the new file; None drops the folder.
        rows, bytes, sha256: Of the new file.
    """

    folder: str
    staged: str
    run_id: str
    file: str | None = None
    rows: int | None = None
    bytes: int | None = None
    sha256: str | None = None


def swap(root: Root, ledger: Ledger, swaps: Sequence[Swap]) -> None:
    """Record the intent of ``swaps`` in one transaction and carry them out. The caller holds the lock."""
    steps.reached("swap-staged")
    with ledger.transaction() as db:
        db.executemany("INSERT INTO swaps VALUES (?, ?, ?, ?, ?, ?, ?)", swaps)
    steps.reached("swap-intended")
    complete(root, ledger)


def complete(root: Root, ledger: Ledger) -> int:
    """Carry out every recorded swap, and say how many. Safe to repeat and to interrupt anywhere.

    Raises:
        SwapError: The new file of a swap is nowhere.
    """
    swaps = [Swap(*row) for row in ledger.query("SELECT * FROM swaps ORDER BY folder")]
    for item in swaps:
        _exchange(root, ledger, item)
        steps.reached("swap-exchanged")
        _record(ledger, item)
        steps.reached("swap-recorded")
        remove_tree(root.staging / item.staged)
        _prune(root.path / item.folder)
    for run_id in {item.run_id for item in swaps}:
        remove_tree(root.staging / run_id)
    return len(swaps)


def _exchange(root: Root, ledger: Ledger, item: Swap) -> None:
    live, staged = root.path / item.folder, root.staging / item.staged
    in_store = is_remote(live)
    if item.file is None:
        if in_store:
            remove_tree(live)
        elif live.exists():
            staged.parent.mkdir(parents=True, exist_ok=True)
            live.rename(staged)
    elif (staged / item.file).exists():
        if in_store:
            (staged / item.file).rename(live / item.file)
        else:
            exchange(staged, live)
    elif not (live / item.file).exists():
        raise SwapError(f"{live}: exchange {item.run_id} lost {item.file}: neither there nor in staging")
    if in_store and item.file is not None:
        steps.reached("swap-copied")
        for (path,) in ledger.query(f"SELECT path FROM files WHERE {_BELOW}", *_below(item.folder)):
            (root.path / path).unlink(missing_ok=True)
    for folder in (live.parent, staged.parent):
        if folder.exists():
            sync_folder(folder)


def exchange(new: Path, old: Path) -> None:
    """Let two folders change places in one step; a missing ``old`` is filled.

    Where the kernel or the file system cannot, ``old`` goes away a moment before ``new`` comes: readers may
    then miss it for that moment, and still never see both.
    """
    if not old.exists():
        old.parent.mkdir(parents=True, exist_ok=True)
        new.rename(old)
        return
    try:
        rename_exchange(new, old)
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise
        aside = new.with_name(f"{new.name}.old")
        old.rename(aside)
        steps.reached("swap-away")
        new.rename(old)


def rename_exchange(one: Path, other: Path) -> None:
    """``renameat2(2)`` with ``RENAME_EXCHANGE`` (Linux 3.15, glibc 2.28).

    Raises:
        OSError: As the kernel says; ``ENOSYS`` where the C library has no such call.
    """
    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "renameat2"):
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    answer = library.renameat2(
        _AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), ctypes.c_uint(_RENAME_EXCHANGE)
    )
    if answer != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(one), None, str(other))


def _record(ledger: Ledger, item: Swap) -> None:
    """The ledger takes the new file for the folder's old ones."""
    with ledger.transaction() as db:
        db.execute(f"DELETE FROM files WHERE {_BELOW}", _below(item.folder))
        if item.file is None:
            db.execute(
                "INSERT INTO dropped VALUES (?, ?) ON CONFLICT (folder) DO UPDATE SET at = excluded.at",
                (item.folder, clock.to_us(clock.now())),
            )
        else:
            dataset = item.folder.split("/", 1)[0]
            path, staged = f"{item.folder}/{item.file}", f"{item.staged}/{item.file}"
            db.execute(
                "INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?, 'live')",
                (path, staged, dataset, item.run_id, item.rows, item.bytes, item.sha256),
            )
        db.execute("DELETE FROM swaps WHERE folder = ?", (item.folder,))


def _below(folder: str) -> tuple[str, str]:
    return f"{folder}/", f"{folder}0"


def _prune(folder: Path) -> None:
    """Remove ``source=S`` once its last date is gone."""
    if not folder.exists() and folder.parent.name.startswith("source="):
        if is_remote(folder):
            if not any(folder.parent.iterdir()):
                remove_tree(folder.parent)
            return
        try:
            folder.parent.rmdir()
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.ENOENT):
                raise
