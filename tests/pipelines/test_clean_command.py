"""``khabar clean`` shows an article piece by piece."""

import io
from pathlib import Path

import pytest

from pipelines import cli


def call(*arguments: str) -> int:
    return cli.main(["clean", *arguments])


def test_a_file_is_shown_with_its_furniture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.html"
    path.write_text("<p>بكين 23 أبريل 2022 (شينخوا) سجلت بكين 15 حالة.</p>", encoding="utf-8")
    assert call(str(path), "--language", "ar") == 0
    shown = capsys.readouterr().out
    assert "agency     xinhua" in shown
    assert "date       2022-04-23" in shown
    assert "== text\nسجلت بكين 15 حالة." in shown


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(
        "sys.stdin", io.TextIOWrapper(io.BytesIO("موسكو، 5 مارس. /تاس/. أعلن الكرملين.\n".encode()))
    )
    assert call("-", "--plain", "--published", "2024-03-06", "--search") == 0
    shown = capsys.readouterr().out
    assert "date       2024-03-05" in shown
    assert "== search form\nاعلن" in shown or "== search form\nأعلن" in shown


def test_a_missing_file_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("no-such-file.html") == 2
    assert "no-such-file.html" in capsys.readouterr().err
