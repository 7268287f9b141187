"""A real HTTP server on loopback that behaves as told, and misbehaves as told.

    with Origin() as origin:
        origin.serve("/tass.xml", body, etag='"v1"')        # conditional requests are answered with 304
        origin.fault("/drip.xml", lambda exchange: exchange.drip(b"HTTP/1.1 200 OK\\r\\n", every=0.1))
        origin.fault("/raw.xml", b"HTTP/1.1 200 OK\\r\\nContent-Length: 1\\r\\n\\r\\nX")
        fetch(origin.url("/tass.xml"))
        assert origin.requests[0].headers["user-agent"]

Each origin listens on a port of its own; any number may run at once. Fetching from one needs a policy with
``allow_addresses=("127.0.0.0/8",)``.
"""

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import BinaryIO


@dataclass(frozen=True)
class Seen:
    """One request as received; header names in lower case."""

    path: str
    headers: Mapping[str, str]
    at: float
    port: int  # the client's, so that connections can be told apart


@dataclass
class Exchange:
    """One request being answered, for handlers that do it byte by byte."""

    seen: Seen
    sock: socket.socket
    closing: threading.Event = field(default_factory=threading.Event)

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def head(self, status: int = 200, **headers: str) -> None:
        """Send a status line and headers; underscores in names become hyphens."""
        lines = [f"HTTP/1.1 {status} {reason(status)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.send("\r\n".join([*lines, "", ""]).encode("utf-8"))

    def sleep(self, seconds: float) -> None:
        self.closing.wait(seconds)

    def drip(self, data: bytes, *, every: float = 0.05) -> None:
        """Send a byte at a time."""
        for i in range(len(data)):
            if self.closing.is_set():
                return
            self.send(data[i : i + 1])
            self.sleep(every)

    def flood(self, piece: bytes) -> None:
        """Send the same bytes until the client has had enough."""
        while not self.closing.is_set():
            self.send(piece)

    def stall(self) -> None:
        """Hold the connection open and say nothing."""
        self.closing.wait(60)

    def reset(self) -> None:
        """Close with a TCP RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


Handler = Callable[[Exchange], None]


@dataclass(frozen=True)
class _Page:
    body: bytes
    status: int
    headers: Mapping[str, str]
    etag: str | None
    last_modified: str | None

    def answer(self, seen: Seen) -> bytes:
        status, body = self.status, self.body
        if status == 200 and self._is_known(seen):
            status, body = 304, b""
        own = {"ETag": self.etag, "Last-Modified": self.last_modified}
        headers = {k: v for k, v in own.items() if v} | dict(self.headers)
        if status != 304:
            headers |= {"Content-Length": str(len(body))}
        lines = [f"HTTP/1.1 {status} {reason(status)}", *(f"{k}: {v}" for k, v in headers.items()), "", ""]
        return "\r\n".join(lines).encode("utf-8") + body

    def _is_known(self, seen: Seen) -> bool:
        if "if-none-match" in seen.headers:
            return seen.headers["if-none-match"] == self.etag
        since = seen.headers.get("if-modified-since")
        return since is not None and since == self.last_modified


class Origin:
    """One loopback server; a context manager."""

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        latency_seconds: float = 0.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._latency, self._tls = latency_seconds, tls
        self._pages: dict[str, _Page | bytes | Handler] = {}
        self._closing = threading.Event()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.requests: list[Seen] = []
        self.connections = 0
        self.active = 0
        self.most_active = 0
        self._listener = socket.create_server((host, port), backlog=512)
        self.host, self.port = self._listener.getsockname()[:2]

    def serve(
        self,
        path: str,
        body: bytes,
        *,
        status: int = 200,
        etag: str | None = None,
        last_modified: str | None = None,
        content_type: str = "application/rss+xml",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Answer ``path`` well, and with 304 where a validator matches; callable again to change it."""
        all_headers = {"Content-Type": content_type} | dict(headers or {})
        self._pages[path] = _Page(body, status, all_headers, etag, last_modified)

    def redirect(self, path: str, location: str, status: int = 301) -> None:
        """Answer ``path`` with a redirect."""
        self.serve(path, b"", status=status, headers={"Location": location})

    def fault(self, path: str, how: bytes | Handler) -> None:
        """Answer ``path`` with these very bytes, or as the handler does; the connection is closed after."""
        self._pages[path] = how

    def url(self, path: str) -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{self.host}:{self.port}{path}"

    def hits(self, path: str) -> int:
        """How often ``path`` was asked for."""
        return sum(seen.path == path for seen in self.requests)

    def __enter__(self) -> "Origin":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes accept(), which close() alone does not
        self._listener.close()
        for sock in tuple(self._open):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._converse, args=(sock,), daemon=True).start()

    def _converse(self, raw: socket.socket) -> None:
        sock = raw
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            stack.callback(raw.close)
            if self._tls:
                sock = self._tls.wrap_socket(raw, server_side=True)
                stack.callback(sock.close)
            self._open.add(sock)
            stack.callback(self._open.discard, sock)
            buffered = sock.makefile("rb")
            while (seen := _read_request(buffered, sock)) and self._answer(seen, sock):
                pass

    def _answer(self, seen: Seen, sock: socket.socket) -> bool:
        """Answer one request; tell whether the connection stays open."""
        with self._lock:
            self.requests.append(seen)
            self.active += 1
            self.most_active = max(self.most_active, self.active)
        try:
            if self._latency:
                time.sleep(self._latency)
            page = self._pages.get(seen.path, _NOT_FOUND)
            if isinstance(page, _Page):
                sock.sendall(page.answer(seen))
            elif isinstance(page, bytes):
                sock.sendall(page)
            else:
                page(Exchange(seen, sock, self._closing))
            return isinstance(page, _Page)
        finally:
            with self._lock:
                self.active -= 1


_NOT_FOUND = _Page(b"no such page", 404, {"Content-Type": "text/plain"}, None, None)


def reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _read_request(buffered: BinaryIO, sock: socket.socket) -> Seen | None:
    lines = []
    while (line := buffered.readline(65_537)) not in (b"\r\n", b"\n", b""):
        lines.append(line.decode("latin-1").rstrip("\r\n"))
    if not lines:
        return None
    if lines[0].count(" ") < 2:  # TLS spoken to a plain port, say
        sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        return None
    _, path, _ = lines[0].split(" ", 2)
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (x.partition(":") for x in lines[1:])
    }
    return Seen(path, headers, time.monotonic(), sock.getpeername()[1])


def answer(body: bytes, *, status: int = 200, **headers: str) -> bytes:
    """Return a whole raw answer with a right Content-Length, for ``fault``; underscores become hyphens."""
    fields = {"Content_Type": "application/rss+xml", "Content_Length": str(len(body))} | headers
    lines = [f"HTTP/1.1 {status} {reason(status)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("utf-8") + body
