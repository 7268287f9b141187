"""Name what an answer means for us: a document, nothing new, or one of the error classes."""

import re
from collections.abc import Mapping

_BY_STATUS = {
    401: "forbidden",
    402: "forbidden",
    403: "forbidden",
    404: "not_found",
    407: "forbidden",
    410: "gone",
    429: "rate_limited",
    451: "forbidden",
    503: "unavailable",
}
# Pages of protection services, as their own documentation and markup show them.
_CHALLENGE = re.compile(
    rb"cf-chl|challenge-platform|just a moment\.\.\.|attention required!? \| cloudflare|_incapsula_resource"
    rb"|ddos-guard|errors\.edgesuite\.net|captcha-delivery|px-captcha|/_sec/cp_challenge"
    rb"|servicepipe|checking your browser",
    re.IGNORECASE,
)
_CHALLENGE_HEADERS = ("cf-mitigated", "x-datadome", "x-sucuri-block", "x-amzn-waf-action")
_HTML = re.compile(rb"(?:<!--.*?-->|\s)*<(?:!doctype\s+html|html[\s>])", re.IGNORECASE | re.DOTALL)
_XML_PROLOG = re.compile(rb"\s*<\?xml[^>]{0,200}>", re.IGNORECASE)
_GUARDED = frozenset((401, 403, 405, 406, 503))
_SNIFFED = 4096


def status_class(status: int, headers: Mapping[str, str], body: bytes) -> str | None:
    """Return the error class of an answer's status; None for 200 and 304.

    A protection service's page is ``blocked`` behind any status such services use.
    """
    if status in (200, 304):
        return None
    if status in _GUARDED and is_challenge(headers, body):
        return "blocked"
    if 200 <= status < 300:
        return "empty_body" if status in (204, 205) or not body.strip() else "http_status"
    return _BY_STATUS.get(status) or ("server_error" if status >= 500 else "http_status")


def body_class(headers: Mapping[str, str], body: bytes) -> str | None:
    """Return the error class of a decoded 200 body; None when it is for the parser to judge."""
    if not body.strip(b"\xef\xbb\xbf \t\r\n\x00"):
        return "empty_body"
    return "blocked" if is_html(body) and is_challenge(headers, body) else None


def is_html(body: bytes) -> bool:
    """Whether a body is an HTML page, by its first tag, whatever its Content-Type says."""
    head = body[:_SNIFFED].removeprefix(b"\xef\xbb\xbf")
    return _HTML.match(_XML_PROLOG.sub(b"", head, count=1)) is not None


def is_challenge(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether an answer is a challenge or denial page of a protection service."""
    marked = any(name in headers for name in _CHALLENGE_HEADERS)
    return marked or _CHALLENGE.search(body[:65_536]) is not None
