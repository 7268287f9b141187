"""The guard at the socket: nothing behind the publisher's public face can be reached."""

import ipaddress
import time
from collections.abc import Iterator, Sequence

import pytest

from tests.fetch.asking import RSS, ask
from tests.origin import Origin, answer
from transforms.fetch.addresses import Guard, is_public
from transforms.fetch.errors import FetchError

PRIVATE = [
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254"),
    *("172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.9", "192.0.2.1", "192.88.99.1", "192.168.1.1"),
    *("192.31.196.1", "192.52.193.1", "192.175.48.1", "198.18.0.1", "198.51.100.1", "203.0.113.1"),
    *("224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::ffff:8.8.8.8", "::ffff:127.0.0.1", "::7f00:1", "64:ff9b::7f00:1", "64:ff9b::808:808"),
    *("64:ff9b:1::1", "100::1", "2001::1", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1"),
    *("2002:7f00:1::", "2620:4f:8000::1", "3fff::1", "5f00::1", "fc00::1", "fd12::1", "fe80::1", "fec0::1"),
    *("ff02::1", "ff0e::1", "fe80::1%1"),
]
PUBLIC = [
    *("1.1.1.1", "8.8.8.8", "95.173.136.70", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1"),
    *("192.0.1.1", "192.169.0.1", "198.17.0.1", "223.255.255.254"),
    *("2001:4860:4860::8888", "2606:4700::1111", "2a02:6b8::1", "2400:cb00::1"),
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_of_special_purpose_is_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_an_ordinary_address_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as origin:
        origin.serve("/feed", RSS)
        yield origin


@pytest.fixture
def inside(origin: Origin) -> Iterator[Origin]:
    """A service on another loopback address, at the same port, that nobody may reach."""
    with Origin("127.0.0.2", origin.port) as inside:
        inside.serve("/feed", RSS)
        yield inside


FORMS = ["127.0.0.2", "0x7f000002", "2130706434", "0177.0.0.2", "127.2", "0x7f.0.0.2", "127.0.0.2."]


@pytest.mark.parametrize("host", [*FORMS, "[::ffff:127.0.0.2]", "[::ffff:7f00:2]", "[::127.0.0.2]"])
def test_a_configured_inside_address_is_refused_in_every_spelling(inside: Origin, host: str) -> None:
    found = ask(f"http://{host}:{inside.port}/feed")
    assert (found.error_class, inside.connections) == ("blocked_address", 0)


@pytest.mark.parametrize("host", [*FORMS, "[::ffff:127.0.0.2]", "[::ffff:7f00:2]", "[::127.0.0.2]"])
def test_a_redirect_inside_is_refused_in_every_spelling(origin: Origin, inside: Origin, host: str) -> None:
    origin.redirect("/go", f"http://{host}:{inside.port}/feed", status=302)
    found = ask(origin.url("/go"))
    assert (found.error_class, inside.connections) == ("blocked_address", 0)


@pytest.mark.parametrize("host", ["169.254.169.254", "[fd00:ec2::254]", "[64:ff9b::a9fe:a9fe]", "10.0.0.1"])
def test_a_redirect_to_a_metadata_service_is_refused(origin: Origin, host: str) -> None:
    origin.redirect("/go", f"http://{host}/latest/meta-data/", status=302)
    assert ask(origin.url("/go")).error_class == "blocked_address"


def test_a_name_that_points_inside_is_refused(inside: Origin) -> None:
    found = ask(f"http://news.test:{inside.port}/feed", resolver=lambda _h, _p: ["127.0.0.2"])
    assert (found.error_class, inside.connections) == ("blocked_address", 0)


@pytest.mark.parametrize(
    "mixed", [["127.0.0.1", "127.0.0.2"], ["127.0.0.2", "127.0.0.1"], ["127.0.0.1", "::1"]]
)
def test_one_inside_address_condemns_a_mixed_answer(origin: Origin, inside: Origin, mixed: list[str]) -> None:
    found = ask(f"http://news.test:{origin.port}/feed", resolver=lambda _h, _p: mixed)
    assert (found.error_class, origin.connections, inside.connections) == ("blocked_address", 0, 0)


class Rebinding:
    """A resolver that answers honestly once and then points inside."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, _host: str, _port: int) -> Sequence[str]:
        self.asked += 1
        return ["127.0.0.1" if self.asked == 1 else "127.0.0.2"]


def test_a_name_that_changes_its_answer_is_asked_only_once(origin: Origin, inside: Origin) -> None:
    rebinding = Rebinding()
    # Closes the connection, so that the next hop needs another one.
    origin.fault("/go", answer(b"", status=302, Location="/feed"))
    found = ask(f"http://news.test:{origin.port}/go", resolver=rebinding)
    assert (found.body, rebinding.asked, inside.connections) == (RSS, 1, 0)


def test_the_connection_goes_to_the_address_that_was_checked(origin: Origin, inside: Origin) -> None:
    found = ask(f"http://news.test:{origin.port}/feed", resolver=lambda _h, _p: ["127.0.0.1"])
    assert (found.body, origin.connections, inside.connections) == (RSS, 1, 0)


def test_an_allowed_network_may_be_reached_on_any_port(origin: Origin) -> None:
    assert ask(origin.url("/feed"), allow_addresses=("127.0.0.0/8",)).body == RSS


def test_nothing_inside_is_allowed_by_default(origin: Origin) -> None:
    found = ask(origin.url("/feed"), allow_addresses=())
    assert (found.error_class, origin.connections) == ("blocked_address", 0)


def test_a_public_server_cannot_lead_into_an_allowed_network() -> None:
    guard = Guard(("10.0.0.0/8",))
    with pytest.raises(FetchError, match="blocked_address"):
        guard.addresses("10.1.2.3", 80, time.monotonic() + 1, public_only=True)


def test_a_cached_answer_is_checked_again_for_the_next_hop() -> None:
    guard = Guard(("10.0.0.0/8",), resolver=lambda _h, _p: ["10.1.2.3"])
    guard.addresses("intranet.test", 80, time.monotonic() + 1)
    with pytest.raises(FetchError, match="blocked_address"):
        guard.addresses("intranet.test", 80, time.monotonic() + 1, public_only=True)


@pytest.mark.parametrize("port", [22, 25, 6379, 8080, 11211])
def test_a_public_host_is_not_asked_on_other_ports(port: int) -> None:
    guard = Guard(resolver=lambda _h, _p: ["1.1.1.1"])
    with pytest.raises(FetchError, match="allow_ports"):
        guard.addresses("news.test", port, time.monotonic() + 1)


def test_a_configured_port_is_open() -> None:
    guard = Guard(allow_ports=(8443,), resolver=lambda _h, _p: ["1.1.1.1"])
    assert guard.addresses("news.test", 8443, time.monotonic() + 1) == [ipaddress.ip_address("1.1.1.1")]


def test_a_name_that_does_not_resolve_is_a_dns_error() -> None:
    def no_such_name(_host: str, _port: int) -> Sequence[str]:
        raise OSError(-2, "Name or service not known")

    assert ask("http://nowhere.test/feed", resolver=no_such_name).error_class == "dns"


def test_a_look_up_that_hangs_ends_at_the_deadline() -> None:
    def slow(_host: str, _port: int) -> Sequence[str]:
        time.sleep(5)
        return ["1.1.1.1"]

    found = ask("http://slow.test/feed", resolver=slow, timeout_seconds=0.3)
    assert found.error_class == "timeout"
    assert found.duration_ms < 1300


def test_a_dead_address_leaves_time_for_the_next(origin: Origin) -> None:
    # Nothing listens on 127.0.0.3: refused at once, as a dead one among several would be after a while.
    found = ask(
        f"http://news.test:{origin.port}/feed",
        resolver=lambda _h, _p: ["127.0.0.3", "127.0.0.1"],
        allow_addresses=("127.0.0.0/8",),
    )
    assert found.body == RSS


def test_a_refused_connection_names_address_and_reason() -> None:
    with Origin() as gone:
        port = gone.port
    found = ask(f"http://127.0.0.1:{port}/feed")
    assert found.error_class == "connect"
    assert "127.0.0.1" in (found.error or "")
