"""The proxy the environment names for a target, if any."""

import base64
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from transforms.fetch.errors import FetchError
from transforms.fetch.urls import Target


@dataclass(frozen=True)
class Proxy:
    """An HTTP proxy: where it listens and what it wants to hear."""

    host: str
    port: int
    headers: Mapping[str, str]


def proxy_for(target: Target) -> Proxy | None:
    """Return the proxy ``<scheme>_proxy`` or ``all_proxy`` name, unless ``no_proxy`` exempts the host.

    Raises:
        FetchError: ``proxy``: of another kind than http, or unreadable.
    """
    found = urllib.request.getproxies_environment()
    url = found.get(target.scheme) or found.get("all")
    if not url or urllib.request.proxy_bypass_environment(target.host, found):  # type: ignore[attr-defined]
        return None
    parts = urlsplit(url if "://" in url else f"http://{url}")
    try:
        port = parts.port or 80
    except ValueError as error:
        raise FetchError("proxy", f"the environment's {target.scheme} proxy: {error}") from error
    if parts.scheme != "http" or not parts.hostname:
        raise FetchError("proxy", f"{parts.scheme} proxies are not supported, only http")
    return Proxy(parts.hostname, port, _credentials(parts.username, parts.password))


def _credentials(user: str | None, password: str | None) -> Mapping[str, str]:
    if user is None:
        return {}
    pair = f"{unquote(user)}:{unquote(password or '')}".encode()
    return {"Proxy-Authorization": "Basic " + base64.b64encode(pair).decode("ascii")}
