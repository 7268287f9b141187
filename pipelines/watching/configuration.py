"""The configuration of a watch: read again when its files change, kept when the new one is wrong."""

from collections.abc import Callable, Sequence
from pathlib import Path

from pipelines.job import Job

Signature = tuple[tuple[int, int, int] | None, ...]


class Configuration:
    """A job as its files describe it.

    Args:
        load: Reads the files; raises ``ConfigError``.
        files: What is watched. Links are followed, so that a mounted ConfigMap counts when it is exchanged.

    Raises:
        ConfigError: The files cannot be used as they are now.
    """

    def __init__(self, load: Callable[[], Job], files: Sequence[Path]) -> None:
        self._load = load
        self._files = files
        self._seen = self._signature()
        self.job = load()

    def changed(self) -> bool:
        """Whether a file is another than at the last ``reload``, good or bad."""
        return self._signature() != self._seen

    def reload(self) -> None:
        """Read the files again.

        Raises:
            ConfigError: The new files cannot be used; the old job stays, and this state of the files is not
                tried again.
        """
        # Taken before reading: what changes meanwhile is read next time.
        self._seen = self._signature()
        self.job = self._load()

    def _signature(self) -> Signature:
        return tuple(map(_identity, self._files))


def _identity(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:  # away for a moment while an editor replaces it, or for good: reading will tell
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
