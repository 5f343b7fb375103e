"""What a server's address says by itself."""

from urllib.parse import urlsplit


def is_loopback(server: str) -> bool:
    """Whether an address is this very machine."""
    host = host_of(server)
    return host in {"localhost", "::1"} or host.startswith("127.")


def host_of(server: str) -> str:
    """The host name or address in it, in small letters; "" where there is none."""
    return urlsplit(server).hostname or ""


def is_secured(server: str) -> bool:
    """Whether it is reached over TLS."""
    return urlsplit(server).scheme in {"https", "wss"}
