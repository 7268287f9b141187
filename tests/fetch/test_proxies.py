"""Proxies from the environment; the guard still judges the host behind them."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest

from tests.fetch.asking import RSS, ask
from tests.fetch.test_tls import AUTHORITY, Serve, serve
from tests.origin import Exchange, Origin, answer

__all__ = ["serve"]  # a fixture


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Origin]:
    """An origin that is told it is everybody's proxy; it answers absolute-form requests."""
    for name in (
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "no_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "NO_PROXY",
    ):
        monkeypatch.delenv(name, raising=False)
    with Origin() as proxy:
        monkeypatch.setenv("http_proxy", f"http://proxy:passw%C3%B6rd@127.0.0.1:{proxy.port}")
        monkeypatch.setenv("https_proxy", f"127.0.0.1:{proxy.port}")
        yield proxy


def only_outside(_host: str, _port: int) -> list[str]:
    return ["1.1.1.1"]


def test_a_plain_request_goes_to_the_proxy_with_its_whole_url(proxy: Origin) -> None:
    proxy.fault("http://news.test/feed", answer(RSS))
    assert ask("http://news.test/feed", resolver=only_outside).body == RSS
    assert proxy.requests[0].headers["host"] == "news.test"


def test_the_proxy_gets_its_credentials(proxy: Origin) -> None:
    proxy.fault("http://news.test/feed", answer(RSS))
    ask("http://news.test/feed", resolver=only_outside)
    assert proxy.requests[0].headers["proxy-authorization"] == "Basic cHJveHk6cGFzc3fDtnJk"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_host_inside_is_refused_although_the_proxy_would_connect(proxy: Origin, scheme: str) -> None:
    found = ask(f"{scheme}://intranet.test/", resolver=lambda _h, _p: ["10.0.0.5"])
    assert (found.error_class, proxy.connections) == ("blocked_address", 0)


@pytest.mark.parametrize("host", ["169.254.169.254", "0x7f000001", "[::1]"])
def test_an_address_inside_is_refused_although_the_proxy_would_connect(proxy: Origin, host: str) -> None:
    found = ask(f"http://{host}/")
    assert (found.error_class, proxy.connections) == ("blocked_address", 0)


def test_a_name_only_the_proxy_knows_is_left_to_it(proxy: Origin) -> None:
    def unknown(_host: str, _port: int) -> list[str]:
        raise OSError(-2, "Name or service not known")

    proxy.fault("http://news.test/feed", answer(RSS))
    assert ask("http://news.test/feed", resolver=unknown).body == RSS


def test_no_proxy_exempts_a_host(proxy: Origin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with Origin() as origin:
        origin.serve("/feed", RSS)
        assert ask(origin.url("/feed")).body == RSS
    assert proxy.connections == 0


def test_the_policy_can_ignore_proxies(proxy: Origin) -> None:
    with Origin() as origin:
        origin.serve("/feed", RSS)
        assert ask(origin.url("/feed"), use_proxies=False).body == RSS
    assert proxy.connections == 0


def test_a_socks_proxy_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, proxy: Origin) -> None:
    monkeypatch.setenv("http_proxy", "socks5://127.0.0.1:1080")
    assert ask("http://news.test/feed", resolver=only_outside).error_class == "proxy"


def test_a_refused_tunnel_is_a_proxy_error(proxy: Origin) -> None:
    proxy.fault("news.test:443", b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
    assert ask("https://news.test/feed", resolver=only_outside).error_class == "proxy"


def test_a_tunnel_that_hangs_meets_the_deadline(proxy: Origin) -> None:
    proxy.fault("news.test:443", Exchange.stall)
    found = ask("https://news.test/feed", resolver=only_outside, timeout_seconds=0.5)
    assert (found.error_class, found.duration_ms < 1500) == ("timeout", True)


def tunnel_to(port: int, exchange: Exchange) -> None:
    """Connect as a proxy does and carry bytes both ways."""
    with socket.create_connection(("127.0.0.1", port)) as inner:
        exchange.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        there = threading.Thread(target=carry, args=(exchange.sock, inner), daemon=True)
        there.start()
        carry(inner, exchange.sock)


def carry(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)


def test_an_https_request_goes_through_a_tunnel_and_is_verified_end_to_end(
    proxy: Origin, serve: Serve
) -> None:
    origin = serve("server.pem")
    proxy.fault(f"127.0.0.1:{origin.port}", lambda exchange: tunnel_to(origin.port, exchange))
    assert ask(origin.url("/feed"), ca_bundle=AUTHORITY).body == RSS
    assert [seen.path for seen in proxy.requests] == [f"127.0.0.1:{origin.port}"]
