"""The apps' network side and a server with an authority of its own: whom it trusts, and whom it follows."""

import asyncio
import ssl
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clients.core import client as client_module
from clients.core.client import Client, ClientConfig
from clients.core.errors import (
    AuthorityChanged,
    AuthorityUnknown,
    CertificateEnded,
    NameNotVouchedFor,
    ServerNotTrusted,
)
from clients.core.messages import AuthorityOffered, Message, PersonSignedIn, SignInRefused
from clients.core.session_actions import StatusChanged
from clients.core.trust import PinStore, Vouched
from server.infra.jwt import JwtKeys
from server.infra.tls import LEAF_LIFE, Names, new_authority, new_leaf
from server.infra.tls_files import OVERLAP, Home, server_context, write_whole
from shared.ids import Audience
from tests.live_server import LiveServer
from tests.site import PASSWORD, Site, TestPerson
from tests.tls_server import HERE, Serve, Served

WITHIN_S = 20.0


class App:
    """One app, from a start to an end."""

    def __init__(self, server: str, folder: Path, vouched: Vouched | None = None) -> None:
        self.told: list[Message] = []
        config = ClientConfig(
            server=server,
            audience=Audience.STAFF,
            app_version="test",
            vouched=vouched or Vouched(),
            trust_directory=folder / "trust",
        )
        self.client = Client(config=config, credentials=None, emit=self.told.append)

    def all(self, kind: type[Message]) -> list[Message]:
        return [message for message in self.told if isinstance(message, kind)]

    @property
    def is_live(self) -> bool:
        changes = self.all(StatusChanged)
        return bool(changes) and changes[-1].status.is_live

    @property
    def refusal(self) -> Exception | None:
        refused = self.all(SignInRefused)
        return refused[-1].error if refused else None

    async def sign_in(self, person: TestPerson) -> None:
        await self.client.sign_in(person.username, PASSWORD)

    async def is_welcome(self, person: TestPerson) -> bool:
        """Whether signing in goes all the way."""
        await self.sign_in(person)
        if not self.all(PersonSignedIn):
            return False
        await until(lambda: self.is_live)
        return True


@asynccontextmanager
async def running(server: str, folder: Path, vouched: Vouched | None = None) -> AsyncIterator[App]:
    app = App(server, folder, vouched)
    try:
        yield app
    finally:
        await app.client.aclose()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not condition():
            await asyncio.sleep(0.01)


def fingerprint_at(served: Served) -> str:
    kept = served.home.look(now=served.now)
    assert kept is not None
    return kept.authority.fingerprint


def pinned(served: Served, folder: Path) -> tuple[str, ...]:
    pin = PinStore(directory=folder / "trust", server=served.server.url).read()
    return pin.authorities if pin else ()


@pytest.fixture
async def person(site: Site) -> TestPerson:
    return await site.add_person()


