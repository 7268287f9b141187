"""Article pages, for feeds with ``content = "page"``: robots.txt first, then slowly, one host at a time.

Only pages of entries the dataset does not hold are fetched. What is not reached in this run waits, like an
embargo, for the next one; what cannot be had leaves the article with the feed's own text.
"""

import importlib.util
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from pipelines import clock
from pipelines.config import ConfigError
from pipelines.ledger import Ledger
from pipelines.logs import log
from pipelines.polling import Landed, LandedPage
from transforms.feeds import identity
from transforms.feeds.entry import FeedError
from transforms.feeds.parse import parse
from transforms.fetch import raw
from transforms.fetch.fetcher import Fetcher
from transforms.fetch.policy import Feed, FetchPolicy
from transforms.fetch.robots import RobotsDecision, RobotsVerdict, decide

HOSTS_AT_ONCE = 8


def check_extra(feeds: Iterable[Feed]) -> None:
    """Refuse ``content = "page"`` without the packages it needs.

    Raises:
        ConfigError: The extra is not installed.
    """
    wanting = [feed.id for feed in feeds if feed.content == "page"]
    missing = [
        name for name in ("trafilatura", "readability", "protego") if not importlib.util.find_spec(name)
    ]
    if wanting and missing:
        raise ConfigError(
            f"feed {wanting[0]}: content = \"page\" needs an extra: pip install 'khabar[pages]'"
        )


@dataclass(frozen=True)
class _Wanted:
    feed: Feed
    url: str


class PageFetcher:
    """Fetches the pages of new entries politely.

    Args:
        policy: ``page_spacing_seconds`` is the least time between two pages of a host.
        ledger: Says which entries the dataset holds.
        raw_root: Where pages land.
        deadline: On the monotonic clock; pages not reached by then wait for the next run.
        stop: True once the run was asked to end.
    """

    def __init__(
        self,
        policy: FetchPolicy,
        ledger: Ledger,
        raw_root: Path,
        *,
        deadline: float | None,
        stop: Callable[[], bool],
    ) -> None:
        self.policy, self.ledger, self.raw_root = policy, ledger, raw_root
        self.deadline, self._stop = deadline, stop
        self._pages: dict[str, LandedPage | None] = {}
        self._lock = threading.Lock()

    def with_pages(self, documents: Sequence[Landed], feeds: Mapping[str, Feed]) -> list[Landed]:
        """The documents, those of page feeds with their new entries' pages."""
        wanted = {
            n: self._wanted(document, feed)
            for n, document in enumerate(documents)
            if (feed := feeds.get(document.source_id)) is not None and feed.content == "page"
        }
        hosts: dict[str, dict[str, _Wanted]] = defaultdict(dict)
        for page in (page for pages in wanted.values() for page in pages):
            hosts[urlsplit(page.url).netloc][page.url] = page
        with ThreadPoolExecutor(HOSTS_AT_ONCE) as pool, Fetcher(self.policy, clock=clock.now) as fetcher:
            for future in [
                pool.submit(self._read_host, fetcher, list(pages.values())) for pages in hosts.values()
            ]:
                future.result()
        return [
            replace(document, pages=[found for w in wanted.get(n, []) if (found := self._pages.get(w.url))])
            for n, document in enumerate(documents)
        ]

    def _wanted(self, document: Landed, feed: Feed) -> list[_Wanted]:
        """New entries that have a link; a document that cannot be parsed is the graph's to reject."""
        try:
            parsed = parse(
                raw.read(raw.path_of(self.raw_root, document.sha256)),
                url=document.url,
                content_type=document.content_type,
                language=document.language,
                timezone=document.timezone,
                fetched_at=clock.from_us(document.fetched_us),
            )
        except FeedError:
            return []
        ids = identity.assign_ids(document.source_id, parsed.entries)
        known = self.ledger.known(ids)
        held = {(article_id, content) for article_id in known for content in known[article_id].contents}
        return [
            _Wanted(feed, entry.url)
            for article_id, entry in zip(ids, parsed.entries, strict=True)
            if entry.url and (article_id, identity.entry_hash(entry)) not in held
        ]

    def _read_host(self, fetcher: Fetcher, pages: list[_Wanted]) -> None:
        """Read one host's pages, one after the other."""
        robots: tuple[int | None, bytes] | None = None
        spacing = self.policy.page_spacing_seconds
        for n, page in enumerate(pages):
            if n and not self._wait(spacing):
                self._keep(page, _waiting(page))
                continue
            if robots is None:
                robots = self._robots(fetcher, page)
            verdict = decide(*robots, page.url, self.policy.user_agent)
            spacing = max(spacing, verdict.crawl_delay_seconds or 0.0)
            self._keep(page, self._read(fetcher, page, verdict))

    def _wait(self, seconds: float) -> bool:
        """Sleep; False when the run ends first."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self._stop() or (self.deadline is not None and until > self.deadline):
                return False
            time.sleep(min(0.2, max(0.0, until - time.monotonic())))
        return True

    def _robots(self, fetcher: Fetcher, page: _Wanted) -> tuple[int | None, bytes]:
        parts = urlsplit(page.url)
        answer = fetcher.fetch(page.feed, url=f"{parts.scheme}://{parts.netloc}/robots.txt")
        return answer.http_status, answer.body or b""

    def _read(self, fetcher: Fetcher, page: _Wanted, verdict: RobotsVerdict) -> LandedPage | None:
        if verdict.decision is RobotsDecision.DEFER:
            return _waiting(page)
        if verdict.decision is RobotsDecision.DENY:
            log.warning(
                "page_denied", extra={"source_id": page.feed.id, "url": page.url, "why": verdict.reason}
            )
            return None
        answer = fetcher.fetch(page.feed, url=page.url)
        if answer.body is None:
            log.warning("page_failed", extra={"source_id": page.feed.id, "error": answer.error})
            return None
        digest = raw.land(self.raw_root, answer.body).stem
        return LandedPage(page.url, answer.final_url, digest, answer.content_type)

    def _keep(self, page: _Wanted, landed: LandedPage | None) -> None:
        with self._lock:
            self._pages[page.url] = landed


def _waiting(page: _Wanted) -> LandedPage:
    return LandedPage(page.url, page.url, None, None)
