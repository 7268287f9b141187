"""What it weighs on disk."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.compact import MAX_FILES
from schemas.arrow import SCHEMAS

if TYPE_CHECKING:
    import duckdb


def storage(db: "duckdb.DuckDBPyConnection", root: Path) -> dict[str, Any]:
    """Files, rows and bytes of each dataset and of raw/; how many partitions are worth compacting."""
    files = {name: found for name in SCHEMAS if (found := list((root / name).rglob("*.parquet")))}
    datasets = [_dataset(db, name, found) for name, found in files.items()]
    raw = [path.stat().st_size for path in (root / "raw").rglob("*.zst")]
    folders = Counter(path.parent for found in files.values() for path in found)
    return {
        "datasets": datasets,
        "raw": {"files": len(raw), "bytes": sum(raw)},
        "bytes": sum(entry["bytes"] for entry in datasets) + sum(raw),
        "crowded": sum(count > MAX_FILES for count in folders.values()),
    }


def _dataset(db: "duckdb.DuckDBPyConnection", name: str, files: Sequence[Path]) -> dict[str, Any]:
    # The articles are loaded already.
    (rows,) = db.execute(f"SELECT count(*) FROM {'a' if name == 'articles' else name}").fetchall()[0]
    weight = sum(path.stat().st_size for path in files)
    return {"dataset": name, "files": len(files), "rows": rows, "bytes": weight}
