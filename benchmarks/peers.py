"""The same work by khabar and by its peers: CPU-seconds, peak memory, and whether the answer is right.

    python -m benchmarks.peers [--rounds 3] [--peers-python /venv/bin/python] [--only khabar,plain]

Sixty feeds of fifty entries (benchmarks/corpus.py) are served from loopback and polled three times: for the
first time, unchanged, and with 660 of 3 000 entries new or edited. Each poll is a process of its own; its CPU
time and peak memory are those the kernel accounts to it. Peers (benchmarks/peers/) use feedparser, langdetect
and pyarrow, remember what they have seen by their own means, and need benchmarks/requirements.txt in the
interpreter that --peers-python names (default: this one). A peer that is not installed is skipped, visibly.

Floors: khabar holds 3 660 versions of 3 600 articles, an unchanged poll takes at most 1.0 CPU-s, and no poll
takes more CPU than the best of bytewax and dlt.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks import corpus
from tests.origin import Origin

POLLS = (("first", 1), ("unchanged", 1), ("next", 2))
RIGHT = (3_660, 3_600)
UNCHANGED_CPU_SECONDS = 1.0
SCRIPTS = Path(__file__).parent / "peers"
PEERS = {"bytewax": "bytewax_flow.py", "dlt": "dlt_pipeline.py", "plain": "plain.py"}


@dataclass(frozen=True)
class Cost:
    """What one process took: CPU-seconds, user and system, and its largest resident set in MiB."""

    cpu_seconds: float
    peak_mib: float


@dataclass(frozen=True)
class Result:
    """One tool's three polls and what it then held: versions and articles."""

    polls: tuple[Cost, ...]
    held: tuple[int, int]


