"""Exports that are files: Parquet (flat or partitioned), JSON lines, and a small CSV for spreadsheets."""

import base64
import csv
import errno
import gzip
import io
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import zstandard

from pipelines.export import Exported, ExportError, Snapshot, in_order
from pipelines.export_target import check_file, check_folder, staged
from pipelines.progress import each
from transforms.parquet import COMPACT_LEVEL, ROW_GROUP_ROWS, write_tables

FILE_ROWS = 200_000  # of a flat Parquet export: about 500 MB of news as text
CELL = 32_767  # characters a spreadsheet's cell holds
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # first characters that a spreadsheet takes for a formula


def export_flat(snapshot: Snapshot, target: Path, done: Exported) -> None:
    """One folder of large Parquet files."""
    check_folder(target, (".parquet",))
    with staged(target) as new:
        new.mkdir()
        for tables in _filled(snapshot.tables()):
            path = new / f"part-{done.files:05d}.parquet"
            rows = sum(table.num_rows for table in tables)
            write_tables(iter(tables), rows, tables[0].schema, path, COMPACT_LEVEL, describe=True)
            done.files += 1
            done.rows += rows
            done.bytes += path.stat().st_size
    done.partitions = done.partitions_written = len(snapshot.partitions())


def _filled(tables: Iterator[pa.Table]) -> Iterator[list[pa.Table]]:
    """Tables of a row group each, as many as fill a file."""
    waiting: list[pa.Table] = []
    groups: list[pa.Table] = []
    for table in tables:
        waiting.append(table)
        if sum(part.num_rows for part in waiting) >= ROW_GROUP_ROWS:
            groups.append(in_order(pa.concat_tables(waiting)))
            waiting = []
        if sum(group.num_rows for group in groups) >= FILE_ROWS:
            yield groups
            groups = []
    if waiting:
        groups.append(in_order(pa.concat_tables(waiting)))
    if groups:
        yield groups


def export_partitioned(snapshot: Snapshot, target: Path, done: Exported) -> None:
    """A folder of ``source=S/date=D/<digest>.parquet``; what did not change is linked, not written."""
    check_folder(target, (".parquet",))
    with staged(target) as new:
        new.mkdir()
        for partition in each("export", snapshot.partitions()):
            folder = Path(f"source={partition.source}", f"date={partition.date}")
            kept = target / folder / f"{partition.digest()}.parquet"
            if kept.exists():
                (new / folder).mkdir(parents=True)
                path = new / folder / kept.name
                _link(path, kept)
            else:
                digest, table = partition.read()
                if not table.num_rows:
                    continue  # gc has dropped it since it was listed
                (new / folder).mkdir(parents=True)
                path = new / folder / f"{digest}.parquet"
                write_tables([table], table.num_rows, table.schema, path, COMPACT_LEVEL, describe=True)
                done.partitions_written += 1
                done.rows += table.num_rows
            done.partitions += 1
            done.files += 1
            done.bytes += path.stat().st_size


def _link(path: Path, kept: Path) -> None:
    """A second name for a finished file; a copy where the file system has no links, or no more of them."""
    try:
        path.hardlink_to(kept)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EMLINK):
            raise
        shutil.copyfile(kept, path)
        with path.open("rb+") as file:
            os.fsync(file.fileno())


def export_jsonl(snapshot: Snapshot, target: Path, done: Exported) -> None:
    """One JSON object a line; compressed when the name ends in ``.gz`` or ``.zst``."""
    check_file(target)
    with staged(target) as new, _text(new, target.suffix) as file:
        for table in snapshot.tables():
            for row in table.to_pylist():
                file.write(json.dumps(row, ensure_ascii=False, default=_plain) + "\n")
            done.rows += table.num_rows
    _one_file(snapshot, target, done)


def export_csv_sample(snapshot: Snapshot, target: Path, done: Exported, rows: int) -> None:
    """At most ``rows`` articles as CSV for spreadsheets: UTF-8 with byte order mark, cells that fit.

    The sample has the smallest article ids. They are hashes, so it is even over sources and days, and an
    article that was in it stays in it as the dataset grows, unless a smaller one comes.
    """
    check_file(target)
    if "article_id" not in snapshot.wanted.columns:
        raise ExportError("a sample is drawn by article_id: name it among the columns")
    sample: pa.Table | None = None
    for table in snapshot.tables():
        both = table if sample is None else pa.concat_tables([sample, table])
        sample = both.sort_by([("article_id", "ascending")]).slice(0, rows)
    with staged(target) as new, _text(new, "", "utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(snapshot.wanted.columns)
        for row in sample.to_pylist() if sample is not None else []:
            writer.writerow([_cell(row[name]) for name in snapshot.wanted.columns])
            done.rows += 1
    _one_file(snapshot, target, done)


def _one_file(snapshot: Snapshot, target: Path, done: Exported) -> None:
    done.partitions = done.partitions_written = len(snapshot.partitions())
    done.files, done.bytes = 1, target.stat().st_size


@contextmanager
def _text(path: Path, suffix: str, encoding: str = "utf-8") -> Iterator[IO[str]]:
    """A durable text file, compressed by its suffix."""
    with path.open("wb") as raw:
        packed: Any = raw
        if suffix == ".gz":
            packed = gzip.GzipFile(fileobj=raw, mode="wb", filename="", mtime=0)
        elif suffix == ".zst":
            packed = zstandard.ZstdCompressor(level=COMPACT_LEVEL).stream_writer(raw, closefd=False)
        text = io.TextIOWrapper(packed, encoding=encoding, newline="", write_through=True)
        yield text
        text.flush()
        text.detach()
        if packed is not raw:
            packed.close()
        raw.flush()
        os.fsync(raw.fileno())


def _plain(value: object) -> str:
    """Instants and dates as ISO 8601, bytes as Base64."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} is no JSON")


def _cell(value: object) -> str:
    """A value as a spreadsheet shows it: never a formula, never longer than a cell.

    >>> _cell("=1+1"), _cell(["a", "b"]), _cell(None), _cell(-1)
    ("'=1+1", 'a; b', '', '-1')
    """
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        text = "; ".join(value)
    elif isinstance(value, (list, dict)):
        text = json.dumps(value, ensure_ascii=False, default=_plain)
    elif isinstance(value, str):
        text = value
    else:
        return _plain(value) if isinstance(value, (date, bytes)) else str(value)
    return (f"'{text}" if text.startswith(FORMULA) else text)[:CELL]
