"""News by the hundred thousand through the bounded graph: what an article costs, and whether that grows.

    python -m benchmarks.scale                                  # 200 000 articles: two hours of a core
    python -m benchmarks.scale --articles 20000 --workers 2     # two worker processes beside one
    python -m benchmarks.scale --articles 20000 --prism         # Prism and a pool of workers (make engines)
    python -m benchmarks.scale --articles 20000 --flink localhost:8081 --engine-pid 4711 --engine-pid 4712

Writes web archives as news crawls do (a gzip member a record) with articles in five languages from 40 sites,
each in a page with menus, scripts and an imprint, and reads them with ``khabar backfill``, a real process.
CPU time and memory are those of that process and its children, from /proc, after every commit; on Flink, of
the task managers and worker pools given with ``--engine-pid`` as well. All marks (10k, 20k, 40k ...) are
points of one run into one root, so the ledger and the dataset grow as they would.

On a machine that others use, a CPU second does more or less work from one minute to the next (the same 400
pages took 1.4 or 2.3 of them). So a fixed piece of work is timed beside it every two seconds, and "steady"
CPU seconds are those of the first commit's pace.

Floors: twice the articles cost twice the steady CPU time, within 10 %; memory peaks no higher in the second
half than in the first, within 10 %; every article is there, once.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pyarrow.dataset as ds

from benchmarks.crawl import SITES, page, size_of, write_archives
from benchmarks.processes import Peak
from tests.engines import Prism
from transforms.feeds.pages import extract

WITHIN = 0.10
PACE_SECONDS = 2.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=200_000)
    parser.add_argument("--extractor", default="fast", choices=("careful", "fast", "resiliparse"))
    parser.add_argument("--batch-size", default="16M", help="compressed input of one commit")
    parser.add_argument("--workers", type=int, default=1, help="worker processes of the local runner")
    parser.add_argument("--prism", action="store_true", help="on Prism, with workers in a pool")
    parser.add_argument("--flink", metavar="HOST:PORT", help="a Flink master; parallelism 1, then 2")
    parser.add_argument("--flink-workers", metavar="HOST:PORT", default="localhost:50000", help="worker pool")
    parser.add_argument("--engine-pid", type=int, action="append", default=[], help="its CPU time is ours")
    parser.add_argument("--keep", type=Path, help="archives and roots stay in this folder")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.keep or Path(scratch)
        write_archives(folder / "warc", args.articles)
        print(
            f"{args.articles} articles, {size_of(folder / 'warc') / 1e6:.0f} MB of archives, {args.extractor}"
        )
        runs = []
        for name, flags, pids in setups(args, folder):
            runs.append(run_once(folder, name, args, flags, pids))
        return report(args.articles, runs)


def setups(args: argparse.Namespace, folder: Path) -> Iterator[tuple[str, list[str], list[int]]]:
    """Names, flags, and processes that work beside the one started, of what is compared."""
    if args.flink:
        for parallelism in (1, 2):
            flags = [
                *("--runner", "FlinkRunner", "--", f"--flink_master={args.flink}"),
                *("--environment_type=EXTERNAL", f"--environment_config={args.flink_workers}"),
                f"--parallelism={parallelism}",
            ]
            yield f"Flink, parallelism {parallelism}", flags, args.engine_pid
        return
    yield "local, in memory", [], []
    if args.workers > 1:
        mode = "--direct_running_mode=multi_processing"
        yield f"local, {args.workers} processes", ["--", mode, f"--direct_num_workers={args.workers}"], []
    if args.prism:
        engine = Prism(folder)
        try:
            yield "Prism", engine.words, [engine.runner.process.pid, engine.pool.process.pid]
        finally:
            engine.stop()


@dataclass(frozen=True)
class Point:
    """How far a run was after a commit."""

    articles: int
    cpu_seconds: float
    steady_seconds: float
    memory_mb: float
    at: float


@dataclass(frozen=True)
class Run:
    """One run, as seen from outside."""

    name: str
    points: list[Point]
    rows: int
    distinct: int
    code: int


def run_once(
    folder: Path, name: str, args: argparse.Namespace, flags: Sequence[str], pids: Sequence[int]
) -> Run:
    """Read the archives into a new root."""
    root = folder / name.replace(" ", "-").replace(",", "")
    sources = folder / "warc_sources.toml"
    tables = [f'[[source]]\nid = "site_{n}"\nhosts = ["site{n}.example"]' for n in range(SITES)]
    sources.write_text(f'[backfill]\nextractor = "{args.extractor}"\n' + "\n".join(tables))
    words = ["--root", root, "--warc", folder / "warc" / "*.warc.gz", "--sources", sources]
    command = [
        sys.executable,
        "-m",
        "pipelines.cli",
        "backfill",
        *map(str, words),
        "--batch-size",
        args.batch_size,
    ]
    since = time.monotonic()
    points: list[Point] = []
    pace = Pace()
    with subprocess.Popen([*command, *flags], stderr=subprocess.PIPE, text=True) as process:
        watched = Peak([process.pid, *pids])
        before = watched.look()[0]
        assert process.stderr is not None
        last: deque[str] = deque(maxlen=20)
        for line in process.stderr:
            event = json.loads(line) if line.startswith("{") else {"event": line}
            if event["event"] == "backfill_progress":
                cpu, memory = watched.look()
                points.append(pace.point(event["new"], cpu - before, memory, time.monotonic() - since))
                print(f"  {name}: {point_line(points[-1])}", flush=True)
            last.append(line)
    if process.returncode:
        sys.exit("".join(last))
    ids = ds.dataset(root / "articles").to_table(columns=["article_id"]).column(0)
    return Run(name, points, len(ids), len(ids.unique()), process.returncode)


class Pace(threading.Thread):
    """Times a fixed piece of work beside the run; CPU seconds become those of the first commit's pace."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.work = [page(number) for number in range(60)]
        self.times: list[float] = []
        self.first = self.cpu = self.steady = 0.0
        self.start()

    def run(self) -> None:
        """Time it until the process ends."""
        while True:
            since = time.thread_time()
            for url, body, _ in self.work:
                extract(body.decode(), url, None, None, "resiliparse")
            self.times.append(time.thread_time() - since)
            time.sleep(PACE_SECONDS)

    def point(self, articles: int, cpu: float, memory: float, at: float) -> Point:
        """A point, with what its CPU time since the last one is worth at the median pace since then."""
        times, self.times = self.times, self.times[-1:]
        now = statistics.median(times)
        self.first = self.first or now
        self.steady += (cpu - self.cpu) * self.first / now
        self.cpu = cpu
        return Point(articles, cpu, self.steady, memory, at)


