"""``catalog.json``: the dataset as a machine wants it: files, columns, sources, languages, the latest run.

A pure function of the ledger's files and of what was configured. What has to be read from a file (its
languages, how many articles begin in it) is kept with the file's checksum, so the next catalog opens only
files it has not seen.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from pipelines.layout import Root
from pipelines.ledger import FileRecord, Ledger
from schemas.arrow import DATASETS, MONTHLY, SCHEMA_VERSION, SORTED_BY
from schemas.constraints import PARTITIONED_BY, SUMMARIES, UNIQUE
from schemas.export import columns
from schemas.versions import base_of
from transforms.fetch.policy import Feed
from transforms.fetch.urls import redact
from transforms.storage import opened

NAME = "catalog.json"
# What a catalog keeps of a feed's configuration; url is added without its secrets.
ABOUT = ("title", "home", "agency", "language", "license", "terms")


def build(root: Root, ledger: Ledger, feeds: Sequence[Feed], before: Mapping[str, Any]) -> dict[str, Any]:
    """The catalog of a root.

    Args:
        root: Whose files.
        ledger: Of the root; only live files count.
        feeds: What is configured now. Of sources that are not, what ``before`` says is kept.
        before: The last catalog; ``{}`` when there is none.
    """
    seen = {entry["sha256"]: entry for entry in before.get("files", ())}
    files = [_file(root, record, seen) for record in ledger.files(status="live")]
    latest = ledger.runs(1)
    return {
        "generated_by": f"khabar {metadata.version('khabar')}",
        "schema_version": SCHEMA_VERSION,
        "latest_run": _run(latest[0]) if latest else None,
        "datasets": {name: _dataset(name, files) for name in (*DATASETS, *_monthly(files))},
        "languages": dict(sum_of(entry.get("languages", {}) for entry in files).most_common()),
        "sources": _sources(files, feeds, before),
        "files": files,
    }


def read(root: Root) -> dict[str, Any]:
    """The last catalog; ``{}`` when there is none or it is no catalog of ours."""
    try:
        found = json.loads((root.path / NAME).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) and "generated_by" in found else {}


def sum_of(counts: Iterable[Mapping[str, int]]) -> Counter[str]:
    """Counts added up by key."""
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return total


def _file(root: Root, record: FileRecord, seen: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    parts = dict(part.split("=", 1) for part in Path(record.path).parts if "=" in part)
    entry: dict[str, Any] = {
        "dataset": record.dataset,
        "path": record.path,
        **parts,
        "rows": record.rows,
        "bytes": record.bytes,
        "sha256": record.sha256,
    }
    if record.dataset != "articles":
        return entry
    known = seen.get(record.sha256, {})
    facts = {key: known[key] for key in ("articles", "languages") if key in known}
    return entry | (facts if len(facts) == 2 else _read_facts(root.path / record.path))


def _read_facts(path: Path) -> dict[str, Any]:
    """Articles that begin in the file, and its versions by language."""
    table = pq.ParquetFile(opened(path)).read(columns=["version", "language"])
    languages = Counter(language or "und" for language in table["language"].to_pylist())
    return {"articles": table["version"].to_pylist().count(1), "languages": dict(languages.most_common())}


def _dates(files: Iterable[Mapping[str, Any]]) -> list[str]:
    return [day for entry in files if (day := entry.get("date", entry.get("month")))]


def _run(summary: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("run_id", "started_at", "new", "edited", "seen", "rejected", "feeds_polled", "feeds_failed")
    return {key: summary.get(key) for key in kept}


def _monthly(files: Iterable[Mapping[str, Any]]) -> list[str]:
    return sorted({entry["dataset"] for entry in files} & MONTHLY.keys())


def _dataset(name: str, files: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    own = [entry for entry in files if entry["dataset"] == name]
    dates, base = _dates(own), base_of(name)
    repeats = name != base
    return {
        "description": f"The rows of {base}, a month a file." if repeats else SUMMARIES[base],
        "path": name,
        "format": "parquet",
        "partitioned_by": ["source", "month"] if repeats else list(PARTITIONED_BY[name]),
        "sorted_by": list(SORTED_BY[name]),
        "unique": list(UNIQUE[base]),
        "files": len(own),
        "rows": sum(entry["rows"] for entry in own),
        "bytes": sum(entry["bytes"] for entry in own),
        "first_date": min(dates, default=None),
        "last_date": max(dates, default=None),
        "columns": columns(base),
    }


def _sources(
    files: Sequence[Mapping[str, Any]], feeds: Sequence[Feed], before: Mapping[str, Any]
) -> list[dict[str, Any]]:
    about = {
        source["id"]: {key: source.get(key) for key in (*ABOUT, "url")}
        for source in before.get("sources", ())
    }
    about |= {
        feed.id: {**{key: getattr(feed, key) for key in ABOUT}, "url": redact(feed.url)} for feed in feeds
    }
    by_source: dict[str, list[Mapping[str, Any]]] = {name: [] for name in about}
    for entry in files:
        if "source" in entry:
            by_source.setdefault(entry["source"], []).append(entry)
    return [
        {"id": name, **about.get(name, dict.fromkeys((*ABOUT, "url"))), **_counts(by_source[name])}
        for name in sorted(by_source)
    ]


def _counts(files: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    articles = [entry for entry in files if entry["dataset"] == "articles"]
    dates = _dates(articles)
    return {
        "articles": sum(entry["articles"] for entry in articles),
        "versions": sum(entry["rows"] for entry in articles),
        "sentences": sum(entry["rows"] for entry in files if entry["dataset"] == "sentences"),
        "first_date": min(dates, default=None),
        "last_date": max(dates, default=None),
        "languages": dict(sum_of(entry["languages"] for entry in articles).most_common()),
    }
