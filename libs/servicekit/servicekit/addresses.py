"""Which network addresses may be asked on behalf of somebody who typed a name.

The blocks are those of IANA's special-purpose registries (RFC 6890 and its updates), listed here
rather than taken from `ipaddress`, whose own list changed within Python 3.11.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def _networks(*texts: str) -> tuple[Network, ...]:
    return tuple(ip_network(text) for text in texts)


PRIVATE = _networks(
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8",
    "::1/128", "fc00::/7",
)  # fmt: skip
"""Loopback, private and carrier-grade NAT: an installation's own neighbours, which a setting may
allow.
"""

METADATA = _networks("168.63.129.16/32", "fd00:ec2::254/128", "100.100.100.200/32")
"""Clouds' metadata outside link-local blocks (Azure, AWS, Alibaba): never allowed."""

SPECIAL = _networks(
    "0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
    "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
)  # fmt: skip
"""Link-local, multicast, reserved, for documents, and tunnels (6to4, Teredo)."""

GLOBAL_6 = ip_network("2000::/3")
"""The only block of IPv6 from which public addresses are given."""

NAT64 = ip_network("64:ff9b::/96")
"""A public IPv4 address seen from an IPv6-only network (RFC 6052)."""


def is_allowed(text: str, *, private: bool = False) -> bool:
    """Whether an address, as a resolver gives it, is public; or, with `private`, a neighbour's."""
    address = _inner(ip_address(text.partition("%")[0]))
    if _within(address, METADATA):
        return False
    if _within(address, PRIVATE):
        return private
    if isinstance(address, IPv6Address) and address not in GLOBAL_6:
        return False
    return not _within(address, SPECIAL)


def _inner(address: Address) -> Address:
    """The IPv4 address inside one of IPv6, where that is what would be reached."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in NAT64 else address


def _within(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)
