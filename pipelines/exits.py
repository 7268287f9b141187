"""Exit codes, and the errors that end a command with one line and one of them."""

import errno
from enum import IntEnum
from typing import ClassVar

# What a disk says when it is full, over quota, read-only or failing: no bug of ours, and no traceback.
MACHINE_TROUBLE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)


class Exit(IntEnum):
    """Exit codes, as schedulers read them."""

    OK = 0
    FAILED = 1
    USAGE = 2
    TOO_MANY_FAILED = 3
    LOCKED = 75  # EX_TEMPFAIL
    CONFIG = 78  # EX_CONFIG


class KhabarError(Exception):
    """Something a person must look at; the message is one line that names the thing and the finding."""

    exit: ClassVar[Exit] = Exit.FAILED


def machine_trouble(error: BaseException | None) -> OSError | None:
    """The disk's own complaint behind an error; Beam raises another one from it."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in MACHINE_TROUBLE:
            return error
        error = error.__cause__ or error.__context__
    return None
