"""CPU time and memory of processes, from Linux's /proc."""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path


class Peak:
    """CPU time of processes and their children; their memory at its highest since the last look."""

    def __init__(self, pids: Sequence[int]) -> None:
        self.pids = pids
        self.gone = 0.0
        self.last: dict[int, float] = {}

    def look(self) -> tuple[float, float]:
        """CPU seconds so far, and megabytes."""
        pids = [pid for root in self.pids for pid in (root, *children_of(root))]
        now = {pid: cpu_of([pid]) for pid in pids}
        # Worker processes live for one batch: what they used stays used.
        self.gone += sum(cpu for pid, cpu in self.last.items() if pid not in now)
        self.last = now
        return self.gone + sum(now.values()), sum(map(peak_of, pids))


def children_of(pid: int) -> Iterator[int]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _stat(int(entry.name))[1:2] == [str(pid)]:
            yield int(entry.name)
            yield from children_of(int(entry.name))


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def cpu_of(pids: Iterable[int]) -> float:
    """CPU seconds, those of children that ended included."""
    fields = [_stat(pid) for pid in pids]
    ticks = sum(sum(map(int, found[11:15])) for found in fields if found)
    return ticks / os.sysconf("SC_CLK_TCK")


def peak_of(pid: int) -> float:
    """Highest resident memory since the last call, in MB."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        Path(f"/proc/{pid}/clear_refs").write_text("5")  # begins a new peak (proc(5))
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return next((int(line.split()[1]) / 1e3 for line in lines if line.startswith("VmHWM")), 0.0)
