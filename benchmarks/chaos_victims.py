"""Whom chaos kills: the commands, their named steps, and how one process came to its end."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import NamedTuple

from tests.newsroom import REPOSITORY, Newsroom

SWAP = ("swap-staged", "swap-intended", "swap-exchanged", "swap-recorded")
WRITER = ("landed", "staged", "committed", "renamed-one", "renamed")


class Command(NamedTuple):
    """Steps a command passes, the longest it is let live, and its words."""

    steps: tuple[str, ...]
    longest_seconds: float
    words: tuple[str, ...] = ()


COMMANDS = {
    "run": Command(WRITER, 4.0),
    "compact": Command(("folder-written", *SWAP), 1.5, ("--max-files", "2")),
    "rollup": Command(("rollup-written", *SWAP), 1.5, ("--monthly",)),
    "replay": Command(("folder-written", *SWAP), 3.0, ("--everything",)),
    "gc": Command(SWAP, 1.5, ("--keep", "1000d")),
    "migrate": Command(("folder-written", *SWAP), 1.5),
    "export": Command(("export-written", "export-placed"), 2.0),
}
# A kill that leaves something to finish, and a kill of whoever finishes it.
DOUBLE = (
    (("run", "committed"), ("run", "renamed-one")),
    (("run", "committed"), ("compact", "renamed")),
    (("run", "renamed-one"), ("gc", "renamed")),
    (("compact", "swap-intended"), ("run", "swap-exchanged")),
    (("replay", "swap-intended"), ("rollup", "swap-recorded")),
    (("compact", "swap-exchanged"), ("replay", "swap-recorded")),
)


def deck() -> list[tuple[str, str]]:
    """Every command with every step of its own."""
    return [(name, step) for name, command in COMMANDS.items() for step in command.steps]


def spawn(newsroom: Newsroom, module: str, name: str, kill_at: str = "") -> "subprocess.Popen[str]":
    """Start a command of the khabar whose command line ``module`` is, to die at a step if one is named."""
    run = newsroom.command("--all", "--lock-wait", "20")
    root = ["--root", str(newsroom.root)]
    if name == "run":
        words = run
    elif name == "verify":
        words = ["verify", *root, "--deep"]
    elif name == "export":
        words = ["export", *root, "--format", "parquet", "--layout", "partitioned"]
        words += ["--to", str(newsroom.folder / "export")]
    else:
        words = [name, *root, "--lock-wait", "20", *COMMANDS[name].words]
        if name == "replay":
            words += run[run.index("--feeds") : run.index("--json")]
    return subprocess.Popen(
        [sys.executable, "-m", module, *words],
        cwd=REPOSITORY,
        env=os.environ | {"KHABAR_KILL_AT": kill_at},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


class Ending(NamedTuple):
    """How a process ended: ``killed`` says where, for one that was."""

    name: str
    code: int
    killed: str | None
    out: str
    err: str

    @property
    def terminated(self) -> bool:
        """Ended by SIGTERM, cleanly or before it could listen."""
        return self.code in (143, -signal.SIGTERM)

    @property
    def said_one_line(self) -> bool:
        """It failed as a command should: its last line is its own."""
        return self.code in (1, 78) and self.err.strip().splitlines()[-1:][0].startswith("khabar: ")


@dataclass
class Victim:
    """One process; killed at ``step``, after ``wait`` seconds, or not at all."""

    name: str
    process: "subprocess.Popen[str]"
    step: str | None = None
    wait: float | None = None
    gently: bool = False

    def end(self) -> Ending:
        """Let it come to its end."""
        if self.wait is not None:
            time.sleep(self.wait)
            self.process.send_signal(signal.SIGTERM if self.gently else signal.SIGKILL)
        out, err = self.process.communicate()
        code = self.process.returncode
        killed = f"{self.name} at {self.step or 'random'}" if code == -signal.SIGKILL else None
        return Ending(self.name, code, killed, out, err)
