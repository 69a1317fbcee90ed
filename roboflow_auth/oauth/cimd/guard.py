"""Which hosts a metadata document may be fetched from: those of the public internet, however they are spelled.

The client ID is written by anybody, and the fetch comes from inside our network: without this rule it could be used to
reach the machine itself, its neighbours or the cloud's metadata service (SSRF; CIMD §8.6).
"""

from __future__ import annotations

import ipaddress
import socket
import threading

from django.conf import settings
from oauth2_provider.cimd import CIMDError, _ip_is_public

_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
# RFC 6761 §6.3, RFC 6762 §3, RFC 8375 §3 (home.arpa), and the domain that is reserved for private use.
_INSIDE = frozenset({"localhost", "local", "arpa", "internal"})
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def find_addresses(host: str, port: int, seconds: float) -> list[str]:
    """Return the addresses of `host`, all of them public. Raises `CIMDError`, also when that takes over `seconds`.

    One address that is not public refuses the whole host: a mixed answer is an attack or a mistake.
    """
    addresses = _look_up(host, port, seconds)
    if not settings.CIMD_ALLOW_LOOPBACK:
        check_addresses(addresses)
    return addresses


def check_name(host: str) -> None:
    """Return when the spelling of `host` is that of a host of the internet. Raises `CIMDError`.

    It is all that can be told before a proxy is asked, which looks names up itself.
    """
    name = host.rstrip(".").lower()
    if is_literal(name):
        check_addresses([name])
        return
    *domain, last = name.split(".")
    # Names of one label, and those that begin their last one with a digit, may be read as something inside.
    if not domain or last in _INSIDE or last[:1].isdigit():
        raise CIMDError("the host is not one of the internet")


def check_addresses(addresses: list[str]) -> None:
    """Return when all `addresses` are public. Raises `CIMDError`."""
    for address in addresses:
        if not is_public(address):
            raise CIMDError(f"the host has an address that is not public ({address})")


def is_public(address: str) -> bool:
    """Return whether `address` is an IP address of the public internet, and embeds none that is not."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    embedded = parsed.ipv4_mapped if parsed.version == 6 else None
    judged = embedded or parsed
    # The toolkit unpacks IPv4-mapped, 6to4, Teredo and NAT64 addresses.
    if judged.is_multicast or not _ip_is_public(address):
        return False
    # RFC 4291 §2.4: what is assigned lies in 2000::/3. Site-local and IPv4-compatible addresses do not.
    return judged.version == 4 or judged in _GLOBAL_UNICAST or judged in _NAT64


def is_literal(host: str) -> bool:
    """Return whether `host` is an address and not a name, in one of the spellings that resolvers accept."""
    try:
        socket.inet_aton(host)
    except OSError:
        return ":" in host
    return True


def _look_up(host: str, port: int, seconds: float) -> list[str]:
    """Return what the resolver says, which has no time limit of its own and so gets a thread of its own."""
    found: list[str] = []
    failures: list[Exception] = []

    def look_up() -> None:
        try:
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
            found.extend(str(info[4][0]) for info in infos)
        except (OSError, ValueError) as error:
            # A label that is empty or too long is a ValueError.
            failures.append(error)

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(max(seconds, 0.0))
    if thread.is_alive():
        raise CIMDError("looking up the host took too long")
    if failures:
        raise CIMDError(f"the host can't be looked up: {failures[0]}") from failures[0]
    return found
