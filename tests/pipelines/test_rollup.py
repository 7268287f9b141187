"""Roll-up: months beside the days, exact whatever follows, whoever is killed on the way."""

import json
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines import cli, clock
from pipelines.layout import Root
from pipelines.ledger import Ledger
from pipelines.rollup import held_by
from pipelines.verify import verify
from schemas.arrow import MONTHLY
from tests.newsroom import REPOSITORY, Newsroom, build, item, rss

DAYS = ("Tue, 03 Mar 2026 06:15:00 GMT", "Thu, 05 Mar 2026 06:15:00 GMT", "Wed, 01 Apr 2026 06:15:00 GMT")
pytestmark = pytest.mark.usefixtures("in_april")
STEPS = ("rollup-written", "swap-staged", "swap-intended", "swap-exchanged", "swap-recorded")


def feed(edition: int) -> bytes:
    body = "<p>The port handled {} ships. Traffic rose by {} percent.</p>"
    return rss(*(item(f"s{n}", f"Report {n}", body.format(n, edition), day) for n, day in enumerate(DAYS)))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two editions of three stories, on two days of March and one of April, in two runs."""
    return build(
        tmp_path_factory.mktemp("built"), 2, lambda newsroom, edition: newsroom.publish("port", feed(edition))
    )


@pytest.fixture
def in_april(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 4, 20, tzinfo=UTC))
    return


def khabar(capsys: pytest.CaptureFixture[str], command: str, root: Path, *words: str) -> dict[str, Any]:
    capsys.readouterr()
    code = cli.main([command, "--root", str(root), "--json", *words])
    out = capsys.readouterr().out
    return (json.loads(out) if out else {}) | {"exit": code}


def content(root: Path, dataset: str, month: str = "") -> Counter[str]:
    tables = [pq.ParquetFile(path).read() for path in (root / dataset).rglob("*.parquet")]
    rows = pa.concat_tables(tables).to_pylist() if tables else []
    return Counter(repr(row) for row in rows if row["partition_date"].isoformat().startswith(month))


def months(root: Path, dataset: str = "articles_monthly") -> list[str]:
    return [str(path.parent.relative_to(root / dataset)) for path in (root / dataset).rglob("*.parquet")]


def test_a_closed_month_is_one_file_beside_its_days(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = content(root, "articles")
    done = khabar(capsys, "rollup", root, "--monthly")
    assert (done["exit"], done["months"], done["rows"], done["files_after"]) == (0, 1, 12, 2)
    assert months(root) == months(root, "sentences_monthly") == ["source=port/month=2026-03"]
    assert content(root, "articles") == before
    for base in ("articles", "sentences"):
        assert content(root, f"{base}_monthly") == content(root, base, "2026-03")
    assert verify(root, deep=True).findings == []
    assert khabar(capsys, "rollup", root, "--monthly")["months"] == 0


def test_a_monthly_file_is_sorted_by_day_and_names_what_it_holds(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    khabar(capsys, "rollup", root, "--monthly")
    (path,) = (root / "articles_monthly").rglob("*.parquet")
    assert pq.read_schema(path).equals(MONTHLY["articles_monthly"])
    days = pq.read_table(path, partitioning=None)["partition_date"].to_pylist()
    assert days == sorted(days)
    articles = root / "articles" / "source=port"
    assert held_by(path) == {str(p.relative_to(articles)) for p in articles.glob("date=2026-03-*/*.parquet")}


@pytest.mark.parametrize("follows", ["compact", "late edit", "both"])
def test_a_month_that_lacks_something_is_rolled_up_again(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str], follows: str
) -> None:
    newsroom.publish("port", feed(1))
    newsroom.run()
    newsroom.publish("port", feed(2))
    newsroom.run()
    khabar(capsys, "rollup", newsroom.root, "--monthly")
    if follows != "compact":
        newsroom.publish("port", feed(3))
        assert newsroom.run()["edited"] == 3
    if follows != "late edit":
        assert khabar(capsys, "compact", newsroom.root)["partitions"] > 0
    assert verify(newsroom.root, deep=True).findings == []
    assert khabar(capsys, "rollup", newsroom.root, "--monthly")["months"] == 1
    for base in ("articles", "sentences"):
        assert content(newsroom.root, f"{base}_monthly") == content(newsroom.root, base, "2026-03")
    assert verify(newsroom.root, deep=True).findings == []


def test_days_that_gc_dropped_stay_in_their_month_also_beside_late_edits(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    newsroom.publish("port", feed(1))
    newsroom.run()
    khabar(capsys, "rollup", newsroom.root, "--monthly")
    march = content(newsroom.root, "articles", "2026-03")
    words = ("--keep", "19d", "--keep-monthly", "400d")
    assert khabar(capsys, "gc", newsroom.root, *words)["partitions"] == 4
    assert content(newsroom.root, "articles", "2026-03") == Counter()
    assert khabar(capsys, "rollup", newsroom.root, "--monthly")["months"] == 0
    newsroom.publish("port", feed(2))
    assert newsroom.run()["edited"] == 3
    assert khabar(capsys, "rollup", newsroom.root, "--monthly")["months"] == 1
    assert content(newsroom.root, "articles_monthly") == march + content(newsroom.root, "articles", "2026-03")
    assert verify(newsroom.root, deep=True).findings == []


def test_a_month_goes_with_its_days_when_gc_is_not_told_otherwise(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    khabar(capsys, "rollup", root, "--monthly")
    khabar(capsys, "gc", root, "--keep", "19d")
    assert months(root) == months(root, "sentences_monthly") == []
    assert verify(root, deep=True).findings == []


def test_a_ledger_rebuilt_knows_months_and_the_days_only_they_hold(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    khabar(capsys, "rollup", root, "--monthly")
    khabar(capsys, "gc", root, "--keep", "19d", "--keep-monthly", "400d")
    Root(root).ledger.unlink()
    assert khabar(capsys, "rebuild-ledger", root)["versions"] == 6
    assert verify(root, deep=True).findings == []


def test_an_open_month_is_left_alone(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert khabar(capsys, "rollup", root, "--monthly", "--late-days", "30")["months"] == 0


def test_a_damaged_month_is_made_again_from_its_days(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    khabar(capsys, "rollup", root, "--monthly")
    (path,) = (root / "articles_monthly").rglob("*.parquet")
    path.write_bytes(b"PAR1")
    assert khabar(capsys, "rollup", root, "--monthly")["months"] == 1
    (path,) = (root / "articles_monthly").rglob("*.parquet")
    path.write_bytes(path.read_bytes() + b"x")
    assert {finding.kind for finding in verify(root).findings} >= {"checksum"}
    assert khabar(capsys, "rollup", root, "--monthly", "--everything")["months"] == 1
    assert verify(root, deep=True).findings == []


def test_a_damaged_month_that_alone_holds_days_is_refused(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    khabar(capsys, "rollup", root, "--monthly")
    khabar(capsys, "gc", root, "--keep", "46d", "--keep-monthly", "400d")
    (path,) = (root / "articles_monthly").rglob("*.parquet")
    path.write_bytes(path.read_bytes() + b"x")
    done = khabar(capsys, "rollup", root, "--monthly", "--everything")
    assert (done["exit"], done["months"]) == (1, 0)
    assert str(path.relative_to(root)) in done["refused"][0]


def test_a_strange_file_among_months_is_never_lost(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stray = root / "articles_monthly" / "source=port" / "month=2026-03" / "mine.parquet"
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"mine")
    assert khabar(capsys, "rollup", root, "--monthly")["exit"] == 1
    assert stray.read_bytes() == b"mine"


def test_a_month_with_a_damaged_day_is_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = next((root / "sentences" / "source=port" / "date=2026-03-05").iterdir())
    path.write_bytes(path.read_bytes() + b"x")
    done = khabar(capsys, "rollup", root, "--monthly")
    assert (done["exit"], done["months"]) == (1, 0)
    assert str(path.relative_to(root)) in done["refused"][0]
    assert months(root) == []


@pytest.mark.slow
@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_a_step_leaves_the_old_month_or_the_new_one(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, step: str, again: bool
) -> None:
    monkeypatch.undo()  # the killed processes have the real clock
    if again:
        khabar(capsys, "rollup", root, "--monthly")
        khabar(capsys, "compact", root)
    days = content(root, "articles")
    for _ in range(2):  # the second one dies while it completes the first, or at the same step
        process = subprocess.run(
            [sys.executable, "-m", "pipelines.cli", "rollup", "--monthly", "--root", str(root)],
            cwd=REPOSITORY,
            env={"KHABAR_KILL_AT": step},
            check=False,
        )
        assert process.returncode == -signal.SIGKILL
        assert content(root, "articles") == days
        for month in ("2026-03", "2026-04"):
            whole = content(root, "articles", month)
            assert content(root, "articles_monthly", month) in (whole, whole if again else Counter())
    khabar(capsys, "rollup", root, "--monthly")
    for base in ("articles", "sentences"):
        assert content(root, f"{base}_monthly") == content(root, base)
    assert verify(root, deep=True).findings == []
    ledger = Ledger(Root(root).ledger)
    assert [f.dataset for f in ledger.files("live") if f.dataset in MONTHLY] == sorted([*MONTHLY] * 2)
