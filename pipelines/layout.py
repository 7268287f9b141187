"""Where things are under a root: the datasets beside, and apart from, the state that makes them sound."""

import os
from dataclasses import dataclass
from pathlib import Path

from pipelines.database import is_server, shown
from pipelines.exits import Exit, KhabarError
from schemas.arrow import SCHEMAS
from transforms.storage import is_remote


class RootError(KhabarError):
    """The root cannot be used; the message names it and the finding."""

    exit = Exit.CONFIG


@dataclass(frozen=True)
class Root:
    """Paths under ``--root``. Dataset folders hold ``*.parquet`` and nothing else.

    Attributes:
        path: ``--root``.
        ledger_given: ``--ledger``: a PostgreSQL URL or a SQLite file; None for the file under the root.
    """

    path: Path
    ledger_given: str | None = None

    @property
    def state(self) -> Path:
        """Ledger, lock and staging: same file system as the datasets, outside every dataset."""
        return self.path / "_state"

    @property
    def ledger(self) -> Path:
        """The SQLite ledger, where it is one."""
        if self.ledger_given is None or self.served:
            return self.state / "ledger.sqlite"
        return Path(self.ledger_given)

    @property
    def served(self) -> bool:
        """Whether the ledger is in PostgreSQL."""
        return is_server(self.ledger_given)

    @property
    def ledger_place(self) -> str:
        """What ``Ledger`` opens."""
        return str(self.ledger_given if self.served else self.ledger)

    @property
    def marker(self) -> Path:
        """The root's id, which its ledger holds too."""
        return self.state / "root.json"

    @property
    def lock(self) -> Path:
        """The lock file of the writer; beside the ledger's file where the root is in a store."""
        return Path(f"{self.ledger}.lock") if is_remote(self.path) else self.state / "lock"

    @property
    def staging(self) -> Path:
        """Folder of one sub-folder per run that is not published yet."""
        return self.state / "staging"

    @property
    def raw(self) -> Path:
        """Feed bytes by hash."""
        return self.path / "raw"

    def dataset(self, name: str) -> Path:
        """Folder of one dataset."""
        return self.path / name


def root_at(path: Path, ledger: str | None = None) -> Root:
    """The root at a path, not looked at yet.

    Raises:
        RootError: In a store, without a ledger elsewhere.
    """
    if is_remote(path) and ledger is None:
        raise RootError(f"root {path}: a store has no locks: --ledger must name a database, or a file here")
    return Root(path.resolve(), ledger)


def open_root(path: Path, ledger: str | None = None, *, needs_ledger: bool = True) -> Root:
    """Make the root's folders and check that they can serve.

    Args:
        path: ``--root``.
        ledger: ``--ledger``.
        needs_ledger: Refuse articles without a ledger; False only for who is about to build one.

    Raises:
        RootError: Not a folder, not writable, or ``_state`` on another file system than the datasets
            (publishing is a rename, which does not cross file systems).
    """
    root = root_at(path, ledger)
    try:
        root.staging.mkdir(parents=True, exist_ok=True)
        root.raw.mkdir(exist_ok=True)
        probe = root.state / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise RootError(f"root {path}: cannot write: {error.strerror or error}") from error
    if is_remote(path):
        if needs_ledger and not root.served and not root.ledger.exists():
            refuse_without_ledger(root)
        return root
    if needs_ledger and not root.served and not root.ledger.exists():
        refuse_without_ledger(root)
    device = root.state.stat().st_dev
    for folder in [
        root.path,
        *(root.dataset(name) for name in SCHEMAS),
    ]:
        if folder.exists() and folder.stat().st_dev != device:
            raise RootError(
                f"root {path}: {folder} is on another file system than {root.state}; "
                "publishing is a rename and needs one"
            )
    return root


def refuse_without_ledger(root: Root) -> None:
    """Refuse a root that has articles, for a caller that found no ledger of it.

    Raises:
        RootError: It has; whatever is written would be there twice.
    """
    if any(root.dataset("articles").glob("source=*")):
        raise RootError(
            f"root {root.path}: has articles but no ledger ({shown(root.ledger_place)}); refusing to write"
            " duplicates: restore it, or khabar rebuild-ledger"
        )


def nearby(path: Path) -> str:
    """A remark to append where ``path`` holds no dataset: one that is in it or beside it, if any."""
    if is_remote(path):
        return ""
    for folder in (path, path.resolve().parent):
        found = sorted(
            p.parent for p in folder.glob("*/articles") if p.is_dir() and p.parent != path.resolve()
        )
        if found:
            return f" (did you mean {str(found[0])!r}?)"
    return ""
