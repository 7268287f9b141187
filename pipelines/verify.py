"""Verify a dataset: files against the ledger, and the files themselves. Changes nothing.

Safe beside a writer and beside compaction: the ledger always knows a file before it stands in its place, and
whatever went away meanwhile is asked for again before it is called missing.
"""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines import lock
from pipelines.layout import Root
from pipelines.ledger import FileRecord, Ledger
from pipelines.maintenance import existing
from pipelines.progress import each
from pipelines.verify_rows import Rows, row_findings, sentence_findings
from schemas.arrow import SCHEMAS
from schemas.versions import base_of, current, schema_of, version_of
from transforms.fetch import raw
from transforms.storage import file_sha256, is_remote, opened, reading

SHOWN = 20  # keys named one by one before they are only counted


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: where (under the root), what kind, and in words."""

    path: str
    kind: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.kind}: {self.message}"


@dataclass
class Report:
    """What was looked at and what was found."""

    root: str
    deep: bool
    beside_writer: bool = False
    files: int = 0
    rows: int = 0
    older_files: int = 0
    raw_documents: int = 0
    findings: list[Finding] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return asdict(self) | {"ok": not self.findings}


def verify(path: Path, *, deep: bool = False, ledger: str | None = None) -> Report:
    """Look at everything under a root.

    Args:
        path: The root.
        deep: Read every row and derive again what is pure; read every raw document.
        ledger: ``--ledger``.

    Raises:
        RootError: There is no dataset.
        LedgerError: The ledger cannot be opened.
    """
    root = existing(path, ledger)
    report = Report(str(root.path), deep)
    opened = Ledger(root.ledger_place)
    try:
        for finding in _Verify(root, opened, report).findings():
            report.findings.append(finding)
    finally:
        opened.close()
    return report


class _Verify:
    def __init__(self, root: Root, ledger: Ledger, report: Report) -> None:
        self.root, self.ledger, self.report = root, ledger, report
        self.keys: dict[str, dict[bytes, str]] = {name: {} for name in SCHEMAS}
        self.complete = True  # every file of the ledger could be read, and nobody writes

    def findings(self) -> Iterator[Finding]:
        yield from self._ledger()
        yield from self._unfinished()
        yield from self._unknown()
        # Oldest first: articles before their sentences.
        for file in each("verify", self.ledger.files(status="live")):
            yield from self._file(file)
        if self.complete:
            yield from self._keys_without_rows()
        yield from self._held()
        if self.report.deep:
            yield from self._raw()

    def _ledger(self) -> Iterator[Finding]:
        for line in self.ledger.check(deep=self.report.deep):
            yield Finding(self._ledger_name, "damaged ledger", line)

    def _unfinished(self) -> Iterator[Finding]:
        """What a killed run left; beside a running one all of it is normal."""
        try:
            with self._nobody_writes():
                pending = self.ledger.files(status="pending")
                swaps = self.ledger.query("SELECT folder, run_id FROM swaps")
                runs = {file.staged.split("/")[0] for file in pending} | {run_id for _, run_id in swaps}
                staging = sorted(p.name for p in self.root.staging.iterdir())
        except lock.LockedError:
            self.report.beside_writer, self.complete = True, False
            return
        for file in pending:
            yield Finding(file.path, "pending", f"committed by run {file.run_id}, not in its place yet")
        for folder, run_id in swaps:
            yield Finding(folder, "pending", f"exchange {run_id} is not complete")
        for name in staging:
            if name not in runs:
                yield Finding(f"_state/staging/{name}", "orphan", "staging of a run that was not committed")
        self.complete = not pending and not swaps

    def _nobody_writes(self) -> AbstractContextManager[None]:
        if self.root.served:
            return self.ledger.alone()
        # On a read-only root nobody writes.
        writable = is_remote(self.root.path) or os.access(self.root.state, os.W_OK)
        return lock.hold(self.root.lock) if writable else nullcontext()

    def _unknown(self) -> Iterator[Finding]:
        on_disk = [p for name in SCHEMAS for p in sorted(self.root.dataset(name).rglob("*")) if p.is_file()]
        known = {file.path for file in self.ledger.files()}
        known |= {
            f"{folder}/{file}"
            for folder, file in self.ledger.query("SELECT folder, file FROM swaps WHERE file IS NOT NULL")
        }
        known |= {file.path for file in self.ledger.files()}  # a swap may have ended between the questions
        for path in on_disk:
            name = self._short(path)
            if name not in known and path.exists():
                yield Finding(name, "unknown file", "the ledger does not know it")

    def _file(self, file: FileRecord) -> Iterator[Finding]:
        path = self.root.path / file.path
        try:
            with reading(path):
                yield from self._readable_file(file, path)
        except FileNotFoundError:
            self.complete = False
            if self._still_missing(file):
                yield Finding(file.path, "missing file", f"{file.rows} rows of run {file.run_id}")
        except (pa.ArrowException, OSError) as error:
            self.complete = False
            yield Finding(file.path, "unreadable", str(error).splitlines()[0])

    def _still_missing(self, file: FileRecord) -> bool:
        """Whether the ledger still wants it: neither compacted nor dropped meanwhile."""
        folder = file.path.rpartition("/")[0]
        return bool(
            self.ledger.query("SELECT 1 FROM files WHERE path = ?", file.path)
            and not self.ledger.query("SELECT 1 FROM swaps WHERE folder = ?", folder)
            and not (self.root.path / file.path).exists()
        )

    def _readable_file(self, file: FileRecord, path: Path) -> Iterator[Finding]:
        size = path.stat().st_size
        if size != file.bytes or file_sha256(path) != file.sha256:
            yield Finding(file.path, "checksum", f"{size} bytes do not match the ledger's {file.bytes}")
        metadata = pq.read_metadata(opened(path))
        self.report.files += 1
        self.report.rows += metadata.num_rows
        if metadata.num_rows != file.rows:
            yield Finding(file.path, "rows", f"{metadata.num_rows} rows, the ledger says {file.rows}")
        version, newest = version_of(metadata.metadata), current(file.dataset)
        if version is None or version > newest:
            yield Finding(file.path, "schema", f"schema version {version}; this khabar knows up to {newest}")
        self.report.older_files += version is not None and version < newest
        wanted = schema_of(file.dataset, newest if version is None else version)
        found = metadata.schema.to_arrow_schema()
        if not found.equals(wanted):
            yield Finding(file.path, "schema", _difference(found, wanted))
            return
        yield from self._rows(file, path)

    def _rows(self, file: FileRecord, path: Path) -> Iterator[Finding]:
        rows = Rows(file, path, self.report.deep)
        for kind, message in row_findings(rows):
            yield Finding(file.path, kind, message)
        if base_of(file.dataset) == "articles":
            yield from self._keys(file, rows)
        elif base_of(file.dataset) == "sentences" and self.report.deep:
            articles = (self.root.path / file.path.replace("sentences", "articles", 1)).parent
            for kind, message in sentence_findings(rows, articles):
                yield Finding(file.path, kind, message)

    def _keys(self, file: FileRecord, rows: Rows) -> Iterator[Finding]:
        """Duplicates, and agreement of the keys with the ledger; 32 bytes a key are kept."""
        keys = self.keys[file.dataset]
        for article_id, content_hash, version, day in rows.read_keys():
            key = bytes.fromhex(article_id) + bytes.fromhex(content_hash)
            if key in keys:
                yield Finding(file.path, "duplicate", f"{article_id} {content_hash} is in {keys[key]} too")
            keys[key] = file.path
            known = self.ledger.query(
                "SELECT version, partition_date FROM versions JOIN articles USING (article_id)"
                " WHERE article_id = ? AND content_hash = ?",
                key[:16],
                key[16:],
            )
            if not known:
                yield Finding(file.path, "unknown key", f"the ledger does not know {article_id} v{version}")
            elif known[0] != (version, day):
                yield Finding(
                    file.path,
                    "key",
                    f"{article_id} v{version}: the ledger says v{known[0][0]} of {known[0][1]}",
                )

    def _keys_without_rows(self) -> Iterator[Finding]:
        missing = [
            f"{article.hex()} v{version} ({source}, {date})"
            for article, content, version, source, date in self.ledger.query(
                "SELECT article_id, content_hash, version, source_id, partition_date"
                " FROM versions JOIN articles USING (article_id) WHERE NOT EXISTS (SELECT 1 FROM dropped"
                " WHERE folder = 'articles/source=' || source_id || '/date=' || partition_date)"
            )
            if not any(article + content in keys for keys in self.keys.values())
        ]
        for name in missing[:SHOWN]:
            yield Finding(self._ledger_name, "key without row", name)
        if len(missing) > SHOWN:
            yield Finding(self._ledger_name, "key without row", f"and {len(missing) - SHOWN} more")

    def _held(self) -> Iterator[Finding]:
        from pipelines.polling import Landed

        for held in self.ledger.held():
            path = raw.path_of(self.root.raw, Landed.from_json(held.document).sha256)
            if not path.exists():
                yield Finding(
                    self._short(path), "missing file", f"{held.source_id}: {held.title!r} waits for it"
                )

    def _raw(self) -> Iterator[Finding]:
        for path in each("raw", sorted(self.root.raw.rglob("*.zst"))):
            try:
                raw.read(path)
                self.report.raw_documents += 1
            except FileNotFoundError:
                continue
            except (ValueError, OSError) as error:
                yield Finding(self._short(path), "checksum", str(error))

    @property
    def _ledger_name(self) -> str:
        given = self.root.ledger_given is not None
        return self.ledger.name if given else self._short(self.root.ledger)

    def _short(self, path: Path) -> str:
        return str(path.relative_to(self.root.path))


def _difference(found: pa.Schema, wanted: pa.Schema) -> str:
    missing = [field.name for field in wanted if field.name not in found.names]
    added = [name for name in found.names if name not in wanted.names]
    other = [f.name for f in wanted if f.name in found.names and not found.field(f.name).equals(f)]
    return f"missing columns {missing}, unknown {added}, of another type {other}"
