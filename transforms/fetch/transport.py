"""One HTTP request and its answer, bounded in time, bytes and reach. No redirects, no meaning."""

import contextlib
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from urllib3.response import BaseHTTPResponse

from transforms.fetch.addresses import Guard, Resolver, is_public, system_resolver
from transforms.fetch.causes import named_errors
from transforms.fetch.connect import PlainConnection, TLSConnection, tls_context
from transforms.fetch.errors import FetchError
from transforms.fetch.policy import FetchPolicy
from transforms.fetch.proxies import environment_proxies, proxy_for
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
        self._proxies = environment_proxies() if policy.use_proxies else {}
        self._lock = threading.Lock()
        self._idle: dict[tuple[str, str, int], list[Connection]] = {}
        self._tls: ssl.SSLContext | None = None
        self._closed = False
        self._turns: dict[str, threading.Semaphore] = {}

    def get(
        self, target: Target, headers: Mapping[str, str], deadline: float, *, public_only: bool = False
    ) -> Answer:
        """Send one GET, on an idle connection where there is one; see ``Transport.get``."""
        with self._turn(target.authority, deadline):
            return self._get(target, headers, deadline, public_only)

    def _get(self, target: Target, headers: Mapping[str, str], deadline: float, public_only: bool) -> Answer:
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
            self._closed = True
            idle, self._idle = self._idle, {}
        for connection in (c for kept in idle.values() for c in kept):
            connection.close()

    @contextlib.contextmanager
    def _turn(self, host: str, deadline: float) -> Iterator[None]:
        """Wait until few enough requests are under way on a host: redirects may lead many feeds to one."""
        with self._lock:
            turn = self._turns.setdefault(host, threading.Semaphore(self._policy.per_host_concurrency))
        if not turn.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise FetchError("timeout", f"waiting for a turn at {host}")
        try:
            yield
        finally:
            turn.release()

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
        proxy = proxy_for(target, self._proxies)
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
            with named_errors():
                answer, keep = self._converse(connection, target, headers, deadline)
        finally:
            if not keep:
                connection.close()
        if keep:
            self._keep(connection, target)
        return answer

    def _keep(self, connection: Connection, target: Target) -> None:
        with self._lock:
            if not self._closed:
                self._idle.setdefault(target.origin, []).append(connection)
                return
        connection.close()

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
