"""One reading of a URL: what is checked is exactly what is requested."""

import contextlib
import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit

from transforms.fetch.errors import FetchError

DEFAULT_PORTS = {"http": 80, "https": 443}
_CONTROL = re.compile(r"[\x00-\x20\x7f\\]")
_SECRET_KEY = re.compile(r"key|token|secret|passw|auth|signature|sig$|credential", re.IGNORECASE)
# What RFC 3986 allows in a path and query, plus characters servers see unescaped every day.
_SAFE = "/:=&?%#+!$,;'@()*[]~|"


@dataclass(frozen=True)
class Target:
    """A place to send a request to: scheme, ASCII host, port and escaped path with query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Host for the ``Host`` header: with the port only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: the scope of credentials (RFC 6454)."""
        return self.scheme, self.host, self.port

    @property
    def url(self) -> str:
        """The whole URL."""
        return f"{self.scheme}://{self.authority}{self.path}"


def parse_target(url: str) -> Target:
    """Read an http or https URL; raw Unicode in path or query is escaped as UTF-8, in the host as IDNA.

    Raises:
        FetchError: ``bad_url``: other scheme, no host, user information, or control characters, which two
            programs may read in two ways.

    >>> parse_target("http://EXAMPLE.com/أخبار?q=1#top").url
    'http://example.com/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1?q=1'
    """
    if _CONTROL.search(url):
        raise FetchError("bad_url", f"control character, space or backslash in {url[:200]!r}")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise FetchError("bad_url", f"{error}: {url[:200]!r}") from error
    if parts.scheme not in DEFAULT_PORTS:
        raise FetchError("bad_url", f"scheme {parts.scheme!r} is neither http nor https")
    if parts.username is not None or parts.password is not None:
        raise FetchError("bad_url", "user information in a URL")
    path = quote(parts.path or "/", safe=_SAFE)
    if parts.query:
        path += "?" + quote(parts.query, safe=_SAFE)
    if port == 0:
        raise FetchError("bad_url", "port 0")
    return Target(parts.scheme, _ascii_host(parts.hostname), port or DEFAULT_PORTS[parts.scheme], path)


def _ascii_host(host: str | None) -> str:
    """Return the host in lower-case ASCII, an address in canonical form."""
    if not host:
        raise FetchError("bad_url", "no host")
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        name = host.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise FetchError("bad_url", f"host {host[:80]!r}: {error}") from error
    # RFC 3986 numbers: 0x7f000001, 2130706433, 127.1 and 0177.0.0.1 are all loopback to the C library.
    if re.fullmatch(r"(0x[0-9a-f]*|[0-9]+)", name.rstrip(".").rpartition(".")[2]):
        raise FetchError("blocked_address", f"host {host!r} is an address in disguise")
    return name


def redirect_target(base: Target, location: str) -> Target:
    """Read a ``Location`` header against the URL that sent it.

    Header bytes arrive decoded as latin-1; a raw UTF-8 path, as many Arabic sites send, is recovered first.

    Raises:
        FetchError: ``redirect`` where the header leads nowhere we go, or as ``parse_target``.
    """
    with contextlib.suppress(UnicodeError):
        location = location.encode("latin-1").decode("utf-8")
    location = location.strip(" \t")
    if _CONTROL.search(location.replace(" ", "")):
        raise FetchError("redirect", "control character or backslash in Location")
    try:
        joined = urljoin(base.url, location.replace(" ", "%20"))
    except ValueError as error:
        raise FetchError("redirect", f"Location is no URL: {error}") from error
    if urlsplit(joined).scheme not in DEFAULT_PORTS:
        raise FetchError("redirect", f"Location leads to {urlsplit(joined).scheme}:, neither http nor https")
    return parse_target(joined)


def redact(url: str) -> str:
    """Return a URL for logs: user information and the values of secret-looking parameters masked.

    >>> redact("https://api.example/rss?lang=ar&apikey=s3cr3t")
    'https://api.example/rss?lang=ar&apikey=***'
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return "(not a URL)"
    netloc = parts.netloc.rpartition("@")[2]
    if parts.query and _SECRET_KEY.search(parts.query):
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        masked = [(k, "***" if _SECRET_KEY.search(k) else v) for k, v in pairs]
        parts = parts._replace(query=urlencode(masked, safe="*"))
    return parts._replace(netloc=netloc).geturl()