def point_line(point: Point) -> str:
    rate = point.articles / point.cpu_seconds
    return (
        f"{point.articles:7} articles {point.cpu_seconds:8.1f} CPU-s ({point.steady_seconds:.1f} steady)"
        f" {rate:6.1f} articles/CPU-s"
        f" {point.memory_mb:7.0f} MB peak {point.at:7.0f} s"
    )


def at_mark(points: Sequence[Point], articles: int) -> float:
    """Steady CPU seconds at a number of articles, between the two nearest commits."""
    before = max((p for p in points if p.articles <= articles), key=lambda p: p.articles, default=None)
    after = min((p for p in points if p.articles >= articles), key=lambda p: p.articles)
    if before is None or before.articles == after.articles:
        return after.steady_seconds * articles / after.articles
    share = (articles - before.articles) / (after.articles - before.articles)
    return before.steady_seconds + share * (after.steady_seconds - before.steady_seconds)


def report(articles: int, runs: Sequence[Run]) -> int:
    held = True
    print(f"{'':24}{'articles/CPU-s':>15}{'articles/s':>12}{'peak MB':>9}")
    for run in runs:
        last = run.points[-1]
        print(
            f"{run.name:24}{articles / last.cpu_seconds:15.1f}{articles / last.at:12.1f}"
            f"{max(p.memory_mb for p in run.points):9.0f}"
        )
    for run in runs:
        held &= floors(articles, run)
    return 0 if held else 1


def floors(articles: int, run: Run) -> bool:
    marks = [mark for mark in (10_000 * 2**n for n in range(10)) if mark < articles] + [articles]
    ratios = []
    for small, large in pairwise(marks):
        ratio = at_mark(run.points, large) / at_mark(run.points, small) / (large / small)
        ratios.append(ratio)
        print(
            f"  {run.name}: {small} -> {large}: CPU x{ratio * large / small:.3f}, {ratio - 1:+.1%} of linear"
        )
    half = len(run.points) // 2
    early, late = run.points[: half or 1], run.points[half:]
    growth = max(p.memory_mb for p in late) / max(p.memory_mb for p in early) - 1
    print(f"  {run.name}: memory peak {growth:+.1%} in the second half; {run.rows} rows, exit {run.code}")
    holds = {
        "CPU is linear": all(abs(ratio - 1) <= WITHIN for ratio in ratios),
        "memory is flat": growth <= WITHIN,
        "every article is there once": run.rows == run.distinct == articles and run.code == 0,
    }
    for name, held in holds.items():
        print(f"{'ok' if held else 'MISSED':6} {run.name}: {name}")
    return all(holds.values())


if __name__ == "__main__":
    sys.exit(main())
