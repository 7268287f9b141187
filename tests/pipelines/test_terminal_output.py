"""What sql, status and peek print: on a terminal, into a pipe, and from hostile texts."""

import contextlib
import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines import cli
from pipelines.console import harmless, shown
from tests.newsroom import Newsroom, item, rss, story

ARABIC = "القاهرة، 5 مارس. /تاس/. أعلنت هيئة قناة السويس عبور 61 سفينة من القناة يوم الخميس."
HOSTILE = "Port \x1b]0;owned\x07 \x1b[31m[bold red]markup[/bold red] [/nonsense] \u202eesrever"
REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def root(newsroom: Newsroom) -> str:
    newsroom.publish("port", rss(story(1), story(2), item("h", "Plain for now", "<p>A body.</p>")))
    newsroom.publish(
        "tass_ar", rss(item("a", "عبور 61 سفينة", f"<p>{ARABIC}</p><p>والحركة منتظمة.</p>")), agency="tass"
    )
    newsroom.run()
    newsroom.publish("port", rss(story(1, edition=2), story(2)))
    newsroom.run()
    return str(newsroom.root)


def on_a_terminal(*words: str, columns: int = 80, **environment: str) -> str:
    """What a command prints on a terminal of its own."""
    master, slave = pty.openpty()
    settings = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "FORCE_COLOR")}
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines.cli", *words],
        cwd=REPOSITORY,
        env=settings | {"TERM": "xterm-256color", "COLUMNS": str(columns)} | environment,
        stdin=slave,
        stdout=slave,
        stderr=slave,
    )
    os.close(slave)
    parts = []
    with contextlib.suppress(OSError):  # the terminal is gone once the process is
        while part := os.read(master, 65536):
            parts.append(part)
    os.close(master)
    assert process.wait() == 0
    return b"".join(parts).decode()


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    capsys.readouterr()
    assert cli.main(words) == 0
    return capsys.readouterr().out


def test_text_of_a_feed_cannot_command_the_terminal_nor_rich() -> None:
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", harmless(HOSTILE))
    assert "[bold red]markup[/bold red] [/nonsense]" in shown(HOSTILE).plain


@pytest.mark.parametrize(
    "words", [["status"], ["peek", "--flags"], ["sql", "select title, text from latest"]]
)
def test_colours_are_for_terminals_and_not_where_they_are_unwanted(root: str, words: list[str]) -> None:
    command = [words[0], "--root", root, *words[1:]]
    assert "\x1b[" in on_a_terminal(*command)
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", on_a_terminal(*command, NO_COLOR="1"))
    piped = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *command], cwd=REPOSITORY, check=True, capture_output=True
    )
    assert b"\x1b" not in piped.stdout


def test_right_to_left_text_is_isolated_on_a_terminal_and_plain_in_a_pipe(
    root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["sql", "--root", root, "select title from articles where source = 'tass_ar'"]
    assert "\u2068عبور 61 سفينة\u2069" in on_a_terminal(*words)
    assert "\u2068" not in printed(capsys, *words)


def test_peek_runs_arabic_from_the_right(root: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, "peek", "--root", root, "--source", "tass_ar")
    (title,) = [line for line in out.splitlines() if "عبور 61 سفينة" in line and "هيئة" not in line]
    assert title.startswith("   ")
    assert "أعلنت هيئة قناة السويس" in out
    assert "/تاس/" not in out
    assert "/تاس/" in printed(capsys, "peek", "--root", root, "--source", "tass_ar", "--furniture")


def test_peek_finds_by_pattern_language_id_and_count(root: str, capsys: pytest.CaptureFixture[str]) -> None:
    def titles(*words: str) -> list[str]:
        lines = printed(capsys, "peek", "--root", root, "--json", *words).splitlines()
        return [json.loads(line)["title"] for line in lines]

    assert titles("--language", "ar") == ["عبور 61 سفينة"]
    assert titles("--grep", "قناة السويس") == ["عبور 61 سفينة"]
    assert titles("--grep", "TRAFFIC REPORT 2") == ["Port traffic report 2"]
    assert len(titles()) == 4
    assert len(titles("--versions", "--grep", "report 1")) == 2
    assert len(titles("--limit", "1")) == 1
    article = json.loads(printed(capsys, "peek", "--root", root, "--json", "--limit", "1"))
    assert titles("--id", article["article_id"][:12]) == [article["title"]]


def test_peek_numbers_sentences(root: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, "peek", "--root", root, "--grep", "report 2", "--sentences")
    assert "0  The port of Aqaba handled 2 ships in March." in out
    assert "1  Traffic rose by 1 percent." in out


@pytest.mark.parametrize(
    ("words", "finding"),
    [
        (["peek", "--source", "tass_a"], "no articles of source 'tass_a' (did you mean 'tass_ar'?)"),
        (["peek", "--grep", "(unclosed"], "--grep '(unclosed'"),
        (["sql", "select langauge from articles"], "no column 'langauge' (did you mean 'language'?)"),
        (["sql", "select a.langauge from articles a"], "did you mean 'language'?"),
        (["sql", "from artcles"], "no table 'artcles' (did you mean 'articles'?)"),
        (["sql", "select lenght(title) from articles"], "no function 'lenght' (did you mean 'length'?)"),
        (["sql", "--file", "/no/such.sql"], "/no/such.sql: cannot read"),
        (["sql", "--file", "x.sql", "select 1"], "not both"),
        (["sql", "--out", "/no/such/x.csv", "select 1"], "/no/such/x.csv: cannot write"),
    ],
)
def test_errors_say_what_was_probably_meant(
    root: str, words: list[str], finding: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([words[0], "--root", root, *words[1:]]) in (1, 2)
    error = capsys.readouterr().err
    assert finding in error.splitlines()[-1]


def test_sql_reads_a_file_and_standard_input(
    root: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    question = tmp_path / "q.sql"
    question.write_text("select count(*) n\nfrom latest -- all of them\n")
    assert json.loads(printed(capsys, "sql", "--root", root, "--file", str(question), "--json")) == {"n": 4}
    for words in ([], ["-"]):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"select 7 as seven")))
        assert json.loads(printed(capsys, "sql", "--root", root, "--json", *words)) == {"seven": 7}


