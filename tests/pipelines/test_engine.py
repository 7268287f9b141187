"""On an engine, with workers in processes of their own: the local runner's rows, whoever is killed."""

import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from pipelines.arguments import LEDGER
from pipelines.exits import Exit
from tests.engines import Engine, Prism
from tests.flink import TASK_MANAGERS, Flink, job_server
from tests.newsroom import REPOSITORY, Newsroom, rss, story
from tests.origin import Origin
from tests.slow_ledger import TICK

pytestmark = [pytest.mark.slow, pytest.mark.engine, pytest.mark.timeout(400)]

# What depends on when a row was written, and on nothing else.
OF_THE_MOMENT = {"run_id", "first_seen_at", "fetched_at", "ingested_at"}
FEEDS = 3
CONFIG = """[fetch]
allow_addresses = ["127.0.0.0/8"]
per_host_spacing_seconds = 0
min_interval_seconds = 1
max_interval_seconds = 2
"""


@pytest.fixture(params=["disk", "servers"])
def room(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Newsroom]:
    """A root on a disk with a SQLite ledger; or in an S3-compatible store with the ledger in PostgreSQL."""
    monkeypatch.delenv(LEDGER, raising=False)
    servers = request.param == "servers"
    if servers:
        monkeypatch.setenv(LEDGER, request.getfixturevalue("postgres").database())
    bucket = str(request.getfixturevalue("bucket")) if servers else None
    (tmp_path / "khabar.toml").write_text(CONFIG)
    with Origin() as origin:
        yield Newsroom(tmp_path, origin, bucket=bucket)


@pytest.fixture(params=["prism", pytest.param("flink", marks=pytest.mark.flink)])
def engine(request: pytest.FixtureRequest, room: Newsroom, tmp_path: Path) -> Iterator[Engine]:
    """A running engine; ``room`` first, so that workers know where its servers are."""
    if request.param == "flink":
        job_server()
    running: Engine = Prism(tmp_path) if request.param == "prism" else Flink(tmp_path)
    if isinstance(running, Flink):
        running.wait_for(TASK_MANAGERS, besides=set())
        running.start_job_server()
    yield running
    running.stop()


@pytest.mark.flink
def test_a_flink_cluster_replaces_a_task_manager_that_is_killed(tmp_path: Path) -> None:
    """What `make test-flink` stands on, also where Beam's job server for Flink cannot be had."""
    cluster = Flink(tmp_path)
    try:
        before = cluster.wait_for(TASK_MANAGERS, besides=set())
        cluster.restart_runner()
        assert len(cluster.wait_for(1, besides=before) - before) == 1
    finally:
        cluster.stop()


def publish(newsroom: Newsroom, edition: int) -> None:
    """Each edition brings two new stories to every feed, and edits every third one."""
    for feed in range(FEEDS):
        stories = (story(1000 * feed + n, edition if n % 3 == 0 else 0) for n in range(stories_in(edition)))
        newsroom.publish(f"feed_{feed}", rss(*stories))


def stories_in(edition: int) -> int:
    return 4 + 2 * edition


def versions_after(edition: int) -> int:
    """How many article versions there are after every edition up to this one was read once."""
    editions = range(edition + 1)
    edited = sum(1 for e in editions for n in range(0, stories_in(e), 3))
    steady = sum(1 for n in range(stories_in(edition)) if n % 3)
    return FEEDS * (edited + steady)


def rows(newsroom: Newsroom, dataset: str = "articles") -> Counter[tuple[Any, ...]]:
    """A dataset's rows without what differs from one moment to the next."""
    return Counter(
        tuple(sorted((name, repr(value)) for name, value in row.items() if name not in OF_THE_MOMENT))
        for row in newsroom.rows(dataset)
    )


def local(newsroom: Newsroom, editions: int, monkeypatch: pytest.MonkeyPatch) -> Newsroom:
    """The same editions, each read by one run on the local runner."""
    monkeypatch.delenv(LEDGER, raising=False)
    twin = Newsroom(newsroom.folder / "local", newsroom.origin)
    twin.folder.mkdir()
    (twin.folder / "khabar.toml").write_text(CONFIG)
    for edition in range(editions):
        publish(twin, edition)
        assert twin.run()["exit"] == 0
    return twin


