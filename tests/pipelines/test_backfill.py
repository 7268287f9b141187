"""``khabar backfill``: web archives into the dataset, once, whatever happens."""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from pipelines import cli
from pipelines.backfill import ranges
from pipelines.layout import Root
from pipelines.ledger import Ledger
from tests.archives import PARAGRAPHS, Crawled, page, write
from tests.newsroom import REPOSITORY, Newsroom

pytest.importorskip("trafilatura")
SOURCES = """\
[[source]]
id = "news"
hosts = ["news.example"]
language = "en"
"""
EDITED = (*PARAGRAPHS[:2], "The second crane was taken out for repair on Friday, the authority said later.")


def story(n: int, paragraphs: tuple[str, ...] = PARAGRAPHS, **fields: Any) -> Crawled:
    first = f"Report {n}: {paragraphs[0]}"
    body = page(f"Traffic rises {n}", (first, *paragraphs[1:]))
    return Crawled(url=f"https://www.news.example/2026/{n}", body=body, **fields)


def command(newsroom: Newsroom, *words: str, sources: str = SOURCES) -> list[str]:
    path = newsroom.folder / "warc_sources.toml"
    path.write_text(sources)
    glob = str(newsroom.folder / "crawl" / "*.warc.gz")
    return [
        "backfill",
        "--root",
        str(newsroom.root),
        "--warc",
        glob,
        "--sources",
        str(path),
        "--json",
        *words,
    ]


def backfill(newsroom: Newsroom, *words: str, sources: str = SOURCES) -> dict[str, Any]:
    """Run in this process; the summary, with the exit code as ``exit``."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = cli.main(command(newsroom, *words, sources=sources))
    return (json.loads(out.getvalue()) if out.getvalue() else {}) | {"exit": code}


@pytest.fixture
def crawl(newsroom: Newsroom) -> Callable[..., Path]:
    """Writes archives of the newsroom's crawl."""
    return lambda name, *crawled: write(newsroom.folder / "crawl" / f"{name}.warc.gz", *crawled)


def versions(newsroom: Newsroom) -> Counter[tuple[str, int]]:
    return Counter((row["url_canonical"], row["version"]) for row in newsroom.rows())


def test_pages_become_articles_with_their_origin(newsroom: Newsroom, crawl: Callable[..., Path]) -> None:
    crawl("1", story(1), story(2))
    summary = backfill(newsroom)
    assert (summary["exit"], summary["new"], summary["archives_done"]) == (0, 2, 1)
    row = min(newsroom.rows(), key=lambda row: row["url"])
    assert (row["source_id"], row["language"], row["title"]) == ("news", "en", "Traffic rises 1")
    assert (row["text_origin"], str(row["partition_date"])) == ("page", "2026-03-05")
    assert row["extraction_confidence"] > 0.5
    assert row["text"].split("\n")[1:] == list(PARAGRAPHS[1:])
    assert row["n_sentences"] == len(PARAGRAPHS)
    place = json.loads(row["extra"])
    assert place["warc"] == "1.warc.gz"
    assert place["offset"] > 0
    assert cli.main(["verify", "--root", str(newsroom.root), "--deep"]) == 0


def test_an_archive_is_read_once_and_an_edited_page_is_a_version(
    newsroom: Newsroom, crawl: Callable[..., Path]
) -> None:
    crawl("1", story(1), story(2))
    backfill(newsroom)
    again = backfill(newsroom)
    assert (again["exit"], again["batches"], again["records"]) == (0, 0, 0)
    tracked = story(2, date="2026-03-06T08:00:00Z")
    crawl(
        "2",
        story(1, EDITED, date="2026-03-06T08:00:00Z"),
        Crawled(url=f"{tracked.url}?utm_source=x", body=tracked.body, date=tracked.date),
        story(3),
        story(3),
    )
    summary = backfill(newsroom)
    assert [summary[name] for name in ("new", "edited", "seen", "repeated")] == [1, 1, 1, 1]
    urls = [f"https://www.news.example/2026/{n}" for n in (1, 2, 3)]
    assert versions(newsroom) == Counter([(urls[0], 1), (urls[0], 2), (urls[1], 1), (urls[2], 1)])


def test_what_is_left_out_is_counted_and_what_is_broken_is_in_errors(
    newsroom: Newsroom, crawl: Callable[..., Path]
) -> None:
    path = crawl(
        "1",
        story(1),
        Crawled(url="https://www.news.example/gone", status="404 Not Found"),
        Crawled(url="https://www.news.example/list", body=b"<html><body><a href=/1>1</a></body></html>"),
        Crawled(url="https://other.example/a"),
        Crawled(url="https://other.example/b"),
        story(2, warc={"WARC-Truncated": "length"}),
        story(3),
        story(4),
    )
    data = bytearray(path.read_bytes())
    cut = data.rfind(b"\x1f\x8b\x08")  # the last record
    data[cut + 60] ^= 0xFF
    path.write_bytes(data)
    summary = backfill(newsroom)
    assert (summary["exit"], summary["new"], summary["rejected"]) == (0, 2, 2)
    assert summary["skipped"] == {"unmapped_host": 2, "http_404": 1, "no_article": 1, "warcinfo_record": 1}
    assert summary["unmapped_hosts"] == {"other.example": 2}
    errors = {row["exception"]: row for row in newsroom.rows("errors")}
    assert errors["truncated"]["source_id"] == "news"
    assert errors["bad_gzip"]["message"].startswith(f"{path}: record at byte {cut}: ")
    assert backfill(newsroom)["batches"] == 0


