"""``khabar watch`` as a process: batches when feeds are due, and everything that may happen meanwhile."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines import lock
from pipelines.layout import Root
from tests.newsroom import REPOSITORY, Newsroom, rss, story

CONFIG = """\
[fetch]
allow_addresses = ["127.0.0.0/8"]
per_host_spacing_seconds = 0
min_interval_seconds = 1
max_interval_seconds = 1
"""


class Watch:
    """A running watch, with its log."""

    def __init__(self, newsroom: Newsroom, *words: str, **environment: str) -> None:
        (newsroom.folder / "khabar.toml").write_text(CONFIG)
        command = [word for word in newsroom.command(*words) if word != "--json"]
        self.log = newsroom.folder / "log.jsonl"
        self.beat = newsroom.root / "_state" / "watch.json"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "pipelines.cli", "watch", *command[1:]],
                cwd=REPOSITORY,
                env=os.environ | environment,
                stderr=log,
            )

    def events(self, name: str) -> list[dict[str, Any]]:
        lines = self.log.read_text().splitlines()
        return [line for line in map(json.loads, lines) if line["event"] == name]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


def until(condition: Callable[[], Any], seconds: float = 40) -> Any:
    """What the condition gives, as soon as it gives something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError("waited in vain")


@pytest.fixture
def started(newsroom: Newsroom) -> Iterator[Callable[..., Watch]]:
    """Starts watches, and ends them after the test."""
    watches: list[Watch] = []

    def start(*words: str, **environment: str) -> Watch:
        watches.append(Watch(newsroom, *words, **environment))
        return watches[-1]

    yield start
    for watch in watches:
        watch.process.kill()
        watch.process.wait()


def test_what_is_published_and_edited_meanwhile_comes_in(
    newsroom: Newsroom, started: Callable[..., Watch]
) -> None:
    newsroom.publish("port", rss(story(1)))
    watch = started()
    until(lambda: len(newsroom.rows()) == 1)
    newsroom.publish("port", rss(story(1, edition=2), story(2)))
    until(lambda: len(newsroom.rows()) == 3)
    assert watch.stop() == 128 + signal.SIGTERM
    batches = watch.events("batch_finished")
    assert sum(batch["new"] for batch in batches) == 2
    assert sum(batch["edited"] for batch in batches) == 1
    assert len({batch["run_id"] for batch in batches}) == len(batches)
    beat = json.loads(watch.beat.read_text())
    assert (beat["state"], beat["batches"], beat["failures"]) == ("stopping", len(batches), 0)


@pytest.mark.slow
def test_a_failing_batch_is_tried_again_until_it_succeeds(
    newsroom: Newsroom, started: Callable[..., Watch]
) -> None:
    newsroom.publish("port", rss(story(1)))
    watch = started()
    until(lambda: watch.events("batch_finished"))
    ledger = Root(newsroom.root).ledger
    good = ledger.read_bytes()
    for journal in ledger.parent.glob("ledger.sqlite-*"):
        journal.unlink()
    ledger.write_bytes(b"not a ledger, however long one looks at it" * 100)
    newsroom.publish("port", rss(story(1), story(2)))
    failed = until(lambda: watch.events("batch_failed"))
    assert "cannot use as ledger" in failed[0]["error"]
    assert json.loads(until(lambda: watch.beat.read_text()))["failures_in_row"] >= 1
    ledger.write_bytes(good)
    until(lambda: len(newsroom.rows()) == 2)
    assert watch.stop() == 128 + signal.SIGTERM


def test_another_run_makes_it_wait_and_a_second_signal_ends_it_at_once(
    newsroom: Newsroom, started: Callable[..., Watch]
) -> None:
    newsroom.publish("port", rss(story(1)))
    path = Root(newsroom.root).lock
    path.parent.mkdir(parents=True)
    with lock.hold(path):
        watch = started("--lock-wait", "60")
        until(watch.beat.exists)
        watch.process.send_signal(signal.SIGTERM)
        until(lambda: json.loads(watch.beat.read_text())["state"] == "stopping")
        assert watch.process.poll() is None
        watch.process.send_signal(signal.SIGTERM)
        assert watch.process.wait(timeout=30) == -signal.SIGTERM
    assert newsroom.run()["new"] == 1


@pytest.mark.slow
def test_a_changed_configuration_is_taken_and_a_wrong_one_is_not(
    newsroom: Newsroom, started: Callable[..., Watch]
) -> None:
    newsroom.publish("port", rss(story(1)))
    watch = started()
    until(lambda: watch.events("batch_finished"))
    (newsroom.folder / "khabar.toml").write_text(CONFIG + "timeout = 3\n")
    refused = until(lambda: watch.events("configuration_refused"))
    assert "unknown key 'timeout' (did you mean 'timeout_seconds'?)" in refused[0]["error"]
    newsroom.publish("port", rss(story(1), story(2)))
    until(lambda: len(newsroom.rows()) == 2)  # with the old configuration
    (newsroom.folder / "khabar.toml").write_text(CONFIG)
    newsroom.publish("harbour", rss(story(3)))
    newsroom.command()
    watch.process.send_signal(signal.SIGHUP)
    until(lambda: len(newsroom.rows()) == 3)
    assert len(watch.events("configuration_refused")) == 1
    assert watch.stop() == 128 + signal.SIGTERM


def test_a_wrong_configuration_at_the_start_ends_it_with_one_line(newsroom: Newsroom) -> None:
    newsroom.publish("port", rss(story(1)), colour="red")
    words = [word for word in newsroom.command() if word != "--json"]
    words[0] = "watch"
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *words], cwd=REPOSITORY, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (78, "")
    assert "unknown key 'colour'" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_systemd_and_prometheus_are_told(
    newsroom: Newsroom, started: Callable[..., Watch], tmp_path: Path
) -> None:
    pytest.importorskip("prometheus_client")
    newsroom.publish("port", rss(story(1)))
    textfile = tmp_path / "khabar.prom"
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager,
        socket.create_server(("127.0.0.1", 0)) as free,
    ):
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(30)
        port = free.getsockname()[1]
        free.close()
        watch = started(
            "--metrics-textfile", str(textfile), "--metrics-port", str(port),
            NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="1000000",
        )  # fmt: skip
        told = Told(manager)
        assert "READY=1" not in told.until("STATUS=starting; 0 batches")
        told.until("READY=1")
        told.until("WATCHDOG=1")
        watch.process.send_signal(signal.SIGHUP)
        assert "RELOADING=1\nMONOTONIC_USEC=" in told.until("RELOADING=1")
        told.until("READY=1")
        until(lambda: watch.events("batch_finished"))
        told.until("WATCHDOG=1")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            served = answer.read().decode()
        watch.stop()
        told.until("STOPPING=1")
    for text in (served, textfile.read_text()):
        assert 'khabar_articles_total{outcome="new"} 1.0' in text
        assert 'khabar_batches_total{result="failed"} 0.0' in text


class Told:
    """What a service manager was told."""

    def __init__(self, manager: socket.socket) -> None:
        self.manager = manager

    def until(self, line: str) -> str:
        """The datagram that holds a line beginning so."""
        for _ in range(200):
            datagram = self.manager.recv(4096).decode()
            if any(found.startswith(line) for found in datagram.splitlines()):
                return datagram
        raise AssertionError(f"never told {line}")
