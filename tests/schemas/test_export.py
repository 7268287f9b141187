"""The exported schemas hold for real rows, and refuse wrong ones."""

import json
from pathlib import Path
from typing import Any

import duckdb
import jsonschema
import pandera.errors
import polars as pl
import pytest

from pipelines import cli
from schemas.arrow import DATASETS
from schemas.constraints import CONSTRAINTS, PARTITIONED_BY, SUMMARIES, UNIQUE
from schemas.export import duckdb_table, json_schema, pandera_module
from tests.newsroom import Newsroom, item, rss, story


@pytest.fixture
def root(newsroom: Newsroom) -> Path:
    newsroom.publish("port", rss(story(1), item("x", "No body, no date", "", date="")))
    newsroom.feeds["gone"] = {"url": newsroom.origin.url("/nowhere")}
    newsroom.run()
    return newsroom.root


def pandera_schema(dataset: str) -> Any:
    names: dict[str, Any] = {}
    exec(compile(pandera_module(dataset), dataset, "exec"), names)
    return names[dataset.upper()]


def test_every_constraint_is_of_a_column_that_exists() -> None:
    for dataset, schema in DATASETS.items():
        assert set(CONSTRAINTS[dataset]) | set(UNIQUE[dataset]) <= set(schema.names)
    assert set(CONSTRAINTS) == set(UNIQUE) == set(SUMMARIES) == set(PARTITIONED_BY) == set(DATASETS)


@pytest.mark.parametrize("dataset", DATASETS)
def test_pandera_accepts_what_khabar_wrote(root: Path, dataset: str) -> None:
    frame = pl.read_parquet(root / dataset, hive_partitioning=True)
    assert pandera_schema(dataset).validate(frame).height == frame.height > 0


@pytest.mark.parametrize(
    ("column", "value"),
    [("version", 0), ("source_id", "Not A Slug"), ("language_confidence", 1.5), ("status", "lost")],
)
def test_pandera_refuses_what_khabar_would_not_write(root: Path, column: str, value: object) -> None:
    frame = pl.read_parquet(root / "articles", hive_partitioning=True)
    wrong = frame.with_columns(pl.lit(value, frame.schema[column]).alias(column))
    with pytest.raises(pandera.errors.SchemaError, match=column):
        pandera_schema("articles").validate(wrong)


@pytest.mark.parametrize("dataset", DATASETS)
def test_json_schema_accepts_rows_as_sql_prints_them(
    root: Path, dataset: str, capsys: pytest.CaptureFixture[str]
) -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema(dataset))
    validator = jsonschema.Draft202012Validator(json_schema(dataset))
    capsys.readouterr()
    assert cli.main(["sql", f"select * from {dataset}", "--root", str(root), "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert rows
    for row in rows:
        assert list(validator.iter_errors(row)) == []


@pytest.mark.parametrize("dataset", DATASETS)
def test_duckdb_makes_the_table_and_takes_the_rows(root: Path, dataset: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(duckdb_table(dataset))
        files = f"read_parquet('{root}/{dataset}/**/*.parquet', hive_partitioning = false)"
        connection.execute(f"INSERT INTO {dataset} BY NAME SELECT * FROM {files}")
        assert connection.table(dataset).count("*").fetchall()[0][0] > 0


@pytest.mark.parametrize("words", [[], ["sentences", "--format", "arrow"], ["--json"], ["errors", "--json"]])
def test_the_command_prints_columns(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["schema", *words]) == 0
    assert "source_id" in capsys.readouterr().out


def test_a_meaning_in_brackets_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["schema", "sentences"]) == 0
    assert "text[start:end]" in capsys.readouterr().out


def test_a_dataset_that_is_none_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["schema", "article"]) == 2
    assert "no dataset 'article'" in capsys.readouterr().err
