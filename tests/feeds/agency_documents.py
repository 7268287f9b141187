"""The project's own agency documents, and the context they are read in."""

from datetime import UTC, datetime
from pathlib import Path

from transforms.feeds.context import FeedContext

DOCUMENTS = Path(__file__).parents[1] / "data" / "agency"
CONTEXT = FeedContext(
    url="https://agency.example/feed/index.xml",
    timezone="Europe/Moscow",
    fetched_at=datetime(2025, 3, 6, tzinfo=UTC),
)


def document(name: str) -> str:
    return (DOCUMENTS / name).read_text("utf-8")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]
