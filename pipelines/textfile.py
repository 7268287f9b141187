"""The text a command is given: a file, or standard input."""

import sys
from pathlib import Path

from pipelines.exits import Exit, KhabarError


class TextFileError(KhabarError):
    """The text cannot be read; the message names the file and the finding."""

    exit = Exit.USAGE


def read_text(name: str) -> str:
    """The UTF-8 text of a file, or of standard input for ``-``; a byte order mark is dropped.

    Raises:
        TextFileError: The file cannot be read, or is not UTF-8.
    """
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise TextFileError(f"{name}: cannot read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        finding = f"byte {error.object[error.start]:#04x} at {error.start}"
        raise TextFileError(f"{name}: not UTF-8: {finding}") from error
