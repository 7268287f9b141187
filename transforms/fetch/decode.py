"""Undo ``Content-Encoding`` within a size limit, and tell a truncated stream from a whole one."""

import zlib

from transforms.fetch.errors import FetchError

ACCEPT_ENCODING = "gzip, deflate, br, zstd"
MAX_LAYERS = 3  # honest servers send one; two when a stored .gz is compressed again
MAX_MEMBERS = 1000  # of one gzip or zstd stream; a block-compressed 10 MiB file has 160
_STEP = 65_536
_ZSTD_STEP = 128  # three bytes of zstd can stand for 128 KiB (RFC 8878 3.1.1.2.3): 5 MiB a step at worst
_ZSTD_WINDOW = 8 << 20  # RFC 8878 3.1.1.1.2 recommends decoders to support no less and need no more
_GZIP = b"\x1f\x8b\x08"
_ZSTD = b"\x28\xb5\x2f\xfd"


def decode_body(body: bytes, content_encoding: str, max_bytes: int) -> bytes:
    """Return the body with its content encodings undone.

    What the bytes are wins over what the header says: a body called gzip that is not passes as it is, a
    gzip or zstd body nobody announced is decompressed, an unknown encoding (``UTF-8``) counts as none.

    Args:
        body: As received, at most ``max_bytes`` long.
        content_encoding: Header value, verbatim; empty when missing.
        max_bytes: Largest result, also between layers.

    Raises:
        FetchError: ``too_large``, ``truncated`` or ``bad_encoding``.
    """
    names = [name.strip().lower() for name in content_encoding.split(",")]
    layers = [name for name in names if name in ("gzip", "x-gzip", "deflate", "br", "zstd")]
    if len(layers) > MAX_LAYERS:
        raise FetchError("bad_encoding", f"{len(layers)} content encodings, expected one")
    for name in reversed(layers):
        body = _undo(name, body, max_bytes)
    for _ in range(MAX_LAYERS - len(layers)):
        if not body.startswith((_GZIP, _ZSTD)):
            break
        body = _undo("gzip", body, max_bytes)
    return body


def _undo(name: str, body: bytes, max_bytes: int) -> bytes:
    if not body:
        return body
    if body.startswith(_GZIP):
        return _gunzip(body, max_bytes)
    if body.startswith(_ZSTD):
        return _unzstd(body, max_bytes)
    if name == "br":
        return _unbrotli(body, max_bytes)
    if name == "deflate":
        return _inflate(body, max_bytes)
    return body


def _gunzip(body: bytes, max_bytes: int) -> bytes:
    """Undo gzip: one member after another (RFC 1952 2.2); junk after the last is ignored, as gzip does."""
    out, at = bytearray(), 0
    for _ in range(MAX_MEMBERS):
        if not body.startswith(_GZIP, at):
            return bytes(out)
        at = _drain(zlib.decompressobj(wbits=31), body, at, out, max_bytes)
    raise FetchError("bad_encoding", f"more than {MAX_MEMBERS} gzip members")


def _inflate(body: bytes, max_bytes: int) -> bytes:
    """Undo deflate: with the zlib wrapper the standard asks for, or raw as some servers send it."""
    is_zlib = len(body) > 1 and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    if not is_zlib and _is_plain(body):
        return body
    out = bytearray()
    _drain(zlib.decompressobj(wbits=15 if is_zlib else -15), body, 0, out, max_bytes)
    return bytes(out)


def _is_plain(body: bytes) -> bool:
    """Whether bytes called compressed are a document all the same."""
    return body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(
        (b"<?xml", b"<rss", b"<feed", b"<!", b'{"', b"<rdf:RDF")
    )


def _drain(stream: "zlib._Decompress", body: bytes, at: int, out: bytearray, max_bytes: int) -> int:
    """Append the content of the stream starting at ``at`` to ``out``; return where the stream ends."""
    pending = b""
    while not stream.eof:
        if not pending:
            pending = body[at : at + _STEP]
            at += len(pending)
        had = bool(pending)
        try:
            piece = stream.decompress(pending, _STEP)
        except zlib.error as error:
            raise FetchError("bad_encoding", f"{error} after {len(out)} bytes") from error
        out += piece
        _check_size(len(out), max_bytes)
        pending = stream.unconsumed_tail
        if not piece and not had:
            raise FetchError("truncated", f"body of {len(body)} bytes ends within its compressed stream")
    return at - len(stream.unused_data)


def _unbrotli(body: bytes, max_bytes: int) -> bytes:
    import brotli  # not needed for most feeds, and slow to import

    if _is_plain(body):
        return body
    stream, out, pending = brotli.Decompressor(), bytearray(), body
    while not stream.is_finished():
        try:
            piece = stream.process(pending, output_buffer_limit=_STEP)
        except brotli.error as error:
            raise FetchError("bad_encoding", f"br: {error} after {len(out)} bytes") from error
        pending = b""
        out += piece
        _check_size(len(out), max_bytes)
        if not piece and stream.can_accept_more_data() and not stream.is_finished():
            raise FetchError("truncated", f"body of {len(body)} bytes ends within its br stream")
    return bytes(out)


def _unzstd(body: bytes, max_bytes: int) -> bytes:
    import zstandard  # as above

    out, at = bytearray(), 0
    for _ in range(MAX_MEMBERS):
        if not body.startswith(_ZSTD, at):
            return bytes(out)
        frame = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
        while not frame.eof:
            if at >= len(body):
                raise FetchError("truncated", f"body of {at} bytes ends within its zstd frame")
            try:
                out += frame.decompress(body[at : at + _ZSTD_STEP])
            except zstandard.ZstdError as error:
                raise FetchError("bad_encoding", f"{error} after {len(out)} bytes") from error
            _check_size(len(out), max_bytes)
            at = min(at + _ZSTD_STEP, len(body))
        at -= len(frame.unused_data)
    raise FetchError("bad_encoding", f"more than {MAX_MEMBERS} zstd frames")


def _check_size(size: int, max_bytes: int) -> None:
    if size > max_bytes:
        raise FetchError("too_large", f"body decompresses to more than {max_bytes} bytes")
