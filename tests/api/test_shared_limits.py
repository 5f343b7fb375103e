"""Limits that servers share through a real Redis, and what happens when it goes away."""

import asyncio
import datetime as dt
import ipaddress
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from structlog.testing import capture_logs

from server.infra.jwt import JwtKeys
from server.infra.limits import Budget, Counts
from tests.live_server import LiveServer
from tests.redis_server import RedisServer, encrypted
from tests.site import PASSWORD, Site

TOKENS = "/api/v1/tokens"
KEY = b"k" * 32
TWO = Budget(name="two", amount=2, window_s=60)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with RedisServer(tmp_path) as server:
        yield server


@pytest.fixture
def two_servers(
    database_url: str, signing_keys: JwtKeys, tmp_path: Path, redis: RedisServer
) -> Iterator[Callable[..., tuple[httpx.Client, httpx.Client]]]:
    """Two servers of one database and one Redis."""
    with ExitStack() as stack:

        def start(**settings: Any) -> tuple[httpx.Client, httpx.Client]:
            settings |= {"redis_url": redis.url, "trusted_proxies": "127.0.0.1"}
            clients = []
            for _ in range(2):
                server = stack.enter_context(LiveServer(database_url, signing_keys, tmp_path, **settings))
                clients.append(stack.enter_context(httpx.Client(base_url=server.url, timeout=30)))
            return clients[0], clients[1]

        yield start


async def until(condition: Callable[[], bool], within_s: float = 15.0) -> None:
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(0.02)


class TestTwoServers:
    def test_share_a_budget(self, two_servers: Any) -> None:
        one, other = two_servers(limit_anonymous=6)
        for _ in range(3):
            assert one.get(TOKENS).status_code == 401
            assert other.get(TOKENS).status_code == 401
        for http in (one, other):
            refused = http.get(TOKENS)
            assert refused.status_code == 429
            assert 800 < int(refused.headers["retry-after"]) <= 900

    async def test_share_failed_sign_ins_and_what_clears_them(self, two_servers: Any, site: Site) -> None:
        person = await site.add_person()
        one, other = two_servers(limit_failed_sign_ins=2)

        def sign_in(http: httpx.Client, password: str) -> int:
            body = {"username": person.username, "password": password}
            return http.post("/api/v1/auth/login", json=body).status_code

        assert [sign_in(one, "wrong"), sign_in(other, PASSWORD), sign_in(other, "wrong")] == [401, 200, 401]
        assert sign_in(one, "wrong") == 401
        assert [sign_in(one, PASSWORD), sign_in(other, PASSWORD)] == [429, 429]

    async def test_nobody_reads_in_redis_who_came(
        self, two_servers: Any, site: Site, redis: RedisServer, signing_keys: JwtKeys
    ) -> None:
        person = await site.add_person()
        one, _ = two_servers()
        address = {"X-Forwarded-For": "203.0.113.9"}
        one.get(TOKENS, headers=address)
        one.post("/api/v1/auth/login", json={"username": person.username, "password": "x"}, headers=address)
        device_key = await site.add_device()
        access_jwt = person.access_jwt(signing_keys)
        for credential in (device_key, device_key, access_jwt):
            one.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {credential}"})
        kept = redis.everything()
        assert kept.count("callboard:limits") >= 4, "it was counted"
        for told in (person.username, "203.0.113", str(person.actor.user_id), device_key, access_jwt):
            assert told not in kept


