"""systemd's notification protocol (sd_notify(3)): datagrams to the socket that NOTIFY_SOCKET names."""

import os
import socket
import time
from collections.abc import Mapping

from pipelines.logs import log
from pipelines.watching.vitals import Vitals


class Systemd:
    """Tells the service manager how the watch is doing; silent where there is none.

    ``READY=1`` with the first sign that the root can be used, ``STATUS=`` whenever it changes, ``WATCHDOG=1``
    each time it is called: whoever calls it says that the watch is alive.

    Args:
        environment: Where NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID stand.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        self._watchdog = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        self._usec = int(environment.get("WATCHDOG_USEC") or 0) if self._watchdog else 0
        self._state = "starting"
        self._status = ""

    @property
    def ping_seconds(self) -> float | None:
        """How often systemd must be called: half of its patience, as it recommends."""
        return self._usec / 2e6 or None

    def __call__(self, vitals: Vitals) -> None:
        """Tell what is new, and that the watch is alive."""
        lines = []
        if vitals.state != self._state:
            lines += _transition(self._state, vitals.state)
            self._state = vitals.state
        if vitals.line != self._status:
            self._status = vitals.line
            lines.append(f"STATUS={self._status}".replace("\n", " "))
        self.send(*lines, *(["WATCHDOG=1"] if self._usec else []))

    def send(self, *lines: str) -> None:
        """Send assignments in one datagram."""
        if not self._address or not lines:
            return
        # "@" stands for the NUL of Linux' abstract name space.
        address = self._address.replace("@", "\0", 1) if self._address[0] == "@" else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as notifier:
                notifier.settimeout(1.0)
                notifier.sendto("\n".join(lines).encode(), address)
        except OSError as error:
            log.warning("notify_failed", extra={"socket": self._address, "error": str(error)})


def _transition(before: str, after: str) -> list[str]:
    if after == "stopping":
        return ["STOPPING=1"]
    if after == "reloading":
        return ["RELOADING=1", f"MONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}"]
    return ["READY=1"] if before in ("starting", "reloading") else []
