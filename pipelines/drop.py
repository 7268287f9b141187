"""Folder drops: ``file:`` feeds, whose documents are read once and kept where they are."""

import glob
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit


class DroppedFile(NamedTuple):
    """One file of a drop; size in bytes and modification time identify its state."""

    path: Path
    size: int
    mtime_ns: int


class DropError(Exception):
    """The drop cannot be read; the message names feed and path."""


def new_files(source_id: str, url: str, known: Mapping[str, tuple[int, int]]) -> Iterator[DroppedFile]:
    """Files of a drop that were not read in their present state, oldest first.

    Args:
        source_id: The feed's id, for messages.
        url: ``file:`` URL of a file, a folder (its files, not its sub-folders) or a glob.
        known: Path to (size, mtime_ns) of what was read before.

    Raises:
        DropError: The path does not exist, or cannot be listed. A glob without a match is fine.
    """
    files = [_stat(source_id, path) for path in _paths(source_id, url)]
    fresh = [file for file in files if known.get(str(file.path)) != (file.size, file.mtime_ns)]
    yield from sorted(fresh, key=lambda file: (file.mtime_ns, file.path))


def _paths(source_id: str, url: str) -> list[Path]:
    pattern = unquote(urlsplit(url).path)
    path = Path(pattern)
    try:
        if path.is_dir():
            # Dot files are what an uploader has not finished.
            return [p for p in path.iterdir() if p.is_file() and not p.name.startswith(".")]
        if path.is_file():
            return [path]
    except OSError as error:
        raise DropError(f"{source_id}: {path}: cannot list: {error.strerror}") from error
    if glob.has_magic(pattern):
        return [Path(match) for match in glob.glob(pattern, recursive=True) if Path(match).is_file()]
    raise DropError(f"{source_id}: {path}: no such file or folder")


def _stat(source_id: str, path: Path) -> DroppedFile:
    try:
        status = path.stat()
    except OSError as error:
        raise DropError(f"{source_id}: {path}: cannot read: {error.strerror}") from error
    return DroppedFile(path, status.st_size, status.st_mtime_ns)
