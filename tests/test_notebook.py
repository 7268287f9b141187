"""examples/newsroom.py answers its questions about the demo dataset, and imports nothing of khabar."""

import ast
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

NOTEBOOK = Path(__file__).parent.parent / "examples" / "newsroom.py"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    root = tmp_path_factory.mktemp("demo") / "demo-data"
    subprocess.run([sys.executable, "-m", "pipelines.demo", str(root)], check=True, capture_output=True)
    app = runpy.run_path(str(NOTEBOOK))["app"]
    _, definitions = app.run(defs={"root": str(root)})
    return dict(definitions)


def test_it_imports_nothing_of_khabar() -> None:
    for path in NOTEBOOK.parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {name.split(".")[0] for name in names} & {"pipelines", "schemas", "transforms"}


def test_it_finds_every_reprint_of_the_demo_and_no_other(answers: dict[str, Any]) -> None:
    flows = {(row["wrote"], row["printed"]): row["stories"] for row in answers["flows"].to_dicts()}
    assert flows == {
        ("tass_ar", "alwaha_ar"): 3,
        ("wam_ar", "alwaha_ar"): 1,
        ("spa_ar", "alwaha_ar"): 1,
        ("tass_ru", "volga_ru"): 3,
    }


def test_it_knows_how_fast_they_were_and_who_was_credited(answers: dict[str, Any]) -> None:
    prints = answers["prints"]
    assert prints["minutes"].to_list() == [15, 42, 50, 55, 145, 170, 195, 1200]
    assert prints["credited"].null_count() == 3


def test_it_knows_how_much_of_a_newspaper_is_its_own(answers: dict[str, Any]) -> None:
    papers = {row["source"]: (row["copied"], row["sentences"]) for row in answers["papers"].to_dicts()}
    assert papers.keys() == {"alwaha_ar", "volga_ru"}
    assert all(0 < copied < sentences for copied, sentences in papers.values())


def test_it_shows_what_an_edit_changed(answers: dict[str, Any]) -> None:
    tass, wam = answers["stories"]
    assert "<del>36</del> <ins>63</ins>" in tass
    assert "<del>0.4</del> <ins>0.5</ins>" in tass
    assert "<del>18</del> <ins>23</ins>" in wam


def test_it_finds_the_print_that_kept_the_superseded_figures(answers: dict[str, Any]) -> None:
    (row,) = answers["stale"].to_dicts()
    assert (row["wrote"], row["printed"]) == ("tass_ar", "alwaha_ar")
    assert "36" in row["still_says"]


def test_it_compares_topics_across_languages(answers: dict[str, Any]) -> None:
    assert set(answers["by_language"]["language"]) == {"ar", "en", "ru"}
