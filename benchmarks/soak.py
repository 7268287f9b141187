"""A long watch on feeds that publish and edit: does it grow, and is everything there once?

    python -m benchmarks.soak                               # 20 minutes, 200 feeds
    python -m benchmarks.soak --feeds 5 --batches 1000      # to the thousandth batch, however long it takes

A real ``khabar watch`` polls loopback feeds, each asked every 20 to 40 seconds. Every second some publish an
entry or edit one. The watch's resident memory, descriptors, threads and CPU time are read from /proc every
five seconds. The first third warms up (imports, models, caches, the allocator's arenas) and does not count.

Floors: memory grows by less than 2 % from the second third to the last (medians); at most four descriptors or
threads more at the end than in the middle (connections and fetching threads come and go with a batch);
whatever stood in a feed when it was asked is in the dataset, once.
"""

import argparse
import json
import math
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.dataset as ds

from benchmarks.corpus import PARTS, sentence
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
MARGIN_SECONDS = 0.5  # what changes this close to a request may or may not have been seen by it
GROWTH = 0.02
FEW = 4


@dataclass
class Publisher:
    """All feeds, and what they ever said: (guid, edition) with the instant it came out."""

    newsroom: Newsroom
    feeds: int
    rng: random.Random = field(default_factory=lambda: random.Random(20260305))
    windows: list[list[tuple[str, int]]] = field(default_factory=list)
    said: dict[tuple[str, int], float] = field(default_factory=dict)
    gone: dict[tuple[str, int], float] = field(default_factory=dict)
    asked: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))

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
                self.said[guid, edition + 1] = self.gone[guid, edition] = time.monotonic()
            else:
                self._new(n)
            self._serve(n)

    def _new(self, n: int) -> None:
        entry = (f"{n}-{len(self.said)}", 1)
        self.windows[n], dropped = [entry, *self.windows[n]][:WINDOW], [entry, *self.windows[n]][WINDOW:]
        self.said[entry] = time.monotonic()
        self.gone |= dict.fromkeys(dropped, time.monotonic())

    def take_requests(self) -> None:
        """Remember when each feed was asked."""
        requests = self.newsroom.origin.requests
        taken, requests[:] = list(requests), []
        for seen in taken:
            self.asked[int(seen.path.removeprefix("/feed_").removesuffix(".xml"))].append(seen.at)

    def _serve(self, n: int) -> None:
        language = sorted(PARTS)[n % len(PARTS)]
        self.newsroom.publish(f"feed_{n}", rss(*(_item(language, *entry) for entry in self.windows[n])))


def _item(language: str, guid: str, edition: int) -> str:
    rng = random.Random(f"{guid} {edition}")
    text = " ".join(sentence(PARTS[language], rng) for _ in range(6))
    title = f"{sentence(PARTS[language], rng)} [{guid}/{edition}]"
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
        publisher.take_requests()
        time.sleep(1)
        at = time.monotonic() - since
        if not samples or at - samples[-1].at >= SAMPLE_SECONDS:
            samples.append(sample(process.pid, since))
            if len(samples) % 24 == 0:
                print(_line(samples[-1]), flush=True)
    process.send_signal(signal.SIGTERM)
    code = process.wait()
    publisher.take_requests()
    return samples, code


def _line(seen: Sample) -> str:
    return (
        f"{seen.at / 60:6.1f} min {seen.memory_mb:8.1f} MB {seen.descriptors:4} descriptors"
        f" {seen.threads:4} threads {seen.cpu_seconds:8.1f} CPU-s"
    )


def slope(samples: list[Sample]) -> float:
    """Memory in MB an hour, least squares."""
    regression = statistics.linear_regression([s.at for s in samples], [s.memory_mb for s in samples])
    return regression.slope * 3600


def missing_and_repeated(publisher: Publisher) -> tuple[int, int]:
    """What stood in its feed when that was asked and is not in the dataset, and what is there twice."""
    folder = publisher.newsroom.root / "articles"
    column = ds.dataset(folder).to_table(columns=["title"]).column(0).to_pylist()
    titles = Counter(title.rpartition("[")[2].rstrip("]") for title in column)
    missing = 0
    for (guid, edition), said in publisher.said.items():
        gone = publisher.gone.get((guid, edition), math.inf)
        requests = publisher.asked[int(guid.partition("-")[0])]
        seen = any(said + MARGIN_SECONDS < at < gone - MARGIN_SECONDS for at in requests)
        missing += seen and not titles[f"{guid}/{edition}"]
    return missing, sum(count - 1 for count in titles.values())


def report(publisher: Publisher, samples: list[Sample], code: int) -> int:
    log = (publisher.newsroom.folder / "log.jsonl").read_text().splitlines()
    events = Counter(json.loads(line)["event"] for line in log if line.startswith("{"))
    third = len(samples) // 3
    middle, last = samples[third : 2 * third], samples[2 * third :]
    before, after = (statistics.median(s.memory_mb for s in part) for part in (middle, last))
    missing, repeated = missing_and_repeated(publisher)
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
        "descriptors are flat": max(s.descriptors for s in last) <= max(s.descriptors for s in middle) + FEW,
        "threads are flat": max(s.threads for s in last) <= max(s.threads for s in middle) + FEW,
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
        return report(publisher, samples, code)


if __name__ == "__main__":
    sys.exit(main())
