"""How every command that changes a dataset, other than ``run``, gets at it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines import lock
from pipelines.commit import recover
from pipelines.describe import describe
from pipelines.layout import Root, RootError, open_root
from pipelines.ledger import Ledger
from pipelines.root_id import bind


@contextmanager
def maintained(path: Path, lock_wait_seconds: float = 0.0) -> Iterator[tuple[Root, Ledger]]:
    """The root with the writer's lock held, and its ledger with everything unfinished completed.

    What stands beside the datasets (card, catalog) is brought up to date at the end.

    Raises:
        RootError, LedgerError, RecoveryError: The root cannot be used.
        LockedError: A run or another maintenance holds it.
    """
    if not Root(path.resolve()).ledger.exists():
        raise RootError(f"root {path}: no dataset here (no {Root(path.resolve()).ledger})")
    root = open_root(path)
    with lock.hold(root.lock, lock_wait_seconds):
        ledger = Ledger(root.ledger)
        try:
            bind(root, ledger)
            recover(root, ledger)
            yield root, ledger
            describe(root, ledger)
        finally:
            ledger.close()