class TestBeginning:
    async def test_the_fingerprint_that_it_wrote_down_is_enough(
        self, served: Served, person: TestPerson, tmp_path: Path
    ) -> None:
        vouched = Vouched(fingerprint=fingerprint_at(served))
        async with running(served.server.url, tmp_path, vouched) as app:
            assert await app.is_welcome(person)
            assert app.all(AuthorityOffered) == []

    async def test_another_fingerprint_is_refused_and_nobody_is_asked(
        self, served: Served, person: TestPerson, tmp_path: Path
    ) -> None:
        other = new_authority(HERE, now=served.now)
        for vouched in (
            Vouched(fingerprint=other.fingerprint),
            Vouched(authorities=(other.certificate_pem,)),
        ):
            async with running(served.server.url, tmp_path, vouched) as app:
                assert not await app.is_welcome(person)
                assert isinstance(app.refusal, AuthorityChanged)
                assert "nothing was sent" in str(app.refusal)
                assert app.all(AuthorityOffered) == []

    async def test_its_file_of_authorities_is_enough(
        self, served: Served, person: TestPerson, tmp_path: Path
    ) -> None:
        kept = served.home.look(now=served.now)
        assert kept is not None
        vouched = Vouched(authorities=(kept.authority.certificate_pem,))
        async with running(served.server.url, tmp_path, vouched) as app:
            assert await app.is_welcome(person)

    async def test_a_person_confirms_once(self, served: Served, person: TestPerson, tmp_path: Path) -> None:
        async with running(served.server.url, tmp_path) as app:
            assert not await app.is_welcome(person)
            assert isinstance(app.refusal, AuthorityUnknown)
            [offered] = app.all(AuthorityOffered)
            assert offered.fingerprint == fingerprint_at(served)
            app.client.trust_authority(offered.fingerprint)
            assert await app.is_welcome(person)
        async with running(served.server.url, tmp_path) as app:
            assert await app.is_welcome(person)
            assert app.all(AuthorityOffered) == []
        [file] = (tmp_path / "trust").iterdir()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

    async def test_what_was_not_offered_cannot_be_confirmed(
        self, served: Served, person: TestPerson, tmp_path: Path
    ) -> None:
        async with running(served.server.url, tmp_path) as app:
            app.client.trust_authority(fingerprint_at(served))
            assert not await app.is_welcome(person)
        assert pinned(served, tmp_path) == ()

    async def test_it_is_asked_before_anything_is_typed(self, served: Served, tmp_path: Path) -> None:
        async with running(served.server.url, tmp_path) as app:
            app.client.resume()
            await until(lambda: bool(app.all(AuthorityOffered)))

    async def test_confirming_in_one_app_is_enough_for_the_others(
        self, served: Served, person: TestPerson, tmp_path: Path
    ) -> None:
        async with (
            running(served.server.url, tmp_path) as one,
            running(served.server.url, tmp_path) as another,
        ):
            await one.sign_in(person)
            one.client.trust_authority(fingerprint_at(served))
            assert await another.is_welcome(person)

    async def test_a_name_that_the_certificate_does_not_hold(
        self, served: Served, person: TestPerson, tmp_path: Path
    ) -> None:
        server = served.server.url.replace("127.0.0.1", "localhost")
        served.names = Names.of(("127.0.0.1",))
        before = served.home.look(now=served.now)
        assert before is not None
        await until(lambda: _leaf(served) != before.leaf.certificate)
        await asyncio.sleep(0.2)
        for vouched in (None, Vouched(fingerprint=fingerprint_at(served))):
            async with running(server, tmp_path, vouched) as app:
                assert not await app.is_welcome(person)
                assert isinstance(app.refusal, NameNotVouchedFor)
                assert "localhost" in str(app.refusal)
                assert app.all(AuthorityOffered) == []

    async def test_a_certificate_that_has_ended_points_at_the_clock(
        self, serve: Serve, person: TestPerson, tmp_path: Path
    ) -> None:
        served = serve(days_ago=LEAF_LIFE.days + 2)
        async with running(served.server.url, tmp_path) as app:
            assert not await app.is_welcome(person)
            assert isinstance(app.refusal, CertificateEnded)
            assert "date and time" in str(app.refusal)


def _leaf(served: Served) -> object:
    kept = served.home.look(now=served.now)
    assert kept is not None
    return kept.leaf.certificate


