import os

import pytest

from benchmarks import agency

SAMPLES = os.environ.get("KHABAR_SHARED")


@pytest.mark.skipif(not SAMPLES, reason="KHABAR_SHARED names no directory with agency samples")
@pytest.mark.filterwarnings("ignore:expat")
def test_the_floors_hold_on_real_deliveries() -> None:
    assert agency.main() == 0


def test_without_samples_the_benchmark_says_so(monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.delenv("KHABAR_SHARED", raising=False)
    assert (agency.main(), "skipped" in capsys.readouterr().out) == (0, True)
