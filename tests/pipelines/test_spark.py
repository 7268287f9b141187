"""Spark reads the same root as the other five: Arabic, nulls, lists, edits, runs, a compaction, a roll-up."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest

from pipelines import cli
from tests.newsroom import REPOSITORY, Newsroom, item, rss, story
from tests.origin import Origin
from tests.pipelines.test_readers import ARABIC, FIVE, KEYS, Answer, by_pyarrow, checksum

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    sql = pytest.importorskip("pyspark.sql", reason="make test-slow installs it")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java 17")
    builder = sql.SparkSession.builder.master("local[2]").appName("khabar")
    settings = {"ui.enabled": "false", "sql.session.timeZone": "UTC", "sql.shuffle.partitions": "2"}
    for name, value in settings.items():
        builder = builder.config(f"spark.{name}", value)
    session = builder.getOrCreate()
    yield session
    session.stop()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three runs with edits, compacted and rolled up after the second; the third beside both."""
    with Origin() as origin:
        newsroom = Newsroom(tmp_path_factory.mktemp("built"), origin)
        arabic = item("a", "عبور 61 سفينة", ARABIC, category="اقتصاد")
        for edition in (1, 2, 3):
            undated = item("x", "No body, no date", "", date="")
            newsroom.publish("port", rss(story(1, edition), story(2), story(2 + edition), undated))
            newsroom.publish("tass_ar", rss(arabic), language="ar", agency="tass")
            newsroom.run()
            if edition == 2:
                assert cli.main(["compact", "--root", str(newsroom.root)]) == 0
                assert cli.main(["rollup", "--monthly", "--root", str(newsroom.root)]) == 0
        return newsroom.root


def by_spark(spark: Any, root: Path, dataset: str) -> Answer:
    frame = spark.read.parquet(str(root / dataset))
    rows = [tuple(row) for row in frame.select(*KEYS).collect()]
    assert frame.count() == len(rows)
    return len(rows), checksum(rows)


@pytest.mark.parametrize(("dataset", "rows"), [("articles", 9), ("articles_monthly", 6)])
def test_six_readers_agree_on_rows_and_keys(spark: Any, root: Path, dataset: str, rows: int) -> None:
    answers = {read.__name__: read(root, dataset) for read in FIVE}
    answers["by_spark"] = by_spark(spark, root, dataset)
    assert answers == dict.fromkeys(answers, by_pyarrow(root, dataset))
    assert by_pyarrow(root, dataset)[0] == rows


def test_spark_sees_text_nulls_and_lists_as_pyarrow_does(spark: Any, root: Path) -> None:
    names = ["article_id", "version", "text", "title", "published_at", "categories", "sentence_spans"]
    frame = spark.read.parquet(str(root / "articles")).select(*names)
    found = {(row.article_id, row.version): row.asDict(recursive=True) for row in frame.collect()}
    for row in ds.dataset(root / "articles").to_table(columns=names).to_pylist():
        published = row.pop("published_at")
        other = found[row["article_id"], row["version"]]
        instant = other.pop("published_at")
        assert other == row
        assert (instant is None) == (published is None)
    assert any(row["text"] is None for row in found.values())
    assert any(row["categories"] == ["اقتصاد"] for row in found.values())


def test_spark_finds_rows_by_the_keys_of_the_path(spark: Any, root: Path) -> None:
    days = spark.read.parquet(str(root / "articles"))
    assert days.where("source = 'tass_ar' AND date = DATE '2026-03-05'").count() == 1
    months = spark.read.parquet(str(root / "articles_monthly"))
    assert months.where("source = 'tass_ar' AND month = '2026-03'").count() == 1


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ("version", "int"),
        ("partition_date", "date"),
        ("published_at", "timestamp"),
        ("language_confidence", "float"),
        ("categories", "array<string>"),
        ("languages", "array<struct<language:string,share:float>>"),
        ("minhash_b8", "binary"),
        ("lsh32", "array<bigint>"),
        ("sent_fp", "array<decimal(20,0)>"),
        ("source", "string"),
        ("date", "date"),
    ],
)
def test_spark_has_the_types_that_the_documentation_names(
    spark: Any, root: Path, column: str, kind: str
) -> None:
    assert dict(spark.read.parquet(str(root / "articles")).dtypes)[column] == kind
    assert f"`{kind}`" in (REPOSITORY / "docs" / "dataset.md").read_text(encoding="utf-8")
