"""bytewax: a stateful map remembers every entry's hash across runs through bytewax's recovery store."""

import sys
import uuid
from pathlib import Path
from typing import Any

import bytewax.operators as op
import pyarrow as pa
import pyarrow.dataset as ds
from bytewax.dataflow import Dataflow
from bytewax.inputs import DynamicSource, StatelessSourcePartition
from bytewax.outputs import DynamicSink, StatelessSinkPartition
from bytewax.recovery import RecoveryConfig, init_db_dir
from bytewax.testing import cluster_main
from common import addresses, article, entries

OUT, SOURCES = addresses()


class Feeds(StatelessSourcePartition[tuple[str, str]]):
    """Every feed, once; stateless, so that a later run reads them all again."""

    def __init__(self) -> None:
        self.waiting = list(SOURCES)

    def next_batch(self) -> list[tuple[str, str]]:
        """One feed at a time."""
        if not self.waiting:
            raise StopIteration
        return [self.waiting.pop(0)]


class FeedSource(DynamicSource[tuple[str, str]]):
    """The feeds as bytewax input."""

    def build(self, step_id: str, worker_index: int, worker_count: int) -> Feeds:
        """One partition: there is one worker."""
        return Feeds()


class Partition(StatelessSinkPartition[dict[str, Any]]):
    """Rows of the run, written as one hive-partitioned dataset when the input ends."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def write_batch(self, items: list[dict[str, Any]]) -> None:
        """Keep rows until the end."""
        self.rows.extend(items)

    def close(self) -> None:
        """Write what was kept."""
        if self.rows:
            ds.write_dataset(
                pa.Table.from_pylist(self.rows),
                OUT,
                format="parquet",
                partitioning=["source", "date"],
                partitioning_flavor="hive",
                basename_template=f"part-{uuid.uuid4().hex}-{{i}}.parquet",
                existing_data_behavior="overwrite_or_ignore",
                max_partitions=4096,
            )


class ParquetSink(DynamicSink[dict[str, Any]]):
    """The dataset as bytewax output."""

    def build(self, step_id: str, worker_index: int, worker_count: int) -> Partition:
        """One partition: there is one worker."""
        return Partition()


def unseen(seen: str | None, entry: dict[str, Any]) -> tuple[str, dict[str, Any] | None]:
    """Keep an entry whose hash differs from the one remembered for its id."""
    digest = entry["content_hash"]
    return digest, (None if digest == seen else entry)


flow = Dataflow("news")
feeds = op.input("feeds", flow, FeedSource())
parsed = op.flat_map("parse", feeds, lambda feed: list(entries(*feed)))
keyed = op.key_on("key", parsed, lambda entry: entry["article_id"])
fresh = op.filter_map_value("fresh", op.stateful_map("seen", keyed, unseen), lambda entry: entry)
rows = op.map("article", op.key_rm("unkey", fresh), article)
op.output("write", rows, ParquetSink())

if __name__ == "__main__":
    store = Path(sys.argv[1]).with_suffix(".recovery")
    if not store.exists():
        store.mkdir(parents=True)
        init_db_dir(store, 1)
    cluster_main(flow, [], 0, recovery_config=RecoveryConfig(str(store)))