class TestFollowing:
    @pytest.fixture(autouse=True)
    def asks_often(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(client_module, "FOLLOW_EVERY_S", 0.1)
        monkeypatch.setattr(client_module, "FOLLOW_AGAIN_S", 0.1)

    async def test_an_announced_authority_is_trusted_before_it_takes_over_and_the_old_one_is_forgotten(
        self, serve: Serve, person: TestPerson, tmp_path: Path
    ) -> None:
        served = serve(days_ago=OVERLAP.days)
        vouched = Vouched(fingerprint=fingerprint_at(served))
        old = served.home.look(now=served.now)
        assert old is not None
        async with running(served.server.url, tmp_path, vouched) as app:
            assert await app.is_welcome(person)
            served.home.renew_authority(HERE, now=served.now)
            await until(lambda: len(pinned(served, tmp_path)) == 2)
            assert app.is_live  # nobody noticed
            served.now += OVERLAP
            await until(lambda: old.authority.certificate_pem not in pinned(served, tmp_path))
            assert len(pinned(served, tmp_path)) == 1
            # New connections, both ways, with the new one alone.
            await app.client.sign_out()
            assert await app.is_welcome(person)
        # IT's fingerprint is still the first one's, and still good: the app knows what followed.
        async with running(served.server.url, tmp_path, vouched) as app:
            assert await app.is_welcome(person)

    async def test_who_was_away_during_two_changes_follows_both(
        self, served: Served, person: TestPerson, tmp_path: Path
    ) -> None:
        first = fingerprint_at(served)
        async with running(served.server.url, tmp_path) as app:
            await app.sign_in(person)
            app.client.trust_authority(first)
            assert await app.is_welcome(person)
        for _ in range(2):
            last = served.home.renew_authority(HERE, now=served.now, overlap=timedelta(0))
        context = ssl.create_default_context(cadata=last.authority.certificate_pem)
        await until(lambda: _shows(served, context))
        async with running(served.server.url, tmp_path) as app:
            assert await app.is_welcome(person)
            assert app.all(AuthorityOffered) == []
        # And a machine that lost all but IT's oldest fingerprint.
        async with running(served.server.url, tmp_path / "new", Vouched(fingerprint=first)) as app:
            assert await app.is_welcome(person)

    async def test_a_live_app_whose_socket_breaks_follows_too(
        self, served: Served, person: TestPerson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(client_module, "FOLLOW_EVERY_S", 3600.0)
        async with running(served.server.url, tmp_path, Vouched(fingerprint=fingerprint_at(served))) as app:
            assert await app.is_welcome(person)
            last = served.home.renew_authority(HERE, now=served.now, overlap=timedelta(0))
            context = ssl.create_default_context(cadata=last.authority.certificate_pem)
            await until(lambda: _shows(served, context))
            assert app.client._socket is not None
            assert app.client._socket._socket is not None
            app.client._socket._socket.transport.abort()
            await until(lambda: not app.is_live)
            await until(lambda: app.is_live)

    async def test_an_authority_that_nobody_announced_is_refused_and_never_offered(
        self, served: Served, person: TestPerson, tmp_path: Path
    ) -> None:
        first = fingerprint_at(served)
        async with running(served.server.url, tmp_path) as app:
            await app.sign_in(person)
            app.client.trust_authority(first)
            assert await app.is_welcome(person)
        kept = pinned(served, tmp_path)
        other = served.home.replace_authority(HERE, now=served.now)
        context = ssl.create_default_context(cadata=other.authority.certificate_pem)
        await until(lambda: _shows(served, context))
        async with running(served.server.url, tmp_path) as app:
            assert not await app.is_welcome(person)
            assert isinstance(app.refusal, AuthorityChanged)
            assert app.all(AuthorityOffered) == []
            app.client.trust_authority(other.authority.fingerprint)
            assert not await app.is_welcome(person)
        assert pinned(served, tmp_path) == kept
        # IT says the new fingerprint, and that is that.
        vouched = Vouched(fingerprint=other.authority.fingerprint)
        async with running(served.server.url, tmp_path, vouched) as app:
            assert await app.is_welcome(person)


def _shows(served: Served, context: ssl.SSLContext) -> bool:
    try:
        served.shown(context)
    except ssl.SSLCertVerificationError:
        return False
    return True


class TestImpostor:
    async def test_who_cannot_prove_to_be_the_server_hears_nothing_but_the_question(
        self, tmp_path: Path
    ) -> None:
        """A listener with an authority of its own, which even shows a document that announces it."""
        now = datetime.now(UTC)
        genuine, forged = new_authority(HERE, now=now), new_authority(HERE, now=now)
        write_whole(tmp_path / "leaf.pem", new_leaf(forged, HERE, now=now).to_pem())
        heard: list[bytes] = []

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            heard.append(await reader.read(65536))
            body = b'{"authority": "x", "announcements": []}'
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body))
            writer.write(body)
            await writer.drain()
            writer.close()

        listener = await asyncio.start_server(
            answer, "127.0.0.1", 0, ssl=server_context(tmp_path / "leaf.pem")
        )
        server = f"https://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
        async with listener:
            for vouched in (
                Vouched(authorities=(genuine.certificate_pem,)),
                Vouched(fingerprint=genuine.fingerprint),
                Vouched(),
            ):
                async with running(server, tmp_path / "apps", vouched) as app:
                    await app.client.sign_in("marta", PASSWORD)
                    assert isinstance(app.refusal, ServerNotTrusted)
                    assert app.all(AuthorityOffered) == []
                    await app.client.start_device("a-device-key")
                    await until(lambda app=app: bool(app.all(StatusChanged)))
                    await asyncio.sleep(0.3)
        said = [each for each in heard if each]
        assert said
        for each in said:
            assert each.startswith(b"GET /.well-known/callboard-ca HTTP/1.1\r\n")
            assert PASSWORD.encode() not in each
            assert b"a-device-key" not in each
            assert b"uthorization" not in each


class TestStart:
    async def test_a_restart_after_a_kill_of_the_server_needs_nobody(
        self, database_url: str, signing_keys: JwtKeys, served: Served, person: TestPerson, tmp_path: Path
    ) -> None:
        vouched = Vouched(fingerprint=fingerprint_at(served))
        async with running(served.server.url, tmp_path, vouched) as app:
            assert await app.is_welcome(person)
        again = LiveServer(database_url, signing_keys, served.data_dir, make_tls=served.make_tls)
        with again:
            assert Home(served.data_dir).look(now=served.now) is not None
            async with running(again.url, tmp_path, vouched) as app:
                assert await app.is_welcome(person)
