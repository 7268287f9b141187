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


def environment_proxies() -> Mapping[str, str]:
    """Return proxy URLs by scheme, and the ``no`` list, as the ``..._proxy`` variables have them."""
    return urllib.request.getproxies_environment()


def proxy_for(target: Target, proxies: Mapping[str, str]) -> Proxy | None:
    """Return the proxy to use for a target; None where there is none or ``no`` exempts the host.

    Raises:
        FetchError: ``proxy``: of another kind than http, or unreadable.
    """
    url = proxies.get(target.scheme) or proxies.get("all")
    if not url or urllib.request.proxy_bypass_environment(target.host, proxies):  # type: ignore[attr-defined]
        return None
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
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
