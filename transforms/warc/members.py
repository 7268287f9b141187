"""The records of a WARC file as bytes, from any place in it: a range of a file is a unit of work.

News crawls are compressed record by record: each record is one gzip member, so whoever finds the start of a
member can read on from there. A range owns the records that begin in it.
"""

import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

GZIP = b"\x1f\x8b\x08"
PLAIN = b"WARC/"
_STEP = 1 << 16
# A dynamic Huffman header is below 400 bytes; after it the first letters come at once.
_PROBE = 4096
_HEADER_AT_MOST = 1 << 16
_LENGTH = re.compile(rb"^Content-Length:\s*(\d+)\s*$", re.IGNORECASE | re.MULTILINE)


class Record(NamedTuple):
    """One record's bytes, decompressed; ``offset`` is where it begins in the file."""

    offset: int
    data: bytes


class Damage(NamedTuple):
    """A place in the file where no record could be read."""

    offset: int
    error_class: str
    finding: str


class _DamageError(Exception):
    def __init__(self, error_class: str, finding: str) -> None:
        super().__init__(finding)
        self.error_class = error_class


def is_plain(head: bytes) -> bool:
    """Whether a file that begins so is not compressed: it can be read only as a whole."""
    return head.startswith(PLAIN)


def records(file: BinaryIO, start: int, end: int, max_bytes: int) -> Iterator[Record | Damage]:
    """Yield the records that begin in ``[start, end)``; what cannot be read is named and skipped.

    Args:
        file: The WARC file, opened for reading bytes; it can seek.
        start: 0, or any place in a compressed file.
        end: At most the size of the file.
        max_bytes: Largest record, decompressed.
    """
    window = _Window(file, start)
    if start == 0 and is_plain(window.peek(len(PLAIN))):
        take = window.take_plain
    else:
        take = window.take_member
        if start > 0:
            window.seek_member()
    while window.at < end and window.peek(1):
        offset = window.at
        try:
            data = take(max_bytes)
        except _DamageError as damage:
            yield Damage(offset, damage.error_class, str(damage))
            if take == window.take_plain:
                return  # nothing but the length of a plain record tells where the next one begins
            window.skip(1)
            window.seek_member()
        else:
            yield Record(offset, data)


class _Window:
    """A moving view of the file: ``at`` is the offset of its first byte."""

    def __init__(self, file: BinaryIO, start: int) -> None:
        self._file = file
        self._file.seek(start)
        self._buffer = bytearray()
        self.at = start

    def peek(self, size: int) -> bytes:
        """The next ``size`` bytes, fewer at the end of the file."""
        while len(self._buffer) < size:
            piece = self._file.read(_STEP)
            if not piece:
                break
            self._buffer += piece
        return bytes(self._buffer[:size])

    def skip(self, size: int) -> None:
        """Move on; the bytes have been looked at."""
        del self._buffer[:size]
        self.at += size

    def seek_member(self) -> None:
        """Move to the next place where a gzip member begins that holds a WARC record, or to the end."""
        while head := self.peek(_STEP):
            found = head.find(GZIP)
            if found < 0:
                # The mark may begin in the last two bytes.
                self.skip(len(head) - 2 if len(head) == _STEP else len(head))
                continue
            self.skip(found)
            if _holds_record(self.peek(_PROBE)):
                return
            self.skip(1)

    def take_member(self, max_bytes: int) -> bytes:
        """Decompress one member and move behind it."""
        if self.peek(len(GZIP)) != GZIP:
            raise _DamageError("junk", "no gzip member begins where one should")
        stream, out, used = zlib.decompressobj(wbits=31), bytearray(), 0
        while not stream.eof:
            piece = self.peek(used + _STEP)[used:]
            if not piece:
                raise _DamageError("truncated", f"the file ends within a gzip member, {len(out)} bytes in")
            try:
                out += stream.decompress(piece, max_bytes + 1 - len(out))
            except zlib.error as error:
                raise _DamageError("bad_gzip", f"{error}, {len(out)} bytes in") from error
            if len(out) > max_bytes:
                raise _DamageError(
                    "too_large",
                    f"a gzip member of more than {max_bytes} bytes; a file that was compressed as a whole"
                    " must be recompressed record by record (warcio recompress)",
                )
            used += len(piece) - len(stream.unused_data) - len(stream.unconsumed_tail)
        self.skip(used)
        return bytes(out)

    def take_plain(self, max_bytes: int) -> bytes:
        """Read one record that is not compressed and move behind it."""
        head = self.peek(_HEADER_AT_MOST)
        border = head.find(b"\r\n\r\n")
        length = _LENGTH.search(head, 0, border) if border > 0 else None
        if not head.startswith(PLAIN) or length is None:
            raise _DamageError("bad_record", "no WARC header with a Content-Length")
        size = border + 4 + int(length[1])
        if size > max_bytes:
            raise _DamageError("too_large", f"a record of {size} bytes, at most {max_bytes}")
        data = self.peek(size + 4)
        if len(data) < size:
            raise _DamageError("truncated", f"the file ends within a record of {size} bytes")
        self.skip(size + 4 * data.endswith(b"\r\n\r\n"))
        return data


def _holds_record(head: bytes) -> bool:
    """Whether these bytes begin a gzip member whose content begins like a record."""
    try:
        return zlib.decompressobj(wbits=31).decompress(head, len(PLAIN)) == PLAIN
    except zlib.error:
        return False
