"""``khabar verify`` is silent on a sound dataset and names file and finding on every other."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines import cli
from pipelines.layout import Root
from pipelines.ledger import Ledger
from tests.newsroom import Newsroom, build, rss, story
from transforms.parquet import write_file
from transforms.storage import file_sha256


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root of two runs with an edit; tests take copies."""

    def publish(newsroom: Newsroom, edition: int) -> None:
        newsroom.publish("port", rss(story(1, edition), *(story(n) for n in range(2, edition + 2))))

    return build(tmp_path_factory.mktemp("built"), 2, publish)


def verify(root: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    code = cli.main(["verify", "--root", str(root), "--json", *words])
    return code, json.loads(capsys.readouterr().out)


def kinds(root: Path, capsys: pytest.CaptureFixture[str], *words: str) -> set[str]:
    code, report = verify(root, capsys, *words)
    assert code == (1 if report["findings"] else 0)
    return {finding["kind"] for finding in report["findings"]}


def parts(root: Path, dataset: str = "articles") -> list[Path]:
    return sorted((root / dataset).rglob("*.parquet"))


def rewrite(path: Path, change: Callable[[list[dict[str, Any]]], None]) -> None:
    """Change a file's rows and have the ledger take the new bytes for right."""
    schema = pq.read_schema(path)
    table = pq.ParquetFile(path).read()
    rows = table.to_pylist()
    change(rows)
    path.unlink()
    write_file(pa.Table.from_pylist(rows, schema), path, 3)
    root = next(parent for parent in path.parents if (parent / "_state").is_dir())
    with sqlite3.connect(root / "_state" / "ledger.sqlite") as db:
        db.execute(
            "UPDATE files SET sha256 = ?, bytes = ?, rows = ? WHERE path = ?",
            (file_sha256(path), path.stat().st_size, len(rows), str(path.relative_to(root))),
        )


@pytest.mark.parametrize("depth", [[], ["--deep"]])
def test_a_sound_dataset_has_no_findings(
    root: Path, capsys: pytest.CaptureFixture[str], depth: list[str]
) -> None:
    code, report = verify(root, capsys, *depth)
    assert (code, report["findings"]) == (0, [])
    assert report["files"] == len(list(root.rglob("*.parquet")))
    assert report["raw_documents"] == (2 if depth else 0)


def test_a_changed_byte_is_found_and_its_file_named(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = parts(root)[0]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert cli.main(["verify", "--root", str(root)]) == 1
    assert f"{path.relative_to(root)}: checksum: " in capsys.readouterr().out


def test_a_file_cut_short_is_found(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = parts(root)[0]
    path.write_bytes(path.read_bytes()[:-100])
    assert kinds(root, capsys) == {"checksum", "unreadable"}


def test_a_missing_and_an_unknown_file_are_found(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = parts(root)[0]
    path.rename(path.with_name("stray.parquet"))
    assert kinds(root, capsys) == {"missing file", "unknown file"}


def test_what_a_killed_run_left_is_found(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "_state" / "staging" / "20260101T000000Z-00000000").mkdir()
    assert kinds(root, capsys) == {"orphan"}


def test_a_pending_file_is_found(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = str(parts(root)[0].relative_to(root))
    with sqlite3.connect(root / "_state" / "ledger.sqlite") as db:
        db.execute("UPDATE files SET status = 'pending' WHERE path = ?", (name,))
    assert kinds(root, capsys) >= {"pending"}


def test_a_row_twice_is_found(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rewrite(parts(root)[0], lambda rows: rows.append(rows[-1]))
    assert kinds(root, capsys) == {"duplicate"}


def test_a_row_of_another_partition_is_found(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rewrite(parts(root)[0], lambda rows: rows[0].update(source_id="other"))
    assert kinds(root, capsys) == {"partition"}


def test_a_span_beyond_the_text_is_found(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rewrite(parts(root)[0], lambda rows: rows[0]["sentence_spans"][-1].update(end=100_000))
    assert kinds(root, capsys) == {"span"}


def test_a_key_that_only_the_ledger_has_is_found(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rewrite(parts(root)[0], lambda rows: rows.pop())
    assert kinds(root, capsys) == {"key without row"}


def test_a_key_that_only_the_file_has_is_found(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rewrite(parts(root)[0], lambda rows: rows[0].update(content_hash="0" * 32))
    assert kinds(root, capsys) == {"unknown key", "key without row"}


@pytest.mark.parametrize(
    ("column", "value"),
    [("text_search", "other"), ("content_sha256", "0" * 64), ("text_len", 10_000)],
)
def test_a_derived_column_that_disagrees_is_found_in_depth(
    root: Path, capsys: pytest.CaptureFixture[str], column: str, value: object
) -> None:
    rewrite(parts(root)[0], lambda rows: rows[0].update({column: value}))
    assert kinds(root, capsys) == set()
    assert column in kinds(root, capsys, "--deep")


def test_a_sentence_that_is_not_in_its_article_is_found_in_depth(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rewrite(parts(root, "sentences")[0], lambda rows: rows[0].update(text="other"))
    assert kinds(root, capsys) == set()
    assert kinds(root, capsys, "--deep") == {"sentence"}


def test_a_missing_column_is_found(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = parts(root)[0]
    table = pq.ParquetFile(path).read().drop_columns(["extra"])
    pq.write_table(table, path)
    assert kinds(root, capsys) >= {"schema"}


def test_a_damaged_raw_document_is_found_in_depth(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = next((root / "raw").rglob("*.zst"))
    path.write_bytes(path.read_bytes()[:-1])
    assert kinds(root, capsys, "--deep") == {"checksum"}


def test_beside_a_writer_the_unfinished_is_not_judged(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from pipelines import lock

    (root / "_state" / "staging" / "running").mkdir()
    with lock.hold(root / "_state" / "lock"):
        code, report = verify(root, capsys)
    assert (code, report["beside_writer"]) == (0, True)


def test_no_dataset_is_a_configuration_error(tmp_path: Path) -> None:
    assert cli.main(["verify", "--root", str(tmp_path)]) == 78


def test_a_ledger_of_the_first_schema_opens_and_is_brought_up_to_date(root: Path) -> None:
    path = Root(root).ledger
    with sqlite3.connect(path) as db:
        db.executescript(
            "DROP TABLE swaps; DROP TABLE dropped; UPDATE meta SET value = '1' WHERE key = 'schema_version'"
        )
    ledger = Ledger(path)
    assert ledger.query("SELECT value FROM meta WHERE key = 'schema_version'") == [("2",)]
    assert ledger.query("SELECT * FROM swaps") == []
    assert len(ledger.files()) == len(list(root.rglob("*.parquet")))
