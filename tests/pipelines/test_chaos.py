"""The short form of ``python -m benchmarks.chaos``."""

from pathlib import Path

import pytest

from benchmarks.chaos import chaos
from benchmarks.chaos_victims import COMMANDS


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_forty_kills_beside_compaction_and_readers_lose_and_repeat_nothing(tmp_path: Path) -> None:
    counts = chaos(kills=40, seed=8, folder=tmp_path)
    print(counts)
    assert sum(counts.kills.values()) >= 40
    assert counts.reads > 0
    # Which ones is chance; forty kills have met six of the seven.
    assert len({name.split()[0] for name in counts.kills} & COMMANDS.keys()) >= 4
    assert counts.good, counts
