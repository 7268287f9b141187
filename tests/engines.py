"""Engines under test: real servers on loopback, from what ``make engines`` has put into ``.engines/``."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.newsroom import REPOSITORY

ENGINES = REPOSITORY / ".engines"


def program(name: str) -> Path:
    """A server's binary; skips the test, saying how to get it, where there is none."""
    found = shutil.which(name, path=f"{ENGINES / 'bin'}:{os.environ['PATH']}")
    if found is None:
        pytest.skip(f"{name} is not installed: make engines")
    return Path(found)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A process with a port of its own, in a session of its own: it dies with all its children."""

    def __init__(self, words: Sequence[str | Path], port: int, log: Path, **environment: str) -> None:
        self.port = port
        self.log = log.open("ab")
        self.process = subprocess.Popen(
            words,
            stdout=self.log,
            stderr=self.log,
            cwd=REPOSITORY,
            env=os.environ | environment,
            start_new_session=True,
        )
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + 60
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self.process.poll() is None, f"{self.process.args!r} ended: see {self.log.name}"
            assert time.monotonic() < until, f"{self.process.args!r} does not listen: see {self.log.name}"
            time.sleep(0.1)

    def kill(self) -> None:
        """End it and its children at once, without a word."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)
        self.log.close()

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: Any) -> None:
        self.kill()


def worker_pool(log: Path, port: int) -> Server:
    """Beam's Python workers, as they run on an engine's machines."""
    words = [sys.executable, "-m", "apache_beam.runners.worker.worker_pool_main", "--service_port", str(port)]
    # The pool starts workers as plain `python`.
    return Server(words, port, log, PATH=f"{Path(sys.executable).parent}:{os.environ['PATH']}")


class ObjectStore:
    """An S3-compatible server with one bucket."""

    KEY, SECRET, BUCKET = "khabar", "khabar-secret", "news"

    def __init__(self, folder: Path) -> None:
        data = folder / "buckets"
        (data / self.BUCKET).mkdir(parents=True)
        port = free_port()
        words = [program("versitygw"), "--port", f"127.0.0.1:{port}", "--quiet", "posix", data]
        access = {"ROOT_ACCESS_KEY_ID": self.KEY, "ROOT_SECRET_ACCESS_KEY": self.SECRET}
        self.server = Server(words, port, folder / "store.log", **access)

    @property
    def environment(self) -> dict[str, str]:
        """What every process that works with the store needs."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.server.port}",
            "AWS_ACCESS_KEY_ID": self.KEY,
            "AWS_SECRET_ACCESS_KEY": self.SECRET,
        }


class Engine:
    """A server that takes jobs, and a pool of Python workers for it; the two can be killed apart."""

    FLAGS: tuple[str, ...] = ()  # of this engine's own

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.job_port, self.pool_port = free_port(), free_port()

    def start_pool(self) -> None:
        self.pool = worker_pool(self.folder / "pool.log", self.pool_port)

    def restart_pool(self) -> None:
        self.pool.kill()
        self.start_pool()

    @property
    def words(self) -> list[str]:
        """What follows ``khabar run`` or ``khabar stream``."""
        return [
            "--runner",
            "PortableRunner",
            "--",
            f"--job_endpoint=localhost:{self.job_port}",
            "--environment_type=EXTERNAL",
            f"--environment_config=localhost:{self.pool_port}",
            *self.FLAGS,
        ]


class Prism(Engine):
    """Beam's portable runner in Go."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.binary = program("prism")
        self.start_runner()
        self.start_pool()

    def start_runner(self) -> None:
        words = [self.binary, "--job_port", str(self.job_port), "--serve_http=false"]
        self.runner = Server(words, self.job_port, self.folder / "prism.log")

    def restart_runner(self) -> None:
        self.runner.kill()
        self.start_runner()

    def stop(self) -> None:
        self.runner.kill()
        self.pool.kill()
