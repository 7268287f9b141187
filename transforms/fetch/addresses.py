"""The guard: which addresses a feed may lead us to. Names are looked up once and that answer is used."""

import ipaddress
import queue
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from transforms.fetch.errors import FetchError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolver = Callable[[str, int], Sequence[str]]

# IANA special-purpose registries (RFC 6890 and updates): what Python 3.11's is_global passes wrongly, or
# passes rightly although no publisher lives there.
_SPECIAL_V4 = tuple(
    ipaddress.IPv4Network(n)
    for n in ("192.0.0.0/24", "192.88.99.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.175.48.0/24")
)
# Only 2000::/3 is assigned for global unicast: mapped, NAT64, site-local, ULA, link-local lie outside of it.
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_SPECIAL_V6 = tuple(
    ipaddress.IPv6Network(n)
    for n in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)


def is_public(address: Address) -> bool:
    """Whether an address belongs to the public internet: global unicast and of no special purpose."""
    if isinstance(address, ipaddress.IPv4Address):
        special = any(address in network for network in _SPECIAL_V4)
        return address.is_global and not address.is_multicast and not special
    special = any(address in network for network in _SPECIAL_V6)
    return address in _GLOBAL_V6 and address.is_global and not special


def system_resolver(host: str, port: int) -> Sequence[str]:
    """Look a name up as the machine does; addresses in the order to try them (RFC 6724)."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(item[4][0]) for item in found))


@dataclass
class Guard:
    """Decides which addresses may be connected to.

    Attributes:
        allow_addresses: Networks reachable although not public, on any port.
        allow_ports: Ports reachable on public addresses.
        resolver: Name look-up.
    """

    allow_addresses: Sequence[str] = ()
    allow_ports: Sequence[int] = (80, 443)
    resolver: Resolver = system_resolver
    _networks: tuple[Network, ...] = field(init=False)
    _known: dict[str, list[Address]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._networks = tuple(ipaddress.ip_network(n) for n in self.allow_addresses)

    def is_allowed(self, address: Address) -> bool:
        """Whether an address that need not be public is on the operator's list."""
        return any(address in network for network in self._networks)

    def addresses(self, host: str, port: int, deadline: float, *, public_only: bool = False) -> list[Address]:
        """Return the addresses of a host, every one of them checked.

        One forbidden address condemns the whole answer: a name that also points inside is not a publisher's.

        Args:
            host: ASCII name or address.
            port: TCP port to be used.
            deadline: ``time.monotonic()`` at which to give up.
            public_only: The allow-list does not count: a public server sent us here.

        Raises:
            FetchError: ``dns``, ``timeout`` or ``blocked_address``.
        """
        found = self._known.get(host) or self._look_up(host, port, deadline)
        for address in found:
            if self.is_allowed(address) and not public_only:
                continue
            if not is_public(address):
                raise FetchError("blocked_address", f"{host} is at {address}, not on the public internet")
            if port not in self.allow_ports:
                raise FetchError("blocked_address", f"port {port} of {host} is not in allow_ports")
        self._known[host] = found  # one answer per run: a second one could differ (DNS rebinding)
        return found

    def _look_up(self, host: str, port: int, deadline: float) -> list[Address]:
        try:
            return [ipaddress.ip_address(host)]
        except ValueError:
            names = _in_time(lambda: self.resolver(host, port), host, deadline)
        try:
            found = [ipaddress.ip_address(name) for name in names]
        except ValueError as error:
            raise FetchError("dns", f"{host}: {error}") from error
        if not found:
            raise FetchError("dns", f"{host} has no address")
        return found


def _in_time(look_up: Callable[[], Sequence[str]], host: str, deadline: float) -> Sequence[str]:
    """Run a look-up that cannot be interrupted in a thread that can be left behind."""
    answer: queue.SimpleQueue[Sequence[str] | Exception] = queue.SimpleQueue()

    def run() -> None:
        try:
            answer.put(look_up())
        except (OSError, UnicodeError) as error:
            answer.put(error)

    threading.Thread(target=run, name=f"dns {host}", daemon=True).start()
    try:
        found = answer.get(timeout=max(0.0, deadline - time.monotonic()))
    except queue.Empty:
        raise FetchError("timeout", f"looking up {host}") from None
    if isinstance(found, Exception):
        raise FetchError("dns", f"{host}: {found}") from found
    return found
