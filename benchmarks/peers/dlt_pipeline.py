"""dlt: a resource remembers every entry's hash in dlt's own resource state.

Parquet on a local folder cannot be merged by dlt (only Delta and Iceberg can), nor partitioned by a column of
the data: one table, hence one folder, per source is the nearest it offers.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from common import addresses, article, entries

OUT, SOURCES = addresses()
os.environ |= {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "ERROR",
    "DESTINATION__FILESYSTEM__BUCKET_URL": Path(OUT).absolute().as_uri(),
}

import dlt  # noqa: E402 - reads its configuration when imported


@dlt.resource(
    write_disposition="append",
    table_name=lambda row: row["source"],
    max_table_nesting=0,
    columns={"sentences": {"data_type": "json"}},
)
def articles() -> Iterator[dict[str, Any]]:
    seen = dlt.current.resource_state().setdefault("seen", {})
    for source, url in SOURCES:
        for entry in entries(source, url):
            if seen.get(entry["article_id"]) != entry["content_hash"]:
                seen[entry["article_id"]] = entry["content_hash"]
                yield article(entry)


if __name__ == "__main__":
    Path(OUT).mkdir(parents=True, exist_ok=True)
    pipeline = dlt.pipeline(
        "news",
        pipelines_dir=f"{OUT}.dlt",
        destination="filesystem",
        dataset_name="news",
        progress=None,
    )
    pipeline.run(articles(), loader_file_format="parquet")
