"""How long the report of a large root takes, and how large its page is.

    python -m benchmarks.report [--feeds 60] [--days 35] [--per-day 36]

Writes a root of about 70 000 article versions (tests/bulk.py), makes its report as a process of its own, and
prints the page's size and the seconds, as they passed and as the kernel accounts them.

Floors: 3 MB, 15 s.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests import bulk

LARGEST_MB = 3.0
LONGEST_SECONDS = 15.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--feeds", type=int, default=60)
    parser.add_argument("--days", type=int, default=35)
    parser.add_argument("--per-day", type=int, default=36)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "root"
        size = bulk.Bulk(feeds=arguments.feeds, days=arguments.days, per_day=arguments.per_day)
        versions = bulk.write(root, size)
        files = sum(1 for _ in root.rglob("*.parquet"))
        print(f"{versions} article versions of {arguments.feeds} feeds in {files} files")
        started = time.monotonic()
        process = subprocess.Popen([sys.executable, "-m", "pipelines.cli", "report", "--root", str(root)])
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - started
        if code := os.waitstatus_to_exitcode(status):
            return code
        megabytes = (root / "report.html").stat().st_size / 1e6
    cpu = usage.ru_utime + usage.ru_stime
    print(f"{megabytes:.2f} MB in {seconds:.1f} s ({cpu:.1f} CPU-s, {usage.ru_maxrss / 1024:.0f} MiB)")
    missed = []
    if megabytes > LARGEST_MB:
        missed.append(f"FLOOR MISSED {megabytes:.2f} MB, floor {LARGEST_MB}")
    if seconds > LONGEST_SECONDS:
        missed.append(f"FLOOR MISSED {seconds:.1f} s, floor {LONGEST_SECONDS}")
    print("\n".join(missed), end="\n" if missed else "")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
