"""``make demo`` as a newcomer sees it; tests/test_demo_run.py looks at what it wrote."""

from pathlib import Path

import pytest

from pipelines import demo


def test_the_demo_tells_of_three_polls_and_shows_rows(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["demo", str(tmp_path / "data")])
    assert demo.main() == 0
    out = capfd.readouterr().out
    first, unchanged, changed, sample = out.split("\n== ")[1:]
    assert "103 new and 0 edited articles added" in first
    assert "(16 unchanged)" in unchanged
    assert "4 new and 2 edited articles added, 21 seen before" in changed
    assert "tass_ar" in sample
    assert (tmp_path / "data" / "articles" / "source=tass_ar").is_dir()
