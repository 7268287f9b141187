"""Keep ``README.md``, ``catalog.json`` and ``datapackage.json`` beside the datasets true to them."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines import card, catalog
from pipelines.beside import put
from pipelines.layout import Root
from pipelines.ledger import Ledger
from schemas.export import table_schema
from schemas.versions import base_of
from transforms.fetch.policy import Feed

DATAPACKAGE = "datapackage.json"


@dataclass
class Described:
    """What was written; ``khabar card --json`` prints it.

    Attributes:
        written: Names of files that were new or had changed.
        unchanged: Names of files that were true already.
        foreign: ``README.md`` when somebody else wrote it: it is left alone.
    """

    written: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)


def describe(root: Root, ledger: Ledger, feeds: Sequence[Feed] = ()) -> Described:
    """Write the three files, each in one step, and only where they would change.

    The caller holds the lock. ``feeds`` is what is configured now; of others the last catalog is asked.
    """
    found = catalog.build(root, ledger, feeds, catalog.read(root))
    done = Described()
    _put(root.path / catalog.NAME, _json(found), done)
    _put(root.path / DATAPACKAGE, _json(datapackage(found)), done)
    _put_card(root.path / card.NAME, found, done)
    return done


def datapackage(found: Mapping[str, Any]) -> dict[str, Any]:
    """Frictionless Data Package: one resource per dataset with its files and Table Schema.

    A resource's files are Parquet, each complete in itself: read them one by one, not as one stream of bytes.
    """
    files: dict[str, list[str]] = {}
    for entry in found["files"]:
        files.setdefault(entry["dataset"], []).append(entry["path"])
    licenses = sorted({source["license"] for source in found["sources"] if source["license"]})
    return {
        "profile": "data-package",
        "name": "khabar",
        "title": "News collected by khabar",
        "version": str(found["schema_version"]),
        **({"licenses": [_license(name) for name in licenses]} if licenses else {}),
        "sources": [
            {"title": source["title"] or source["id"], **({"path": source["home"]} if source["home"] else {})}
            for source in found["sources"]
        ]
        or [{"title": "none yet"}],
        "resources": [
            {
                "profile": "data-resource",
                "name": name,
                "description": found["datasets"][name]["description"],
                "path": paths,
                "format": "parquet",
                "mediatype": "application/vnd.apache.parquet",
                "bytes": found["datasets"][name]["bytes"],
                "schema": table_schema(base_of(name)),
            }
            for name, paths in files.items()
        ],
    }


def _license(name: str) -> dict[str, str]:
    """Frictionless wants a name of letters, digits, ``.``, ``_`` and ``-``; anything else is a title."""
    return {"name": re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-") or "other", "title": name}


def _put_card(path: Path, found: Mapping[str, Any], done: Described) -> None:
    notes: str | None = ""
    if path.exists():
        notes = card.notes_of(path.read_text("utf-8"))
    if notes is None:
        done.foreign.append(path.name)
    else:
        _put(path, card.render(found, notes), done)


def _put(path: Path, text: str, done: Described) -> None:
    (done.written if put(path, text) else done.unchanged).append(path.name)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
