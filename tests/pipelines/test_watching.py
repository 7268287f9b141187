"""The rules of ``khabar watch`` that need no process."""

import os
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.config import ConfigError
from pipelines.job import Job
from pipelines.watching.configuration import Configuration
from pipelines.watching.heartbeat import Heartbeat
from pipelines.watching.pace import IDLE, LEAST_PAUSE, Pace
from pipelines.watching.systemd import Systemd
from pipelines.watching.vitals import SignsOfLife, Vitals
from transforms import pulse

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
seconds = st.integers(0, 10_000).map(lambda n: timedelta(seconds=n))


@given(st.none() | seconds.map(lambda d: NOW - timedelta(hours=1) + d))
def test_the_next_batch_waits_for_the_next_feed_but_never_for_long(due: datetime | None) -> None:
    start = Pace().after_success(NOW, NOW, due)
    assert NOW + LEAST_PAUSE <= start <= NOW + IDLE
    if due is not None and NOW + LEAST_PAUSE <= due <= NOW + IDLE:
        assert start == due


@given(every=st.integers(1, 3600), took=seconds)
def test_a_fixed_rhythm_keeps_its_beat_and_skips_what_passed(every: int, took: timedelta) -> None:
    beat = timedelta(seconds=every)
    start = Pace(beat).after_success(NOW, NOW + took, None)
    assert NOW + took < start <= NOW + took + beat
    assert (start - NOW) % beat == timedelta(0)


@given(failures=st.integers(1, 10_000), seed=st.integers())
def test_back_off_doubles_up_to_ten_minutes_with_half_of_it_by_chance(failures: int, seed: int) -> None:
    wait = (Pace().after_failure(NOW, failures, random.Random(seed)) - NOW).total_seconds()
    longest = min(600, 5 * 2 ** (failures - 1))
    assert longest / 2 <= round(wait, 3) <= longest


def test_a_configuration_is_read_again_when_its_file_is_another(tmp_path: Path) -> None:
    file = tmp_path / "feeds.toml"
    file.write_text("1")

    def load() -> Job:
        if file.read_text() == "bad":
            raise ConfigError("bad")
        return Job(run_id=file.read_text(), root=tmp_path, feeds=[])

    configuration = Configuration(load, [file])
    assert not configuration.changed()
    file.write_text("bad")
    assert configuration.changed()
    with pytest.raises(ConfigError):
        configuration.reload()
    assert configuration.job.run_id == "1"
    assert not configuration.changed()  # the same bad file is not read over and over
    other = tmp_path / "new"
    other.write_text("22")
    other.replace(file)
    assert configuration.changed()
    configuration.reload()
    assert configuration.job.run_id == "22"


def test_a_file_that_is_gone_counts_as_a_change(tmp_path: Path) -> None:
    file = tmp_path / "feeds.toml"
    file.write_text("1")
    configuration = Configuration(lambda: Job(run_id="r", root=tmp_path, feeds=[]), [file])
    file.unlink()
    assert configuration.changed()


def test_a_batch_without_progress_stalls_until_something_moves() -> None:
    signs = SignsOfLife(lambda: None, stall_seconds=0.01)
    time.sleep(0.02)
    assert signs.stalled()
    pulse.BEATS["entries"] += 1
    assert not signs.stalled()


def test_work_in_other_processes_never_stalls() -> None:
    signs = SignsOfLife(lambda: None, stall_seconds=0.0, blind=True)
    time.sleep(0.01)
    assert not signs.stalled()


def test_a_heartbeat_that_cannot_be_written_ends_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    beat = Heartbeat(tmp_path / "file" / "watch.json")
    for _ in range(3):
        beat(Vitals(NOW))
    assert [record.getMessage() for record in caplog.records] == ["heartbeat_failed"]


def test_the_watchdog_of_another_process_is_not_fed() -> None:
    own, other = str(os.getpid()), str(os.getpid() + 1)
    assert Systemd({"WATCHDOG_USEC": "4000000", "WATCHDOG_PID": own}).ping_seconds == 2.0
    assert Systemd({"WATCHDOG_USEC": "4000000", "WATCHDOG_PID": other}).ping_seconds is None
    assert Systemd({}).ping_seconds is None
