"""Bombs and floods stay small in memory, measured from outside in a process of its own."""

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.fetch.asking import RSS
from tests.fetch.faults import BODIES, ENCODINGS, HEADS, Fault
from tests.origin import Origin

HEAVY = [
    f for f in (*BODIES, *ENCODINGS, *HEADS) if f.error_class in ("too_large", "bad_encoding", "protocol")
]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from Linux's /proc")
def test_no_heavy_fault_adds_200_mib() -> None:
    assert growth(HEAVY) < 200


def growth(faults: list[Fault]) -> float:
    """Return what polling these faults adds to the peak memory of a fresh process, in MiB."""
    with ExitStack() as stack:
        good = stack.enter_context(Origin())
        good.serve("/feed", RSS)
        urls = [good.url("/feed")]
        for fault in faults:
            origin = stack.enter_context(Origin())
            origin.fault("/feed", fault.how)
            urls.append(origin.url("/feed"))
        done = subprocess.run(
            [sys.executable, "-m", "tests.fetch.peak", *urls],
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    mib, *classes = done.stdout.split()
    assert classes == [f.error_class for f in faults]
    return float(mib)
