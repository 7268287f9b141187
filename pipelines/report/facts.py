"""What the report says, as plain data: one function per chapter, each a question or two to DuckDB.

Articles are loaded once, without their texts, into the tables ``a`` (all versions) and ``l`` (the newest
of each); feeds and rejects are those of the last 30 days of polling.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.query import connect
from pipelines.report import feeds, samples, storage, syndication, volume

if TYPE_CHECKING:
    import duckdb

Facts = dict[str, Any]

LOAD = """
CREATE TEMP TABLE a AS
SELECT article_id, version, is_edit, source_id AS source, partition_date AS day, date_source, published_at,
       published_raw, date_quality, first_seen_at, fetched_at, text_len, n_sentences, language,
       language_confidence, agency, text_origin, quality_flags, content_sha256, status, title
FROM articles;
CREATE TEMP TABLE l AS SELECT * FROM a QUALIFY version = max(version) OVER (PARTITION BY article_id);
"""
CHAPTERS: dict[str, Callable[["duckdb.DuckDBPyConnection", Path], Any]] = {
    "totals": volume.totals,
    "volume": volume.volume,
    "sources": volume.sources,
    "languages": volume.languages,
    "lengths": volume.lengths,
    "lag": volume.lag,
    "dates": volume.dates,
    "edits": volume.edits,
    "agencies": volume.agencies,
    "flags": volume.flags,
    "syndication": syndication.syndication,
    "feeds": feeds.feeds,
    "rejects": feeds.rejects,
    "storage": storage.storage,
    "samples": samples.samples,
}
# A compaction beside us may replace files between their listing and their reading.
ATTEMPTS = 3


def collect(root: Path, progress: Callable[[str], None] = lambda chapter: None) -> Facts:
    """All chapters of one root.

    Raises:
        RootError: There is no dataset.
        duckdb.Error: A file cannot be read.
    """
    import duckdb

    for attempt in range(ATTEMPTS):
        try:
            return _collect(root, progress)
        except duckdb.IOException:
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def _collect(root: Path, progress: Callable[[str], None]) -> Facts:
    with connect(root) as connection:
        progress("articles")
        connection.execute(LOAD)
        facts: Facts = {}
        for name, ask in CHAPTERS.items():
            progress(name)
            facts[name] = ask(connection, root)
        return facts
