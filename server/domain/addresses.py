"""Where a request comes from: the peer, or whom a trusted proxy speaks for.

MUST: nobody is believed about an address except proxies that the settings name, and each proxy only
about the one it talked to itself. A client can write anything into X-Forwarded-For; what it wrote stands
left of what the first trusted proxy added, and is never reached.
"""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_CLIENT_V6_PREFIX = 64  # a subscriber has at least that much: limits by single addresses would be none
_LONGEST = 60  # "[" + an IPv6 address + "%" and an interface + "]:65535"


def parse_address(text: str) -> Address | None:
    """An address without its port, brackets or interface; None for what is none."""
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    if text.startswith("["):
        text, closed, port = text[1:].partition("]")
        if not closed or (port and not _is_port(port)):
            return None
    elif text.count(":") == 1:
        text, _, port = text.partition(":")
        if not _is_port(":" + port):
            return None
    try:
        # A link-local address names its interface ("fe80::1%eth0"), which is nobody else's business.
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def network_of(address: Address) -> Network:
    """What one subscriber has: an IPv4 address alone, for IPv6 its network of 64 bits."""
    if isinstance(address, IPv6Address):
        return IPv6Network((int(address), _CLIENT_V6_PREFIX), strict=False)
    return IPv4Network(int(address))


def limited_as(host: str | None) -> str:
    """What limits are counted by: the address, for IPv6 its network of 64 bits.

    Args:
        host: of the client; None or no address where the peer has none (a local socket).
    """
    address = parse_address(host) if host else None
    if isinstance(address, IPv6Address):
        return str(network_of(address))
    return str(address) if address else "local"


class TrustedProxies:
    """The proxies that are believed about whom they speak for."""

    def __init__(self, networks: Iterable[Network]) -> None:
        self._networks = tuple(networks)

    def __bool__(self) -> bool:
        return bool(self._networks)

    def __contains__(self, address: Address | None) -> bool:
        return address is not None and any(
            address.version == network.version and address in network for network in self._networks
        )

    def client_of(self, peer: str, forwarded_for: Sequence[str]) -> Address | None:
        """Who is at the other end of a chain of proxies.

        Read from right to left as far as each entry was written by a trusted proxy. An entry that is no
        address ends the chain: who wrote what stands left of it is not known.

        Args:
            peer: who has connected.
            forwarded_for: the X-Forwarded-For headers, in their order.
        """
        client = parse_address(peer)
        for entry in reversed(",".join(forwarded_for).split(",")):
            if client not in self:
                break
            named = parse_address(entry)
            if named is None:
                break
            client = named
        return client


def _is_port(text: str) -> bool:
    digits = text[1:]
    return text.startswith(":") and digits.isascii() and digits.isdigit() and len(digits) <= 5
