"""A throw-away PostgreSQL cluster on a free port of loopback."""

import getpass
import os
import shutil
import signal
import subprocess
import tempfile
import time
from itertools import count
from pathlib import Path

import psycopg

from tests.engines import free_port


def find_binaries() -> Path | None:
    """The folder of ``initdb`` and ``postgres``, where this machine has them."""
    on_path = shutil.which("initdb")
    if on_path and Path(on_path).with_name("postgres").exists():
        return Path(on_path).resolve().parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None, key=lambda p: int(p.parent.name))


class Cluster:
    """A running server with trust authentication; ``database()`` makes an empty database in it."""

    def __init__(self, binaries: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="khabar-pg-"))
        self.port = free_port()
        self._names = count(1)
        # postgres refuses to run as root; its package brings a user of that name.
        user = "postgres" if os.geteuid() == 0 else getpass.getuser()
        as_user = {"user": user} if os.geteuid() == 0 else {}
        if as_user:
            shutil.chown(self.folder, user)
        data = self.folder / "data"
        subprocess.run(
            [binaries / "initdb", "-D", data, "-A", "trust", "-U", "khabar", "-E", "UTF8", "--no-sync"],
            check=True, capture_output=True, cwd="/", **as_user,
        )  # fmt: skip
        self.log = (self.folder / "log").open("wb")
        self.process = subprocess.Popen(
            [
                binaries / "postgres", "-D", data, "-p", str(self.port), "-k", self.folder, "-h", "127.0.0.1",
                "-c", "fsync=off", "-c", "shared_buffers=16MB",
            ],
            stdout=self.log, stderr=self.log, cwd="/", **as_user,
        )  # fmt: skip
        self._wait()

    def url(self, database: str) -> str:
        return f"postgresql://khabar@127.0.0.1:{self.port}/{database}"

    def _wait(self) -> None:
        until = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)

    def database(self) -> str:
        """Make an empty database; its URL."""
        name = f"ledger_{next(self._names)}"
        self.run(f"CREATE DATABASE {name}")
        return self.url(name)

    def run(self, statement: str) -> None:
        """Carry out one statement as the server's owner."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as db:
            db.execute(statement.encode())

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)  # SIGTERM would wait for the clients
        self.process.wait(30)
        self.log.close()
        shutil.rmtree(self.folder)
