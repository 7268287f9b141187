"""Where an export goes: finished beside its place, then put there in one step."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines import lock, steps
from pipelines.export import ExportError
from pipelines.layout import Root
from pipelines.swap import exchange
from transforms.storage import sync_folder


def check(root: Root, target: Path) -> Path:
    """The target as an absolute path.

    Raises:
        ExportError: It is inside the root, or around it, or its parent is not there.
    """
    target = target.absolute()
    resolved = target.resolve()
    if resolved.is_relative_to(root.path) or root.path.is_relative_to(resolved):
        raise ExportError(f"{target}: an export stands outside of the root {root.path}")
    if not target.parent.is_dir():
        raise ExportError(f"{target}: no folder {target.parent}")
    return target


def check_folder(target: Path, suffixes: tuple[str, ...]) -> None:
    """An export replaces its folder as a whole: only a folder that holds nothing else.

    Raises:
        ExportError: It is a file, or holds one that no export wrote.
    """
    if target.exists() and not target.is_dir():
        raise ExportError(f"{target}: is a file; this format writes a folder")
    for path in target.rglob("*") if target.is_dir() else ():
        if path.is_file() and path.suffix not in suffixes:
            raise ExportError(f"{target}: holds {path.relative_to(target)}, which no export wrote")


def check_file(target: Path) -> None:
    """For formats that write one file.

    Raises:
        ExportError: There is a folder of that name.
    """
    if target.is_dir():
        raise ExportError(f"{target}: is a folder; this format writes a file")


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """A place beside ``target`` for the new one, which takes its place at the end; nothing after an error.

    What a killed export left is removed by the next one.

    Raises:
        LockedError: Another export to the same target is on.
    """
    work = target.with_name(f".{target.name}.partial")
    work.mkdir(exist_ok=True)
    with lock.hold(work / "lock"):
        try:
            new = work / "new"
            _remove(new)
            yield new
            steps.reached("export-written")
            _sync(new)
            if new.is_dir():
                exchange(new, target)
            else:
                new.replace(target)
            sync_folder(target.parent)
            steps.reached("export-placed")
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Every folder's entries; files are synced by who writes them."""
    for folder in [path, *path.rglob("*")] if path.is_dir() else []:
        if folder.is_dir():
            sync_folder(folder)
