"""What to read and how politely: the two records configuration fills, checked when they are made."""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

_SLUG = re.compile(r"[a-z][a-z0-9_]*")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_SECRET = re.compile(r"(env|secret):[A-Za-z_][A-Za-z0-9_.-]*")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# Set by the client itself (RFC 9110, 9112), or secret and so taken only by reference.
_OWN_HEADERS = frozenset(
    (
        *("host", "connection", "content-length", "transfer-encoding", "te", "trailer", "upgrade", "expect"),
        *("accept-encoding", "if-none-match", "if-modified-since"),
    )
)
_SECRET_HEADERS = frozenset(("authorization", "proxy-authorization", "cookie"))


@dataclass(frozen=True, kw_only=True)
class Feed:
    """One source of entries, as ``feeds.toml`` names it.

    Attributes:
        id: Slug ``[a-z][a-z0-9_]*``; becomes ``source=<id>`` in the dataset.
        url: ``http``, ``https`` or ``file`` URL, without user or password.
        agency: Wire service the text comes from, a key of the agency lexicon.
        language: BCP 47 tag the publisher declares: a prior, not a fact.
        timezone: IANA zone for dates published without one.
        content: ``feed`` takes the text from the feed, ``page`` from each article's page.
        home: The publisher's page for people.
        title: Name for people.
        license: What the publisher allows: an SPDX id such as ``CC-BY-4.0``, or a short name of its own.
        terms: Where the publisher says so: ``http`` or ``https`` URL.
        notes: Whatever the next person should know.
        verified: Somebody has seen this URL deliver.
        headers: Extra request headers, not secret.
        header_secrets: Header name to secret reference, ``env:NAME`` or ``secret:KEY``.
        bearer_token_from: Secret reference of a bearer token (RFC 6750).
        username: User of HTTP basic authentication (RFC 7617).
        password_from: Secret reference of its password.
        min_interval_seconds: Overrides the policy's shortest time between polls.
        max_interval_seconds: Overrides the policy's longest.

    Raises:
        ValueError: A value is not acceptable; the message names feed, key and reason.
    """

    id: str
    url: str
    agency: str | None = None
    language: str | None = None
    timezone: str | None = None
    content: str = "feed"
    home: str | None = None
    title: str | None = None
    license: str | None = None
    terms: str | None = None
    notes: str | None = None
    verified: bool = True
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    header_secrets: Mapping[str, str] = field(default_factory=dict, hash=False)
    bearer_token_from: str | None = None
    username: str | None = None
    password_from: str | None = None
    min_interval_seconds: float | None = None
    max_interval_seconds: float | None = None

    def __post_init__(self) -> None:
        if not _SLUG.fullmatch(self.id):
            raise ValueError(f"feed {self.id!r}: id must match [a-z][a-z0-9_]*")
        self._check_places()
        self._check_headers()
        self._check_secrets()
        self._check_intervals()

    def _refuse(self, key: str, finding: str) -> ValueError:
        return ValueError(f"feed {self.id}: {key} {finding}")

    def _check_places(self) -> None:
        if problem := _url_problem(self.url, ("http", "https", "file")):
            raise self._refuse("url", problem)
        for key, page in (("home", self.home), ("terms", self.terms)):
            if page is not None and (problem := _url_problem(page, ("http", "https"))):
                raise self._refuse(key, problem)
        if self.license is not None and not (self.license.strip() and self.license.isprintable()):
            raise self._refuse("license", f"must be one line of text, not {self.license!r}")
        if self.content not in ("feed", "page"):
            raise self._refuse("content", f'must be "feed" or "page", not {self.content!r}')
        if self.language is not None and not _LANGUAGE.fullmatch(self.language):
            raise self._refuse(
                "language", f"must be a BCP 47 tag such as ar or zh-Hant, not {self.language!r}"
            )
        if self.timezone is not None and not _is_zone(self.timezone):
            raise self._refuse(
                "timezone", f"must be an IANA zone such as Europe/Moscow, not {self.timezone!r}"
            )

    def _check_headers(self) -> None:
        for key, headers in (("headers", self.headers), ("header_secrets", self.header_secrets)):
            for name, value in headers.items():
                if not _TOKEN.fullmatch(name) or name.lower() in _OWN_HEADERS:
                    raise self._refuse(key, f"must not set {name!r}")
                if not isinstance(value, str) or not (value.isprintable() and value.isascii()):
                    raise self._refuse(key, f"{name!r} must be one line of printable ASCII")
        for name in self.headers:
            if name.lower() in _SECRET_HEADERS:
                raise self._refuse(
                    "headers", f"{name!r} is a secret: use header_secrets with env:NAME or secret:KEY"
                )

    def _check_secrets(self) -> None:
        references = {"bearer_token_from": self.bearer_token_from, "password_from": self.password_from}
        references |= {f"header_secrets.{name}": value for name, value in self.header_secrets.items()}
        for key, reference in references.items():
            if reference is not None and not _SECRET.fullmatch(reference):
                # The value itself is not shown: it may be the secret, pasted where its name belongs.
                raise self._refuse(key, "must be env:NAME or secret:KEY, never the secret itself")
        if (self.username is None) != (self.password_from is None):
            raise self._refuse("username", "and password_from go together")
        if self.username is not None and self.bearer_token_from is not None:
            raise self._refuse("username", "and bearer_token_from exclude each other")

    def _check_intervals(self) -> None:
        for key in ("min_interval_seconds", "max_interval_seconds"):
            value = getattr(self, key)
            if value is not None and not value > 0:
                raise self._refuse(key, f"must be positive, not {value}")


