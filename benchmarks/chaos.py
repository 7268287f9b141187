"""Chaos: the real command line, killed again and again, while maintenance and readers never rest.

    python -m benchmarks.chaos --kills 300 [--minutes M] [--seed N]

Every round publishes something new and starts writers and maintenance at once (compact, rollup, replay, gc,
export; migrate once a newer schema is in force, which it is from half way on). Each is killed by ``kill -9``
at a named step or at a random moment; some are asked to end with SIGTERM; in some rounds the disk is full (a
small tmpfs, where this process may mount one) or whoever recovers is killed too. After every tenth round
nothing is killed and the dataset must hold exactly what was ever published. Exits 1 unless 0 rows are lost,
0 duplicated, no reader ever met an unreadable file, a row twice or fewer rows than before, and ``verify
--deep`` is silent.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds

from benchmarks.chaos_disk import SmallDisk, small_disk
from benchmarks.chaos_victims import COMMANDS, DOUBLE, Ending, Victim, deck, spawn
from tests.newsroom import Newsroom, item, rss, story
from tests.origin import Origin
from tests.reading import Reader, SeriesReader

WINDOW = 30  # stories a feed shows at once
CHECK_EVERY = 10
OLD_KHABAR, NEW_KHABAR = "pipelines.cli", "tests.next_schema"


@dataclass
class Counts:
    """What happened."""

    rounds: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    terminated: int = 0
    busy: int = 0
    finished: int = 0
    disk_full: int = 0
    second_kills: int = 0
    three_writers: int = 0
    steps_not_killed: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    checks: int = 0
    expected: int = 0
    lost: int = 0
    lost_rows: list[str] = field(default_factory=list)
    duplicated: int = 0
    unexpected: int = 0
    came_back: int = 0
    wrong_copies: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    reads: int = 0
    relisted: int = 0
    reader_findings: Counter[str] = field(default_factory=Counter)

    @property
    def good(self) -> bool:
        """Whether everything that must be 0 is."""
        bad = (self.lost, self.duplicated, self.unexpected, self.came_back)
        listed = (self.wrong_copies, self.findings, self.failed)
        return not any(bad) and not any(listed) and not any(self.reader_findings.values())


class Chaos:
    """One root under attack."""

    def __init__(self, newsroom: Newsroom, seed: int, disk: SmallDisk | None = None) -> None:
        self.newsroom, self.disk = newsroom, disk
        self.rng = random.Random(seed)
        self.counts = Counts()
        self.module = OLD_KHABAR
        self.deck: list[tuple[str, str]] = []
        self.stories = 4
        self.edition: dict[int, int] = {}
        self.published: set[tuple[str, str]] = set()

    def run(self, kills: int, minutes: float = float("inf")) -> Counts:
        """Go on until ``kills`` processes were killed or the time is over, then check once more."""
        until = time.monotonic() + 60 * minutes
        readers = self._readers()
        threads = [threading.Thread(target=r.read_until_stopped, args=(0.5,), daemon=True) for r in readers]
        self._publish()
        self.check()
        for thread in threads:
            thread.start()
        while (killed := sum(self.counts.kills.values())) < kills and time.monotonic() < until:
            if killed >= kills // 2:
                self.module = NEW_KHABAR
            self._round()
            if self.counts.rounds % CHECK_EVERY == 0:
                self.check()
        self.check()
        for reader, thread in zip(readers, threads, strict=True):
            reader.stop.set()
            thread.join()
            self.counts.reads += reader.reads
            self.counts.relisted += reader.relisted
            self.counts.reader_findings.update(vars(reader.tally))
        names = [f"{name} at {step}" for name, step in deck()]
        self.counts.steps_not_killed = [name for name in names if not self.counts.kills[name]]
        return self.counts

    def _readers(self) -> list[Reader]:
        root, port = self.newsroom.root, "source=port"
        return [
            Reader(root / "articles" / port, ("article_id", "content_hash")),
            Reader(root / "sentences" / port, ("article_id", "version", "idx")),
            Reader(root / "articles_monthly" / port, ("article_id", "content_hash")),
            Reader(self.newsroom.folder / "export" / port, ("article_id",)),
            SeriesReader(root, ("article_id", "content_hash")),
        ]

    def _round(self) -> None:
        self.counts.rounds += 1
        self.stories += 1
        self._publish()
        victims = [self._victim("run") for _ in range(self._writers())]
        others = [
            name for name in COMMANDS if name != "run" and (name, self.module) != ("migrate", OLD_KHABAR)
        ]
        victims += [self._victim(name) for name in self.rng.sample(others, 2)]
        full = self.disk is not None and self.rng.random() < 0.1
        if full and self.disk is not None:
            self.disk.fill(self.rng.choice((0, 8, 32, 96)) * 1024)
        for victim in victims:
            self._count(victim.end(), full)
        if full and self.disk is not None:
            self.disk.clear()
        if self.rng.random() < 0.15:
            self._double()

    def _writers(self) -> int:
        writers = 3 if self.rng.random() < 0.1 else 1
        self.counts.three_writers += writers == 3
        return writers

    def _double(self) -> None:
        """Kill one after it is bound to finish, and whoever finishes it as well."""
        first, second = self.rng.choice(DOUBLE)
        for name, step in (first, second):
            ending = Victim(name, self._spawn(name, step), step).end()
            self._count(ending, full=False)
            if ending.killed is None:
                return
        self.counts.second_kills += 1

    def _victim(self, name: str) -> Victim:
        """To be killed at a step, each of them before any again, or at random."""
        if self.rng.random() < 0.6:
            drawn = next((pair for pair in self.deck if pair[0] == name), None)
            if drawn is None:
                self.deck += [pair for pair in deck() if pair[0] == name]
                self.rng.shuffle(self.deck)
                drawn = next(pair for pair in self.deck if pair[0] == name)
            self.deck.remove(drawn)
            return Victim(name, self._spawn(name, drawn[1]), drawn[1])
        wait = self.rng.uniform(0.1, COMMANDS[name].longest_seconds)
        return Victim(name, self._spawn(name), wait=wait, gently=self.rng.random() < 0.15)

    def _spawn(self, name: str, kill_at: str = "") -> "subprocess.Popen[str]":
        return spawn(self.newsroom, self.module, name, kill_at)

    def _count(self, ending: Ending, full: bool) -> None:
        counts = self.counts
        if ending.killed is not None:
            counts.kills[ending.killed] += 1
        elif ending.terminated:
            counts.terminated += 1
        elif ending.code == 75:
            counts.busy += 1
        elif ending.code == 0:
            counts.finished += 1
        elif full and ending.said_one_line:
            counts.disk_full += 1
        else:
            counts.failed.append(f"{ending.name}: exit {ending.code}: {ending.err[-400:]}")

    def _publish(self) -> None:
        shown = range(max(0, self.stories - WINDOW), self.stories)
        items = [(n, self.edition.get(n, 1)) for n in shown]
        self.published |= {(f"Port traffic report {n}", f"{edition} percent") for n, edition in items}
        self.newsroom.publish("port", rss(*(story(n, edition) for n, edition in items)))
        # What gc drops: old news, a day each.
        aged = (
            item(f"old-{n}", f"Old report {n}", "<p>Long ago.</p>", f"{n % 28 + 1:02d} Jan 2015 06:15:00 GMT")
            for n in shown
        )
        self.newsroom.publish("aged", rss(*aged))

    def check(self) -> None:
        """Nothing is killed: afterwards every edition ever published is there once. Then edit some."""
        counts = self.counts
        # The first run completes what is unfinished.
        for name in ("run", "run", "compact", "rollup", "gc", "export"):
            ending = Victim(name, self._spawn(name)).end()
            if ending.code != 0:
                counts.failed.append(f"check: {name}: exit {ending.code}: {ending.err[-400:]}")
        rows = self.newsroom.rows()
        port = [row for row in rows if row["source_id"] == "port"]
        held = Counter((row["title"], row["text"].rpartition("rose by ")[2].rstrip(".")) for row in port)
        counts.checks += 1
        counts.expected = len(self.published)
        missing = {f"{title}, {edition}" for title, edition in self.published - held.keys()}
        counts.lost_rows = sorted(missing.union(counts.lost_rows))
        counts.lost = len(counts.lost_rows)
        counts.unexpected += len(held.keys() - self.published)
        counts.duplicated += sum(count - 1 for count in held.values())
        counts.came_back += len(rows) - len(port)
        self._check_copies(port)
        kills = sum(counts.kills.values())
        print(
            f"{kills} kills in {counts.rounds} rounds: {'held' if counts.good else counts}", file=sys.stderr
        )
        found = Victim("verify", self._spawn("verify")).end()
        counts.findings += [] if found.code == 0 else [found.out[-2000:] + found.err[-400:]]
        # Only stories that the feed still shows at the next check: what leaves it unread is nobody's loss.
        shown_longer = range(max(0, self.stories - WINDOW + CHECK_EVERY), self.stories)
        for n in self.rng.sample(shown_longer, 2):
            self.edition[n] = self.edition.get(n, 1) + 1

    def _check_copies(self, port: list[dict[str, Any]]) -> None:
        """The roll-up holds the same versions, the export the newest of each."""
        newest: dict[str, int] = {}
        for article_id, version in _versions(port):
            newest[article_id] = max(version, newest.get(article_id, 0))
        exported = ds.dataset(self.newsroom.folder / "export" / "source=port").to_table().to_pylist()
        for name, found, wanted in (
            ("articles_monthly", self.newsroom.rows("articles_monthly"), Counter(_versions(port))),
            ("export", exported, Counter(newest.items())),
        ):
            if Counter(_versions(found)) != wanted:
                self.counts.wrong_copies.append(f"check {self.counts.checks}: {name}")


def _versions(rows: Iterable[dict[str, Any]]) -> Iterable[tuple[str, int]]:
    return ((row["article_id"], row["version"]) for row in rows)


def chaos(kills: int, seed: int, folder: Path, minutes: float = float("inf")) -> Counts:
    """Attack a root in ``folder`` until ``kills`` processes were killed, or the time is over."""
    with Origin() as origin:
        newsroom = Newsroom(folder, origin)
        with small_disk(newsroom.root) as disk:
            return Chaos(newsroom, seed, disk).run(kills, minutes)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=20260305)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop earlier")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        counts = chaos(arguments.kills, arguments.seed, Path(folder), arguments.minutes)
    print(json.dumps(vars(counts) | {"kills_in_all": sum(counts.kills.values())}, indent=2))
    print("held" if counts.good else "BROKEN")
    return 0 if counts.good else 1


if __name__ == "__main__":
    sys.exit(main())
