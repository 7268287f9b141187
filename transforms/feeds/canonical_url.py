"""One spelling for one address: strips known tracking parameters and never an unknown one."""

import re
from contextlib import suppress
from functools import cache
from pathlib import Path
from urllib.parse import SplitResult, urlsplit, urlunsplit

_DATA = Path(__file__).parent / "data" / "tracking_parameters.txt"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_BLANK = re.compile(r"[\x00-\x20\x7f]+")
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
# RFC 3986 section 2.3: escaping these is never needed.
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def canonical_url(url: str) -> str:
    """The canonical spelling of an absolute or protocol-relative URL.

    Scheme and host in lower case (hosts in IDNA), no default port, no dot segments, no fragment (except
    ``#!``), known tracking parameters of ``data/tracking_parameters.txt`` removed and all others kept in
    order. Letters beyond ASCII are written as letters, however they were escaped. Other schemes
    (``urn:``, ``tag:``, ``mailto:``) and what is no URL come back stripped.

    >>> canonical_url("HTTPS://Example.com:443/%D8%AE%D8%A8%D8%B1/1?utm_source=rss&id=7#top")
    'https://example.com/خبر/1?id=7'
    """
    text = _BLANK.sub(_squeeze, url.strip("\x00\t\n\r\x0b\x0c \u200e\u200f\ufeff"))
    if text.startswith("//"):
        text = "https:" + text
    try:
        parts = urlsplit(text)
        host = _host(parts)
    except ValueError:
        return text
    if parts.scheme not in _DEFAULT_PORTS or not host:
        return text
    path = _without_dots(_spell(parts.path)) or "/"
    query = _without_tracking(parts.query, (parts.hostname or "").removesuffix("."))
    fragment = parts.fragment if parts.fragment.startswith("!") else ""
    return urlunsplit((parts.scheme, host, path, _spell(query), fragment))


def _squeeze(match: re.Match[str]) -> str:
    """Line ends and tabs inside a URL are accidents of markup, spaces are meant."""
    return "" if match[0].strip(" ") else "%20" * len(match[0])


def _host(parts: SplitResult) -> str:
    name = (parts.hostname or "").removesuffix(".")
    with suppress(UnicodeError):  # a host IDNA cannot spell stays as written
        name = name if name.isascii() else name.encode("idna").decode("ascii")
    if ":" in name:
        name = f"[{name}]"
    port = f":{parts.port}" if parts.port and parts.port != _DEFAULT_PORTS.get(parts.scheme) else ""
    user = parts.netloc.rpartition("@")
    return f"{user[0]}{user[1]}{name}{port}" if name else ""


def _spell(text: str) -> str:
    return _ESCAPES.sub(_unescape, text)


def _unescape(match: re.Match[str]) -> str:
    """Letters beyond ASCII and unreserved characters unescaped; the rest escaped in upper case."""
    data = bytes.fromhex(match[0].replace("%", ""))
    return "".join(_keep(char) for char in data.decode("utf-8", "surrogateescape"))


def _keep(char: str) -> str:
    if char in _UNRESERVED or (not char.isascii() and char.isprintable() and not char.isspace()):
        return char
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogateescape"))


def _without_dots(path: str) -> str:
    """RFC 3986 section 5.2.4."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            del kept[max(1, len(kept) - 1) :]
        elif segment != ".":
            kept.append(segment)
    closing = [""] if segments[-1] in (".", "..") else []
    return "/".join([*kept, *closing])


def _without_tracking(query: str, host: str) -> str:
    pairs = query.replace("&amp;", "&").split("&")
    return "&".join(pair for pair in pairs if pair and not _is_tracking(pair.partition("=")[0].lower(), host))


def _is_tracking(name: str, host: str) -> bool:
    names, prefixes, by_host = _parameters()
    if name in names or name.startswith(prefixes):
        return True
    return any(host == known or host.endswith("." + known) for known in by_host.get(name, ()))


@cache
def _parameters() -> tuple[frozenset[str], tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Names, prefixes, and names limited to hosts."""
    lines = (line.strip().lower() for line in _DATA.read_text(encoding="utf-8").splitlines())
    entries = [line for line in lines if line and not line.startswith("#")]
    by_host: dict[str, tuple[str, ...]] = {}
    for name, _, host in (entry.partition(" @") for entry in entries if " @" in entry):
        by_host[name] = (*by_host.get(name, ()), host)
    plain = [entry for entry in entries if " @" not in entry]
    prefixes = tuple(entry[:-1] for entry in plain if entry.endswith("*"))
    return frozenset(entry for entry in plain if not entry.endswith("*")), prefixes, by_host
