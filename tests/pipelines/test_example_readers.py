"""examples/readers.py: without khabar, the rows a reader wants, each once, whatever maintenance does."""

import ast
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from examples import readers
from pipelines import cli, clock
from tests.newsroom import REPOSITORY, Newsroom, build, item, rss

DAYS = ("Tue, 03 Mar 2026 06:15:00 GMT", "Thu, 05 Mar 2026 06:15:00 GMT", "Wed, 01 Apr 2026 06:15:00 GMT")


def publish(newsroom: Newsroom, edition: int, sources: tuple[str, ...] = ("port", "rail")) -> None:
    body = f"<p>The port handled ships. Traffic rose by {edition} percent.</p>"
    for source in sources:
        newsroom.publish(source, rss(*(item(f"s{n}", f"R{n}", body, day) for n, day in enumerate(DAYS))))


def keys(table: pa.Table) -> Counter[tuple[str, int]]:
    ids, versions = table["article_id"].to_pylist(), table["version"].to_pylist()
    return Counter(zip(ids, versions, strict=True))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sources, three days in two months, two editions in two runs."""
    return build(tmp_path_factory.mktemp("built"), 2, publish)


@pytest.fixture
def root(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 4, 20, tzinfo=UTC))
    return root


def test_it_imports_nothing_of_khabar() -> None:
    tree = ast.parse((REPOSITORY / "examples" / "readers.py").read_text())
    named = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    named |= {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert not {name.split(".")[0] for name in named} & {"pipelines", "schemas", "transforms"}


def test_only_wanted_sources_and_days_are_listed(root: Path) -> None:
    found = readers.files(root, sources=["rail"], since="2026-03-04", until="2026-03-31")
    assert {str(Path(path).parent.relative_to(root)) for path in found} == {
        "articles/source=rail/date=2026-03-05"
    }
    assert len(found) == 2
    assert readers.files(root, sources=["nobody"]) == []
    assert readers.read(root, sources=["nobody"]).num_rows == 0


def test_latest_keeps_the_newest_version_of_each_article(root: Path) -> None:
    everything = readers.read(root)
    newest = readers.latest(everything)
    assert (everything.num_rows, newest.num_rows) == (12, 6)
    assert set(newest["version"].to_pylist()) == {2}
    assert newest["sentence_spans"].to_pylist()[0]
    assert readers.latest(readers.read(root, columns=["article_id", "version", "title"])).num_rows == 6


def test_duckdb_sees_the_same(root: Path) -> None:
    connection = readers.connect(root, sources=["port"])
    assert connection.sql("select count(*) from articles").fetchall() == [(6,)]
    assert connection.sql("select count(*), max(version) from latest").fetchall() == [(3, 2)]


@pytest.mark.parametrize("follows", [(), ("compact",), ("gc",), ("compact", "gc")])
def test_a_long_series_is_exact_whatever_followed_the_roll_up(root: Path, follows: tuple[str, ...]) -> None:
    before = keys(readers.read(root))
    assert keys(readers.long_series(root)) == before
    assert cli.main(["rollup", "--monthly", "--root", str(root)]) == 0
    words = {"gc": ["--keep", "46d", "--keep-monthly", "400d"], "compact": []}
    for command in follows:
        assert cli.main([command, "--root", str(root), *words[command]]) == 0
    table = readers.long_series(root, ["article_id", "version", "text"])
    assert keys(table) == before
    assert table.column_names == ["article_id", "version", "text"]
    assert readers.long_series(root, ["title"], sources=["port"]).num_rows == 6
    part = readers.long_series(root, since="2026-03-04", until="2026-03-31")
    assert {day.isoformat() for day in part["partition_date"].to_pylist()} == {"2026-03-05"}


def test_a_late_edit_after_the_roll_up_is_in_the_series(newsroom: Newsroom) -> None:
    for edition in (1, 2, 3):
        publish(newsroom, edition)
        newsroom.run()
        if edition == 2:
            cli.main(["rollup", "--monthly", "--root", str(newsroom.root)])
    assert keys(readers.long_series(newsroom.root)) == keys(readers.read(newsroom.root))
    assert readers.long_series(newsroom.root).num_rows == 18


def test_increments_add_up_to_everything_also_after_compaction_and_a_clock_gone_back(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    had: set[str] = set()
    total: Counter[tuple[str, int]] = Counter()
    real = clock.now()
    for edition, moment in ((1, real), (2, real.replace(year=real.year - 1)), (3, real)):
        publish(newsroom, edition)
        monkeypatch.setattr(clock, "now", lambda at=moment: at)
        newsroom.run()
        if edition == 3:
            cli.main(["compact", "--root", str(newsroom.root), "--max-files", "1"])
        table, had = readers.added_since(newsroom.root, had, ["article_id", "version"])
        assert table.num_rows == 6
        total += keys(table)
    assert total == keys(readers.read(newsroom.root))
    assert readers.added_since(newsroom.root, had)[0].num_rows == 0


@pytest.mark.parametrize("step", ["renamed-one", "renamed"])
def test_an_unfinished_run_is_no_increment_until_it_is_whole(newsroom: Newsroom, step: str) -> None:
    publish(newsroom, 1)
    newsroom.run()
    _, had = readers.added_since(newsroom.root)
    publish(newsroom, 2)
    newsroom.spawn(KHABAR_KILL_AT=step).communicate()
    parts = []
    for _ in range(2):
        table, had = readers.added_since(newsroom.root, had)
        parts.append(table.num_rows)
        newsroom.run()
    assert parts == ([0, 6] if step == "renamed-one" else [6, 0])
