"""``khabar replay`` derives again what is derived, and leaves alone what is known."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from pipelines import cli
from pipelines import replay as module
from schemas.rows import Article, NewEntry
from tests.newsroom import Newsroom, item, rss, story
from transforms.clean import RunStamp, clean_entry

STABLE = (
    "article_id", "content_hash", "version", "is_edit", "source_id", "partition_date", "date_source",
    "first_seen_at", "fetched_at", "ingested_at", "run_id", "document_sha256", "published_at",
)  # fmt: skip


pytestmark = pytest.mark.ledgers


@pytest.fixture
def filled(newsroom: Newsroom) -> Newsroom:
    """An edit, two days, two sources, an article without a date."""
    undated = item("x", "No date", "<p>But a body of words.</p>", date="")
    newsroom.publish("port", rss(story(1), story(2), undated))
    newsroom.publish(
        "tass_ar", rss(item("a", "عبور 61 سفينة", "<p>القاهرة. /تاس/. أعلنت الهيئة.</p>")), agency="tass"
    )
    newsroom.run()
    newsroom.publish("port", rss(story(1, edition=2), story(2), story(3), undated))
    newsroom.run()
    return newsroom


def replay(newsroom: Newsroom, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    config = newsroom.command()[3:7]  # --feeds and --config
    capsys.readouterr()
    code = cli.main(["replay", "--root", str(newsroom.root), *config, "--json", *words])
    out = capsys.readouterr().out
    return (json.loads(out) if out else {}) | {"exit": code}


def ordered(newsroom: Newsroom, dataset: str = "articles") -> list[dict[str, Any]]:
    keys: Callable[[dict[str, Any]], Any] = lambda row: (row["article_id"], row["version"], row.get("idx"))  # noqa: E731
    return sorted(newsroom.rows(dataset), key=keys)


def shout(new: NewEntry, stamp: RunStamp) -> Article:
    """A better cleaner."""
    article = clean_entry(new, stamp)
    text = (article.text or "") + "\nMore."
    return article._replace(title=(article.title or "").upper(), text=text, text_len=len(text))


@pytest.fixture
def better(filled: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer khabar, after the dataset was filled."""
    monkeypatch.setattr(module, "clean_entry", shout)
    monkeypatch.setattr("importlib.metadata.version", lambda name: "99.0")


def test_a_replay_without_an_improvement_changes_nothing(
    filled: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    before = [ordered(filled, name) for name in ("articles", "sentences")]
    done = replay(filled, capsys, "--everything")
    assert (done["exit"], done["replayed"], done["partitions"]) == (0, 6, 3)
    assert [ordered(filled, name) for name in ("articles", "sentences")] == before
    assert filled.verify(deep=True).findings == []


def test_what_this_version_wrote_is_left_alone(filled: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    done = replay(filled, capsys)
    assert (done["replayed"], done["current"]) == (0, 6)


@pytest.mark.usefixtures("better")
def test_an_improvement_reaches_every_row_and_identity_stays(
    filled: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    before = ordered(filled)
    assert replay(filled, capsys)["replayed"] == 6
    after = ordered(filled)
    assert [{n: row[n] for n in STABLE} for row in after] == [{n: row[n] for n in STABLE} for row in before]
    assert {row["pipeline_version"] for row in after} == {"99.0"}
    assert [row["title"] for row in after] == [row["title"].upper() for row in before]
    assert all(row["text"].endswith("\nMore.") for row in after)
    last = {row["article_id"]: row["text"] for row in filled.rows("sentences")}
    assert set(last) == {row["article_id"] for row in after}
    assert filled.verify(deep=True).findings == []
    assert replay(filled, capsys)["replayed"] == 0
    assert filled.run()["new"] == 0


@pytest.mark.usefixtures("better")
def test_only_the_chosen_are_replayed(filled: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    assert replay(filled, capsys, "--source", "tass_ar")["replayed"] == 1
    assert replay(filled, capsys, "--until", "2026-03-05")["replayed"] == 4
    assert replay(filled, capsys, "--since", "2026-03-06")["replayed"] == 1


@pytest.mark.usefixtures("better")
def test_a_row_whose_document_is_gone_stays_as_it_is(
    filled: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    (row,) = (row for row in filled.rows() if row["title"] == "Port traffic report 3")
    digest = row["document_sha256"]
    (filled.root / "raw" / digest[:2] / f"{digest}.zst").unlink()
    done = replay(filled, capsys)
    assert (done["replayed"], done["kept_without_document"]) == (4, 2)
    assert row in filled.rows()
    assert filled.verify(deep=True).findings == []


@pytest.mark.usefixtures("better")
def test_a_damaged_partition_is_refused(filled: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    path = next((filled.root / "articles" / "source=tass_ar").rglob("*.parquet"))
    path.write_bytes(path.read_bytes() + b"x")
    done = replay(filled, capsys)
    assert (done["exit"], len(done["refused"]), done["replayed"]) == (1, 1, 5)


@pytest.mark.usefixtures("better")
@pytest.mark.parametrize("step", ["swap-staged", "swap-intended", "swap-exchanged", "swap-recorded"])
def test_a_crash_while_replaying_is_completed_or_repeated(
    filled: Newsroom, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    class Crash(BaseException):
        pass

    def crash(reached: str) -> None:
        if reached == step:
            raise Crash

    with monkeypatch.context() as patched:
        patched.setattr("pipelines.steps.reached", crash)
        with pytest.raises(Crash):
            replay(filled, capsys)
    assert len(filled.rows()) == 6
    assert replay(filled, capsys)["exit"] == 0
    assert {row["pipeline_version"] for row in filled.rows()} == {"99.0"}
    assert len(filled.rows()) == 6
    assert filled.verify(deep=True).findings == []