def test_sql_writes_csv_jsonl_and_parquet_alike(
    root: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    query = "select title, published_at, quality_flags, version from articles order by title, version"
    rows = list(csv.DictReader(io.StringIO(printed(capsys, "sql", "--root", root, "--format", "csv", query))))
    lines = [
        json.loads(line) for line in printed(capsys, "sql", "--root", root, "--json", query).splitlines()
    ]
    out = tmp_path / "answer.parquet"
    printed(capsys, "sql", "--root", root, "--format", "parquet", "--out", str(out), query)
    table = pq.read_table(out)
    titles = table["title"].to_pylist()
    assert [row["title"] for row in rows] == [line["title"] for line in lines] == titles
    assert len(titles) == 5
    assert lines[0]["published_at"] == rows[0]["published_at"] == "2026-03-05T06:15:00+00:00"
    assert lines[0]["quality_flags"] == json.loads(rows[0]["quality_flags"])
    assert list(tmp_path.glob("tmp*")) == []


def test_sql_shows_wide_rows_one_below_the_other_on_a_terminal(root: str) -> None:
    out = on_a_terminal("sql", "--root", root, "select * from latest where source = 'tass_ar'")
    assert re.search(r"dateline_place.*القاهرة", out)


def test_sql_shows_some_rows_on_a_terminal_and_all_in_a_pipe(
    root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "the first 50 rows; --limit 0 shows all" in on_a_terminal("sql", "--root", root, "from range(60)")
    assert len(printed(capsys, "sql", "--root", root, "from range(60)").splitlines()) == 61


def test_a_table_aligns_numbers_to_the_right(root: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, "sql", "--root", root, "select * from (values ('a', 5), ('bcd', 12000)) t(name, n)")
    assert [line.rstrip() for line in out.splitlines()] == ["name      n", "a         5", "bcd   12000"]


def test_a_dataset_without_rejects_has_an_empty_table_of_them(
    root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert json.loads(printed(capsys, "sql", "--root", root, "--json", "select count(*) n from errors")) == {
        "n": 0
    }


def test_status_chooses_feeds(root: str, newsroom: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    newsroom.feeds["gone"] = {"url": newsroom.origin.url("/nowhere")}
    newsroom.run()
    failing = json.loads(printed(capsys, "status", "--root", root, "--json", "--failing"))
    assert [feed["id"] for feed in failing["feeds"]] == ["gone"]
    assert "1 feed: 0 ok, 1 failing" in printed(capsys, "status", "--root", root, "--source", "gone")


@pytest.mark.parametrize(
    ("words", "work"),
    [
        (["verify"], "verify"),
        (["compact"], "compact"),
        (["rollup", "--monthly"], "rollup"),
        (["migrate"], "migrate"),
        (["rebuild-ledger", "--force"], "articles"),
        (["report"], "report"),
    ],
)
def test_long_work_shows_how_far_it_has_come_to_people_only(root: str, words: list[str], work: str) -> None:
    command = [words[0], "--root", root, *words[1:]]
    piped = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *command], cwd=REPOSITORY, check=True, capture_output=True
    )
    assert piped.stderr == b""
    assert re.search(rf"{work}.*\d/\d|{work}.*0:00", on_a_terminal(*command))


@pytest.mark.parametrize("command", ["status", "sql", "peek", "report", "verify"])
def test_a_root_that_is_beside_is_suggested(
    root: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["select 1"] if command == "sql" else []
    assert cli.main([command, "--root", str(Path(root).parent), *words]) == 78
    assert f"(did you mean '{root}'?)" in capsys.readouterr().err
