"""The raw store: feed bytes by hash, compressed, so that a run can be replayed."""

import hashlib
from pathlib import Path

import zstandard

from transforms.storage import write_whole

LEVEL = 3  # zstd's default: feeds shrink about fivefold at 300 MB/s


def sha256(body: bytes) -> str:
    """Name of ``body`` in the store: its SHA-256 in hex."""
    return hashlib.sha256(body).hexdigest()


def path_of(root: Path, digest: str) -> Path:
    """Path of a body: 256 folders keep listings short at a million documents."""
    return root / digest[:2] / f"{digest}.zst"


def land(root: Path, body: bytes) -> Path:
    """Store ``body`` durably and return its path; a body already there is left alone."""
    target = path_of(root, sha256(body))
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    write_whole(target, zstandard.ZstdCompressor(level=LEVEL).compress(body))
    return target


def read(path: Path) -> bytes:
    """Return a body of the store.

    Raises:
        OSError: The file is missing or unreadable.
        ValueError: Its bytes do not hash to its name, or are no zstd stream.
    """
    try:
        body = zstandard.ZstdDecompressor().decompress(path.read_bytes())
    except zstandard.ZstdError as error:
        raise ValueError(f"{path}: not a zstd stream: {error}") from error
    if sha256(body) != path.stem:
        raise ValueError(f"{path}: content does not match its name")
    return body
