"""The names a failed fetch can have: the vocabulary of ``fetch_log.error_class``."""

ERROR_CLASSES = {
    "bad_url": "the URL cannot be requested: scheme, host, port or characters",
    "credentials": "a secret the feed names is missing from environment or secrets file",
    "blocked_address": "the host is, or leads to, an address or port outside the public internet",
    "dns": "the host name does not resolve",
    "connect": "no address of the host accepts a connection",
    "tls": "the certificate or the TLS handshake is not acceptable",
    "proxy": "the configured proxy refuses or is of an unsupported kind",
    "timeout": "the whole request was not over in time, however busy the server kept us",
    "disconnected": "the server closed or reset the connection before a whole answer head",
    "protocol": "the answer is not HTTP: status line, headers, chunks, lengths, 304 without validators",
    "truncated": "the body ended before its announced or encoded end",
    "too_large": "the body, or what it decompresses to, exceeds max_bytes",
    "bad_encoding": "the Content-Encoding cannot be undone",
    "redirect": "a redirect without target, to another scheme, in a loop or too long a chain",
    "empty_body": "a success without content",
    "not_a_feed": "an HTML page where a feed was expected (the parser's finding)",
    "blocked": "a challenge or access-denied page of a protection service; never evaded",
    "forbidden": "401, 402, 403, 407 or 451 without such a page",
    "not_found": "404",
    "gone": "410; after a second one a day later the feed is not polled again",
    "rate_limited": "429; the whole host is left alone until Retry-After",
    "unavailable": "503",
    "server_error": "any other 5xx",
    "http_status": "any other status that is no success",
    "host_backoff": "not requested: the host asked to be left alone earlier in this run",
    "interrupted": "the run ended first; the feed stays due",
}


class FetchError(Exception):
    """One request came to nothing.

    Attributes:
        error_class: A key of ``ERROR_CLASSES``.
        finding: One line saying what was found, free of secrets.
    """

    def __init__(self, error_class: str, finding: str) -> None:
        if error_class not in ERROR_CLASSES:
            raise ValueError(f"{error_class!r} is not in ERROR_CLASSES")
        self.error_class = error_class
        # Servers put what they like into status lines and headers; logs stay one line each.
        self.finding = "".join(c if c.isprintable() else " " for c in finding).strip()[:500]
        super().__init__(f"{error_class}: {self.finding}")
