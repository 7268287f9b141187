"""Give what sockets, TLS, http.client and urllib3 raise one of our own names."""

import contextlib
import http.client
import ssl
from collections.abc import Iterator

import urllib3.exceptions

from transforms.fetch.errors import FetchError


@contextlib.contextmanager
def named_errors() -> Iterator[None]:
    """Give what the libraries raise our names; the original stays as the cause."""
    try:
        yield
    except FetchError:
        raise
    except (TimeoutError, urllib3.exceptions.TimeoutError) as error:
        raise FetchError("timeout", "the request was not over in time") from error
    except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, ValueError) as error:
        raise _named(error) from error


def _named(error: BaseException) -> FetchError:
    """Find the cause a chain of library errors ends in."""
    causes = [error]
    while (inner := causes[-1].__cause__ or causes[-1].__context__) and len(causes) < 8:
        causes.append(inner)
    if isinstance(error, OSError) and "Tunnel connection failed" in str(error):
        return FetchError("proxy", str(error))
    for cause in causes:
        if isinstance(cause, FetchError):
            return cause
        if isinstance(cause, TimeoutError):
            return FetchError("timeout", "the request was not over in time")
        if isinstance(cause, ssl.SSLError):
            return FetchError("tls", getattr(cause, "verify_message", "") or str(cause.reason or cause))
        if isinstance(cause, OSError):  # reset, broken pipe, no route any more, closed without an answer
            return FetchError("disconnected", str(cause) or type(cause).__name__)
        if isinstance(cause, urllib3.exceptions.DecodeError):
            return FetchError("bad_encoding", str(cause))
        if isinstance(cause, (http.client.IncompleteRead, urllib3.exceptions.IncompleteRead)):
            return FetchError("truncated", "the body ended before its announced length")
    return FetchError("protocol", f"{type(error).__name__}: {error}"[:300])
