"""One spelling for one address: strips known tracking parameters and nothing else."""

import re
from urllib.parse import urlsplit, urlunsplit

_TRACKING = re.compile(r"(?i)^(?:utm_[a-z_]+|fbclid|gclid)(?:=|$)")


def canonical_url(url: str) -> str:
    """The canonical spelling of an absolute URL."""
    parts = urlsplit(url)
    query = "&".join(pair for pair in parts.query.split("&") if pair and not _TRACKING.match(pair))
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path or "/", query, ""))
