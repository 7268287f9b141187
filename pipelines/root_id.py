"""Ledger and root belong together: an id in both, so that no ledger serves a root it does not describe."""

import json
import os
import uuid
from pathlib import Path
from typing import NamedTuple

from pipelines.layout import Root, RootError, refuse_without_ledger
from pipelines.ledger import Ledger
from pipelines.logs import log
from transforms.storage import is_remote, place, write_whole


class Marker(NamedTuple):
    """The root's side. ``was``: the id it had as a copy, until its ledger has the new one too."""

    id: str
    was: str | None = None


def bind(root: Root, ledger: Ledger) -> None:
    """Make sure that root and ledger belong together; give both an id where they have none.

    A root that was moved keeps its id. A root that was copied, while the original is still there, takes a new
    one: from then on they are two datasets. The caller holds the lock.

    Raises:
        RootError: The ledger belongs to another root, or another root uses it too.
    """
    _refuse_shared(root)
    marker, meta = _read(root), _meta(ledger)
    known, home = meta.get("root_id"), meta.get("root_path")
    if known is None and root.served and not ledger.files():
        refuse_without_ledger(root)
    original = _original(root, known, home)
    if marker is None:
        if original is not None:
            raise RootError(f"root {root.path}: {ledger.name} is the ledger of {original}, not of this root")
        marker = Marker(known or uuid.uuid4().hex)
        _write(root, marker)
    elif known is not None and known not in marker:
        raise RootError(
            f"root {root.path}: {ledger.name} belongs to root {home or known}, not to this one;"
            " restore its own, or khabar rebuild-ledger --force"
        )
    elif original is not None and marker.was is None:
        if root.served:
            raise RootError(
                f"root {root.path}: a copy of {original}, whose ledger is {ledger.name};"
                " give the copy a database of its own, and khabar rebuild-ledger"
            )
        log.warning("root_copied", extra={"root": str(root.path), "original": str(original)})
        marker = Marker(uuid.uuid4().hex, was=marker.id)
        _write(root, marker)
    if (known, home) != (marker.id, str(root.path)):
        with ledger.transaction() as db:
            db.executemany(
                "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                [("root_id", marker.id), ("root_path", str(root.path))],
            )
    if marker.was is not None:
        _write(root, Marker(marker.id))


def _refuse_shared(root: Root) -> None:
    for path in (root.state,) if root.served else (root.state, root.ledger):
        if path.is_symlink():
            raise RootError(
                f"root {root.path}: {path} is a link to {path.resolve()}; two roots may not share it"
            )
    if not root.served and root.ledger.stat().st_nlink > 1:
        raise RootError(
            f"root {root.path}: {root.ledger} has another hard link; two roots may not share a ledger"
        )


def _original(root: Root, known: str | None, home: str | None) -> Path | None:
    """The other root that has the ledger's id and still is where the ledger says."""
    if known is None or home is None or place(home) == root.path:
        return None
    other = Root(place(home))
    if not other.state.is_dir() or (
        not is_remote(other.path) and not is_remote(root.path) and os.path.samefile(other.state, root.state)
    ):
        return None
    found = _read(other)
    return other.path if found is not None and found.id == known else None


def _read(root: Root) -> Marker | None:
    try:
        return Marker(**json.loads(root.marker.read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise RootError(f"root {root.path}: {root.marker} is damaged: {error}") from error


def _write(root: Root, marker: Marker) -> None:
    fields = {key: value for key, value in marker._asdict().items() if value is not None}
    write_whole(root.marker, json.dumps(fields).encode())


def _meta(ledger: Ledger) -> dict[str, str]:
    return dict(ledger.query("SELECT key, value FROM meta"))
