"""What is left to read of a set of WARC files, in pieces that many workers can share."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from apache_beam.io.filesystem import BeamIOError, CompressionTypes
from apache_beam.io.filesystems import FileSystems

from pipelines.exits import Exit, KhabarError
from schemas.rows import WarcRange
from transforms.warc.members import GZIP, is_plain

# About 600 pages of a news crawl: enough to pay for a bundle, small enough that workers finish together.
RANGE_BYTES = 16 * 1024 * 1024


class ArchiveError(KhabarError):
    """The files named cannot be used; the message names them."""

    exit = Exit.USAGE


class Archive(NamedTuple):
    """One WARC file; size in bytes and modification time identify its state."""

    path: str
    size: int
    mtime_ns: int


def find(patterns: Sequence[str]) -> list[Archive]:
    """The files that match, each once, by name: crawls name their files by time, so older ones come first.

    Raises:
        ArchiveError: A pattern matches nothing, or cannot be listed.
    """
    found: dict[str, Archive] = {}
    for pattern in patterns:
        try:
            [match] = FileSystems.match([pattern])
        except (BeamIOError, ValueError) as error:
            raise ArchiveError(f"--warc {pattern}: cannot list: {error}") from error
        if not match.metadata_list:
            raise ArchiveError(f"--warc {pattern}: no such file")
        for file in match.metadata_list:
            mtime_ns = int((file.last_updated_in_seconds or 0) * 1e9)
            found[file.path] = Archive(file.path, file.size_in_bytes, mtime_ns)
    return [found[path] for path in sorted(found, key=lambda path: (path.rpartition("/")[2], path))]


def rest_of(
    archive: Archive, known: Mapping[str, tuple[int, int]], max_bytes: int = RANGE_BYTES
) -> Iterator[WarcRange]:
    """The ranges of a file that are still to be read, in order.

    Args:
        archive: The file.
        known: Path to (bytes done, mtime_ns), as the ledger remembers it; a changed file is read again.
        max_bytes: Of a batch, where that is less than a range.

    Raises:
        ArchiveError: It is no WARC file.
    """
    done, mtime_ns = known.get(archive.path, (0, 0))
    start = done if mtime_ns == archive.mtime_ns else 0
    if start >= archive.size:
        return
    step = min(RANGE_BYTES, max_bytes) if start or _is_splittable(archive.path) else archive.size
    for at in range(start, archive.size, step):
        yield WarcRange(archive.path, at, min(at + step, archive.size))


def _is_splittable(path: str) -> bool:
    try:
        with FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED) as file:
            head = file.read(8)
    except (OSError, BeamIOError):
        return True  # reading will tell, and the file stays to be read
    if is_plain(head):
        return False
    if not head.startswith(GZIP):
        raise ArchiveError(f"{path}: neither a WARC file nor a gzip of one")
    return True


def batches(ranges: Iterator[WarcRange], max_bytes: int) -> Iterator[list[WarcRange]]:
    """Group ranges into batches of about ``max_bytes`` of compressed input."""
    batch: list[WarcRange] = []
    size = 0
    for part in ranges:
        length = part.end - part.start
        if batch and size + length > max_bytes:
            yield batch
            batch, size = [], 0
        batch.append(part)
        size += length
    if batch:
        yield batch
