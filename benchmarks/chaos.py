"""Chaos: the real command line, killed again and again, while compaction and readers never rest.

    python -m benchmarks.chaos --kills 300 [--seed N]

Every round publishes something new and starts writers and a compaction at once; each is killed with
``kill -9`` at a named step or at a random moment, and some are asked to end with SIGTERM. After every tenth
round nothing is killed and the dataset must hold exactly what was ever published. Exits 1 unless 0 rows are
lost, 0 duplicated, no reader ever met an unreadable file, a row twice or fewer rows than before, and
``verify --deep`` is silent.
"""

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.verify import verify
from tests.newsroom import REPOSITORY, Newsroom, rss, story
from tests.origin import Origin
from tests.reading import Reader

WRITER_STEPS = ("landed", "staged", "committed", "renamed-one", "renamed")
COMPACTION_STEPS = (
    "folder-written", "swap-staged", "swap-intended", "swap-exchanged", "swap-recorded"
)  # fmt: skip
WINDOW = 30  # stories a feed shows at once
CHECK_EVERY = 10
LONGEST_LIFE_SECONDS = {"run": 4.0, "compact": 1.5}


@dataclass
class Counts:
    """What happened."""

    rounds: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    terminated: int = 0
    busy: int = 0
    finished: int = 0
    failed: list[str] = field(default_factory=list)
    checks: int = 0
    expected: int = 0
    lost: int = 0
    lost_rows: list[str] = field(default_factory=list)
    duplicated: int = 0
    unexpected: int = 0
    findings: list[str] = field(default_factory=list)
    reads: int = 0
    relisted: int = 0
    reader_findings: dict[str, int] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        """Whether everything that must be 0 is."""
        bad = (self.lost, self.duplicated, self.unexpected, len(self.findings), len(self.failed))
        return not any(bad) and not any(self.reader_findings.values())


class Chaos:
    """One root under attack."""

    def __init__(self, newsroom: Newsroom, seed: int) -> None:
        self.newsroom = newsroom
        self.rng = random.Random(seed)
        self.counts = Counts()
        self.stories = 4
        self.edition: dict[int, int] = {}
        self.published: set[tuple[str, str]] = set()

    def run(self, kills: int) -> Counts:
        """Go on until ``kills`` processes were killed, then check once more."""
        readers = [
            Reader(self.newsroom.root / "articles", ("article_id", "content_hash")),
            Reader(self.newsroom.root / "sentences", ("article_id", "version", "idx")),
        ]
        threads = [threading.Thread(target=r.read_until_stopped, args=(0.1,), daemon=True) for r in readers]
        self._publish()
        self.check()
        for thread in threads:
            thread.start()
        while sum(self.counts.kills.values()) < kills:
            self._round()
            if self.counts.rounds % CHECK_EVERY == 0:
                self.check()
        self.check()
        for reader, thread in zip(readers, threads, strict=True):
            reader.stop.set()
            thread.join()
            self.counts.reads += reader.reads
            self.counts.relisted += reader.relisted
            for name, count in vars(reader.tally).items():
                self.counts.reader_findings[name] = self.counts.reader_findings.get(name, 0) + count
        return self.counts

    def _round(self) -> None:
        self.counts.rounds += 1
        self.stories += 1
        self._publish()
        writers = 3 if self.rng.random() < 0.1 else 1
        victims = [self._victim("run", WRITER_STEPS) for _ in range(writers)]
        victims.append(self._victim("compact", COMPACTION_STEPS))
        for process, name, wait in victims:
            self._end(process, name, wait)

    def _victim(self, name: str, steps: tuple[str, ...]) -> tuple["subprocess.Popen[str]", str, float | None]:
        """A process, how it is called in the counts, and when it dies; None when at a step."""
        if self.rng.random() < 0.6:
            step = self.rng.choice(steps)
            return self._spawn(name, {"KHABAR_KILL_AT": step}), f"{name} at {step}", None
        return self._spawn(name, {}), f"{name} at random", self.rng.uniform(0.1, LONGEST_LIFE_SECONDS[name])

    def _spawn(self, name: str, environment: dict[str, str]) -> "subprocess.Popen[str]":
        if name == "run":
            return self.newsroom.spawn("--lock-wait", "20", **environment)
        words = ["compact", "--root", str(self.newsroom.root), "--max-files", "2", "--lock-wait", "20"]
        return subprocess.Popen(
            [sys.executable, "-m", "pipelines.cli", *words],
            cwd=REPOSITORY,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _end(self, process: "subprocess.Popen[str]", name: str, wait: float | None) -> None:
        if wait is not None:
            time.sleep(wait)
            process.send_signal(signal.SIGTERM if self.rng.random() < 0.1 else signal.SIGKILL)
        _, err = process.communicate()
        code = process.returncode
        if code == -signal.SIGKILL:
            self.counts.kills[name] += 1
        elif code in (143, -signal.SIGTERM):
            self.counts.terminated += 1
        elif code == 75:
            self.counts.busy += 1
        elif code == 0:
            self.counts.finished += 1
        else:
            self.counts.failed.append(f"{name}: exit {code}: {err.strip()[-400:]}")

    def _publish(self) -> None:
        shown = range(max(0, self.stories - WINDOW), self.stories)
        items = [(n, self.edition.get(n, 1)) for n in shown]
        self.published |= {(f"Port traffic report {n}", f"{edition} percent") for n, edition in items}
        self.newsroom.publish("port", rss(*(story(n, edition) for n, edition in items)))

    def check(self) -> None:
        """Nothing is killed: afterwards every edition ever published is there once. Then edit some."""
        for _ in range(2):  # the first completes what is unfinished
            process = self._spawn("run", {})
            _, err = process.communicate()
            if process.returncode != 0:
                self.counts.failed.append(f"check: exit {process.returncode}: {err.strip()[-400:]}")
        rows = Counter(
            (row["title"], row["text"].rpartition("rose by ")[2].rstrip(".")) for row in self.newsroom.rows()
        )
        counts = self.counts
        counts.checks += 1
        counts.expected = len(self.published)
        missing = {f"{title}, {edition}" for title, edition in self.published - rows.keys()}
        counts.lost_rows = sorted(missing.union(counts.lost_rows))
        counts.lost = len(counts.lost_rows)
        counts.unexpected += len(rows.keys() - self.published)
        counts.duplicated += sum(count - 1 for count in rows.values())
        counts.findings += map(str, verify(self.newsroom.root, deep=True).findings)
        # Only stories that the feed still shows at the next check: what leaves it unread is nobody's loss.
        shown_longer = range(max(0, self.stories - WINDOW + CHECK_EVERY), self.stories)
        for n in self.rng.sample(shown_longer, 2):
            self.edition[n] = self.edition.get(n, 1) + 1


def chaos(kills: int, seed: int, folder: Path) -> Counts:
    """Attack a root in ``folder`` until ``kills`` processes were killed."""
    with Origin() as origin:
        return Chaos(Newsroom(folder, origin), seed).run(kills)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=20260305)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        counts = chaos(arguments.kills, arguments.seed, Path(folder))
    print(json.dumps(vars(counts) | {"kills_in_all": sum(counts.kills.values())}, indent=2))
    print("held" if counts.good else "BROKEN")
    return 0 if counts.good else 1


if __name__ == "__main__":
    sys.exit(main())
