"""A Flink cluster on loopback: JobManager, two TaskManagers, Beam's job server, a pool of Python workers.

Flink itself comes from PyPI, Beam's job server for it from a Maven repository; ``make flink`` fetches both.
"""

import json
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from tests.engines import ENGINES, Engine, Server, free_port

HOME = ENGINES / "flink"
TASK_MANAGERS, SLOTS = 2, 2
MAIN = "org.apache.flink.runtime"
# Flink reads its sizes from here; the JVM's own are derived by its BashJavaUtils, as its start scripts do.
CONFIG = """\
jobmanager:
  bind-host: localhost
  rpc: {{address: localhost, port: {rpc}}}
  memory: {{process: {{size: 800m}}}}
taskmanager:
  bind-host: localhost
  host: localhost
  numberOfTaskSlots: {slots}
  memory: {{process: {{size: 1400m}}}}
rest: {{address: localhost, bind-address: localhost, port: {rest}}}
execution: {{checkpointing: {{dir: "file://{checkpoints}"}}}}
restart-strategy: {{type: fixed-delay, fixed-delay: {{attempts: 100, delay: 1s}}}}
"""


def job_server() -> Path:
    """Beam's job server for Flink; skips the test where it is not."""
    jar = next(HOME.glob("beam-runners-flink-*-job-server*.jar"), None)
    if jar is None:
        pytest.skip("Beam's job server for Flink is not here: no repository at hand serves it")
    return jar


class Flink(Engine):
    """The cluster, with a job server of Beam's before it."""

    FLAGS = ("--parallelism=2", "--checkpointing_interval=2000")

    def __init__(self, folder: Path) -> None:
        if not (HOME / "pyflink").is_dir() or shutil.which("java") is None:
            pytest.skip("Flink is not here: make flink, and a JDK")
        super().__init__(folder / "flink")
        (self.folder / "conf").mkdir(parents=True)
        self.rest = free_port()
        checkpoints = self.folder / "checkpoints"
        text = CONFIG.format(rpc=free_port(), rest=self.rest, slots=SLOTS, checkpoints=checkpoints)
        (self.folder / "conf" / "config.yaml").write_text(text)
        words = self._words(f"{MAIN}.entrypoint.StandaloneSessionClusterEntrypoint", "-Xmx400m")
        self.servers = [Server(words, self.rest, self.folder / "jobmanager.log")]
        self.task_managers: list[subprocess.Popen[bytes]] = []
        self.sizes = self._sizes()
        for _ in range(TASK_MANAGERS):
            self.start_task_manager()

    def _words(self, main: str, *jvm: str, classes: str = f"{HOME}/pyflink/lib/*") -> list[str]:
        return ["java", *jvm, "-cp", classes, main, "--configDir", str(self.folder / "conf")]

    def _sizes(self) -> tuple[list[str], list[str]]:
        """What the JVM of a TaskManager is told, and what Flink in it."""
        flink = next((HOME / "pyflink" / "lib").glob("flink-dist-*"))
        classes = f"{HOME}/pyflink/bin/bash-java-utils.jar:{flink}"
        words = self._words(f"{MAIN}.util.bash.BashJavaUtils", classes=classes)
        words.insert(words.index("--configDir"), "GET_TM_RESOURCE_PARAMS")
        out = subprocess.run(words, check=True, capture_output=True, text=True).stdout
        marked = [line.partition(":") for line in out.splitlines()]
        jvm, own = (told.split() for mark, _, told in marked if mark == "BASH_JAVA_UTILS_EXEC_RESULT")
        return jvm, own

    def start_task_manager(self) -> None:
        jvm, own = self.sizes
        words = [*self._words(f"{MAIN}.taskexecutor.TaskManagerRunner", *jvm), *own]
        with (self.folder / "taskmanager.log").open("ab") as log:
            self.task_managers.append(subprocess.Popen(words, stdout=log, stderr=log))

    def restart_runner(self) -> None:
        """Kill one TaskManager and put another in its place; the job goes on from its last checkpoint."""
        killed = self.task_managers.pop(0)
        killed.kill()
        killed.wait()
        self.start_task_manager()

    def registered(self) -> set[str]:
        """The TaskManagers that the JobManager knows, by id."""
        with urllib.request.urlopen(f"http://localhost:{self.rest}/taskmanagers", timeout=10) as answer:
            return {manager["id"] for manager in json.load(answer)["taskmanagers"]}

    def wait_for(self, number: int, *, besides: set[str]) -> set[str]:
        """Wait until so many TaskManagers are registered besides those given; all that are."""
        until = time.monotonic() + 90
        while len((here := self.registered()) - besides) < number:
            assert time.monotonic() < until, f"{here}: see {self.folder}"
            time.sleep(0.5)
        return here

    def start_job_server(self) -> None:
        words = ["java", "-Xmx400m", "-jar", str(job_server()), "--flink-master", f"localhost:{self.rest}"]
        words += ["--job-port", str(self.job_port), "--artifact-port", "0", "--expansion-port", "0"]
        self.servers.append(Server(words, self.job_port, self.folder / "jobserver.log"))
        self.start_pool()

    def stop(self) -> None:
        for process in self.task_managers:
            process.kill()
            process.wait()
        for server in (*self.servers, *([self.pool] if hasattr(self, "pool") else [])):
            server.kill()