@dataclass(frozen=True, kw_only=True)
class FetchPolicy:
    """How politely we read publishers' servers and how far we trust them.

    Attributes:
        timeout_seconds: For one whole request: names, connection, headers, body and redirects.
        connect_timeout_seconds: For one address of a host, so that a dead one leaves time for the next.
        max_bytes: Largest body, before and after decompression.
        concurrency: Requests started at once; see ``slow_after_seconds``.
        slow_after_seconds: A request older than this no longer counts towards ``concurrency``, so that
            slow hosts delay nobody.
        max_connections: Requests under way at once, slow ones included.
        per_host_concurrency: Requests under way at once on one host.
        per_host_spacing_seconds: Shortest time between two request starts on one host.
        page_spacing_seconds: Shortest time between two article pages of one host, for ``content = "page"``.
        allow_addresses: Networks (CIDR) reachable although not public, on any port. None by default.
        allow_ports: Ports reachable on public addresses.
        max_redirects: Hops followed.
        allow_downgrade: Follow a redirect from https to http.
        redirect_sightings: Equal permanent redirects, over a day at least, before the new URL is kept.
        user_agent: Product name sent to publishers.
        contact: URL or mail address of the operator, sent with it.
        min_interval_seconds: Shortest time between polls of a feed.
        max_interval_seconds: Longest time between polls of a healthy feed.
        max_backoff_seconds: Longest time between polls of a failing feed, and cap of Retry-After.
        ca_bundle: PEM file of certificate authorities instead of the system's.
        secrets_file: TOML file with the ``secret:KEY`` values; must not be readable by others.
        use_proxies: Honour ``http_proxy``, ``https_proxy`` and ``no_proxy``.

    Raises:
        ValueError: A value is not acceptable; the message names key and reason.
    """

    timeout_seconds: float = 20.0
    connect_timeout_seconds: float = 8.0
    max_bytes: int = 10_485_760
    concurrency: int = 32
    slow_after_seconds: float = 1.0
    max_connections: int = 256
    per_host_concurrency: int = 2
    per_host_spacing_seconds: float = 0.2
    page_spacing_seconds: float = 5.0
    allow_addresses: Sequence[str] = ()
    allow_ports: Sequence[int] = (80, 443)
    max_redirects: int = 5
    allow_downgrade: bool = False
    redirect_sightings: int = 5
    user_agent: str = "khabar/0.1"
    contact: str = ""
    min_interval_seconds: float = 300.0
    max_interval_seconds: float = 3600.0
    max_backoff_seconds: float = 86_400.0
    ca_bundle: str | None = None
    secrets_file: str | None = None
    use_proxies: bool = True

    def __post_init__(self) -> None:
        # Lists come from TOML; tuples keep the frozen record hashable and safe to share.
        object.__setattr__(self, "allow_addresses", tuple(self.allow_addresses))
        object.__setattr__(self, "allow_ports", tuple(self.allow_ports))
        for key in _POSITIVE:
            if not getattr(self, key) > 0:
                raise ValueError(f"{key} must be positive, not {getattr(self, key)}")
        for key in ("per_host_spacing_seconds", "page_spacing_seconds", "max_redirects"):
            if not getattr(self, key) >= 0:
                raise ValueError(f"{key} must not be negative, not {getattr(self, key)}")
        if not self.min_interval_seconds <= self.max_interval_seconds <= self.max_backoff_seconds:
            raise ValueError(
                "min_interval_seconds, max_interval_seconds, max_backoff_seconds must not decrease"
            )
        for network in self.allow_addresses:
            _check_network(network)
        for port in self.allow_ports:
            if not 0 < port < 65_536:
                raise ValueError(f"allow_ports: {port} is no TCP port")
        if self.ca_bundle is not None and not Path(self.ca_bundle).is_file():
            raise ValueError(f"ca_bundle: no file {self.ca_bundle!r}")
        for key in ("user_agent", "contact"):
            if not getattr(self, key).isascii() or not getattr(self, key).isprintable():
                raise ValueError(f"{key} must be one line of printable ASCII, not {getattr(self, key)!r}")


_POSITIVE = (
    *("timeout_seconds", "connect_timeout_seconds", "max_bytes", "concurrency", "slow_after_seconds"),
    *("max_connections", "per_host_concurrency", "redirect_sightings", "min_interval_seconds"),
)


def _check_network(network: str) -> None:
    try:
        ipaddress.ip_network(network)
    except ValueError as error:
        raise ValueError(f"allow_addresses: {error}; expected CIDR such as 10.1.0.0/16") from error


def _url_problem(url: str, schemes: tuple[str, ...]) -> str | None:
    """Say what is wrong with a configured URL; None when nothing is."""
    if not url.isprintable() or any(c.isspace() for c in url):
        return f"must not hold spaces or control characters: {url!r}"
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises on a port that is no number
    except ValueError as error:
        return f"is no URL ({error}): {url!r}"
    if parts.scheme not in schemes:
        return f"must start with {', '.join(schemes)}, not {url!r}"
    if parts.username is not None or parts.password is not None:
        return "must not hold a user or password: use username and password_from"
    if parts.scheme == "file":
        return None if parts.path else f"names no path: {url!r}"
    return None if parts.hostname else f"names no host: {url!r}"


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError, a directory an OSError
        return False
    except KeyError:
        return False
    return True
