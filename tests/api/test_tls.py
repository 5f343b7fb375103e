"""A server over real TLS sockets: what it shows, whom it refuses, and a renewal that nobody notices."""

import asyncio
import shutil
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect

from server.infra.jwt import JwtKeys
from server.infra.tls import LEAF_LIFE, RENEW_LEAF_BEFORE, Names, new_authority, new_leaf
from server.infra.tls_files import OVERLAP
from server.infra.tls_keeping import OwnTls
from shared.authorities import AUTHORITIES_PATH, Authorities
from tests.live_server import LiveServer
from tests.site import Site
from tests.tls_server import CHECK_S, HERE, Serve, Served, shown_at
from tests.unit.test_tls import write_pair


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(CHECK_S)


@asynccontextmanager
async def live_socket(
    server: LiveServer, context: ssl.SSLContext, credential: str
) -> AsyncIterator[ClientConnection]:
    async with connect(f"{server.ws_url}/ws/staff", ssl=context, compression=None) as socket:
        await socket.send(f'{{"type":"hello","credential":"{credential}","app_version":"test"}}')
        assert '"welcome"' in str(await socket.recv())
        yield socket


async def answers(socket: ClientConnection) -> None:
    async with asyncio.timeout(10):
        await (await socket.ping())


class TestConnecting:
    def test_who_trusts_the_authority_gets_in_by_each_name(self, served: Served) -> None:
        for name in ("127.0.0.1", "localhost"):
            served.shown(served.trusting(), name)
        with httpx.Client(verify=served.trusting()) as http:
            assert http.get(f"{served.server.url}/healthz").json() == {"status": "ok"}

    def test_another_authority_is_refused(self, served: Served) -> None:
        other = new_authority(HERE, now=served.now)
        context = ssl.create_default_context(cadata=other.certificate_pem)
        with pytest.raises(ssl.SSLCertVerificationError):
            served.shown(context)
        with pytest.raises(ssl.SSLCertVerificationError):
            served.shown(ssl.create_default_context())

    def test_an_older_tls_is_refused(self, served: Served) -> None:
        context = served.trusting()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        with pytest.raises(OSError) as refused:  # an alert, or an end without one
            served.shown(context)
        assert not isinstance(refused.value, TimeoutError)
        context.maximum_version = ssl.TLSVersion.TLSv1_3
        served.shown(context)

    def test_plain_http_gets_no_answer(self, served: Served) -> None:
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"http://127.0.0.1:{served.server.port}/healthz")


class TestAuthorities:
    def test_everybody_may_know_them(self, served: Served) -> None:
        with httpx.Client(verify=served.trusting()) as http:
            answer = http.get(served.server.url + AUTHORITIES_PATH)
        kept = served.home.look(now=served.now)
        assert kept is not None
        assert Authorities.model_validate_json(answer.content) == kept.shown
        assert "PRIVATE" not in answer.text

    def test_a_server_without_one_says_so(self, live_server: LiveServer) -> None:
        answer = httpx.get(live_server.url + AUTHORITIES_PATH)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")

    async def test_a_new_one_is_announced_and_takes_over_later(self, serve: Serve) -> None:
        served = serve(days_ago=OVERLAP.days)
        old = served.trusting()
        served.home.renew_authority(HERE, now=served.now)  # as the command line does, in its own process

        def told() -> Authorities:
            with httpx.Client(verify=old) as http:
                return Authorities.model_validate_json(http.get(served.server.url + AUTHORITIES_PATH).content)

        await until(lambda: bool(told().announcements))
        following = told().announcements[0].new
        new = ssl.create_default_context(cadata=following)
        with pytest.raises(ssl.SSLCertVerificationError):
            served.shown(new)
        served.now += OVERLAP
        await until(lambda: _takes(served, new))
        with pytest.raises(ssl.SSLCertVerificationError):
            served.shown(old)


def _takes(served: Served, context: ssl.SSLContext) -> bool:
    try:
        served.shown(context)
    except ssl.SSLCertVerificationError:
        return False
    return True


class TestRenewal:
    async def test_one_that_has_ended_is_renewed_while_the_server_runs(self, serve: Serve) -> None:
        served = serve(days_ago=LEAF_LIFE.days + 2)
        context = served.trusting()
        with pytest.raises(ssl.SSLCertVerificationError, match="expired"):
            served.shown(context)
        served.now = datetime.now(UTC)
        await until(lambda: _takes(served, context))

    async def test_open_sockets_stay_and_new_ones_get_the_new_certificate(
        self, serve: Serve, site: Site
    ) -> None:
        served = serve(days_ago=(LEAF_LIFE - RENEW_LEAF_BEFORE).days + 2)
        context = served.trusting()
        person = await site.add_person()
        async with live_socket(served.server, context, person.access_jwt(served.server.keys)) as socket:
            before = served.shown(context)
            served.now = datetime.now(UTC)
            await until(lambda: served.shown(context) != before)
            await answers(socket)
            async with httpx.AsyncClient(verify=context) as http:
                assert (await http.get(f"{served.server.url}/healthz")).is_success
            await answers(socket)

    async def test_a_new_name_is_vouched_for_within_a_moment(self, served: Served) -> None:
        context = served.trusting()
        with pytest.raises(ssl.SSLCertVerificationError):
            served.shown(context, "lobby.local")
        served.names = HERE | Names.of(("lobby.local",))

        def is_known() -> bool:
            try:
                return bool(served.shown(context, "lobby.local"))
            except ssl.SSLCertVerificationError:
                return False

        await until(is_known)

    async def test_a_folder_that_is_damaged_meanwhile_ends_nothing(self, served: Served) -> None:
        context = served.trusting()
        (served.data_dir / "tls" / "authority.pem").write_text("damaged")
        await asyncio.sleep(4 * CHECK_S)
        served.shown(context)


class TestOwnCertificate:
    async def test_files_that_change_are_read_again_without_dropping_a_socket(
        self, database_url: str, signing_keys: JwtKeys, tmp_path: Path, site: Site
    ) -> None:
        now = datetime.now(UTC)
        authority = new_authority(HERE, now=now)
        pair = write_pair(tmp_path, new_leaf(authority, HERE, now=now))
        context = ssl.create_default_context(cadata=authority.certificate_pem)
        server = LiveServer(
            database_url,
            signing_keys,
            tmp_path,
            make_tls=lambda settings: OwnTls(*pair, clock=lambda: now, check_s=CHECK_S),
        )
        person = await site.add_person()
        with server:
            async with live_socket(server, context, person.access_jwt(server.keys)) as socket:
                before = shown_at(server.port, context)
                second = new_leaf(authority, HERE, now=now)
                # First the certificate alone: until its key is there too, the old pair is shown.
                pair[0].write_text(second.certificate_pem)
                await asyncio.sleep(4 * CHECK_S)
                assert shown_at(server.port, context) == before
                fresh = tmp_path / "fresh"
                fresh.mkdir()
                shutil.move(write_pair(fresh, second)[1], pair[1])
                await until(lambda: shown_at(server.port, context) == second.certificate)
                await answers(socket)
            with httpx.Client(verify=context) as http:
                # Who signed it is IT's business: there is nothing to pin or to announce.
                assert http.get(server.url + AUTHORITIES_PATH).status_code == 404
