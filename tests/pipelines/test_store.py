"""A root in an S3-compatible store: a real server, the same promises."""

import io
import signal
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines import cli
from pipelines.arguments import LEDGER
from tests.archives import write
from tests.newsroom import Newsroom, rss, story
from tests.pipelines.test_backfill import backfill
from tests.pipelines.test_backfill import story as page_of
from transforms.s3 import S3Path
from transforms.storage import place, remove_tree

pytestmark = [pytest.mark.slow, pytest.mark.engine]


def versions(newsroom: Newsroom) -> Counter[tuple[str, int]]:
    return Counter((row["title"], row["version"]) for row in newsroom.rows())


def publish(newsroom: Newsroom, stories: int, edited: int) -> Counter[tuple[str, int]]:
    """Serve stories, some of them edited; what the dataset holds once each edition was read."""
    newsroom.publish("port", rss(*(story(n, 2 if n < edited else 1) for n in range(stories))))
    whole = {(f"Port traffic report {n}", 1) for n in range(stories)}
    return Counter(whole | {(f"Port traffic report {n}", 2) for n in range(edited)})


def test_runs_add_what_is_new_and_verify_finds_nothing(room: Newsroom) -> None:
    publish(room, 6, 0)
    assert room.run()["new"] == 6
    assert room.run()["feeds_unchanged"] == 1
    expected = publish(room, 9, 2)
    summary = room.run()
    assert (summary["new"], summary["edited"]) == (3, 2)
    assert versions(room) == expected
    assert room.verify(deep=True).findings == []
    assert {path.name for path in room.root.iterdir()} >= {"articles", "README.md", "catalog.json", "raw"}
    assert list((room.root / "_state" / "staging").rglob("*.parquet")) == []


def test_rows_are_those_of_a_root_on_disk(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(room, 5, 0)
    room.run()
    monkeypatch.delenv(LEDGER)
    disk = Newsroom(room.folder, room.origin, room.feeds)
    disk.run()
    of_the_run = {"run_id", "first_seen_at", "fetched_at", "ingested_at"}
    here, there = (
        sorted(
            ([repr(v) for k, v in sorted(row.items()) if k not in of_the_run] for row in one.rows()),
        )
        for one in (room, disk)
    )
    assert here == there


@pytest.mark.parametrize("step", ["landed", "staged", "committed", "renamed-one", "renamed"])
def test_a_kill_at_a_step_neither_loses_nor_repeats(room: Newsroom, step: str) -> None:
    publish(room, 4, 0)
    room.run()
    expected = publish(room, 6, 2)
    process = room.spawn(KHABAR_KILL_AT=step)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert max(versions(room).values()) == 1
    assert room.run()["exit"] == 0
    assert versions(room) == expected
    assert room.verify(deep=True).findings == []


def test_questions_and_status_are_answered(room: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    publish(room, 4, 0)
    room.run()
    publish(room, 4, 2)
    room.run()
    assert (
        cli.main(["sql", "--root", str(room.bucket), "--json", "select count(*) n, min(date) d from latest"])
        == 0
    )
    assert '{"n": 4, "d": "2026-03-05"}' in capsys.readouterr().out
    assert cli.main(["status", "--root", str(room.bucket), "--json"]) == 0
    assert '"rows": 6' in capsys.readouterr().out


def test_report_and_peek_read_a_store(room: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    publish(room, stories=2, edited=0)
    room.run()
    capsys.readouterr()
    assert cli.main(["peek", "--root", str(room.bucket), "--limit", "1"]) == 0
    assert "Port traffic report" in capsys.readouterr().out
    assert cli.main(["report", "--root", str(room.bucket)]) == 0
    assert b"Port traffic report" in (place(str(room.bucket)) / "report.html").read_bytes()
    assert cli.main(["report", "--root", str(room.bucket), "--open"]) == 1
    assert "name it with --out" in capsys.readouterr().err


def test_a_store_needs_a_ledger_elsewhere(
    room: Newsroom, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(room, 1, 0)
    monkeypatch.delenv(LEDGER)
    assert room.run()["exit"] == 78
    assert cli.main(["status", "--root", str(room.bucket)]) == 78
    assert capsys.readouterr().err.count("--ledger must name") == 2


def test_a_bucket_that_is_not_there_is_one_line(room: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    publish(room, 1, 0)
    room.bucket = "s3://no-such-bucket/x"
    assert room.run()["exit"] == 78
    assert "NO_SUCH_BUCKET" in capsys.readouterr().err


def test_a_lost_ledger_is_built_again(room: Newsroom) -> None:
    expected = publish(room, 4, 0)
    room.run()
    ledger = Path(str(room.ledger_given))
    for path in ledger.parent.glob(f"{ledger.name}*"):
        path.unlink()
    assert room.run()["exit"] == 78
    assert cli.main(["rebuild-ledger", "--root", str(room.bucket)]) == 0
    assert room.run()["new"] == 0
    assert versions(room) == expected


def test_an_error_while_writing_leaves_no_object(bucket: S3Path) -> None:
    def fail() -> None:
        with (bucket / "x.parquet").open("wb") as file:
            file.write(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not (bucket / "x.parquet").exists()


def test_objects_are_written_as_they_are(bucket: S3Path) -> None:
    """pyarrow would compress what is called *.zst once more."""
    path = bucket / "with space=1" / "a.zst"
    path.write_bytes(b"bytes")
    assert (path.read_bytes(), path.stat().st_size) == (b"bytes", 5)
    assert [found.name for found in bucket.rglob("*.zst")] == ["a.zst"]
    moved = path.rename(bucket / "b.zst")
    assert (moved.read_bytes(), path.exists()) == (b"bytes", False)
    with pytest.raises(FileNotFoundError):
        path.rename(bucket / "c.zst")
    remove_tree(bucket)
    assert list(bucket.rglob("*.zst")) == []


def test_a_table_goes_there_and_back(bucket: S3Path) -> None:
    table = pa.table({"x": [1, 2, 3]})
    with (bucket / "t.parquet").open("wb") as file:
        pq.write_table(table, file)
    assert pq.read_table(io.BytesIO((bucket / "t.parquet").read_bytes())).equals(table)


def test_a_path_in_a_store_keeps_its_form() -> None:
    root = place("s3://news/ar")
    assert str(root / "articles") == "s3://news/ar/articles"
    assert place(str(root / "articles")).relative_to(root) == Path("articles")
    assert str((root / "a" / "b").relative_to(root)) == "a/b"


def test_web_archives_fill_a_store(room: Newsroom) -> None:
    pytest.importorskip("trafilatura")
    write(room.folder / "crawl" / "1.warc.gz", *(page_of(n) for n in range(3)))
    summary = backfill(room)
    assert (summary["exit"], summary["new"]) == (0, 3)
    assert backfill(room)["batches"] == 0
    assert len(room.rows()) == 3
    assert list((room.root / "_state" / "staging").rglob("*.jsonl")) == []
    assert room.verify(deep=True).findings == []
