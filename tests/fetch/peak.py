"""Run by test_memory.py as a process: poll each URL given, print the growth of peak memory in MiB."""

import re
import sys
from pathlib import Path

from tests.fetch.asking import ask


def peak_mib() -> float:
    """Most memory ever resident, from the kernel's books."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


if __name__ == "__main__":
    good, *bad = sys.argv[1:]
    assert ask(good).ok
    before = peak_mib()
    classes = [ask(url, timeout_seconds=10.0).error_class for url in bad]
    print(peak_mib() - before, *classes)
