"""``make demo`` gives what config/demo/expected.toml promises, feed by feed and partition by partition."""

import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest

from pipelines import demo

DEMO = Path(__file__).parent.parent / "config" / "demo"
EXPECTED = tomllib.loads((DEMO / "expected.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, run once."""
    root = tmp_path_factory.mktemp("demo") / "data"
    before, sys.argv = sys.argv, ["demo", str(root)]
    try:
        assert demo.main() == 0
    finally:
        sys.argv = before
    return root


def rows(root: Path, dataset: str) -> list[dict[str, Any]]:
    return ds.dataset(root / dataset, partitioning="hive").to_table().to_pylist()


def polls(root: Path) -> list[dict[str, dict[str, Any]]]:
    """The fetch log, one dict by source for each of the three polls."""
    runs: dict[str, dict[str, dict[str, Any]]] = {}
    for row in sorted(rows(root, "fetch_log"), key=lambda row: row["started_at"]):
        runs.setdefault(row["run_id"], {})[row["source_id"]] = row
    return list(runs.values())


@pytest.mark.parametrize(("poll", "edition"), [(0, "edition-1"), (2, "edition-2")])
def test_each_poll_finds_what_the_recorded_feeds_hold(root: Path, poll: int, edition: str) -> None:
    log = polls(root)[poll]
    for source, expected in EXPECTED[edition].items():
        row = log[source]
        found = {"entries": row["n_entries"], "new": row["n_new"], "edited": row["n_edited"]}
        found |= {"seen": row["n_seen"] + row["n_repeated"], "rejected": row["n_error"]}
        assert found == {key: expected[key] for key in found}, source
        assert row["format"] == expected["format"], source


def test_the_second_poll_finds_nothing_changed(root: Path) -> None:
    log = polls(root)[1]
    assert len(log) == len(EXPECTED["edition-1"])
    assert all(row["not_modified"] and row["n_entries"] == 0 for row in log.values())


def test_partitions_are_the_days_of_publication(root: Path) -> None:
    expected: Counter[tuple[str, str]] = Counter()
    for edition in ("edition-1", "edition-2"):
        for source, table in EXPECTED[edition].items():
            expected.update({(source, str(day)): n for day, n in table["partitions"].items()})
    dated = [row for row in rows(root, "articles") if row["date_source"] == "published"]
    assert Counter((row["source_id"], str(row["partition_date"])) for row in dated) == expected


def test_languages_are_those_of_the_articles(root: Path) -> None:
    for source, expected in EXPECTED["edition-1"].items():
        first = [row for row in rows(root, "articles") if row["source_id"] == source and row["version"] == 1]
        newest = EXPECTED["edition-2"].get(source, {"new": 0})["new"]
        found = Counter(row["language"] for row in first)
        assert sum(found.values()) == expected["new"] + newest
        assert set(found) == set(expected["languages"]), source