def measure(command: list[str]) -> Cost:
    """Run a command to its end; its descendants that it waited for count as well."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            output.seek(0)
            tail = output.read()[-2_000:].decode("utf-8", "replace")
            raise SystemExit(f"{' '.join(command)}\nexit {process.returncode}\n{tail}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def publish(origin: Origin, edition: int) -> None:
    for number in range(corpus.FEEDS):
        name = corpus.feed_id(number)
        origin.serve(f"/{name}.xml", corpus.document(number, edition), etag=f'"{name}-{edition}"')


def poll_three_times(origin: Origin, command: list[str], held: Callable[[], tuple[int, int]]) -> Result:
    costs = []
    for _, edition in POLLS:
        publish(origin, edition)
        costs.append(measure(command))
    return Result(tuple(costs), held())


def khabar(origin: Origin, folder: Path) -> Result:
    ids = [corpus.feed_id(number) for number in range(corpus.FEEDS)]
    feeds, config, root = folder / "feeds.toml", folder / "khabar.toml", folder / "data"
    feeds.write_text("".join(f'[[feed]]\nid = "{i}"\nurl = "{origin.url(f"/{i}.xml")}"\n' for i in ids))
    # Politeness towards one host would only add waiting: sixty publishers are played by one server.
    config.write_text(
        '[fetch]\nallow_addresses = ["127.0.0.0/8"]\n'
        "per_host_concurrency = 32\nper_host_spacing_seconds = 0\n"
    )
    program = str(Path(sys.executable).with_name("khabar"))
    command = [program, "run", "--all", "--root", str(root), "--feeds", str(feeds), "--config", str(config)]
    return poll_three_times(origin, command, lambda: count(root / "articles"))


def peer(name: str, python: str, origin: Origin, folder: Path) -> Result:
    out = folder / "data"
    command = [python, str(SCRIPTS / PEERS[name]), str(out), origin.url(""), str(corpus.FEEDS)]
    return poll_three_times(origin, command, lambda: count(out))


def count(folder: Path) -> tuple[int, int]:
    """Versions and articles in the Parquet files under a folder that have an ``article_id``."""
    rows: list[str] = []
    for path in folder.rglob("*.parquet"):
        file = pq.ParquetFile(path)
        if "article_id" in file.schema_arrow.names:
            rows += file.read(columns=["article_id"]).column(0).to_pylist()
    return len(rows), len(set(rows))


def version(name: str, python: str) -> str | None:
    """Version of what a tool stands on; None when something it needs is not installed."""
    module = {"plain": "pyarrow"}.get(name, name)
    check = f"import {module}, feedparser, langdetect, pyarrow, importlib.metadata as m"
    command = [python, "-c", f"{check}; print('{module}', m.version('{module}'))"]
    result = subprocess.run(command, capture_output=True, check=False, text=True)
    return result.stdout.strip() if result.returncode == 0 else None


def run_all(names: list[str], rounds: int, python: str) -> dict[str, list[Result]]:
    results: dict[str, list[Result]] = {name: [] for name in names}
    with Origin() as origin:
        for _ in range(rounds):  # in turn, so that a busy minute on the machine hits all alike
            for name in names:
                with tempfile.TemporaryDirectory() as folder:
                    where = Path(folder)
                    result = khabar(origin, where) if name == "khabar" else peer(name, python, origin, where)
                results[name].append(result)
    return results


def cpu(results: list[Result], poll: int) -> float:
    """The least of the rounds: whatever else the machine does can only add."""
    return min(result.polls[poll].cpu_seconds for result in results)


def table(results: dict[str, list[Result]]) -> str:
    """Least CPU time and largest memory over the rounds."""
    head = f"{'':10}" + "".join(f"{name + ' CPU-s':>17}{'MiB':>6}" for name, _ in POLLS)
    lines = [f"{head}   versions of articles"]
    for name, runs in results.items():
        cells = "".join(
            f"{cpu(runs, poll):17.2f}{max(run.polls[poll].peak_mib for run in runs):6.0f}"
            for poll in range(len(POLLS))
        )
        versions, articles = runs[-1].held
        verdict = "right" if runs[-1].held == RIGHT else f"wrong, {RIGHT[0]} of {RIGHT[1]} expected"
        lines.append(f"{name:10}{cells}   {versions} of {articles} ({verdict})")
    return "\n".join(lines)


def missed(results: dict[str, list[Result]]) -> list[str]:
    """The floors that khabar does not hold."""
    ours = results.get("khabar")
    if not ours:
        return []
    found = [f"holds {run.held}, not {RIGHT}" for run in ours if run.held != RIGHT]
    if cpu(ours, 1) > UNCHANGED_CPU_SECONDS:
        found.append(f"unchanged poll: {cpu(ours, 1):.2f} CPU-s, floor {UNCHANGED_CPU_SECONDS}")
    rivals = [runs for name, runs in results.items() if name in ("bytewax", "dlt")]
    for poll, (name, _) in enumerate(POLLS):
        best = min((cpu(runs, poll) for runs in rivals), default=float("inf"))
        if cpu(ours, poll) > best:
            found.append(f"{name} poll: {cpu(ours, poll):.2f} CPU-s, best peer {best:.2f}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers-python", default=sys.executable, help="interpreter with the peers installed")
    parser.add_argument("--only", default=",".join(["khabar", *PEERS]), help="tools, comma-separated")
    arguments = parser.parse_args()
    wanted = arguments.only.split(",")
    versions = {name: version(name, arguments.peers_python) for name in wanted if name != "khabar"}
    for name, found in versions.items():
        if found is None:
            print(f"SKIPPED {name}: not installed in {arguments.peers_python}")
    names = [name for name in wanted if name == "khabar" or versions[name]]
    results = run_all(names, arguments.rounds, arguments.peers_python)
    print(
        f"{corpus.FEEDS} feeds of {corpus.WINDOW} entries from loopback; least of {arguments.rounds} rounds"
    )
    print("with " + ", ".join(found for found in versions.values() if found))
    print(table(results))
    floors = missed(results)
    for floor in floors:
        print(f"FLOOR MISSED {floor}")
    return 1 if floors else 0


if __name__ == "__main__":
    raise SystemExit(main())
