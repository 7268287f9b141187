"""Write a file that stands beside the datasets: in one step, and only when it would change."""

from pathlib import Path

from pipelines.exits import KhabarError
from transforms.storage import write_whole


class WriteError(KhabarError):
    """The file cannot be written; the message names it and the finding."""


def put(path: Path, text: str) -> bool:
    """Write in one step, so that a reader has the old file or the new one, whole; False when it was the same.

    Raises:
        WriteError: The folder is not there, or not to be written to.
    """
    data = text.encode()
    try:
        if path.exists() and path.read_bytes() == data:
            return False
        write_whole(path, data)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError) as error:
        raise WriteError(f"{path}: cannot write: {error.strerror}") from error
    return True
