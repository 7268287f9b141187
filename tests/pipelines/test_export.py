"""Exports: what is wanted and nothing else, whole or not at all, beside whoever changes the dataset."""

import csv
import errno
import gzip
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import deltalake
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
import zstandard

from pipelines import cli
from pipelines.export import Exported, Snapshot, Wanted
from pipelines.export_files import export_partitioned
from pipelines.layout import Root
from pipelines.ledger import Ledger
from tests.newsroom import REPOSITORY, Newsroom, build, item, rss

Capture = pytest.CaptureFixture[str]
DAYS = ("Tue, 03 Mar 2026 06:15:00 GMT", "Thu, 05 Mar 2026 06:15:00 GMT")


def publish(newsroom: Newsroom, edition: int, sources: tuple[str, ...] = ("port", "rail")) -> None:
    body = f"<p>ارتفعت الحركة. Traffic rose by {edition} percent.</p>"
    for source in sources:
        newsroom.publish(source, rss(*(item(f"s{n}", f"=R{n}", body, day) for n, day in enumerate(DAYS))))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sources, two days, two editions: 8 rows, 4 articles."""
    return build(tmp_path_factory.mktemp("built"), 2, publish)


def export(capsys: Capture, root: Path, kind: str, to: Path, *words: str) -> dict[str, Any]:
    capsys.readouterr()
    code = cli.main(["export", "--root", str(root), "--format", kind, "--to", str(to), "--json", *words])
    out, err = capsys.readouterr()
    return (json.loads(out) if out else {}) | {"exit": code, "err": err}


def keys(rows: list[dict[str, Any]]) -> Counter[tuple[str, int]]:
    return Counter((row["article_id"], row["version"]) for row in rows)


def dataset(root: Path, version: int | None = 2) -> list[dict[str, Any]]:
    rows = ds.dataset(root / "articles").to_table().to_pylist()
    return [row for row in rows if version in (None, row["version"])]


def test_flat_parquet_has_the_latest_versions_and_the_same_columns(
    root: Path, tmp_path: Path, capsys: Capture
) -> None:
    done = export(capsys, root, "parquet", tmp_path / "out")
    assert (done["exit"], done["rows"], done["files"]) == (0, 4, 1)
    table = pq.read_table(tmp_path / "out")
    assert table.schema.equals(pq.read_schema(next((root / "articles").rglob("*.parquet"))))
    assert sorted(map(repr, table.to_pylist())) == sorted(map(repr, dataset(root)))
    assert os.listdir(tmp_path / "out") == ["part-00000.parquet"]


def test_source_dates_columns_and_versions_choose(root: Path, tmp_path: Path, capsys: Capture) -> None:
    words = ("--source", "rail", "--since", "2026-03-04", "--until", "2026-03-31", "--all-versions")
    export(capsys, root, "jsonl", tmp_path / "a.jsonl", *words, "--columns", "version,title,partition_date")
    rows = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text("utf-8").splitlines()]
    # Two runs of one second come in either order: their names differ by a random number only.
    rows.sort(key=lambda row: row["version"])
    assert rows == [{"version": v, "title": "=R1", "partition_date": "2026-03-05"} for v in (1, 2)]


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("a.jsonl", lambda path: path.read_bytes()),
        ("a.jsonl.gz", lambda path: gzip.decompress(path.read_bytes())),
        ("a.jsonl.zst", lambda path: zstandard.ZstdDecompressor().stream_reader(path.open("rb")).read()),
    ],
)
def test_json_lines_are_plain_or_compressed_by_their_name(
    root: Path, tmp_path: Path, capsys: Capture, name: str, read: Any
) -> None:
    assert export(capsys, root, "jsonl", tmp_path / name)["rows"] == 4
    rows = [json.loads(line) for line in read(tmp_path / name).decode().splitlines()]
    assert keys(rows) == keys(dataset(root))
    assert rows[0]["published_at"].endswith("Z")
    assert "ارتفعت" in rows[0]["text"]


def test_a_csv_sample_opens_in_a_spreadsheet(root: Path, tmp_path: Path, capsys: Capture) -> None:
    assert export(capsys, root, "csv-sample", tmp_path / "a.csv", "--rows", "3")["rows"] == 3
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["article_id"] for row in rows] == sorted(row["article_id"] for row in dataset(root))[:3]
    assert all(row["title"].startswith("'=R") for row in rows)


def test_a_partitioned_export_links_what_did_not_change(newsroom: Newsroom, capsys: Capture) -> None:
    out = newsroom.folder / "out"
    publish(newsroom, 1)
    newsroom.run()
    assert export(capsys, newsroom.root, "parquet", out, "--layout", "partitioned")["partitions_written"] == 4
    inodes = {path.stat().st_ino for path in out.rglob("*.parquet")}
    publish(newsroom, 2, ("rail",))
    newsroom.run()
    done = export(capsys, newsroom.root, "parquet", out, "--layout", "partitioned")
    assert (done["partitions"], done["partitions_written"]) == (4, 2)
    assert len(inodes & {path.stat().st_ino for path in out.rglob("*.parquet")}) == 2
    versions = ds.dataset(out).to_table(columns=["source_id", "version"]).to_pylist()
    assert {(row["source_id"], row["version"]) for row in versions} == {("port", 1), ("rail", 2)}


def test_where_there_are_no_links_a_partitioned_export_copies(
    root: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, target: Path) -> None:
        raise OSError(errno.EPERM, "no links here")

    export(capsys, root, "parquet", tmp_path / "out", "--layout", "partitioned")
    monkeypatch.setattr(Path, "hardlink_to", refuse)
    assert (
        export(capsys, root, "parquet", tmp_path / "out", "--layout", "partitioned")["partitions_written"]
        == 0
    )
    assert keys(ds.dataset(tmp_path / "out").to_table().to_pylist()) == keys(dataset(root))


def test_a_day_that_is_dropped_once_it_was_listed_is_left_out(root: Path, tmp_path: Path) -> None:
    snapshot, done = Snapshot(Root(root), Wanted()), Exported("parquet", "out")
    assert cli.main(["gc", "--root", str(root), "--keep", "1d"]) == 0
    export_partitioned(snapshot, tmp_path / "out", done)
    assert (done.partitions, done.files, list((tmp_path / "out").iterdir())) == (0, 0, [])


def test_a_delta_table_takes_what_changed_in_one_commit(newsroom: Newsroom, capsys: Capture) -> None:
    out = newsroom.folder / "table"
    publish(newsroom, 1)
    newsroom.run()
    assert export(capsys, newsroom.root, "delta", out)["version"] == 0
    assert export(capsys, newsroom.root, "delta", out)["version"] == 0
    publish(newsroom, 2, ("rail",))
    newsroom.run()
    done = export(capsys, newsroom.root, "delta", out)
    assert (done["exit"], done["version"], done["partitions_written"], done["rows"]) == (0, 1, 2, 2)
    table = pa.table(deltalake.DeltaTable(out).to_pyarrow_table())
    rows = {(row["source_id"], row["version"]) for row in table.to_pylist()}
    assert (table.num_rows, rows) == (4, {("port", 1), ("rail", 2)})
    assert deltalake.DeltaTable(out, version=0).to_pyarrow_table().num_rows == 4
    # Compaction changes files and no row; days that gc drops leave the table too.
    assert cli.main(["compact", "--root", str(newsroom.root)]) == 0
    export(capsys, newsroom.root, "delta", out)
    assert deltalake.DeltaTable(out).to_pyarrow_table().num_rows == 4
    assert cli.main(["gc", "--root", str(newsroom.root), "--keep", "1d"]) == 0
    assert export(capsys, newsroom.root, "delta", out)["exit"] == 0
    assert deltalake.DeltaTable(out).to_pyarrow_table().num_rows == 0


def test_another_choice_makes_the_table_anew(root: Path, tmp_path: Path, capsys: Capture) -> None:
    export(capsys, root, "delta", tmp_path / "t")
    done = export(capsys, root, "delta", tmp_path / "t", "--all-versions", "--source", "port")
    assert (done["version"], done["rows"]) == (1, 4)
    assert deltalake.DeltaTable(tmp_path / "t").to_pyarrow_table().num_rows == 4


@pytest.mark.parametrize(
    ("kind", "to", "words", "message"),
    [
        ("parquet", "root/articles/out", (), "stands outside of the root"),
        ("parquet", ".", (), "stands outside of the root"),
        ("jsonl", "missing/a.jsonl", (), "no folder"),
        ("parquet", "mine", (), "holds notes.txt, which no export wrote"),
        ("jsonl", "mine", (), "is a folder"),
        ("delta", "mine", (), "no Delta table"),
        ("jsonl", "a.jsonl", ("--columns", "titel"), "no column titel"),
        ("delta", "t", ("--columns", "title"), "partitioned by"),
    ],
)
def test_what_cannot_be_is_named_and_nothing_is_touched(
    root: Path,
    tmp_path: Path,
    capsys: Capture,
    kind: str,
    to: str,
    words: Any,
    message: str,
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    done = export(capsys, root, kind, tmp_path / to, *words)
    assert done["exit"] == 78
    assert message in done["err"]
    assert sorted(tmp_path.rglob("*")) == before


def test_a_run_that_is_not_whole_is_left_out(newsroom: Newsroom, capsys: Capture) -> None:
    publish(newsroom, 1)
    newsroom.run()
    publish(newsroom, 2)
    newsroom.spawn(KHABAR_KILL_AT="renamed-one").communicate()
    ledger = Ledger(Root(newsroom.root).ledger)
    assert ledger.files("pending")
    export(capsys, newsroom.root, "jsonl", newsroom.folder / "a.jsonl", "--all-versions")
    rows = [json.loads(line) for line in (newsroom.folder / "a.jsonl").read_text("utf-8").splitlines()]
    assert keys(rows) == keys(dataset(newsroom.root, version=1))


@pytest.mark.slow
@pytest.mark.parametrize("step", ["export-written", "export-placed"])
@pytest.mark.parametrize(
    ("kind", "name", "words"),
    [
        ("parquet", "out", ()),
        ("parquet", "out", ("--layout", "partitioned")),
        ("jsonl", "out.jsonl", ()),
        ("delta", "out", ()),
    ],
)
def test_a_kill_leaves_the_old_export_or_the_new_one(
    root: Path,
    tmp_path: Path,
    capsys: Capture,
    step: str,
    kind: str,
    name: str,
    words: Any,
) -> None:
    def rows() -> int:
        if kind == "jsonl":
            return len((tmp_path / name).read_text("utf-8").splitlines())
        if kind == "delta":
            return int(deltalake.DeltaTable(tmp_path / name).to_pyarrow_table().num_rows)
        return ds.dataset(tmp_path / name).count_rows()

    export(capsys, root, kind, tmp_path / name, *words, "--source", "port")
    assert rows() == 2
    command = ["export", "--root", str(root), "--format", kind, "--to", str(tmp_path / name), *words]
    killed = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *command],
        cwd=REPOSITORY,
        env=os.environ | {"KHABAR_KILL_AT": step},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert rows() == (2 if step == "export-written" and kind != "delta" else 4)
    assert export(capsys, root, kind, tmp_path / name, *words)["exit"] == 0
    assert rows() == 4
    assert not list(tmp_path.glob(".*.partial"))
