"""Three million keys: how long a run needs to start, and to tell 10 000 entries from what it has seen.

    python -m benchmarks.ledger [--keys 3000000] [--files 100000]

Builds the ledger of a root by real commits, then measures in this process, five times, what a run does before
it polls (lock, open, bind, recover, states of 200 feeds) and the questions of the graph for 10 000 entries,
half of them known. Exits 1 unless both together stay under a second of CPU time in the best of five: on a
busy machine wall time, which is printed too, says more of the others.
"""

import argparse
import hashlib
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pipelines import lock
from pipelines.commit import recover
from pipelines.layout import Root, open_root
from pipelines.ledger import Commit, FileRecord, Key, Ledger
from pipelines.root_id import bind
from transforms.fetch.state import FeedState

FEEDS, ASKED, COMMITTED, LIMIT_SECONDS = 200, 10_000, 100_000, 1.0
DAY = 86_400_000_000


def key(n: int) -> Key:
    """The n-th article: its hashes spread like real ones."""
    digest = hashlib.sha256(n.to_bytes(8, "big")).hexdigest()
    date = f"{2016 + n % 10}-{n // 10 % 12 + 1:02d}-{n // 120 % 28 + 1:02d}"
    return Key(digest[:32], digest[32:], 1, f"feed_{n % FEEDS}", date, "published", n)


def records(run_id: str, first: int, count: int) -> list[FileRecord]:
    """Files of one run; each stands for one day of one source."""
    return [
        FileRecord(f"articles/source=feed_{n % FEEDS}/date={n}/part-{run_id}-{n}.parquet", "", "articles",
                   run_id, 30, 90_000, f"{n:064x}")
        for n in range(first, first + count)
    ]  # fmt: skip


def build(root: Root, keys: int, files: int) -> None:
    """Commit ``keys`` keys in runs of 100 000, with their share of ``files``."""
    ledger = Ledger(root.ledger)
    ledger.query("PRAGMA cache_size = -1000000")  # building is not what is measured
    runs = max(1, keys // COMMITTED)
    for n in range(runs):
        run_id = f"2026{n:04d}T000000Z-00000000"
        own = records(run_id, n * files // runs, files // runs)
        state = FeedState(url="https://agency.example/", current_url="https://agency.example/").to_json()
        ledger.commit(
            Commit(
                run_id=run_id,
                started_us=n * DAY,
                pipeline_version="0",
                summary={},
                files=own,
                keys=map(key, range(n * COMMITTED, min(keys, (n + 1) * COMMITTED))),
                feeds={f"feed_{m}": state for m in range(FEEDS)},
            )
        )
        ledger.mark_live(file.path for file in own)
    bind(root, ledger)
    ledger.close()


def entries(keys: int) -> Iterator[tuple[str, str]]:
    """Half of them known, from all over the years; half new."""
    for n in range(ASKED // 2):
        yield key(n * (keys // (ASKED // 2)))[:2]
        yield key(keys + n)[:2]


class Clock(NamedTuple):
    """A moment in CPU and wall seconds."""

    cpu: float
    wall: float

    @classmethod
    def now(cls) -> "Clock":
        """This moment."""
        return cls(time.process_time(), time.perf_counter())

    def since(self, other: "Clock") -> "Clock":
        """What has passed."""
        return Clock(self.cpu - other.cpu, self.wall - other.wall)


def measure(path: Path, asked: list[tuple[str, str]]) -> tuple[Clock, Clock]:
    """What it takes to start, and to ask."""
    begun = Clock.now()
    root = open_root(path)
    with lock.hold(root.lock):
        ledger = Ledger(root.ledger)
        bind(root, ledger)
        recover(root, ledger)
        states = ledger.feed_states()
        started = Clock.now()
        known = ledger.known(article_id for article_id, _ in asked)
        held = sum(a in known and content in known[a].contents for a, content in asked)
        done = Clock.now()
        ledger.close()
    if (len(states), held) != (FEEDS, ASKED // 2):
        raise AssertionError(f"{len(states)} feeds, {held} of {ASKED} keys held")
    return started.since(begun), done.since(started)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keys", type=int, default=3_000_000)
    parser.add_argument("--files", type=int, default=100_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = open_root(Path(folder) / "root")
        begun = time.perf_counter()
        build(root, arguments.keys, arguments.files)
        size = root.ledger.stat().st_size
        print(
            f"{arguments.keys} keys, {arguments.files} files, {FEEDS} feeds: {size / 1e6:.0f} MB,"
            f" committed in {time.perf_counter() - begun:.0f} s"
        )
        asked = list(entries(arguments.keys))
        measured = [measure(root.path, asked) for _ in range(5)]
        start, ask = min(measured, key=lambda pair: pair[0].cpu + pair[1].cpu)
    print(f"start {start.cpu:.3f} CPU-s (wall {start.wall:.3f} s)")
    print(f"anti-join of {ASKED} keys {ask.cpu:.3f} CPU-s (wall {ask.wall:.3f} s)")
    print(f"together {start.cpu + ask.cpu:.3f} CPU-s")
    return 0 if start.cpu + ask.cpu < LIMIT_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
