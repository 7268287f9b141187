"""What goes into the ledger and what comes out of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Known(NamedTuple):
    """What the ledger remembers of one article; ``contents`` has the ``content_hash`` of each version."""

    versions: int
    partition_date: str
    date_source: str
    first_seen_us: int
    contents: frozenset[str]


class FileRecord(NamedTuple):
    """One Parquet file of a run: ``path`` under the root, ``staged`` under the state folder."""

    path: str
    staged: str
    dataset: str
    run_id: str
    rows: int
    bytes: int
    sha256: str


class Key(NamedTuple):
    """One written article version."""

    article_id: str
    content_hash: str
    version: int
    source_id: str
    partition_date: str
    date_source: str
    first_seen_us: int


class Held(NamedTuple):
    """One entry under embargo; ``document`` is the JSON of the document to read again."""

    article_id: str
    content_hash: str
    source_id: str
    document: str
    title: str | None
    until_us: int


class Drop(NamedTuple):
    """One file of a folder drop that has been read."""

    source_id: str
    path: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, kw_only=True)
class Commit:
    """Everything one run changes."""

    run_id: str
    started_us: int
    pipeline_version: str
    summary: Mapping[str, Any]
    files: Sequence[FileRecord] = ()
    keys: Iterable[Key] = ()
    feeds: Mapping[str, str] = field(default_factory=dict)
    held: Sequence[Held] = ()
    released: Sequence[Held] = ()
    drops: Sequence[Drop] = ()
