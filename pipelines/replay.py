"""Replay: read what was read once more from ``raw/`` with today's parser, cleaner and models.

Ids, content hashes, versions, partitions, ``first_seen_at``, ``fetched_at`` and the run stay; what is derived
and ``pipeline_version`` change. A partition's articles and sentences are exchanged like in compaction.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from apache_beam.utils.timestamp import Timestamp

from pipelines.layout import Root
from pipelines.ledger import Ledger
from pipelines.partitions import by_folder, merged, stage_folder, unsound
from pipelines.progress import each
from pipelines.swap import Swap, swap
from schemas.arrow import DATASETS
from schemas.rows import Article, Document, Entry, NewEntry, Version
from transforms.attempt import DATA_ERRORS
from transforms.clean import RunStamp, clean_entry
from transforms.fetch import raw
from transforms.fetch.policy import Feed
from transforms.fingerprint import fingerprint_article
from transforms.identify import identify_batch
from transforms.parquet import sorted_in_order
from transforms.parse import identify_entries, parse_document
from transforms.segment import segment_article
from transforms.storage import opened
from transforms.text.language import detector
from transforms.write import articles_table, sentences_table

NEEDED = [
    "article_id", "content_hash", "version", "source_id", "partition_date", "date_source", "first_seen_at",
    "fetched_at", "ingested_at", "feed_url", "text_origin", "document_sha256", "run_id", "pipeline_version",
]  # fmt: skip
INSTANTS = ("first_seen_at", "fetched_at", "ingested_at")


@dataclass
class Replayed:
    """What a replay did; ``khabar replay --json`` prints it."""

    partitions: int = 0
    replayed: int = 0
    current: int = 0
    kept_without_document: int = 0
    kept_with_page: int = 0
    kept_unreadable: int = 0
    kept_without_feed: int = 0
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Replay:
    """What to read again.

    Attributes:
        run_id: Names the new files.
        pipeline_version: Of this khabar; rows that have it already are left alone.
        feeds: By id: language, timezone and agency come from the configuration.
        language_backend: As configured.
        everything: Also rows that this version wrote.
        wanted: Whether a folder such as ``articles/source=S/date=D`` is to be replayed.
    """

    run_id: str
    pipeline_version: str
    feeds: Mapping[str, Feed]
    language_backend: str = "langdetect"
    everything: bool = False
    wanted: Callable[[str], bool] = lambda folder: True


def replay(root: Root, ledger: Ledger, job: Replay, stop: Callable[[], bool] = lambda: False) -> Replayed:
    """Replay partition by partition; what is done when asked to stop stays. The caller holds the lock.

    A row stays as it is where its document is gone from ``raw/`` or no longer holds it, where its text came
    from a page, where its feed is not configured, or where reading it again fails.
    """
    return _Replayer(root, ledger, job).run(stop)


class _Replayer:
    def __init__(self, root: Root, ledger: Ledger, job: Replay) -> None:
        self.root, self.ledger, self.job = root, ledger, job
        self.done = Replayed()
        self.files = by_folder(ledger.files("live"))
        self.detector = detector(job.language_backend)
        self.fetches = _fetches(root)
        self.entries = lru_cache(maxsize=64)(self._entries)

    def run(self, stop: Callable[[], bool]) -> Replayed:
        folders = [folder for folder in self.files if folder.startswith("articles/")]
        for n, folder in enumerate(each("replay", sorted(filter(self.job.wanted, folders)))):
            if stop():
                break
            if why := self._unsound(folder):
                self.done.refused += (why,)
                continue
            self._partition(n, folder)
        return self.done

    def _unsound(self, folder: str) -> str | None:
        both = (folder, _sentences_of(folder))
        return next(
            (why for name in both if (why := unsound(self.root, name, self.files.get(name, [])))), None
        )

    def _partition(self, n: int, folder: str) -> None:
        table = merged(self.root, self.files[folder])
        rows = _rows(table)
        news = {index: new for index, row in enumerate(rows) if (new := self._new_entry(row)) is not None}
        articles = dict(self._articles(rows, news))
        if not articles:
            return
        self.done.partitions += 1
        self.done.replayed += len(articles)
        keep = [index for index in range(len(rows)) if index not in articles]
        fresh = articles_table(list(articles.values()))
        swaps = [
            self._stage(folder, pa.concat_tables([fresh, table.take(pa.array(keep, pa.int64()))]), f"{n}-a")
        ]
        swaps += self._sentences(folder, n, list(articles.values()))
        swap(self.root, self.ledger, swaps)

    def _sentences(self, folder: str, n: int, articles: Sequence[Article]) -> Iterator[Swap]:
        """The partition's sentences: old ones of the rows that stay, new ones of the others."""
        folder = _sentences_of(folder)
        parts = [sentences_table(articles)]
        if there := self.files.get(folder):
            old = merged(self.root, there)
            gone = {(article.article_id, article.version) for article in articles}
            keys = zip(old["article_id"].to_pylist(), old["version"].to_pylist(), strict=True)
            parts.append(old.filter(pa.array([key not in gone for key in keys], pa.bool_())))
        table = pa.concat_tables(parts)
        if table.num_rows:
            yield self._stage(folder, table, f"{n}-s")
        elif there:
            yield Swap(folder, f"{self.job.run_id}/{n}-s", self.job.run_id)

    def _stage(self, folder: str, table: pa.Table, name: str) -> Swap:
        dataset = folder.split("/", 1)[0]
        ordered = sorted_in_order(dataset, table.cast(DATASETS[dataset]))
        run_id = self.job.run_id
        return stage_folder(
            self.root, folder, ordered, f"{run_id}/{name}", f"replay-{run_id}-{name[:-2]}.parquet"
        )

    def _new_entry(self, row: dict[str, Any]) -> NewEntry | None:
        """The row's entry, read again; None where the row has to stay."""
        done, job = self.done, self.job
        if row["pipeline_version"] == job.pipeline_version and not job.everything:
            done.current += 1
        elif row["text_origin"] == "page":
            done.kept_with_page += 1
        elif row["source_id"] not in job.feeds:
            done.kept_without_feed += 1
        else:
            entry = self._find(row)
            if entry is not None:
                version = Version(
                    row["version"],
                    row["partition_date"].isoformat(),
                    row["date_source"],
                    row["first_seen_at"],
                )
                return NewEntry(
                    entry._replace(content_hash=row["content_hash"], fetched_at=row["fetched_at"]), version
                )
            done.kept_without_document += 1
        return None

    def _find(self, row: dict[str, Any]) -> Entry | None:
        """By id and content; by id alone where a better parser reads the content otherwise."""
        entries = self.entries(row["source_id"], row["document_sha256"], row["feed_url"], row["fetched_at"])
        same = [entry for entry in entries if entry.article_id == row["article_id"]]
        exact = [entry for entry in same if entry.content_hash == row["content_hash"]]
        found = exact or (same if len(same) == 1 else [])
        return found[0] if found else None

    def _entries(self, source_id: str, digest: str, feed_url: str, fetched_at: Timestamp) -> list[Entry]:
        feed = self.job.feeds[source_id]
        url, content_type = self.fetches.get((source_id, digest), (feed_url, None))
        document = Document(
            source_id=source_id,
            feed_url=feed_url,
            url=url or feed_url,
            sha256=digest,
            path=str(raw.path_of(self.root.raw, digest)),
            fetched_at=fetched_at,
            content_type=content_type,
            language=feed.language,
            timezone=feed.timezone,
            agency=feed.agency,
            pages=[],
        )
        try:
            return identify_entries(document, parse_document(document))
        except (FileNotFoundError, ValueError):  # gone, damaged, or no feed to this parser
            return []

    def _articles(
        self, rows: Sequence[dict[str, Any]], news: Mapping[int, NewEntry]
    ) -> Iterator[tuple[int, Article]]:
        cleaned: dict[int, Article] = {}
        for index, new in news.items():
            stamp = RunStamp(rows[index]["run_id"], rows[index]["ingested_at"], self.job.pipeline_version)
            try:
                cleaned[index] = clean_entry(new, stamp)
            except DATA_ERRORS:
                self.done.kept_unreadable += 1
        identified = identify_batch(list(cleaned.values()), self.detector)
        for index, article in zip(cleaned, identified, strict=True):
            try:
                yield index, fingerprint_article(segment_article(article))
            except DATA_ERRORS:
                self.done.kept_unreadable += 1


def _sentences_of(folder: str) -> str:
    return folder.replace("articles/", "sentences/", 1)


def _rows(table: pa.Table) -> list[dict[str, Any]]:
    """The columns that stay, instants as Beam's."""
    needed = table.select(NEEDED)
    rows: list[dict[str, Any]] = needed.drop_columns(list(INSTANTS)).to_pylist()
    for name in INSTANTS:
        for row, micros in zip(rows, pc.cast(needed[name], pa.int64()).to_pylist(), strict=True):
            row[name] = Timestamp(micros=micros)
    return rows


def _fetches(root: Root) -> dict[tuple[str, str], tuple[str | None, str | None]]:
    """Address and content type each document came with, by source and hash."""
    columns = ["source_id", "body_sha256", "final_url", "content_type"]
    found: dict[tuple[str, str], tuple[str | None, str | None]] = {}
    for path in sorted(root.dataset("fetch_log").rglob("*.parquet")):
        for row in pq.ParquetFile(opened(path)).read(columns).to_pylist():
            if row["body_sha256"] is not None:
                key = (row["source_id"], row["body_sha256"])
                found.setdefault(key, (row["final_url"], row["content_type"]))
    return found
