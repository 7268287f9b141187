"""Exit codes, and the errors that end a command with one line and one of them."""

from enum import IntEnum
from typing import ClassVar


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
