"""A long watch on feeds that publish and edit: does it grow, and is everything there once?

    python -m benchmarks.soak                               # 20 minutes, 200 feeds
    python -m benchmarks.soak --feeds 5 --batches 1000      # to the thousandth batch, however long it takes

A real ``khabar watch`` polls loopback feeds, each asked every 20 to 40 seconds. Every second some publish an
entry or edit one. The watch's resident memory, descriptors, threads and CPU time are read from /proc every
five seconds. The first third warms up (imports, models, caches, the allocator's arenas) and does not count.

Floors: memory grows by less than 2 % from the second third to the last (medians); no more descriptors or
threads at the end than in the middle; everything that was published in time is in the dataset, once.
"""

import argparse
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.corpus import PARTS, _sentence
from tests.newsroom import Newsroom, item, rss
from tests.origin import Origin

CONFIG = """\
[fetch]
allow_addresses = ["127.0.0.0/8"]
per_host_spacing_seconds = 0
per_host_concurrency = 16
min_interval_seconds = 20
max_interval_seconds = 40
"""
WINDOW = 20  # entries in a feed
SAMPLE_SECONDS = 5.0
GRACE_SECONDS = 60.0  # what is published later than this before the end need not be there
GROWTH = 0.02


@dataclass
class Publisher:
    """All feeds, and what they ever said: (guid, edition) with the instant it came out."""

    newsroom: Newsroom
    feeds: int
    rng: random.Random = field(default_factory=lambda: random.Random(20260305))
    windows: list[list[tuple[str, int]]] = field(default_factory=list)
    said: dict[tuple[str, int], float] = field(default_factory=dict)

    def begin(self) -> None:
        """Fill every feed half."""
        for n in range(self.feeds):
            self.windows.append([])
            for _ in range(WINDOW // 2):
                self._new(n)
            self._serve(n)

    def act(self) -> None:
        """Some feeds publish, some edit."""
        for n in self.rng.sample(range(self.feeds), max(1, self.feeds // 40)):
            if self.rng.random() < 0.3:
                at = self.rng.randrange(len(self.windows[n]))
                guid, edition = self.windows[n][at]
                self.windows[n][at] = (guid, edition + 1)
                self.said[guid, edition + 1] = time.monotonic()
            else:
                self._new(n)
            self._serve(n)

    def _new(self, n: int) -> None:
        entry = (f"{n}-{len(self.said)}", 1)
        self.windows[n] = [entry, *self.windows[n]][:WINDOW]
        self.said[entry] = time.monotonic()

    def _serve(self, n: int) -> None:
        language = sorted(PARTS)[n % len(PARTS)]
        self.newsroom.publish(f"feed_{n}", rss(*(_item(language, *entry) for entry in self.windows[n])))


def _item(language: str, guid: str, edition: int) -> str:
    rng = random.Random(f"{guid} {edition}")
    text = " ".join(_sentence(PARTS[language], rng) for _ in range(6))
    title = f"{_sentence(PARTS[language], rng)} [{guid}/{edition}]"
    return item(guid, title, f"<p>{text}</p>")


@dataclass(frozen=True)
class Sample:
    """One look at /proc."""

    at: float
    memory_mb: float
    descriptors: int
    threads: int
    cpu_seconds: float


def sample(pid: int, since: float) -> Sample:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return Sample(
        time.monotonic() - since,
        pages * os.sysconf("SC_PAGE_SIZE") / 1e6,
        len(os.listdir(f"/proc/{pid}/fd")),
        int(fields[17]),
        (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"),
    )


def soak(publisher: Publisher, minutes: float, batches: int | None) -> tuple[list[Sample], int]:
    """Watch, publish and sample until the time is up or the batches are done; samples and exit code."""
    newsroom = publisher.newsroom
    (newsroom.folder / "khabar.toml").write_text(CONFIG)
    publisher.begin()
    words = [word for word in newsroom.command() if word != "--json"]
    limit = [] if batches is None else ["--max-batches", str(batches)]
    with (newsroom.folder / "log.jsonl").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "pipelines.cli", "watch", *words[1:], *limit], stderr=log
        )
    since, samples, at = time.monotonic(), [], 0.0
    while process.poll() is None and (batches is not None or at < minutes * 60):
        publisher.act()
        newsroom.origin.requests.clear()
        time.sleep(1)
        at = time.monotonic() - since
        if not samples or at - samples[-1].at >= SAMPLE_SECONDS:
            samples.append(sample(process.pid, since))
            if len(samples) % 24 == 0:
                print(_line(samples[-1]), flush=True)
    process.send_signal(signal.SIGTERM)
    return samples, process.wait()


def _line(seen: Sample) -> str:
    return (
        f"{seen.at / 60:6.1f} min {seen.memory_mb:8.1f} MB {seen.descriptors:4} descriptors"
        f" {seen.threads:4} threads {seen.cpu_seconds:8.1f} CPU-s"
    )


def slope(samples: list[Sample]) -> float:
    """Memory in MB an hour, least squares."""
    regression = statistics.linear_regression([s.at for s in samples], [s.memory_mb for s in samples])
    return regression.slope * 3600


def missing_and_repeated(publisher: Publisher, ended: float) -> tuple[int, int]:
    """What was out in time and is not in the dataset, and what is there twice.

    An edition that was replaced, or left its window, before anybody asked can be missed rightly: only what
    was out longer than the longest interval counts.
    """
    titles = Counter(row["title"].rpartition("[")[2].rstrip("]") for row in publisher.newsroom.rows())
    replaced: dict[tuple[str, int], float] = {}
    for (guid, edition), at in publisher.said.items():
        replaced[guid, edition - 1] = at
    standing = {entry for window in publisher.windows for entry in window}
    missing = 0
    for (guid, edition), at in publisher.said.items():
        until = replaced.get((guid, edition), ended if (guid, edition) in standing else at)
        if until - at > GRACE_SECONDS and not titles[f"{guid}/{edition}"]:
            missing += 1
    return missing, sum(count - 1 for count in titles.values())


def report(publisher: Publisher, samples: list[Sample], code: int, ended: float) -> int:
    log = (publisher.newsroom.folder / "log.jsonl").read_text().splitlines()
    events = Counter(json.loads(line)["event"] for line in log if line.startswith("{"))
    third = len(samples) // 3
    middle, last = samples[third : 2 * third], samples[2 * third :]
    before, after = (statistics.median(s.memory_mb for s in part) for part in (middle, last))
    missing, repeated = missing_and_repeated(publisher, ended)
    cpu = samples[-1].cpu_seconds
    print(
        f"{events['batch_finished']} batches, {events['batch_failed']} failed, exit {code};"
        f" {len(publisher.said)} editions published, {missing} missing, {repeated} repeated;"
        f" {cpu:.0f} CPU-s, {cpu / max(1, events['batch_finished']):.2f} a batch"
    )
    print(
        f"memory {before:.1f} MB in the second third, {after:.1f} MB in the last ({after / before - 1:+.1%}),"
        f" slope {slope(middle + last):+.1f} MB an hour"
    )
    floors = {
        "memory is flat": after <= before * (1 + GROWTH),
        "descriptors are flat": max(s.descriptors for s in last) <= max(s.descriptors for s in middle),
        "threads are flat": max(s.threads for s in last) <= max(s.threads for s in middle),
        "nothing is missing or repeated": (missing, repeated) == (0, 0),
        "it ends as asked": code in (0, 128 + signal.SIGTERM),
    }
    for name, holds in floors.items():
        print(f"{'ok' if holds else 'MISSED':6} {name}")
    return 0 if all(floors.values()) else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--batches", type=int, help="end after so many batches instead")
    parser.add_argument("--keep", type=Path, help="leave root and log in this folder")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, Origin() as origin:
        folder = args.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        publisher = Publisher(Newsroom(folder, origin), args.feeds)
        samples, code = soak(publisher, args.minutes, args.batches)
        return report(publisher, samples, code, time.monotonic())


if __name__ == "__main__":
    sys.exit(main())
