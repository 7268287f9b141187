from pathlib import Path

import pytest

from pipelines import cli


def run(*arguments: str) -> int:
    return cli.main(["segment", *arguments])


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_text("وصل د. سامي في\nالمساء. وغادر صباحا.\n", encoding="utf-8")
    return path


def test_it_prints_one_sentence_a_line(article: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(str(article), "--language", "ar")
    assert capsys.readouterr().out.splitlines() == ["وصل د. سامي في المساء.", "وغادر صباحا."]


def test_it_ends_well_without_a_language(article: Path) -> None:
    assert run(str(article)) == 0


def test_hard_newlines_end_paragraphs(article: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(str(article), "--newlines", "hard")
    assert capsys.readouterr().out.splitlines()[0] == "وصل د. سامي في"


def test_a_missing_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(tmp_path / "none.txt")) == 2
    assert capsys.readouterr().err.splitlines() == [
        f"khabar: {tmp_path / 'none.txt'}: cannot read: No such file or directory"
    ]


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cp1256.txt"
    path.write_bytes("مرحبا".encode("cp1256"))
    assert run(str(path)) == 2
