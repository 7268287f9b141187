"""What ``khabar status`` knows, and how it shows it."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import clock
from pipelines.console import ago, console, shown, table
from pipelines.words import count, size, span, when

if TYPE_CHECKING:
    from rich.text import Text


def collect(path: Path, ledger_given: str | None = None) -> dict[str, Any]:
    """Everything ``status`` knows, from the ledger alone (and the sizes on disk of raw/).

    Raises:
        RootError: There is no dataset.
    """
    from pipelines.gc import held_documents
    from pipelines.ledger import Ledger
    from pipelines.maintenance import existing

    root = existing(path, ledger_given)
    ledger = Ledger(root.ledger_place)
    files = ledger.files()
    datasets: dict[str, dict[str, int]] = {}
    for file in files:
        entry = datasets.setdefault(file.dataset, {"files": 0, "rows": 0, "bytes": 0})
        entry["files"] += 1
        entry["rows"] += file.rows
        entry["bytes"] += file.bytes
    raw = [file.stat().st_size for file in root.raw.rglob("*.zst")]
    return {
        "root": str(root.path),
        "runs": ledger.runs(5),
        "datasets": datasets,
        "raw": {"files": len(raw), "bytes": sum(raw), "held": len(held_documents(root, ledger))},
        "pending_files": len(ledger.files(status="pending")),
        "feeds": [json.loads(state) | {"id": name} for name, state in sorted(ledger.feed_states().items())],
        "embargoed": [
            {"source_id": held.source_id, "title": held.title, "until_us": held.until_us}
            for held in ledger.held()
        ],
    }


def show(status: Mapping[str, Any]) -> None:
    """Print tables of feeds, embargoes, datasets and runs, and what stands out in one line."""
    screen, now = console(), clock.now()
    feeds = status["feeds"]
    failing = sum(bool(feed.get("error_class")) for feed in feeds)
    due = sum(1 for feed in feeds if (at := _moment(feed.get("next_due"))) and at <= now)
    screen.print(shown(status["root"], style="bold"))
    screen.print(
        shown(f"{count(len(feeds), 'feed')}: {len(feeds) - failing} ok, {failing} failing, {due} due")
    )
    screen.print()
    heads = ("feed", "last success", "next due", "why", "interval", "gaps", "error")
    screen.print(table(heads, [_feed(feed, now) for feed in feeds]))
    if status["embargoed"]:
        held = [(h["source_id"], h["title"], when(clock.from_us(h["until_us"]))) for h in status["embargoed"]]
        screen.print()
        screen.print(table(("under embargo", "title", "until"), held))
    screen.print()
    weights = {**status["datasets"], "raw": {"rows": None, **status["raw"]}}
    rows = [(name, w["rows"], w["files"], _right(size(w["bytes"]))) for name, w in weights.items()]
    screen.print(table(("dataset", "rows", "files", "size"), rows))
    screen.print()
    runs = [
        (run["run_id"], ago(_moment(run["started_at"]), now), run["new"], run["edited"], run["seen"],
         run.get("rejected", 0), f"{run['feeds_failed']} of {run['feeds_polled']}")
        for run in status["runs"]
    ]  # fmt: skip
    screen.print(table(("run", "started", "new", "edited", "seen", "rejected", "feeds failed"), runs))


def _feed(feed: Mapping[str, Any], now: datetime) -> tuple[Any, ...]:
    error = feed.get("error_class")
    return (
        feed["id"],
        ago(_moment(feed.get("last_success_at")), now),
        shown("stopped", style="red") if feed.get("stopped_at") else ago(_moment(feed.get("next_due")), now),
        feed.get("due_reason"),
        _right(span(feed.get("interval_seconds"))),
        feed.get("gap_count", 0),
        shown(f"{error} x{feed.get('error_count', 1)}", style="red") if error else "",
    )


def _right(text: str) -> "Text":
    made = shown(text)
    made.justify = "right"
    return made


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
