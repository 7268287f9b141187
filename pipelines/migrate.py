"""Migration: partitions written with an older schema get today's columns, one after the other.

Old and new files read together all the while (``docs/dataset.md``), so a migration may stop anywhere and go
on later. The ledger's own tables are brought up to date whenever it is opened.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.layout import Root
from pipelines.ledger import FileRecord, Ledger
from pipelines.partitions import by_folder, merged, stage_folder, unsound
from pipelines.progress import each
from pipelines.swap import swap
from schemas.arrow import ROLLUP_OF
from schemas.versions import current, version_of
from transforms.storage import opened

PREFIX = "migrate-"


@dataclass
class Migrated:
    """What a migration did, or would do; ``khabar migrate --json`` prints it.

    Attributes:
        found: Files by the schema version they had.
    """

    found: Counter[int] = field(default_factory=Counter)
    partitions: int = 0
    rows: int = 0
    dry_run: bool = False
    refused: tuple[str, ...] = ()


def migrate(
    root: Root,
    ledger: Ledger,
    run_id: str,
    *,
    dry_run: bool = False,
    stop: Callable[[], bool] = lambda: False,
) -> Migrated:
    """Write every partition anew that has a file of an older schema. The caller holds the lock.

    A partition that is not sound, or has a file of a newer schema, is left alone and named in ``refused``.
    """
    done = Migrated(dry_run=dry_run)
    for n, (folder, files) in enumerate(each("migrate", by_folder(ledger.files("live")).items())):
        if stop():
            break
        try:
            versions = [_version(root, file) for file in files]
        except ValueError as error:
            done.refused += (str(error),)
            continue
        done.found.update(versions)
        if set(versions) == {current(files[0].dataset)}:
            continue
        if (why := unsound(root, folder, files)) is not None:
            done.refused += (why,)
            continue
        done.partitions += 1
        done.rows += sum(file.rows for file in files)
        if not dry_run:
            _rewrite(root, ledger, folder, files, f"{run_id}/{n}", f"{PREFIX}{run_id}-{n}.parquet")
    return done


def _version(root: Root, file: FileRecord) -> int:
    try:
        version = version_of(pq.read_metadata(opened(root.path / file.path)).metadata)
    except (pa.ArrowException, OSError) as error:
        raise ValueError(f"{file.path}: unreadable: {str(error).splitlines()[0]}") from error
    if version is None:
        raise ValueError(f"{file.path}: names no schema version")
    return version


def _rewrite(
    root: Root, ledger: Ledger, folder: str, files: Sequence[FileRecord], staged: str, name: str
) -> None:
    table = merged(root, files)
    holds = (pq.read_metadata(opened(root.path / files[0].path)).metadata or {}).get(ROLLUP_OF)
    if holds is not None:
        table = table.replace_schema_metadata(table.schema.metadata | {ROLLUP_OF: holds})
    swap(root, ledger, [stage_folder(root, folder, table, staged, name)])
