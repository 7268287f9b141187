"""Back-fill: follow a new feed's older pages (RFC 5005), a bounded number of them."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

from pipelines import clock
from pipelines.polling import Landed, Polled, land
from transforms.feeds.entry import FeedError
from transforms.feeds.parse import parse
from transforms.fetch import raw
from transforms.fetch.policy import FetchPolicy
from transforms.fetch.poll import backfill
from transforms.fetch.result import Fetched


def with_older_pages(
    polled: Polled,
    policy: FetchPolicy,
    raw_root: Path,
    max_pages: int,
    *,
    deadline: float | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Polled:
    """The polled feed with the documents of its older pages, newest first.

    Ends where the pages do, at the first page that cannot be fetched or read, or after ``max_pages``.
    """
    fetched, documents = polled.fetched, list(polled.documents)
    if not documents or fetched.feed.url.startswith("file:"):
        return polled
    first = _next_url(polled.fetched, raw.read(raw.path_of(raw_root, documents[0].sha256)))
    if first is None:
        return polled
    pages = backfill(
        fetched.feed,
        first,
        policy,
        next_url=lambda page: _next_url(page, page.body or b""),
        clock=clock.now,
        max_pages=max_pages,
        deadline=deadline,
        stop=stop,
    )
    documents += [document for page in pages if (document := _landed(page, raw_root))]
    return dataclasses.replace(polled, documents=documents)


def _landed(page: Fetched, raw_root: Path) -> Landed | None:
    if page.body is None:
        return None
    return land(page.feed, page.body, page.final_url, page.content_type, raw_root)


def _next_url(fetched: Fetched, body: bytes) -> str | None:
    try:
        parsed = parse(
            body,
            url=fetched.final_url,
            content_type=fetched.content_type,
            language=fetched.feed.language,
            timezone=fetched.feed.timezone,
            fetched_at=fetched.started_at,
        )
    except FeedError:
        # The graph reads the document too, and rejects it with the finding.
        return None
    return parsed.next_url
