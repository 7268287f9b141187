"""Card, catalog and data package: what readers and machines find beside the datasets."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pipelines import card, catalog, cli
from pipelines.layout import Root
from pipelines.ledger import Ledger
from tests.newsroom import Newsroom, item, rss, story

FILES = ("README.md", "catalog.json", "datapackage.json")
ARABIC = "<p>القاهرة، 5 مارس. /تاس/. أعلنت هيئة قناة السويس عبور 61 سفينة من القناة يوم الخميس.</p>"


@pytest.fixture
def root(newsroom: Newsroom) -> Path:
    """Two sources, an edit, a reject and a feed that fails."""
    terms = {"license": "CC-BY-4.0", "terms": "https://agency.example/terms", "title": "Port | [Agency]"}
    newsroom.publish("port", rss(story(1), story(2)), **terms)
    newsroom.publish("tass_ar", rss(item("a", "عبور 61 سفينة", ARABIC)), language="ar", title="تاس")
    newsroom.feeds["gone"] = {"url": newsroom.origin.url("/nowhere")}
    newsroom.run()
    newsroom.publish("port", rss(story(1, edition=2), story(2), story(3)), **terms)
    newsroom.run()
    return newsroom.root


def loaded(root: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((root / "catalog.json").read_text("utf-8"))
    return found


def stamps(root: Path) -> list[tuple[int, int]]:
    return [(status.st_ino, status.st_mtime_ns) for name in FILES for status in [(root / name).stat()]]


@pytest.mark.parametrize("streaming", [False, True])
@pytest.mark.parametrize("config", [None, "articles", "sentences", "fetch_log", "errors"])
def test_load_dataset_takes_the_root(root: Path, newsroom: Newsroom, config: str, streaming: bool) -> None:
    from datasets import load_dataset

    cache = str(newsroom.folder / "hf")
    data = load_dataset(str(root), config, split="train", streaming=streaming, cache_dir=cache)
    rows = list(data)
    assert len(rows) == loaded(root)["datasets"][config or "articles"]["rows"] > 0
    if config is None:
        assert any(row["title"] == "عبور 61 سفينة" for row in rows)


def test_the_header_is_one_hugging_face_accepts(root: Path) -> None:
    from huggingface_hub import DatasetCard

    header = DatasetCard.load(root / "README.md").data.to_dict()
    assert {"ar", "en"} <= set(header["language"])
    assert header["size_categories"] == ["n<1K"]
    assert header["license"] == "other"
    assert [config["config_name"] for config in header["configs"]] == list(loaded(root)["datasets"])


def test_a_licence_that_all_sources_share_is_the_datasets() -> None:
    source = {"license": "CC-BY-4.0", "versions": 1}
    empty: dict[str, Any] = {"license": None, "versions": 0}
    both = {"sources": [source, empty], "languages": {}, "datasets": {"articles": {"rows": 1, "files": 0}}}
    assert card.header(both)["license"] == "cc-by-4.0"


def test_norwegian_stays_a_language(root: Path) -> None:
    from huggingface_hub import DatasetCard

    found = loaded(root) | {"languages": {"no": 3, "zh-Hans": 1}}
    header = DatasetCard(card.render(found)).data.to_dict()
    assert header["language"] == ["no", "zh"]
    assert header["language_bcp47"] == ["no", "zh-Hans"]


def test_the_card_tells_licence_terms_and_name_as_configured(root: Path) -> None:
    (row,) = [line for line in (root / "README.md").read_text("utf-8").splitlines() if "`port`" in line]
    assert "| Port \\| (Agency) |" in row
    assert "| CC-BY-4.0 | [terms](<https://agency.example/terms>) | 3 | 4 |" in row


def test_the_catalog_counts_what_is_there(root: Path, newsroom: Newsroom) -> None:
    found = loaded(root)
    assert {name: data["rows"] for name, data in found["datasets"].items()} == {
        name: newsroom.table(name).num_rows for name in found["datasets"]
    }
    sources = {source["id"]: source for source in found["sources"]}
    assert (sources["port"]["articles"], sources["port"]["versions"]) == (3, 4)
    assert sources["gone"]["versions"] == 0
    assert found["languages"] == {"en": 4, "ar": 1}
    assert {entry["path"] for entry in found["files"]} == {
        str(path.relative_to(root)) for path in root.rglob("*.parquet")
    }


def test_a_catalog_made_from_the_last_one_is_the_same_as_one_made_anew(root: Path) -> None:
    ledger = Ledger(Root(root).ledger)
    before = loaded(root)
    assert catalog.build(Root(root), ledger, [], before)["files"] == before["files"]
    anew = catalog.build(Root(root), ledger, [], {})
    assert anew["files"] == before["files"]


def test_a_poll_without_news_rewrites_nothing(root: Path, newsroom: Newsroom) -> None:
    before = stamps(root)
    assert newsroom.run()["feeds_unchanged"] == 2
    assert stamps(root) == before
    newsroom.publish("port", rss(story(4)))
    newsroom.run()
    assert all(new != old for new, old in zip(stamps(root), before, strict=True))


def test_compaction_brings_the_catalog_up_to_date(root: Path, newsroom: Newsroom) -> None:
    assert cli.main(["compact", "--root", str(root)]) == 0
    paths = {entry["path"] for entry in loaded(root)["files"]}
    assert all((root / path).exists() for path in paths)
    assert any("compact-" in path for path in paths)
    assert {source["id"]: source["license"] for source in loaded(root)["sources"]}["port"] == "CC-BY-4.0"


def test_a_roll_up_is_told_and_counted_apart(root: Path) -> None:
    before = loaded(root)
    assert cli.main(["rollup", "--monthly", "--root", str(root)]) == 0
    after = loaded(root)
    assert after["datasets"]["articles_monthly"]["rows"] > 0
    assert after["datasets"]["articles_monthly"]["partitioned_by"] == ["source", "month"]
    assert (after["languages"], after["sources"]) == (before["languages"], before["sources"])
    assert "`articles_monthly`" in (root / "README.md").read_text("utf-8")


def test_what_the_owner_wrote_below_the_line_stays(root: Path, newsroom: Newsroom) -> None:
    path = root / "README.md"
    path.write_text(path.read_text("utf-8") + "## How we use it\n\nFor nothing but good.\n", "utf-8")
    newsroom.publish("port", rss(story(9)))
    newsroom.run()
    text = path.read_text("utf-8")
    assert text.endswith("## How we use it\n\nFor nothing but good.\n")
    assert "5 articles" in text


def test_a_readme_of_somebody_elses_is_left_alone(
    root: Path, newsroom: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "README.md").write_text("# Mine\n")
    assert cli.main(["card", "--root", str(root)]) == 1
    assert "not made by khabar" in capsys.readouterr().err
    newsroom.publish("port", rss(story(9)))
    assert newsroom.run()["exit"] == 3  # one of three feeds fails, as before
    assert (root / "README.md").read_text() == "# Mine\n"


def test_card_takes_new_terms_from_the_configuration(root: Path, newsroom: Newsroom) -> None:
    newsroom.feeds["tass_ar"]["license"] = "by agreement"
    feeds = newsroom.command()[4]
    assert cli.main(["card", "--root", str(root), "--feeds", feeds]) == 0
    assert {source["id"]: source["license"] for source in loaded(root)["sources"]}[
        "tass_ar"
    ] == "by agreement"


def test_a_dry_run_writes_no_card(newsroom: Newsroom) -> None:
    newsroom.publish("port", rss(story(1)))
    newsroom.run("--dry-run")
    assert not (newsroom.root / "README.md").exists()


def test_the_data_package_lists_every_file_under_its_columns(root: Path) -> None:
    package = json.loads((root / "datapackage.json").read_text("utf-8"))
    paths = [path for resource in package["resources"] for path in resource["path"]]
    assert sorted(paths) == sorted(entry["path"] for entry in loaded(root)["files"])
    (articles,) = [r for r in package["resources"] if r["name"] == "articles"]
    assert articles["schema"]["primaryKey"] == ["article_id", "content_hash"]
    assert package["licenses"] == [{"name": "CC-BY-4.0", "title": "CC-BY-4.0"}]


@pytest.mark.slow
def test_frictionless_accepts_the_data_package(root: Path) -> None:
    python = os.environ.get("KHABAR_FRICTIONLESS")
    if not python:
        pytest.skip("KHABAR_FRICTIONLESS names no interpreter with frictionless")
    check = (
        "import sys, frictionless as f\n"
        "package = f.Package(sys.argv[1])\n"
        "print(package.resource_names)\n"
        "for resource in package.resources: resource.schema\n"
    )
    words = [python, "-c", check, str(root / "datapackage.json")]
    result = subprocess.run(words, capture_output=True, check=False, text=True)
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() == "['articles', 'errors', 'fetch_log', 'sentences']"
