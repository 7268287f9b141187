"""How every command gets at a root's ledger: alone, to change something, or beside a writer, to read."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from pipelines import lock
from pipelines.commit import recover
from pipelines.describe import describe
from pipelines.exits import Exit
from pipelines.layout import Root, RootError, nearby, open_root, root_at
from pipelines.ledger import Ledger
from pipelines.root_id import bind
from transforms.storage import is_remote


@contextmanager
def alone(root: Root, lock_wait_seconds: float = 0.0) -> Iterator[Ledger]:
    """The root's ledger, for its one writer.

    With a SQLite ledger the lock is a file of the root's, taken before the ledger is opened; with PostgreSQL
    it belongs to the ledger's own session.

    Raises:
        LedgerError: The ledger cannot be used.
        LockedError: Another writer holds the lock.
    """
    if root.served:
        ledger = Ledger(root.ledger_place)
        try:
            with ledger.alone(lock_wait_seconds):
                yield ledger
        finally:
            ledger.close()
        return
    with lock.hold(root.lock, lock_wait_seconds):
        ledger = Ledger(root.ledger)
        try:
            yield ledger
        finally:
            ledger.close()


def existing(path: Path, ledger: str | None = None) -> Root:
    """A root that has a dataset.

    Raises:
        RootError: It has none.
    """
    root = root_at(path, ledger)
    sign = root.marker if root.served or is_remote(path) else root.ledger
    if not sign.exists():
        raise RootError(f"root {path}: no dataset here (no {sign}){nearby(path)}")
    return root


@contextmanager
def maintained(
    path: Path, lock_wait_seconds: float = 0.0, ledger: str | None = None
) -> Iterator[tuple[Root, Ledger]]:
    """The root with the writer's lock held, and its ledger with everything unfinished completed.

    What stands beside the datasets (card, catalog) is brought up to date at the end.

    Raises:
        RootError, LedgerError, RecoveryError: The root cannot be used.
        LockedError: A run or another maintenance holds it.
    """
    existing(path, ledger)
    root = open_root(path, ledger)
    with alone(root, lock_wait_seconds) as opened:
        bind(root, opened)
        recover(root, opened)
        yield root, opened
        describe(root, opened)


class Done(Protocol):
    """What a maintenance did: plain fields."""

    refused: tuple[str, ...]


def tell(done: Done, line: str, *, as_json: bool) -> Exit:
    """Print what was done, as one object or as a line for people below what was refused.

    Returns:
        How the command ends.
    """
    if as_json:
        print(json.dumps(vars(done), ensure_ascii=False))
    else:
        for why in done.refused:
            print(f"khabar: refused: {why}", file=sys.stderr)
        print(line)
    return Exit.FAILED if done.refused else Exit.OK