def test_small_ranges_and_batches_give_the_same_dataset(
    newsroom: Newsroom, crawl: Callable[..., Path]
) -> None:
    crawl("1", *(story(n) for n in range(6)))
    first = backfill(newsroom, "--batch-size", "1500", "--limit", "1400")
    assert (first["batches"], first["archives_done"]) == (1, 0)
    rest = backfill(newsroom, "--batch-size", "1500")
    assert rest["batches"] > 1
    assert rest["archives_done"] == 1
    assert set(versions(newsroom).values()) == {1}
    assert len(newsroom.rows()) == first["new"] + rest["new"] == 6


def test_a_file_that_cannot_be_read_stays_to_be_read(
    newsroom: Newsroom, crawl: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    crawl("1", story(1))
    away, aside = crawl("2", story(2)), newsroom.folder / "aside"

    def find_and_lose(patterns: list[str]) -> list[ranges.Archive]:
        found = ranges.find(patterns)
        away.rename(aside)  # another process tidies up between listing and reading
        return found

    with monkeypatch.context() as patched:
        patched.setattr("pipelines.backfill.job.find", find_and_lose)
        summary = backfill(newsroom)
    assert (summary["exit"], summary["new"]) == (3, 1)
    assert list(summary["failures"]) == [str(away)]
    aside.rename(away)
    assert backfill(newsroom)["new"] == 1


@pytest.mark.parametrize(
    ("words", "code", "finding"),
    [
        (("--warc", "/nowhere/*.gz"), 2, "no such file"),
        (("--sources", "/nowhere.toml"), 78, "cannot read"),
    ],
)
def test_what_an_operator_gets_wrong_is_one_line(
    newsroom: Newsroom,
    crawl: Callable[..., Path],
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    code: int,
    finding: str,
) -> None:
    crawl("1", story(1))
    assert backfill(newsroom, *words)["exit"] == code
    assert finding in capsys.readouterr().err


def test_a_file_that_is_no_archive_is_refused(
    newsroom: Newsroom, crawl: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    crawl("1", story(1)).write_bytes(b"<html>not found</html>")
    assert backfill(newsroom)["exit"] == 2
    assert "neither a WARC file nor a gzip of one" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("step", ["staged", "committed", "renamed-one", "renamed"])
def test_a_kill_neither_loses_nor_repeats(newsroom: Newsroom, crawl: Callable[..., Path], step: str) -> None:
    crawl("1", *(story(n) for n in range(4)))
    killed = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *command(newsroom)],
        cwd=REPOSITORY,
        env=os.environ | {"KHABAR_KILL_AT": step},
        capture_output=True,
    )
    assert killed.returncode == -signal.SIGKILL
    summary = backfill(newsroom)
    assert summary["exit"] == 0
    assert len(newsroom.rows()) == 4
    assert set(versions(newsroom).values()) == {1}
    ledger = Ledger(Root(newsroom.root).ledger)
    assert ledger.files(status="pending") == []
    assert backfill(newsroom)["batches"] == 0


@pytest.mark.slow
def test_worker_processes_give_the_same_dataset(newsroom: Newsroom, crawl: Callable[..., Path]) -> None:
    for n in range(3):
        crawl(str(n), *(story(10 * n + k) for k in range(5)))
    flags = ("--direct_running_mode=multi_processing", "--direct_num_workers=2")
    assert backfill(newsroom, "--", *flags)["new"] == 15
    assert set(versions(newsroom).values()) == {1}
    assert len(newsroom.rows()) == 15


def test_a_lost_ledger_is_made_again_and_nothing_comes_twice(
    newsroom: Newsroom, crawl: Callable[..., Path]
) -> None:
    crawl("1", story(1), story(2))
    backfill(newsroom)
    assert cli.main(["status", "--root", str(newsroom.root), "--json"]) == 0
    for path in Root(newsroom.root).state.glob("ledger.sqlite*"):
        path.unlink()
    assert cli.main(["rebuild-ledger", "--root", str(newsroom.root)]) == 0
    summary = backfill(newsroom)
    assert (summary["new"], summary["seen"]) == (0, 2)
    assert cli.main(["verify", "--root", str(newsroom.root)]) == 0


def test_the_bytes_of_an_archive_are_found_again_by_the_place_in_extra(
    newsroom: Newsroom, crawl: Callable[..., Path]
) -> None:
    path = crawl("1", story(1))
    backfill(newsroom)
    [row] = newsroom.rows()
    with path.open("rb") as file:
        file.seek(json.loads(row["extra"])["offset"])
        record = next(iter(ArchiveIterator(file)))
        assert record.rec_headers.get_header("WARC-Target-URI") == row["url"]
