"""How many sockets there may be: of one address, of one person or display, and without a hello yet."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from server.domain.addresses import limited_as
from server.domain.errors import TooManySockets


class Crowded(Exception):
    """More arrive at once than can be asked who they are."""


class SocketBounds:
    """Counts the sockets of one server. What is refused has cost a handshake and nothing else.

    Args:
        per_address: behind one address, for IPv6 behind one network of 64 bits.
        per_credential: of one person or display, wherever they are.
        without_hello: all that have not said yet who they are.
    """

    def __init__(self, *, per_address: int, per_credential: int, without_hello: int) -> None:
        self._per_address = per_address
        self._per_credential = per_credential
        self._without_hello = without_hello
        self._addresses: Counter[str] = Counter()
        self._credentials: Counter[str] = Counter()
        self._silent = 0

    @contextmanager
    def arrived(self, host: str | None) -> Iterator["Place"]:
        """A socket's place, from its handshake to its end.

        Args:
            host: the client's address.

        Raises:
            TooManySockets: of this address.
            Crowded: of all that have not said hello.
        """
        address = limited_as(host)
        if self._addresses[address] >= self._per_address:
            raise TooManySockets(whose="your address", limit=self._per_address)
        if self._silent >= self._without_hello:
            raise Crowded("Too many apps arrive at once. Try again in a moment.")
        place = Place(self)
        self._addresses[address] += 1
        self._silent += 1
        try:
            yield place
        finally:
            _release(self._addresses, address)
            if place.credential is None:
                self._silent -= 1
            else:
                _release(self._credentials, place.credential)

    def _greeted(self, credential: str) -> None:
        if self._credentials[credential] >= self._per_credential:
            raise TooManySockets(whose="this sign-in", limit=self._per_credential)
        self._credentials[credential] += 1
        self._silent -= 1


class Place:
    """One socket among the others."""

    def __init__(self, bounds: SocketBounds) -> None:
        self._bounds = bounds
        self.credential: str | None = None

    def greeted(self, credential: str) -> None:
        """It has said who it is, and is believed.

        Args:
            credential: names the person or display.

        Raises:
            TooManySockets: of this person or display.
        """
        self._bounds._greeted(credential)  # noqa: SLF001 - two halves of one thing
        self.credential = credential


def _release(counter: Counter[str], key: str) -> None:
    counter[key] -= 1
    if counter[key] <= 0:
        del counter[key]
