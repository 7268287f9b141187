"""Where a dataset is kept: a folder, or a prefix of a bucket in an S3-compatible store.

``place`` makes a path of either; the rest is what the two do differently.
"""

import errno
import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from transforms.s3 import SCHEME, S3Path, Upload


def place(text: str | Path) -> Path:
    """A path under a folder, or under ``s3://bucket/prefix``.

    >>> str(place("s3://news/ar") / "articles")
    's3://news/ar/articles'
    """
    return S3Path(text) if str(text).startswith(f"{SCHEME}/") else Path(text)


def is_remote(path: Path) -> bool:
    """Whether it is in an object store."""
    return isinstance(path, S3Path)


def opened(path: Path) -> Any:
    """What pyarrow reads: the path, or the object behind it."""
    return path.open("rb") if is_remote(path) else path


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Say of an object that was deleted after it was opened what is said of a file that is not there.

    Raises:
        FileNotFoundError: It was deleted. (On a disk, whoever has a file open keeps it.)
    """
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        if not is_remote(path) or path.exists():
            raise
        raise FileNotFoundError(errno.ENOENT, "deleted while it was read", str(path)) from error


def make_durable(file: IO[Any]) -> None:
    """Make a written file survive a power cut; an object does from the moment it is there."""
    file.flush()
    if not isinstance(file, Upload):
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make a folder's entries durable: a rename survives a power cut only after this."""
    if is_remote(folder):
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(path: Path, data: bytes) -> None:
    """Write a small file durably, in one step: no reader meets half of it, and a retry leaves the same."""
    if is_remote(path):
        path.write_bytes(data)
        return
    scratch = path.with_name(f"{path.name}.{uuid.uuid4().hex}.tmp")
    with scratch.open("wb") as file:
        file.write(data)
        make_durable(file)
    scratch.rename(path)
    sync_folder(path.parent)


def remove_tree(folder: Path) -> None:
    """Remove a folder with all that is in it; one that is gone is as well."""
    if not isinstance(folder, S3Path):
        shutil.rmtree(folder, ignore_errors=True)
    elif folder.is_dir():
        folder.remove()


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
