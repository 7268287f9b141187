"""Export: the dataset, or a part of it, in a form that others ask for, outside the root.

An export reads like any reader, without the lock: beside runs and maintenance. It holds what was live when it
began; a partition that maintenance replaces meanwhile is read as it then is, which are the same rows.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.exits import Exit, KhabarError
from pipelines.layout import Root
from pipelines.ledger import Ledger
from pipelines.partitions import standing
from pipelines.progress import each
from schemas.arrow import ARTICLES
from schemas.versions import SchemaVersionError, as_current, current
from transforms.parquet import written_order
from transforms.storage import opened, reading

ATTEMPTS = 20  # listings of a partition that is replaced again and again


class ExportError(KhabarError):
    """The export cannot be made; the message names the thing and the finding."""

    exit = Exit.CONFIG


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What to export.

    Attributes:
        sources: Only these; all when empty.
        since, until: First and last partition date, ``YYYY-MM-DD``.
        columns: Of ``articles``, in this order.
        all_versions: Every version of an article, not only the newest.
    """

    sources: frozenset[str] = frozenset()
    since: str | None = None
    until: str | None = None
    columns: tuple[str, ...] = tuple(ARTICLES.names)
    all_versions: bool = False

    def __post_init__(self) -> None:
        if unknown := [name for name in self.columns if name not in ARTICLES.names]:
            raise ExportError(f"articles has no column {', '.join(unknown)}; docs/dataset.md lists them")

    def covers(self, source: str, date: str) -> bool:
        """Whether a partition is wanted."""
        inside = (self.since or date) <= date <= (self.until or date)
        return inside and (not self.sources or source in self.sources)

    def key(self) -> str:
        """Names the choice of rows and columns within a partition, and the schema."""
        return json.dumps([self.columns, self.all_versions, current("articles")])


@dataclass
class Exported:
    """What an export did; ``khabar export --json`` prints it."""

    format: str
    target: str
    partitions: int = 0
    partitions_written: int = 0
    rows: int = 0
    files: int = 0
    bytes: int = 0
    version: int | None = field(default=None)


@dataclass(frozen=True)
class Partition:
    """One day of one source, as it was when it was listed."""

    snapshot: "Snapshot"
    source: str
    date: str

    @property
    def folder(self) -> Path:
        """Where it is."""
        return self.snapshot.articles / f"source={self.source}" / f"date={self.date}"

    def paths(self) -> list[Path]:
        """Its files: without those of runs that were not published whole when the export began."""
        return [path for path in standing(self.folder) if self.snapshot.holds(path)]

    def digest(self) -> str:
        """Changes with the partition's files and with what is wanted of them: files never change."""
        said = [self.snapshot.wanted.key(), *(path.name for path in self.paths())]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()[:32]

    def read(self) -> tuple[str, pa.Table]:
        """Digest and rows."""
        for _ in range(ATTEMPTS):
            digest = self.digest()
            try:
                tables = [_rows(path) for path in self.paths()]
            except FileNotFoundError:
                continue  # replaced meanwhile
            if digest == self.digest():
                return digest, self._wanted(tables)
        raise ExportError(f"{self.folder}: replaced {ATTEMPTS} times while it was read")

    def _wanted(self, tables: list[pa.Table]) -> pa.Table:
        wanted = self.snapshot.wanted
        table = pa.concat_tables(tables or [ARTICLES.empty_table()])
        if not wanted.all_versions:
            table = latest(table)
        return in_order(table.select(list(wanted.columns)))


def _rows(path: Path) -> pa.Table:
    with reading(path):
        table = pq.ParquetFile(opened(path)).read()
    try:
        return as_current(table, "articles")
    except SchemaVersionError as error:
        raise ExportError(f"{path}: {error}") from error


class Snapshot:
    """The articles that were live at one moment, partition by partition."""

    def __init__(self, root: Root, wanted: Wanted) -> None:
        ledger = Ledger(root.ledger_place)
        self.live = {root.path / file.path for file in ledger.files("live", "articles")}
        ledger.close()
        self.articles = root.dataset("articles")
        self.wanted = wanted

    def holds(self, path: Path) -> bool:
        """A run's file only if it was live; what maintenance wrote meanwhile holds the same rows."""
        return path in self.live or not path.name.startswith("part-")

    def partitions(self) -> list[Partition]:
        """In the order of source and date."""
        found = [path.parent for path in self.live]
        names = sorted({(f.parent.name.partition("=")[2], f.name.partition("=")[2]) for f in found})
        return [Partition(self, *name) for name in names if self.wanted.covers(*name)]

    def tables(self) -> Iterator[pa.Table]:
        """The wanted rows, a partition at a time."""
        for partition in each("export", self.partitions()):
            _, table = partition.read()
            if table.num_rows:
                yield table


def in_order(table: pa.Table) -> pa.Table:
    """In the dataset's order, as far as the columns it goes by are there."""
    order = written_order(table.schema)
    return table.sort_by([(name, "ascending") for name in order]) if order else table


def latest(table: pa.Table) -> pa.Table:
    """The newest version of each article of a whole partition."""
    newest: dict[str, int] = {}
    versions = table["version"].to_pylist()
    for row, article_id in enumerate(table["article_id"].to_pylist()):
        if article_id not in newest or versions[newest[article_id]] < versions[row]:
            newest[article_id] = row
    return table.take(pa.array(sorted(newest.values()), pa.int64()))
