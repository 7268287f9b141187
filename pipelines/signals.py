"""Ending on request: the first signal asks, the second one ends."""

import contextlib
import os
import select
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Self


class Stop:
    """First signal: finish and commit what is under way. Second: the default, at once."""

    def __init__(self) -> None:
        self.signal: int | None = None

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)
        return self

    def __exit__(self, *_: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)

    def _ask(self, number: int, _: FrameType | None) -> None:
        self.signal = number
        signal.signal(number, signal.SIG_DFL)

    def __call__(self) -> bool:
        """Whether the end was asked for."""
        return self.signal is not None


class Cancel(Stop):
    """The first signal ends what is under way, by the means given, or at once: there is nothing to finish."""

    def __init__(self) -> None:
        super().__init__()
        self._cancel: Callable[[], object] = self._exit

    def by(self, cancel: Callable[[], object]) -> None:
        """From now on a signal calls ``cancel``."""
        self._cancel = cancel

    def _exit(self) -> None:
        sys.exit(128 + (self.signal or 0))

    def _ask(self, number: int, frame: FrameType | None) -> None:
        super()._ask(number, frame)
        self._cancel()


class Wakeful(Stop):
    """Also takes SIGHUP, and sleeps in a way that a signal, or another thread, ends.

    A pipe to itself, because an event that a handler sets may deadlock with the wait it interrupts.
    """

    def __init__(self) -> None:
        super().__init__()
        self._hangup = False
        self._reads, self._writes = os.pipe()
        os.set_blocking(self._reads, False)
        os.set_blocking(self._writes, False)

    def __enter__(self) -> Self:
        signal.signal(signal.SIGHUP, self._hang_up)
        super().__enter__()
        return self

    def __exit__(self, *details: object) -> None:
        super().__exit__(*details)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        os.close(self._reads)
        os.close(self._writes)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        super()._ask(number, frame)
        self.wake()

    def _hang_up(self, number: int, _: FrameType | None) -> None:
        self._hangup = True
        self.wake()

    def take_hangup(self) -> bool:
        """Whether SIGHUP came since this was last asked."""
        asked, self._hangup = self._hangup, False
        return asked

    def wake(self) -> None:
        """End a sleep, now or the next one. Safe in handlers and threads."""
        with contextlib.suppress(BlockingIOError):  # full: it will wake all the same
            os.write(self._writes, b"!")

    def sleep(self, seconds: float) -> None:
        """Sleep so long at most."""
        if select.select([self._reads], [], [], max(0.0, seconds))[0]:
            os.read(self._reads, 4096)
