"""One writer at a time: an advisory lock on a file that dies with its process."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.exits import Exit, KhabarError


class LockedError(KhabarError):
    """Another run holds the lock."""

    exit = Exit.LOCKED


@contextmanager
def hold(path: Path, wait_seconds: float = 0.0) -> Iterator[None]:
    """Hold the lock at ``path``, waiting at most ``wait_seconds``.

    ``flock`` is released by the kernel when the process ends, however it ends: no stale locks.

    Raises:
        LockedError: Still held after the wait; the message names the holder's process id.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _acquire(descriptor, path, time.monotonic() + wait_seconds)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, path: Path, until: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            if time.monotonic() >= until:
                holder = os.pread(descriptor, 32, 0).decode(errors="replace") or "unknown"
                raise LockedError(f"{path}: held by another run (process {holder})") from error
            time.sleep(0.1)
