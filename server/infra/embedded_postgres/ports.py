"""Which port on 127.0.0.1 to listen on, when any will do."""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Iterator
from pathlib import Path

# Below the range from which systems hand out ports to outgoing connections (32768 on Linux, 49152
# elsewhere): one of those would block a restart on the same port.
PORTS = range(20_000, 30_000)
PORT_ATTEMPTS = 8


def candidates(known: int) -> Iterator[int]:
    """Ports worth a try, in order.

    known: the last one that was used, 0 if none: who wrote it down can go on using it.
    """
    if known:
        yield known
    for _ in range(PORT_ATTEMPTS):
        yield random.choice(PORTS)  # noqa: S311 - nothing secret about a port


def read_port(path: Path) -> int:
    """The port an earlier start wrote down, 0 when there is none."""
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return 0  # a first start, or a file cut short: any port will do


def is_free(port: int) -> bool:
    """Whether PostgreSQL could listen there now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if os.name == "posix":
            # As PostgreSQL does: connections that are still fading away are no obstacle.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
