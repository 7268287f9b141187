"""One WARC record in, the HTML page it holds out: HTTP, transfer coding, content coding (extra ``warc``)."""

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from transforms.fetch.decode import decode_body
from transforms.fetch.errors import FetchError

MISSING_EXTRA = "reading WARC files needs extras: pip install 'khabar[warc,pages]'"
_HTML = ("text/html", "application/xhtml+xml")
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")


class WarcPage(NamedTuple):
    """An HTML page as a crawler met it.

    Attributes:
        url: WARC-Target-URI.
        fetched_at: WARC-Date, UTC.
        body: All HTTP codings undone.
        content_type: HTTP header.
    """

    url: str
    fetched_at: datetime
    body: bytes
    content_type: str | None


class Skipped(NamedTuple):
    """A record that is no page: nothing wrong with it."""

    reason: str


class Refused(NamedTuple):
    """A record that should be a page and cannot be read."""

    url: str | None
    error_class: str
    finding: str


Response = WarcPage | Skipped | Refused


def read_responses(data: bytes, max_bytes: int) -> Iterator[Response]:
    """Read the records in the bytes of one gzip member: one, as a rule.

    Args:
        data: Decompressed.
        max_bytes: Largest body, its content coding undone.

    Raises:
        ImportError: The extra ``khabar[warc]`` is not installed.
    """
    try:
        from warcio.archiveiterator import ArchiveIterator
        from warcio.exceptions import ArchiveLoadFailed
        from warcio.statusandheaders import StatusAndHeadersParserException
    except ImportError as error:
        raise ImportError(MISSING_EXTRA) from error
    url = None
    found = iter(ArchiveIterator(io.BytesIO(data)))
    while True:
        try:
            record = next(found, None)
        # The last three are what warcio 1.8 raises on records without a target or with other bad fields.
        except (
            *(ArchiveLoadFailed, StatusAndHeadersParserException, EOFError),
            *(AttributeError, TypeError, ValueError),
        ) as error:
            yield Refused(url, "bad_record", f"{type(error).__name__}: {error}")
            return
        if record is None:
            return
        url = record.rec_headers.get_header("WARC-Target-URI")
        yield _read(record, max_bytes)


def _read(record: Any, max_bytes: int) -> Response:
    headers, http = record.rec_headers, record.http_headers
    url = (headers.get_header("WARC-Target-URI") or "").strip("<> ")
    if record.rec_type != "response":
        return Skipped(f"{record.rec_type or 'unknown'}_record")
    if http is None or not url.startswith(("http://", "https://")):
        return Skipped("not_http")
    if (status := http.get_statuscode()) != "200":
        return Skipped(f"http_{status}" if status.isdigit() else "bad_status")
    content_type = http.get_header("Content-Type")
    if (content_type or _HTML[0]).partition(";")[0].strip().lower() not in _HTML:
        return Skipped("not_html")
    if reason := headers.get_header("WARC-Truncated"):
        return Refused(url, "truncated", f"the crawler cut it off: {reason}")
    body = record.raw_stream.read()
    if 0 <= record.payload_length != len(body):
        return Refused(url, "truncated", f"{len(body)} of {record.payload_length} bytes")
    try:
        fetched_at = _instant(headers.get_header("WARC-Date"))
        body = _decoded(body, http, max_bytes)
    except FetchError as error:
        return Refused(url, error.error_class, error.finding)
    except ValueError as error:
        return Refused(url, "bad_record", str(error))
    return WarcPage(url, fetched_at, body, content_type) if body.strip() else Skipped("empty_body")


def _decoded(body: bytes, http: Any, max_bytes: int) -> bytes:
    """Undo what HTTP did. Crawlers that store bodies undone often keep the headers: the bytes decide."""
    if "chunked" in (http.get_header("Transfer-Encoding") or "").lower():
        body = dechunked(body)
    return decode_body(body, http.get_header("Content-Encoding") or "", max_bytes)


def dechunked(body: bytes) -> bytes:
    r"""Undo the chunked transfer coding (RFC 9112 7.1); a body that is not chunked comes back as it is.

    Raises:
        FetchError: ``truncated``: it ends before the last chunk.

    >>> dechunked(b"3\r\nabc\r\n0\r\n\r\n"), dechunked(b"<html>")
    (b'abc', b'<html>')
    """
    pieces: list[bytes] = []
    at = 0
    while chunk := _CHUNK.match(body, at):
        size = int(chunk[1], 16)
        if size == 0:
            return b"".join(pieces)
        pieces.append(body[chunk.end() : chunk.end() + size])
        if len(pieces[-1]) < size:
            break
        at = chunk.end() + size
        at += 2 if body.startswith(b"\r\n", at) else 1 if body.startswith(b"\n", at) else 0
    if not pieces:
        return body
    raise FetchError("truncated", f"a chunked body without its last chunk, {sum(map(len, pieces))} bytes in")


def _instant(text: str | None) -> datetime:
    try:
        instant = datetime.fromisoformat(text or "")
    except ValueError as error:
        raise ValueError(f"WARC-Date {text!r} is no instant") from error
    return instant.replace(tzinfo=instant.tzinfo or UTC).astimezone(UTC)
