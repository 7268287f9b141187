"""The catalogue of what a source can throw: a name, how the origin does it, and the class it must get."""

import gzip
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import brotli
import zstandard

from tests.fetch.asking import RSS
from tests.origin import Exchange, Handler, answer

CHALLENGE = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>"
MIB = 1 << 20
OK = b"HTTP/1.1 200 OK\r\n"


@dataclass(frozen=True)
class Fault:
    """``how`` answers the request; ``{port}`` in bytes becomes the origin's own port."""

    name: str
    how: bytes | Handler
    error_class: str | None  # None: the fault must be survived and the body delivered


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    framed = b"".join(f"{len(c):x}\r\n".encode() + c + b"\r\n" for c in chunks)
    return OK + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + framed + end


def encoded(body: bytes, encoding: str) -> bytes:
    return answer(body, Content_Encoding=encoding)


def raw_deflate(body: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(body) + stream.flush()


def redirect(location: str, status: int = 302) -> bytes:
    return answer(b"", status=status, Location=location)


def then(head: bytes, act: Callable[[Exchange], None]) -> Handler:
    """Send some bytes, then do something."""

    def handler(exchange: Exchange) -> None:
        exchange.send(head)
        act(exchange)

    return handler


def half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def close(_: Exchange) -> None:
    """Say nothing more; the origin closes the connection."""


ZEROS = bytes(64 * MIB)
ZSTD_BOMB = zstandard.compress(ZEROS, 19)
LENGTH = f"Content-Length: {len(RSS)}\r\n".encode()

STATUSES = [
    *(Fault(f"status {s}", answer(b"oops", status=s), "server_error") for s in (500, 502, 504, 522, 999)),
    *(Fault(f"status {s}", answer(b"oops", status=s), "forbidden") for s in (401, 403, 451)),
    Fault("status 404", answer(b"oops", status=404), "not_found"),
    Fault("status 410", answer(b"oops", status=410), "gone"),
    Fault("status 418", answer(b"oops", status=418), "http_status"),
    Fault("status 206 unasked", answer(RSS, status=206), "http_status"),
    Fault("status 503", answer(b"oops", status=503, Retry_After="60"), "unavailable"),
    Fault("403 challenge", answer(CHALLENGE, status=403), "blocked"),
    Fault("503 challenge", answer(CHALLENGE, status=503), "blocked"),
    Fault(
        "403 challenge compressed",
        answer(gzip.compress(CHALLENGE), status=403, Content_Encoding="gzip"),
        "blocked",
    ),
    Fault("403 marked by header", answer(b"", status=403, Cf_Mitigated="challenge"), "blocked"),
    Fault("200 challenge", answer(CHALLENGE), "blocked"),
    # What a page is, and which feeds it advertises, is for the parser to say.
    Fault("200 empty", answer(b""), "empty_body"),
    Fault("200 blank", answer(b" \r\n\t\x00 "), "empty_body"),
    Fault("204", b"HTTP/1.1 204 No Content\r\n\r\n", "empty_body"),
    Fault("304 nobody asked for", b"HTTP/1.1 304 Not Modified\r\n\r\n", "protocol"),
    Fault("wrong content type", answer(RSS, Content_Type="text/html; charset=koi8-r"), None),
]

REDIRECTS = [
    Fault("redirect loop", redirect("?"), "redirect"),
    Fault("redirect without Location", answer(b"", status=301), "redirect"),
    Fault("redirect with empty Location", redirect(""), "redirect"),
    *(
        Fault(f"redirect to {url.partition(':')[0]}:", redirect(url), "redirect")
        for url in ("file:///etc/passwd", "gopher://127.0.0.1/1", "data:text/xml,<rss/>", "ftp://127.0.0.1/x")
    ),
    Fault("redirect with control character", redirect("/x\x01y"), "redirect"),
    Fault("redirect with backslash", redirect("http://127.0.0.1\\@example.org/"), "redirect"),
    Fault("redirect with user", redirect("http://root:toor@127.0.0.1/"), "bad_url"),
    Fault("redirect to a bad port", redirect("http://127.0.0.1:99999/"), "bad_url"),
]

CONNECTIONS = [
    Fault("closed without reply", close, "disconnected"),
    Fault("reset before reply", Exchange.reset, "disconnected"),
    Fault("reset in headers", then(OK + b"X: ", Exchange.reset), "disconnected"),
    Fault("reset in body", then(OK + LENGTH + b"\r\n<rss", Exchange.reset), "disconnected"),
    Fault("closed in headers", OK + b"Content-Type: text/xm", "empty_body"),
    Fault("stall before reply", Exchange.stall, "timeout"),
    Fault("stall in headers", then(OK + b"X: ", Exchange.stall), "timeout"),
    Fault("stall in body", then(OK + LENGTH + b"\r\n<rss", Exchange.stall), "timeout"),
    Fault("dripping headers", lambda e: e.drip(OK + b"X: y\r\n" * 10_000), "timeout"),
    Fault("dripping body", then(OK + b"\r\n", lambda e: e.drip(RSS * 1000)), "timeout"),
    Fault("dripping chunks", then(chunked(end=b""), lambda e: e.drip(b"1\r\nx\r\n" * 1000)), "timeout"),
]

BODIES = [
    Fault("endless body", then(OK + b"\r\n", lambda e: e.flood(b"<x>" * 30_000)), "too_large"),
    Fault(
        "endless chunks",
        then(chunked(end=b""), lambda e: e.flood(b"ffff\r\n" + b"y" * 65_535 + b"\r\n")),
        "too_large",
    ),
    Fault(
        "endless chunk of negative size",
        then(chunked(end=b"-1\r\n"), lambda e: e.flood(b"y" * 65_536)),
        "too_large",
    ),
    Fault(
        "endless trailer",
        then(chunked(RSS, end=b"0\r\n"), lambda e: e.flood((b"X: " + b"y" * 9000 + b"\r\n") * 9)),
        "too_large",
    ),
    Fault("11 MiB body", answer(b"x" * (11 * MIB)), "too_large"),
    Fault("Content-Length too long", OK + b"Content-Length: 9999\r\n\r\n" + RSS, "truncated"),
    Fault("Content-Length too short", OK + b"Content-Length: 60\r\n\r\n" + RSS, None),
    Fault(
        "Content-Length of a petabyte", OK + b"Content-Length: 1125899906842624\r\n\r\n" + RSS, "truncated"
    ),
    Fault("Content-Length no number", OK + b"Content-Length: many\r\n\r\n" + RSS, None),
    Fault("conflicting Content-Length", OK + LENGTH + b"Content-Length: 7\r\n\r\n" + RSS, "protocol"),
    Fault("repeated Content-Length", OK + LENGTH + LENGTH + b"\r\n" + RSS, None),
    Fault("no length at all", OK + b"\r\n" + RSS, None),
    Fault("good chunks", chunked(RSS[:20], RSS[20:]), None),
    Fault("chunks without end", chunked(RSS, end=b""), "truncated"),
    Fault("chunk cut", half(chunked(RSS)), "truncated"),
    Fault("chunk size no number", chunked(end=b"zz\r\n" + RSS), "truncated"),
    Fault("unknown transfer coding", OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "protocol"),
]

ENCODINGS = [
    *(
        Fault(f"good {name}", encoded(pack(RSS), name), None)
        for name, pack in (
            ("gzip", gzip.compress),
            ("deflate", zlib.compress),
            ("br", brotli.compress),
            ("zstd", zstandard.compress),
        )
    ),
    *(
        Fault(f"truncated {name}", encoded(half(pack(RSS * 99)), name), "truncated")
        for name, pack in (
            ("gzip", gzip.compress),
            ("deflate", zlib.compress),
            ("br", brotli.compress),
            ("zstd", zstandard.compress),
        )
    ),
    Fault("gzip bomb", encoded(gzip.compress(ZEROS), "gzip"), "too_large"),
    Fault("gzip bomb in gzip", encoded(gzip.compress(gzip.compress(ZEROS)), "gzip, gzip"), "too_large"),
    Fault("deflate bomb", encoded(zlib.compress(ZEROS), "deflate"), "too_large"),
    Fault("br bomb", encoded(brotli.compress(ZEROS, lgwin=22), "br"), "too_large"),
    Fault("zstd bomb", encoded(ZSTD_BOMB, "zstd"), "too_large"),
    Fault("zstd bomb repeated", encoded(ZSTD_BOMB * 900, "zstd"), "too_large"),
    Fault("2000 encodings", encoded(RSS, ", ".join(["gzip"] * 2000)), "bad_encoding"),
    Fault("100000 gzip members", encoded(gzip.compress(b"") * 100_000, "gzip"), "bad_encoding"),
    Fault("gzip damaged", encoded(gzip.compress(RSS)[:-8] + b"\x00" * 8, "gzip"), "bad_encoding"),
    Fault("says gzip, is plain", encoded(RSS, "gzip"), None),
    Fault("says br, is plain", encoded(RSS, "br"), None),
    Fault("says deflate, is plain", encoded(RSS, "deflate"), None),
    Fault("is gzip, says nothing", answer(gzip.compress(RSS)), None),
    Fault("gzip with trailing junk", encoded(gzip.compress(RSS) + b"\n<!-- cached -->", "gzip"), None),
    Fault("gzip in two members", encoded(gzip.compress(RSS[:9]) + gzip.compress(RSS[9:]), "gzip"), None),
    Fault("raw deflate", encoded(raw_deflate(RSS), "deflate"), None),
    Fault("gzip called deflate", encoded(gzip.compress(RSS), "deflate"), None),
    Fault("Content-Encoding: UTF-8", encoded(RSS, "UTF-8"), None),
]

HEADS = [
    Fault("150 headers", answer(RSS, **{f"X_{i}": "y" for i in range(150)}), None),
    Fault("12 KB header", answer(RSS, X="y" * 12_288), None),
    Fault("1 MB header", answer(RSS, X="y" * MIB), "protocol"),
    Fault("100000 headers", OK + b"X: y\r\n" * 100_000 + b"\r\n" + RSS, "protocol"),
    Fault("1xx flood", b"HTTP/1.1 100 Continue\r\n\r\n" * 5000 + answer(RSS), "protocol"),
    Fault("early hints first", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + answer(RSS), None),
    Fault("bad status line", b"HELLO\r\n\r\n", "protocol"),
    Fault("no status number", b"HTTP/1.1 OK\r\n\r\n", "protocol"),
    Fault("other protocol", b"SSH-2.0-OpenSSH_9.2\r\n", "protocol"),
    Fault("ETag folded over lines", answer(RSS, ETag='"a\r\n b"'), None),
    Fault("ETag of 9000 characters", answer(RSS, ETag='"' + "a" * 9000 + '"'), None),
    Fault("header without colon", OK + b"garbage\r\n" + LENGTH + b"\r\n" + RSS, None),
    Fault("header in UTF-8", OK + "X: خبر\r\n".encode() + LENGTH + b"\r\n" + RSS, None),
]

FAULTS = [*STATUSES, *REDIRECTS, *CONNECTIONS, *BODIES, *ENCODINGS, *HEADS]
