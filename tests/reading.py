"""A reader as people write them: list the files, open them all, count the keys; over and over."""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from examples import readers
from pipelines.partitions import standing
from transforms.storage import opened, reading


@dataclass
class Tally:
    """What must never be seen."""

    duplicated: int = 0
    unreadable: int = 0
    shrunk: int = 0


@dataclass
class Reader:
    """Reads a dataset until stopped.

    Attributes:
        reads: Complete readings.
        relisted: Readings begun again because a listed file had been replaced before it was opened.
        last: Rows of the last complete reading.
    """

    folder: Path
    key: Sequence[str]
    stop: threading.Event = field(default_factory=threading.Event)
    tally: Tally = field(default_factory=Tally)
    reads: int = 0
    relisted: int = 0
    last: int = 0

    def read_until_stopped(self, pause_seconds: float = 0.0) -> None:
        """Read again and again."""
        while not self.stop.wait(pause_seconds):
            self.read()

    def tables(self) -> Iterator[pa.Table]:
        """What is there."""
        for path in sorted(self.folder.rglob("*.parquet")):
            yield pq.ParquetFile(path).read()

    def read(self) -> None:
        """Read once."""
        keys: Counter[tuple[str, ...]] = Counter()
        try:
            for table in self.tables():
                keys.update(zip(*(table[name].to_pylist() for name in self.key), strict=True))
        except FileNotFoundError:
            self.relisted += 1
            return
        except (pa.ArrowException, OSError):
            self.tally.unreadable += 1
            return
        self.reads += 1
        self.tally.duplicated += bool(keys) and max(keys.values()) > 1
        # Nothing is ever deleted here: a later reading never has fewer rows.
        self.tally.shrunk += keys.total() < self.last
        self.last = keys.total()


class StoreReader(Reader):
    """Reads a dataset in a store: what its footers say is replaced does not count."""

    def tables(self) -> Iterator[pa.Table]:
        """What stands."""
        for path in standing(self.folder):
            with reading(path):
                yield pq.ParquetFile(opened(path)).read()


class SeriesReader(Reader):
    """Reads the port's long series of a root, from months and the days they lack, as the example does."""

    def tables(self) -> Iterator[pa.Table]:
        """The whole series."""
        table = readers.long_series(self.folder, list(self.key), sources=["port"])
        if table.num_rows:
            yield table
