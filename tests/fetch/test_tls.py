"""TLS is always verified. The certificates in data/ are this test's own and trusted nowhere else."""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fetch.asking import RSS, ask
from tests.origin import Exchange, Origin
from transforms.fetch.policy import FetchPolicy

DATA = Path(__file__).parent / "data"
AUTHORITY = str(DATA / "authority.pem")
Serve = Callable[[str], Origin]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start an https origin with a certificate from data/."""
    started: list[Origin] = []

    def start(certificate: str) -> Origin:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(DATA / certificate)
        origin = Origin(tls=context).__enter__()
        origin.serve("/feed", RSS)
        started.append(origin)
        return origin

    yield start
    for origin in started:
        origin.__exit__()


def test_a_certificate_of_a_configured_authority_is_accepted(serve: Serve) -> None:
    assert ask(serve("server.pem").url("/feed"), ca_bundle=AUTHORITY).body == RSS


def test_the_name_in_the_url_is_what_is_verified(serve: Serve) -> None:
    url = f"https://news.test:{serve('server.pem').port}/feed"
    assert ask(url, ca_bundle=AUTHORITY, resolver=lambda _h, _p: ["127.0.0.1"]).body == RSS


def test_a_certificate_of_an_unknown_authority_is_refused(serve: Serve) -> None:
    assert ask(serve("server.pem").url("/feed")).error_class == "tls"


@pytest.mark.parametrize("certificate", ["expired.pem", "other_name.pem"])
def test_a_bad_certificate_is_refused(serve: Serve, certificate: str) -> None:
    assert ask(serve(certificate).url("/feed"), ca_bundle=AUTHORITY).error_class == "tls"


def test_nothing_is_sent_before_the_certificate_is_verified(serve: Serve) -> None:
    origin = serve("expired.pem")
    ask(origin.url("/feed"), ca_bundle=AUTHORITY)
    assert origin.requests == []


def test_a_connection_with_tls_is_used_again(serve: Serve) -> None:
    origin = serve("server.pem")
    origin.redirect("/go", "/feed")
    ask(origin.url("/go"), ca_bundle=AUTHORITY)
    assert (len(origin.requests), origin.connections) == (2, 1)


def test_plain_http_on_a_tls_port_is_a_named_error(serve: Serve) -> None:
    url = serve("server.pem").url("/feed").replace("https:", "http:")
    assert ask(url, ca_bundle=AUTHORITY).error_class in ("protocol", "disconnected")


@pytest.mark.parametrize(
    "how",
    [
        pytest.param(lambda e: e.drip(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 10_000), id="dripping headers"),
        pytest.param(lambda e: (e.head(), e.drip(RSS * 1000)), id="dripping body"),
        pytest.param(Exchange.stall, id="stall"),
    ],
)
def test_the_deadline_holds_under_tls(serve: Serve, how: Callable[[Exchange], None]) -> None:
    origin = serve("server.pem")
    origin.fault("/feed", how)
    found = ask(origin.url("/feed"), ca_bundle=AUTHORITY, timeout_seconds=0.5)
    assert (found.error_class, found.duration_ms < 1500) == ("timeout", True)


def test_the_byte_limit_holds_under_tls(serve: Serve) -> None:
    origin = serve("server.pem")
    origin.fault("/feed", lambda e: (e.head(), e.flood(b"x" * 65_536)))
    assert ask(origin.url("/feed"), ca_bundle=AUTHORITY, max_bytes=100_000).error_class == "too_large"


def test_a_handshake_that_never_ends_meets_the_deadline() -> None:
    with Origin() as silent:  # accepts and waits for a request that TLS never sends it in clear
        found = ask(silent.url("/").replace("http:", "https:"), timeout_seconds=0.5)
    assert found.error_class in ("timeout", "tls", "disconnected")
    assert found.duration_ms < 1500


def test_a_missing_bundle_is_an_error_of_configuration() -> None:
    with pytest.raises(ValueError, match="ca_bundle"):
        FetchPolicy(ca_bundle="/nonexistent.pem")