class Supervised:
    """``khabar stream``, started again whenever it ends, as a cluster's supervisor would."""

    def __init__(
        self, newsroom: Newsroom, words: Sequence[str], module: str = "pipelines.cli", tick: str = "1s"
    ) -> None:
        config, feeds = (str(newsroom.folder / name) for name in ("khabar.toml", "feeds.toml"))
        files = ["--root", str(newsroom.root), "--feeds", feeds, "--config", config]
        pace = ["--every", "3s", "--tick", tick]
        self.command = [sys.executable, "-m", module, "stream", *files, *pace, *words]
        self.newsroom = newsroom
        self.starts = 0
        self.start()

    def start(self) -> None:
        self.starts += 1
        self.log = (self.newsroom.folder / f"stream-{self.starts}.log").open("wb")
        self.process = subprocess.Popen(self.command, cwd=REPOSITORY, stdout=self.log, stderr=self.log)

    def wait_for(self, versions: int) -> None:
        until = time.monotonic() + 90
        while (found := self.newsroom.table("articles").num_rows) < versions:
            assert time.monotonic() < until, f"{found} of {versions} versions: see {self.log.name}"
            if (code := self.process.poll()) is not None:
                assert code != Exit.USAGE, f"see {self.log.name}"
                self.start()
            time.sleep(0.5)

    def kill(self) -> None:
        """At once a successor: the job may write all that is waited for though its client is dead."""
        self.process.kill()
        self.process.wait()
        self.start()

    def end(self, number: int = signal.SIGTERM) -> int:
        until = time.monotonic() + 60
        while b"stream_started" not in Path(self.log.name).read_bytes():
            assert time.monotonic() < until, f"not started: see {self.log.name}"
            time.sleep(0.1)
        self.process.send_signal(number)
        return self.process.wait(60)


def test_bounded_runs_give_the_rows_of_the_local_runner(
    room: Newsroom, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for edition in range(3):
        publish(room, edition)
        assert room.run(*engine.words)["exit"] == 0
    assert room.verify(deep=True).findings == []
    twin = local(room, 3, monkeypatch)
    for dataset in ("articles", "sentences"):
        assert rows(room, dataset) == rows(twin, dataset)


def test_a_stream_gives_the_same_rows_though_workers_runner_and_job_are_killed(
    room: Newsroom, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(room, 0)
    room.command()
    stream = Supervised(room, engine.words)
    stream.wait_for(versions_after(0))
    for edition, kill in enumerate((engine.restart_pool, engine.restart_runner, stream.kill), start=1):
        hits = len(room.origin.requests)
        publish(room, edition)
        while len(room.origin.requests) < hits + 1:
            time.sleep(0.01)
        kill()
        stream.wait_for(versions_after(edition))
    assert stream.end() == 128 + signal.SIGTERM
    engine.stop()  # the job whose client was killed goes on beside its successor until here
    assert room.verify(deep=True).findings == []
    twin = local(room, 4, monkeypatch)
    for dataset in ("articles", "sentences"):
        assert rows(room, dataset) == rows(twin, dataset)


def test_windows_end_though_a_look_takes_longer_than_a_tick(newsroom: Newsroom, tmp_path: Path) -> None:
    (tmp_path / "khabar.toml").write_text(CONFIG)
    publish(newsroom, 0)
    newsroom.command()
    prism = Prism(tmp_path)
    # Workers in the process of the command: only there is the ledger slow.
    flags = [f"--job_endpoint=localhost:{prism.job_port}", "--environment_type=LOOPBACK"]
    words = ["--runner", "PortableRunner", "--", *flags]
    stream = Supervised(newsroom, words, "tests.slow_ledger", TICK)
    try:
        for edition in range(3):
            publish(newsroom, edition)
            stream.wait_for(versions_after(edition))
        assert stream.end() == 128 + signal.SIGTERM
    finally:
        stream.process.kill()
        prism.stop()
