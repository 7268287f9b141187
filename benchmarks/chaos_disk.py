"""A small disk under a folder, to be filled: a tmpfs, where this process may mount one."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEGABYTES = 64


class SmallDisk:
    """A folder on a file system of its own."""

    def __init__(self, folder: Path) -> None:
        self.filler = folder / "filler"

    def fill(self, leave: int) -> None:
        """Take all space but ``leave`` bytes."""
        status = os.statvfs(self.filler.parent)
        with self.filler.open("wb") as file:
            file.write(bytes(max(0, status.f_bavail * status.f_frsize - leave)))

    def clear(self) -> None:
        """Give it back."""
        self.filler.unlink()


@contextmanager
def small_disk(folder: Path) -> Iterator[SmallDisk | None]:
    """Mount it for the while; None where that is not allowed."""
    folder.mkdir(exist_ok=True)
    words = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(words, capture_output=True, check=False).returncode != 0:
        yield None
        return
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
