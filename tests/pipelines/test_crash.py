"""kill -9 at every named step and at random moments: nothing lost, nothing twice, nothing half-written."""

import os
import random
import signal
import time
from collections import Counter

import pytest

from pipelines.layout import Root
from tests.newsroom import Newsroom, rss, story

pytestmark = pytest.mark.ledgers
STEPS = ("landed", "staged", "committed", "renamed-one", "renamed")


def check(newsroom: Newsroom, stories: range, edited: range) -> None:
    """The dataset holds every story once and every edit once, and the ledger agrees with the files."""
    found = Counter((row["title"], row["version"]) for row in newsroom.rows())
    expected = {(f"Port traffic report {n}", 1) for n in stories}
    expected |= {(f"Port traffic report {n}", 2) for n in edited}
    assert found == Counter(expected)
    check_ledger(newsroom)


def check_ledger(newsroom: Newsroom) -> None:
    """The ledger names every file there is, and nothing waits."""
    root = Root(newsroom.root)
    ledger = newsroom.ledger()
    assert ledger.files(status="pending") == []
    assert {file.path for file in ledger.files()} == {
        str(path.relative_to(newsroom.root)) for path in newsroom.root.rglob("*.parquet")
    }
    assert list(root.staging.iterdir()) == []


def publish(newsroom: Newsroom, stories: range, edited: range) -> None:
    newsroom.publish("port", rss(*(story(n, 2 if n in edited else 1) for n in stories)))


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_a_step_neither_loses_nor_repeats(newsroom: Newsroom, step: str) -> None:
    publish(newsroom, range(6), range(0))
    newsroom.run()
    publish(newsroom, range(9), range(2))
    process = newsroom.spawn(KHABAR_KILL_AT=step)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    seen_by_reader = Counter((row["title"], row["version"]) for row in newsroom.rows())
    assert max(seen_by_reader.values()) == 1
    summary = newsroom.run()
    assert summary["exit"] == 0
    check(newsroom, range(9), range(2))
    assert newsroom.run()["new"] == 0


@pytest.mark.parametrize("step", ["renamed-one", "renamed"])
def test_a_second_kill_during_recovery_changes_nothing(newsroom: Newsroom, step: str) -> None:
    publish(newsroom, range(6), range(0))
    for kill_at in ("committed", step):
        process = newsroom.spawn(KHABAR_KILL_AT=kill_at)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
    newsroom.run()
    check(newsroom, range(6), range(0))


@pytest.mark.slow
def test_kills_at_random_moments_neither_lose_nor_repeat(newsroom: Newsroom) -> None:
    rng = random.Random(20260305)
    kills = finished = 0
    rounds = int(os.environ.get("KHABAR_KILLS", "25"))
    edited = range(0)
    for n in range(rounds):
        edited = range(n // 2)
        publish(newsroom, range(4 + n), edited)
        process = newsroom.spawn()
        time.sleep(rng.uniform(0.2, 3.5))
        process.kill()
        process.communicate()
        kills += process.returncode == -signal.SIGKILL
        finished += process.returncode == 0
        titles = Counter((row["title"], row["version"]) for row in newsroom.rows())
        assert not titles or max(titles.values()) == 1
    newsroom.run()
    check_ledger(newsroom)
    held: dict[str, list[tuple[int, bool]]] = {}
    for row in newsroom.rows():
        held.setdefault(row["title"], []).append((row["version"], "rose by 2 percent" in row["text"]))
    # A story that no run survived to see before its edit has one version, the edited one.
    assert {title: max(versions)[1] for title, versions in held.items()} == {
        f"Port traffic report {n}": n in edited for n in range(4 + rounds - 1)
    }
    for versions in held.values():
        assert sorted(number for number, _ in versions) == list(range(1, len(versions) + 1))
        assert len({is_edit for _, is_edit in versions}) == len(versions)
    print(f"{kills} kills, {finished} finished before: 0 lost, 0 duplicated")


def test_three_writers_at_once_leave_one_dataset(newsroom: Newsroom) -> None:
    publish(newsroom, range(8), range(0))
    processes = [newsroom.spawn("--lock-wait", wait) for wait in ("0", "30", "30")]
    codes = []
    for process in processes:
        process.communicate()
        codes.append(process.returncode)
    assert set(codes) <= {0, 75}
    check(newsroom, range(8), range(0))
