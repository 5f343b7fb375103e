"""Who the client is behind proxies: what a stranger writes into a header is never believed."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.addresses import TrustedProxies, limited_as, parse_address

PROXY, OTHER_PROXY, CLIENT = "10.0.0.1", "10.0.0.2", "203.0.113.9"
TRUSTED = TrustedProxies([ip_network("10.0.0.0/24"), ip_network("fd00::/8")])

outsiders = st.ip_addresses(v=4).filter(lambda each: each not in TRUSTED) | st.ip_addresses(v=6).filter(
    lambda each: parse_address(str(each)) not in TRUSTED
)
proxies = st.integers(1, 254).map(lambda last: f"10.0.0.{last}") | st.just("fd00::7")
anything = st.text(max_size=80) | outsiders.map(str) | proxies


class TestClient:
    @pytest.mark.parametrize(
        ("forwarded", "client"),
        [
            ([CLIENT], CLIENT),
            ([f"1.1.1.1, {CLIENT}"], CLIENT),
            ([f"{CLIENT}, {OTHER_PROXY}"], CLIENT),
            ([f"1.1.1.1, {CLIENT}", OTHER_PROXY], CLIENT),
            ([f" {CLIENT}:4711 "], CLIENT),
            (["[2001:db8::1]:4711"], "2001:db8::1"),
            (["2001:db8::1"], "2001:db8::1"),
            ([f"::ffff:{CLIENT}"], CLIENT),
            ([f"{OTHER_PROXY}, 10.0.0.3"], OTHER_PROXY),  # a proxy that asks for itself
            ([], PROXY),
            ([""], PROXY),
            (["unknown"], PROXY),
            ([f"{CLIENT}, unknown"], PROXY),
            ([f"{CLIENT}, unknown, {OTHER_PROXY}"], OTHER_PROXY),
            (["1" * 5000], PROXY),
            ([f"{CLIENT},"], PROXY),
        ],
    )
    def test_is_the_first_from_the_right_that_is_no_proxy(self, forwarded: list[str], client: str) -> None:
        assert TRUSTED.client_of(PROXY, forwarded) == ip_address(client)

    @given(peer=outsiders, forwarded=st.lists(anything, max_size=4))
    def test_is_the_peer_itself_when_that_is_no_proxy(self, peer: object, forwarded: list[str]) -> None:
        assert TRUSTED.client_of(str(peer), forwarded) == parse_address(str(peer))

    @given(written=st.lists(anything, max_size=4), client=outsiders, chain=st.lists(proxies, max_size=3))
    def test_does_not_depend_on_what_it_wrote_itself(
        self, written: list[str], client: object, chain: list[str]
    ) -> None:
        appended = [str(client), *chain]
        honest = TRUSTED.client_of(PROXY, [",".join(appended)])
        assert honest == parse_address(str(client))
        assert TRUSTED.client_of(PROXY, [",".join([*written, *appended])]) == honest
        assert TRUSTED.client_of(PROXY, [*written, *appended]) == honest

    @given(forwarded=st.lists(anything, max_size=6))
    def test_is_always_somebody(self, forwarded: list[str]) -> None:
        assert TRUSTED.client_of(PROXY, forwarded) is not None

    @given(peer=proxies, forwarded=st.lists(anything, max_size=4))
    def test_nobody_is_believed_where_no_proxy_is_named(self, peer: str, forwarded: list[str]) -> None:
        assert TrustedProxies([]).client_of(peer, forwarded) == ip_address(peer)


class TestParsing:
    @pytest.mark.parametrize(
        "text",
        ["", "x", "1.2.3", "1.2.3.4.5", "1.2.3.4:port", "1.2.3.4:123456", "[::1", "[::1]x", "::1]",
         "1.2.3.4/8", "[]", "010.1.2.3", "1.2.3.4\x00", "１.2.3.4", "1.2.3.4:٣"],
    )  # fmt: skip
    def test_what_is_no_address(self, text: str) -> None:
        assert parse_address(text) is None

    @given(st.ip_addresses(v=4), st.integers(0, 65535))
    def test_ports_are_left_away(self, address: object, port: int) -> None:
        assert parse_address(f"{address}:{port}") == address

    def test_interfaces_are_left_away(self) -> None:
        assert parse_address("fe80::1%eth0") == ip_address("fe80::1")


class TestLimitedAs:
    def test_ipv4_by_address(self) -> None:
        assert limited_as(CLIENT) == CLIENT
        assert limited_as(f"::ffff:{CLIENT}") == CLIENT

    @given(prefix=st.integers(1, 2**32 - 1), one=st.integers(0, 2**64 - 1), other=st.integers(0, 2**64 - 1))
    def test_ipv6_by_its_network_of_64_bits(self, prefix: int, one: int, other: int) -> None:
        base = (0x20010DB8 << 96) | (prefix << 64)
        first, second = ip_address(base | one), ip_address(base | other)
        assert limited_as(str(first)) == limited_as(str(second))
        neighbour = ip_address((base ^ (1 << 64)) | one)
        assert limited_as(str(first)) != limited_as(str(neighbour))

    @pytest.mark.parametrize("host", [None, "", "testclient"])
    def test_what_has_no_address(self, host: str | None) -> None:
        assert limited_as(host) == "local"
