"""One HTTP request and its answer, bounded in time, bytes and reach. No redirects, no meaning."""

import contextlib
import http.client
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import urllib3.exceptions
from urllib3.response import BaseHTTPResponse

from transforms.fetch.addresses import Guard, Resolver, is_public, system_resolver
from transforms.fetch.connect import PlainConnection, TLSConnection, tls_context
from transforms.fetch.errors import FetchError
from transforms.fetch.policy import FetchPolicy
from transforms.fetch.proxies import proxy_for
from transforms.fetch.urls import Target

HEAD_BYTES = 1 << 20  # all headers, chunk framing and interim answers of one answer
ERROR_BYTES = 65_536  # read of an answer that is no success: enough to recognise a challenge page
Connection = PlainConnection | TLSConnection


@dataclass(frozen=True)
class Answer:
    """What came back.

    Attributes:
        status: HTTP status.
        headers: Names in lower case; repeated ones joined with ", ".
        body: As on the wire, content encodings still on.
        public: Whether the server sits on the public internet (or behind a proxy that does).
        surplus: The server sent more than the announced length.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    public: bool = False
    surplus: bool = False


class Transport(Protocol):
    """Anything that can answer a GET."""

    def get(
        self, target: Target, headers: Mapping[str, str], deadline: float, *, public_only: bool = False
    ) -> Answer:
        """Send one GET.

        Args:
            target: Where.
            headers: What to send, complete but for ``Host``.
            deadline: ``time.monotonic()`` at which the request is over, whatever the server does.
            public_only: Addresses on the allow-list are out of reach.

        Raises:
            FetchError: Anything that kept a whole answer from coming.
        """
        ...

    def close(self) -> None:
        """Let go of idle connections."""
        ...


class UrllibTransport:
    """Transport over urllib3's connections: own pool, own sockets, own limits.

    Thread-safe: a connection is used by one thread at a time.
    """

    def __init__(self, policy: FetchPolicy, resolver: Resolver = system_resolver) -> None:
        self._policy = policy
        self._guard = Guard(policy.allow_addresses, policy.allow_ports, resolver)
        # The proxy is the operator's own choice: the guard is about the hosts behind it.
        self._proxy_guard = Guard(("0.0.0.0/0", "::/0"), (), resolver)
        self._lock = threading.Lock()
        self._idle: dict[tuple[str, str, int], list[Connection]] = {}
        self._tls: ssl.SSLContext | None = None

    def get(
        self, target: Target, headers: Mapping[str, str], deadline: float, *, public_only: bool = False
    ) -> Answer:
        """Send one GET, on an idle connection where there is one; see ``Transport.get``."""
        connection = self._take(target)
        # A kept connection may still lead to a private address that this hop must not reach.
        if connection is not None and not (public_only and not _is_public_peer(connection)):
            try:
                return self._exchange(connection, target, headers, deadline)
            except FetchError as error:
                # The server closed while we were not looking: a fresh connection decides.
                if error.error_class not in ("disconnected", "protocol"):
                    raise
        return self._exchange(self._connect(target, deadline, public_only), target, headers, deadline)

    def close(self) -> None:
        """Close the idle connections."""
        with self._lock:
            idle, self._idle = self._idle, {}
        for connection in (c for kept in idle.values() for c in kept):
            connection.close()

    def _take(self, target: Target) -> Connection | None:
        with self._lock:
            kept = self._idle.get(target.origin) or []
            while kept:
                # Readable while idle means closed, or bytes nobody asked for.
                if (connection := kept.pop()).is_connected:
                    return connection
                connection.close()
            return None

    def _connect(self, target: Target, deadline: float, public_only: bool) -> Connection:
        proxy = proxy_for(target) if self._policy.use_proxies else None
        if proxy:
            _check_behind_proxy(self._guard, target, deadline, public_only)
        host, port = (proxy.host, proxy.port) if proxy else (target.host, target.port)
        connection: Connection
        if target.scheme == "https":
            connection = TLSConnection(host, port, ssl_context=self._context())
            if proxy:
                connection.set_tunnel(target.host, target.port, proxy.headers)
        else:
            connection = PlainConnection(host, port)
            if proxy:
                connection.proxy_headers = proxy.headers
        connection.guard = self._proxy_guard if proxy else self._guard
        connection.connect_timeout = self._policy.connect_timeout_seconds
        connection.public_only = public_only and not proxy
        return connection

    def _exchange(
        self, connection: Connection, target: Target, headers: Mapping[str, str], deadline: float
    ) -> Answer:
        """Send and read; keep the connection for the next request only after a clean end."""
        keep = False
        try:
            with _named_errors():
                answer, keep = self._converse(connection, target, headers, deadline)
        finally:
            if not keep:
                connection.close()
        with self._lock:
            self._idle.setdefault(target.origin, []).append(connection) if keep else None
        return answer

    def _converse(
        self, connection: Connection, target: Target, headers: Mapping[str, str], deadline: float
    ) -> tuple[Answer, bool]:
        connection.deadline = deadline
        if connection.sock is None:
            connection.connect()
        connection.sock.deadline = deadline
        connection.sock.budget = self._policy.max_bytes + HEAD_BYTES
        connection.sock.arm()
        forwarded = connection.proxy_headers is not None
        connection.request(
            "GET",
            target.url if forwarded else target.path,
            headers={"Host": target.authority, **headers, **(connection.proxy_headers or {})},
            preload_content=False,
            decode_content=False,
            enforce_content_length=True,
        )
        response = connection.getresponse()
        _check_framing(response)
        body = _read_body(response, self._policy.max_bytes)
        answer = Answer(
            status=response.status,
            headers=_joined(response),
            body=body,
            public=_is_public_peer(connection),
            surplus=_original(response).surplus,
        )
        return answer, _is_reusable(response)

    def _context(self) -> ssl.SSLContext:
        with self._lock:
            if self._tls is None:
                self._tls = tls_context(self._policy.ca_bundle)
            return self._tls


def _check_behind_proxy(guard: Guard, target: Target, deadline: float, public_only: bool) -> None:
    """Refuse forbidden hosts although the proxy connects; a name only the proxy can resolve passes."""
    try:
        guard.addresses(target.host, target.port, deadline, public_only=public_only)
    except FetchError as error:
        if error.error_class != "dns":
            raise


def _is_public_peer(connection: Connection) -> bool:
    """Whether the answer comes from the public internet; behind a proxy we must assume so."""
    if connection.proxy_headers is not None or connection.proxy is not None:
        return True
    return connection.peer is not None and is_public(connection.peer)


def _check_framing(response: BaseHTTPResponse) -> None:
    """Refuse a body whose end cannot be found: http.client would read any coding but chunked to the close."""
    codings = response.headers.get("transfer-encoding", "chunked").strip().lower()
    if codings not in ("chunked", "identity"):
        raise FetchError("protocol", f"Transfer-Encoding {codings[:80]!r}")


def _read_body(response: BaseHTTPResponse, max_bytes: int) -> bytes:
    """Read the whole body of a success; of anything else only the beginning."""
    limit = max_bytes if response.status == 200 else min(ERROR_BYTES, max_bytes)
    body = bytearray()
    while piece := response.read(65_536, decode_content=False):
        body += piece
        if len(body) > limit:
            if response.status == 200:
                raise FetchError("too_large", f"body of more than {max_bytes} bytes")
            break
    return bytes(body)


def _joined(response: BaseHTTPResponse) -> dict[str, str]:
    return {name.lower(): response.headers[name] for name in response.headers}


def _is_reusable(response: BaseHTTPResponse) -> bool:
    original = _original(response)
    return bool(original.isclosed()) and not original.will_close


def _original(response: BaseHTTPResponse) -> Any:
    """Return the http.client answer beneath, which knows how the body ended."""
    return response._original_response  # type: ignore[attr-defined]


@contextlib.contextmanager
def _named_errors() -> Iterator[None]:
    """Give what the libraries raise our names; the original stays as the cause."""
    try:
        yield
    except FetchError:
        raise
    except (TimeoutError, urllib3.exceptions.TimeoutError) as error:
        raise FetchError("timeout", "the request was not over in time") from error
    except ssl.SSLError as error:
        raise FetchError("tls", f"{error.reason or error}") from error
    except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, ValueError) as error:
        raise _named(error) from error


def _named(error: BaseException) -> FetchError:
    """Find the cause a chain of library errors ends in."""
    causes = [error]
    while (inner := causes[-1].__cause__ or causes[-1].__context__) and len(causes) < 8:
        causes.append(inner)
    for cause in causes:
        if isinstance(cause, FetchError):
            return cause
        if isinstance(cause, TimeoutError):
            return FetchError("timeout", "the request was not over in time")
        if isinstance(cause, ssl.SSLError):
            return FetchError("tls", str(cause.reason or cause))
        if isinstance(cause, (http.client.RemoteDisconnected, ConnectionError)):
            return FetchError("disconnected", str(cause) or type(cause).__name__)
        if isinstance(cause, urllib3.exceptions.DecodeError):
            return FetchError("bad_encoding", str(cause))
        if isinstance(cause, (http.client.IncompleteRead, urllib3.exceptions.IncompleteRead)):
            return FetchError("truncated", "the body ended before its announced length")
    if isinstance(error, OSError) and "Tunnel connection failed" in str(error):
        return FetchError("proxy", str(error))
    return FetchError("protocol", f"{type(error).__name__}: {error}"[:300])
