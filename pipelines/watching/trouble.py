"""Files beside the dataset that cannot be written: told once, and the end of nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.logs import log


class Trouble:
    """Logs when writing a file begins to fail, and is silent while it goes on failing."""

    def __init__(self, event: str, path: Path) -> None:
        self._event, self._path, self._lasts = event, path, False

    @contextmanager
    def told_once(self) -> Iterator[None]:
        """Write inside: what the disk refuses is logged."""
        try:
            yield
        except OSError as error:
            if not self._lasts:
                log.warning(self._event, extra={"path": str(self._path), "error": str(error)})
            self._lasts = True
        else:
            self._lasts = False
