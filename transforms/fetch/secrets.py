"""Request headers of a feed, secrets included: taken from environment or file when needed, never kept."""

import base64
import os
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path

from transforms.fetch.errors import FetchError
from transforms.fetch.policy import Feed


def feed_headers(feed: Feed, secrets_file: str | None = None) -> dict[str, str]:
    """Return the headers that are for the feed's own origin only: its extra ones and its credentials.

    Raises:
        FetchError: ``credentials``: a secret is missing or could break the request apart. The message names
            the reference, never a value.
    """
    headers = dict(feed.headers)
    for name, reference in feed.header_secrets.items():
        headers[name] = _secret(reference, secrets_file)
    if feed.bearer_token_from is not None:
        headers["Authorization"] = "Bearer " + _secret(feed.bearer_token_from, secrets_file)
    if feed.username is not None and feed.password_from is not None:
        pair = f"{feed.username}:{_secret(feed.password_from, secrets_file)}".encode()
        headers["Authorization"] = "Basic " + base64.b64encode(pair).decode("ascii")
    return headers


def _secret(reference: str, secrets_file: str | None) -> str:
    kind, _, key = reference.partition(":")
    value = os.environ.get(key) if kind == "env" else _read_secrets(secrets_file).get(key)
    if not value:
        raise FetchError("credentials", f"{reference} is not set")
    if not isinstance(value, str) or not value.isprintable() or not value.isascii():
        raise FetchError("credentials", f"{reference} is not one line of printable ASCII")
    return value


def _read_secrets(path: str | None) -> Mapping[str, object]:
    if path is None:
        raise FetchError("credentials", "a feed names a secret: reference but secrets_file is not set")
    try:
        if stat.S_IMODE(Path(path).stat().st_mode) & 0o077:
            raise FetchError("credentials", f"{path} is readable by others: chmod 600 it")
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FetchError("credentials", f"{path} cannot be read: {type(error).__name__}") from error