class TestAway:
    async def test_requests_go_on_and_are_counted_by_each_server(
        self, two_servers: Any, redis: RedisServer
    ) -> None:
        one, other = two_servers(limit_anonymous=3)
        for _ in range(3):
            assert one.get(TOKENS).status_code == 401
        assert other.get(TOKENS).status_code == 429
        redis.stop()
        for http in (one, other):
            statuses = [http.get(TOKENS).status_code for _ in range(4)]
            assert statuses == [401, 401, 401, 429], "a budget for each"

    async def test_is_said_once_and_so_is_the_return(self, redis: RedisServer) -> None:
        counts = Counts(key=KEY, redis_url=redis.url)
        assert await counts.spend(TWO, "a")
        with capture_logs() as logs:
            redis.stop()
            spent = await asyncio.gather(*(counts.spend(TWO, "b") for _ in range(5)))
            assert sorted(spent) == [False, False, False, True, True]
            assert not counts.are_shared
            redis.start()
            await until(lambda: counts.are_shared)
        assert [each["event"] for each in logs] == ["redis_away", "redis_back"]
        # It came back empty, and is what counts again.
        assert await counts.spend(TWO, "b")
        assert (await counts.left(TWO, "b")).amount == 1
        await counts.close()

    async def test_one_that_does_not_answer_costs_half_a_second_once(self) -> None:
        async def keep_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()
            writer.close()

        silent = await asyncio.start_server(keep_silent, "127.0.0.1", 0)
        async with silent:
            port = silent.sockets[0].getsockname()[1]
            counts = Counts(key=KEY, redis_url=f"redis://127.0.0.1:{port}")
            with capture_logs() as logs:
                began = time.monotonic()
                assert all(await asyncio.gather(*(counts.spend(TWO, str(number)) for number in range(50))))
                assert time.monotonic() - began < 5
                began = time.monotonic()
                for number in range(50):
                    await counts.spend(TWO, str(number))
                assert time.monotonic() - began < 0.25
            assert [each["event"] for each in logs] == ["redis_away"]
            await counts.close()

    async def test_one_that_was_not_there_at_the_start_is_found(
        self, redis: RedisServer, database_url: str, signing_keys: JwtKeys, tmp_path: Path
    ) -> None:
        redis.stop()
        settings = {"redis_url": redis.url, "limit_anonymous": 2}
        with LiveServer(database_url, signing_keys, tmp_path, **settings) as server:
            assert [httpx.get(server.url + TOKENS).status_code for _ in range(3)] == [401, 401, 429]
            redis.start()
            await until(lambda: "callboard:limits" in redis.everything())
            assert httpx.get(server.url + TOKENS).status_code == 401

    async def test_one_that_takes_nothing_more_is_away(self, redis: RedisServer) -> None:
        counts = Counts(key=KEY, redis_url=redis.url)
        with redis.client() as client, capture_logs() as logs:
            client.config_set("maxmemory", "1")
            assert [await counts.spend(TWO, "a") for _ in range(3)] == [True, True, False]
            await asyncio.sleep(1)  # it answers pings; that must not count as being back
            assert [each["event"] for each in logs] == ["redis_away"]
            client.config_set("maxmemory", "0")
            await until(lambda: counts.are_shared)
        await counts.close()


class TestTls:
    async def test_a_certificate_of_the_given_authority_is_taken(
        self, redis: RedisServer, tmp_path: Path
    ) -> None:
        context, authority = certificate(tmp_path, name="127.0.0.1")
        async with encrypted(redis, context) as port:
            url = f"rediss://127.0.0.1:{port}?ssl_ca_certs={authority}"
            counts = Counts(key=KEY, redis_url=url)
            assert await counts.spend(TWO, "a")
            assert counts.are_shared
            assert "callboard:limits" in redis.everything()
            await counts.close()

    @pytest.mark.parametrize("fault", ["unknown authority", "another name"])
    async def test_another_certificate_is_not(self, redis: RedisServer, tmp_path: Path, fault: str) -> None:
        context, authority = certificate(
            tmp_path, name="127.0.0.2" if fault == "another name" else "127.0.0.1"
        )
        async with encrypted(redis, context) as port:
            url = f"rediss://127.0.0.1:{port}"
            if fault == "another name":
                url += f"?ssl_ca_certs={authority}"
            counts = Counts(key=KEY, redis_url=url)
            with capture_logs() as logs:
                assert await counts.spend(TWO, "a"), "the request goes on"
            assert [each["event"] for each in logs] == ["redis_away"]
            assert not counts.are_shared
            assert redis.everything() == "[[], []]"
            await counts.close()


def certificate(folder: Path, *, name: str) -> tuple[ssl.SSLContext, Path]:
    """A server's context with a certificate of its own for this address, and the authority's file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(name))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "authority.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    both = folder / "both.pem"
    both.write_bytes(
        file.read_bytes()
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context, file
