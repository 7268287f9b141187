"""A script such as one writes on the first day: threads, langdetect, pyarrow, and a JSON file of hashes."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
from common import addresses, article, entries

if __name__ == "__main__":
    OUT, SOURCES = addresses()
    memory = Path(f"{OUT}.seen.json")
    seen = json.loads(memory.read_text()) if memory.exists() else {}
    with ThreadPoolExecutor(8) as pool:
        documents = pool.map(lambda feed: list(entries(*feed)), SOURCES)
        found = [entry for document in documents for entry in document]
    fresh = [entry for entry in found if seen.get(entry["article_id"]) != entry["content_hash"]]
    if fresh:
        ds.write_dataset(
            pa.Table.from_pylist([article(entry) for entry in fresh]),
            OUT,
            format="parquet",
            partitioning=["source", "date"],
            partitioning_flavor="hive",
            basename_template=f"part-{uuid.uuid4().hex}-{{i}}.parquet",
            existing_data_behavior="overwrite_or_ignore",
            max_partitions=4096,
        )
    memory.write_text(json.dumps(seen | {entry["article_id"]: entry["content_hash"] for entry in fresh}))
