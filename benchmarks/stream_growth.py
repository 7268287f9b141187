"""What a stream weighs while it runs: memory of the engine, its workers and the client, every few seconds.

    python -m benchmarks.stream_growth [--seconds 200] [--feeds 20]

Needs Prism (``make engines``). Every feed changes between two lines, so a flat figure is not that of an idle
stream. Polling sources have grown checkpoints on engines before (apache/beam#27648).
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.engines import Prism
from tests.newsroom import REPOSITORY, Newsroom, rss, story
from tests.origin import Origin

CONFIG = """[fetch]
allow_addresses = ["127.0.0.0/8"]
per_host_spacing_seconds = 0
min_interval_seconds = 1
max_interval_seconds = 2
"""
EVERY_SECONDS = 15


def tree_mb(root: int) -> float:
    """Resident memory of a process and all below it."""
    words = ["ps", "-o", "pid=,ppid=,rss=", "-A"]
    lines = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
    processes = {pid: (parent, rss) for pid, parent, rss in (map(int, line.split()) for line in lines)}
    family = {root}
    while below := {pid for pid, (parent, _) in processes.items() if parent in family} - family:
        family |= below
    return sum(processes[pid][1] for pid in family if pid in processes) / 1024


def publish(newsroom: Newsroom, feeds: int, turn: int) -> None:
    """Twenty stories a feed, one of them new in every turn."""
    for feed in range(feeds):
        newsroom.publish(f"feed_{feed}", rss(*(story(10_000 * feed + n) for n in range(turn, turn + 20))))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=200.0)
    parser.add_argument("--feeds", type=int, default=20)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Origin() as origin:
        newsroom, engine = Newsroom(Path(folder), origin), Prism(Path(folder))
        (newsroom.folder / "khabar.toml").write_text(CONFIG)
        publish(newsroom, arguments.feeds, 0)
        files = newsroom.command()[1:-1]  # without `run` and `--json`
        words = [sys.executable, "-m", "pipelines.cli", "stream", *files, "--every", "5s", "--tick", "1s"]
        stream = subprocess.Popen([*words, *engine.words], cwd=REPOSITORY, stderr=subprocess.DEVNULL)
        started, turn = time.monotonic(), 0
        print("   s  engine MB  workers MB  client MB   rows")
        while (passed := time.monotonic() - started) < arguments.seconds:
            time.sleep(EVERY_SECONDS)
            turn += 1
            publish(newsroom, arguments.feeds, turn)
            sizes = [tree_mb(p.pid) for p in (engine.runner.process, engine.pool.process, stream)]
            rows = newsroom.table("articles").num_rows
            print(f"{passed + EVERY_SECONDS:4.0f}  " + "  ".join(f"{size:9.0f}" for size in sizes), rows)
        stream.terminate()
        stream.wait(60)
        engine.stop()
        findings = newsroom.verify(deep=True).findings
        print(f"{len(findings)} findings")
        sys.exit(bool(findings))


if __name__ == "__main__":
    main()
