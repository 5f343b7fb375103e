"""How many sockets may be open, and that places are given back whatever happens."""

from contextlib import ExitStack

import pytest

from server.domain.errors import TooManySockets
from server.realtime.bounds import Crowded, SocketBounds

ADDRESS = "203.0.113.9"


def bounds(per_address: int = 3, per_credential: int = 2, without_hello: int = 10) -> SocketBounds:
    return SocketBounds(per_address=per_address, per_credential=per_credential, without_hello=without_hello)


class TestPerAddress:
    def test_one_more_is_refused_and_others_come_in(self) -> None:
        crowd = bounds()
        with ExitStack() as stack:
            for _ in range(3):
                stack.enter_context(crowd.arrived(ADDRESS))
            with pytest.raises(TooManySockets, match="3 connections of your address"), crowd.arrived(ADDRESS):
                pass
            stack.enter_context(crowd.arrived("203.0.113.10"))
        with crowd.arrived(ADDRESS):
            pass

    def test_an_ipv6_network_is_one(self) -> None:
        crowd = bounds(per_address=1)
        with crowd.arrived("2001:db8::1"):
            with pytest.raises(TooManySockets), crowd.arrived("2001:db8::2"):
                pass
            with crowd.arrived("2001:db8:0:1::1"):
                pass

    def end_badly(self, crowd: SocketBounds) -> None:
        with crowd.arrived(ADDRESS) as place:
            place.greeted("somebody")
            raise ZeroDivisionError

    def test_a_place_is_given_back_after_an_error(self) -> None:
        crowd = bounds(per_address=1)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                self.end_badly(crowd)
        with crowd.arrived(ADDRESS) as place:
            place.greeted("somebody")


class TestPerCredential:
    def test_one_more_is_refused_wherever_it_comes_from(self) -> None:
        crowd = bounds()
        with ExitStack() as stack:
            for last in range(2):
                stack.enter_context(crowd.arrived(f"203.0.113.{last}")).greeted("somebody")
            third = stack.enter_context(crowd.arrived("203.0.113.3"))
            with pytest.raises(TooManySockets, match="2 connections of this sign-in"):
                third.greeted("somebody")
            stack.enter_context(crowd.arrived("203.0.113.4")).greeted("somebody else")
        with crowd.arrived(ADDRESS) as place:
            place.greeted("somebody")


class TestWithoutHello:
    def test_hellos_make_room(self) -> None:
        crowd = bounds(per_address=10, without_hello=2)
        with ExitStack() as stack:
            first = stack.enter_context(crowd.arrived(ADDRESS))
            stack.enter_context(crowd.arrived(ADDRESS))
            with pytest.raises(Crowded), crowd.arrived(ADDRESS):
                pass
            first.greeted("somebody")
            stack.enter_context(crowd.arrived(ADDRESS))
        for _ in range(3):
            with crowd.arrived(ADDRESS):
                pass
