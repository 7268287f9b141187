"""Connections that cannot outlive their deadline, exceed their budget or reach a forbidden address."""

import http.client
import math
import socket
import ssl
import time
from collections.abc import Mapping
from typing import Any

import urllib3.connection

from transforms.fetch.addresses import Address, Guard
from transforms.fetch.errors import FetchError

# Some publishers send more than the 100 headers http.client allows; the byte budget bounds them anyway.
http.client._MAXHEADERS = 500  # type: ignore[attr-defined]
MAX_INTERIM = 20  # 1xx answers before the real one (RFC 9110 15.2 sets no limit)


class _Armed:
    """A socket whose every read checks one deadline for the whole request and one byte budget.

    A time-out per read never ends a body that drips one byte a second; the remaining time does.
    """

    deadline = math.inf
    budget = math.inf

    peeking = False

    def arm(self) -> None:
        if self.peeking:
            self.settimeout(0)  # type: ignore[attr-defined]
            return
        remaining = self.deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError("request deadline")
        self.settimeout(remaining if remaining < math.inf else None)  # type: ignore[attr-defined]

    def recv_into(self, buffer: Any, nbytes: int | None = None, flags: int = 0) -> int:
        self.arm()
        count: int = super().recv_into(buffer, nbytes or len(buffer), flags)  # type: ignore[misc]
        self.budget -= count
        if self.budget < 0:
            raise FetchError("too_large", "the server sends more than its whole answer may be")
        return count


class ArmedSocket(_Armed, socket.socket):
    """A plain one."""


class ArmedTLSSocket(_Armed, ssl.SSLSocket):
    """One with TLS; made by the context through ``sslsocket_class``."""


class _Response(http.client.HTTPResponse):
    """Reads past any 1xx answer, where http.client takes 103 Early Hints for the answer itself.

    Attributes:
        surplus: More bytes followed than Content-Length announced.
    """

    surplus = False

    def _close_conn(self) -> None:
        if self.fp is not None and self.length == 0 and self.status == 200 and not self.chunked:
            self.surplus = self._has_more()
        super()._close_conn()  # type: ignore[misc]

    def _has_more(self) -> bool:
        sock = self.fp.raw._sock  # type: ignore[attr-defined]
        sock.peeking = True
        try:
            return bool(self.fp.peek(1))
        except OSError:  # nothing there, or the connection is no more
            return False
        finally:
            sock.peeking = False

    def _read_status(self) -> tuple[str, int, str]:
        for _ in range(MAX_INTERIM):
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if not 100 <= status < 200:
                return version, status, reason
            http.client.parse_headers(self.fp)
        raise FetchError("protocol", f"more than {MAX_INTERIM} interim answers")


class _Guarded:
    """Opens the socket itself, to an address the guard has checked and to no other."""

    sock: Any

    guard: Guard
    connect_timeout = math.inf
    deadline = math.inf
    public_only = False
    peer: Address | None = None
    proxy_headers: Mapping[str, str] | None = None  # set where http goes through a proxy

    def _new_conn(self) -> socket.socket:
        host, port = str(self.host), int(self.port)  # type: ignore[attr-defined]
        addresses = self.guard.addresses(host, port, self.deadline, public_only=self.public_only)
        failures = []
        for left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
            remaining = self.deadline - time.monotonic()
            if remaining <= 0:
                raise FetchError("timeout", f"connecting to {host}")
            try:
                sock = _dial(address, port, min(self.connect_timeout, remaining / left))
            except OSError as error:
                failures.append(f"{address}: {error}")
                continue
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.deadline = self.deadline
            # The TLS handshake is one call into OpenSSL, which honours this over its whole length.
            sock.settimeout(max(0.001, self.deadline - time.monotonic()))
            self.peer = address
            return sock
        raise FetchError("connect", f"{host} port {port}: {'; '.join(failures)}"[:500])


def _dial(address: Address, port: int, timeout: float) -> ArmedSocket:
    sock = ArmedSocket(socket.AF_INET6 if address.version == 6 else socket.AF_INET)
    try:
        sock.settimeout(timeout)
        sock.connect((str(address), port))
    except OSError:
        sock.close()
        raise
    return sock


class PlainConnection(_Guarded, urllib3.connection.HTTPConnection):
    """To an http origin, or to a proxy."""

    response_class = _Response


class TLSConnection(_Guarded, urllib3.connection.HTTPSConnection):
    """To an https origin, directly or through a proxy's tunnel."""

    response_class = _Response


def tls_context(ca_bundle: str | None) -> ssl.SSLContext:
    """Return a context that verifies certificate and name, against the system's authorities or a bundle."""
    context = ssl.create_default_context(cafile=ca_bundle)
    paths = ssl.get_default_verify_paths()
    if ca_bundle is None and paths.cafile is None and paths.capath is None:
        import certifi  # the system has no store (python.org builds for macOS)

        context.load_verify_locations(certifi.where())
    context.sslsocket_class = ArmedTLSSocket
    context.set_alpn_protocols(["http/1.1"])
    return context
