"""The live channel over real sockets: hello, welcome, events, resync, receipts, and its ends."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from server.infra.jwt import JwtKeys
from server.store.engine import Database
from shared.events import QueueUpdated, TokenCalled, TokenCreated
from shared.frames import (
    ClientHeartbeat,
    CloseCode,
    Events,
    Hello,
    QueuesFrame,
    Receipts,
    Refused,
    Renew,
    Resync,
    ServerHeartbeat,
    ShownReceipt,
    SpokenReceipt,
)
from shared.ids import Room, UserRole
from shared.problems import ProblemCode
from tests.live_server import LiveServer
from tests.realtime.client import Client, client
from tests.site import Site, TestPerson, make_site


@pytest.fixture
def server(database_url: str, signing_keys: JwtKeys, tmp_path: Path, site: Site) -> Iterator[LiveServer]:
    """A server with short heartbeats and small buffers, which hears of the site's commands."""
    with LiveServer(
        database_url, signing_keys, tmp_path, heartbeat_s=0.5, send_buffer_bytes=16_384
    ) as running:
        site.listeners.append(running.committed)
        yield running


@pytest.fixture
async def staff(site: Site) -> TestPerson:
    return await site.add_person()


class TestHello:
    async def test_a_newcomer_is_told_to_take_a_snapshot(
        self, server: LiveServer, staff: TestPerson, site: Site
    ) -> None:
        await site.take(staff)
        async with client(server.ws_url, "staff") as peer:
            welcome, follows = await peer.greet(staff.access_jwt(server.keys))
        assert welcome.revision == 1
        assert welcome.organization_id == site.organization_id
        assert isinstance(follows, Resync)

    async def test_who_comes_back_gets_all_it_missed_in_order(
        self, server: LiveServer, staff: TestPerson, site: Site
    ) -> None:
        async with client(server.ws_url, "staff") as peer:
            welcome, _ = await peer.greet(staff.access_jwt(server.keys))
        for _ in range(5):
            await site.take(staff)
        async with client(server.ws_url, "staff") as peer:
            _, missed = await peer.greet(
                staff.access_jwt(server.keys), epoch=welcome.epoch, last_revision=welcome.revision
            )
        assert isinstance(missed, Events)
        assert (missed.after, missed.revision) == (0, 5)
        assert [event.revision for event in missed.events] == [1, 2, 3, 4, 5]

    async def test_who_missed_too_much_takes_a_snapshot(
        self, server: LiveServer, staff: TestPerson, site: Site
    ) -> None:
        async with client(server.ws_url, "staff") as peer:
            welcome, _ = await peer.greet(staff.access_jwt(server.keys))
        await site.take(staff)
        async with site.database.unit_of_work() as tx:
            await tx.execute("DELETE FROM events")
        async with client(server.ws_url, "staff") as peer:
            _, follows = await peer.greet(
                staff.access_jwt(server.keys), epoch=welcome.epoch, last_revision=welcome.revision
            )
        assert isinstance(follows, Resync)

    async def test_of_another_epoch_takes_a_snapshot(self, server: LiveServer, staff: TestPerson) -> None:
        async with client(server.ws_url, "staff") as peer:
            _, follows = await peer.greet(staff.access_jwt(server.keys), epoch=uuid4(), last_revision=0)
        assert isinstance(follows, Resync)

    async def test_who_knows_more_than_the_database_makes_a_new_epoch_for_all(
        self, server: LiveServer, staff: TestPerson
    ) -> None:
        async with client(server.ws_url, "staff") as other, client(server.ws_url, "staff") as peer:
            before, _ = await other.greet(staff.access_jwt(server.keys))
            after, follows = await peer.greet(
                staff.access_jwt(server.keys), epoch=before.epoch, last_revision=99
            )
            told = await other.hear_a(Resync)
        assert after.epoch != before.epoch
        assert isinstance(follows, Resync)
        assert told.epoch == after.epoch


REFUSED_HELLOS = {
    "no frame": "hello",
    "another frame": '{"type": "ack", "revision": 1}',
    "no credential": '{"type": "hello", "app_version": "1"}',
    "an unknown field": '{"type": "hello", "app_version": "1", "credential": "x", "name": "y"}',
    "a huge revision": '{"type": "hello", "app_version": "1", "credential": "x", "last_revision": 1e99}',
}


class TestRefusedHello:
    @pytest.mark.parametrize("text", REFUSED_HELLOS.values(), ids=REFUSED_HELLOS)
    async def test_that_is_not_understood(self, server: LiveServer, text: str) -> None:
        async with client(server.ws_url, "staff") as peer:
            await peer.socket.send(text)
            refused = await peer.hear_a(Refused)
            assert refused.problem.code is ProblemCode.MALFORMED
            assert await peer.close_code() == CloseCode.NO_HELLO

    async def test_as_bytes(self, server: LiveServer) -> None:
        async with client(server.ws_url, "staff") as peer:
            await peer.socket.send(b"\x00\x01")
            assert await peer.close_code() == CloseCode.NO_HELLO

    async def test_with_a_credential_that_is_none(self, server: LiveServer) -> None:
        async with client(server.ws_url, "staff") as peer:
            await peer.say(Hello(credential="nothing", app_version="test"))
            assert (await peer.hear_a(Refused)).problem.code is ProblemCode.UNAUTHENTICATED
            assert await peer.close_code() == CloseCode.UNAUTHORIZED

    async def test_with_one_that_has_ended(self, server: LiveServer, staff: TestPerson) -> None:
        ended = staff.access_jwt(server.keys, lifetime=timedelta(minutes=-5))
        async with client(server.ws_url, "staff") as peer:
            await peer.say(Hello(credential=ended, app_version="test"))
            assert (await peer.hear_a(Refused)).problem.code is ProblemCode.CREDENTIAL_EXPIRED

    @pytest.mark.parametrize("audience", ["staff", "admin"])
    async def test_of_a_display_elsewhere(self, server: LiveServer, site: Site, audience: str) -> None:
        async with client(server.ws_url, audience) as peer:
            await peer.say(Hello(credential=await site.add_device(), app_version="test"))
            assert await peer.close_code() == CloseCode.FORBIDDEN

    async def test_of_staff_at_the_admin_channel(self, server: LiveServer, staff: TestPerson) -> None:
        async with client(server.ws_url, "admin") as peer:
            await peer.say(Hello(credential=staff.access_jwt(server.keys), app_version="test"))
            assert await peer.close_code() == CloseCode.FORBIDDEN

    async def test_that_does_not_come(self, server: LiveServer) -> None:
        async with client(server.ws_url, "staff") as peer:
            assert await peer.close_code(within_s=9) == CloseCode.NO_HELLO

    async def test_larger_than_64_kib(self, server: LiveServer) -> None:
        async with client(server.ws_url, "staff") as peer:
            await peer.socket.send("x" * (64 * 1024 + 1))
            assert await peer.close_code() == 1009


class TestEvents:
    async def test_each_audience_sees_its_own_projection(
        self, server: LiveServer, staff: TestPerson, site: Site
    ) -> None:
        device_key = await site.add_device()
        async with client(server.ws_url, "staff") as desk, client(server.ws_url, "display") as wall:
            await desk.greet(staff.access_jwt(server.keys))
            await wall.greet(device_key)
            await site.take(staff, priority=10)
            [seen_by_staff] = (await desk.hear_a(Events)).events
            [seen_on_the_wall] = (await wall.hear_a(Events)).events
        assert isinstance(seen_by_staff, TokenCreated)
        assert seen_by_staff.token.priority == 10
        assert isinstance(seen_on_the_wall, QueueUpdated)
        assert seen_on_the_wall.token is not None
        assert seen_on_the_wall.token.priority is None

    async def test_a_call_reaches_the_wall_with_number_and_counter(
        self, server: LiveServer, site: Site
    ) -> None:
        desk = await site.person_at(2)
        await desk.take()
        async with client(server.ws_url, "display") as wall:
            await wall.greet(await site.add_device())
            await desk.call_next()
            [event] = (await wall.hear_a(Events)).events
        assert isinstance(event, TokenCalled)
        assert (event.call.number, event.call.counter_id) == ("A001", desk.counter_id)

    async def test_another_organization_hears_nothing(
        self, server: LiveServer, staff: TestPerson, site: Site, database: Database
    ) -> None:
        elsewhere = await make_site(database, name="Library")
        stranger = await elsewhere.add_person()
        async with client(server.ws_url, "staff") as peer:
            await peer.greet(stranger.access_jwt(server.keys))
            await site.take(staff)
            beat = await peer.hear_a(ServerHeartbeat)
        assert beat.revision == 0

    async def test_a_room_that_was_not_asked_for_still_moves_the_revision(
        self, server: LiveServer, staff: TestPerson, site: Site
    ) -> None:
        async with client(server.ws_url, "staff") as peer:
            await peer.greet(staff.access_jwt(server.keys), rooms=(Room.STAFF_NOTIFICATIONS,))
            await site.take(staff)
            frame = await peer.hear_a(Events)
        assert (frame.after, frame.revision, frame.events) == (0, 1, ())

    async def test_frames_of_one_socket_have_no_gap_under_load(self, server: LiveServer, site: Site) -> None:
        people = [await site.add_person() for _ in range(8)]
        async with client(server.ws_url, "staff") as peer:
            await peer.greet(people[0].access_jwt(server.keys))

            async def read() -> list[int]:
                revisions: list[int] = []
                while len(revisions) < 120:
                    frame = await peer.hear_a(Events)
                    assert frame.after == len(revisions)
                    revisions.extend(event.revision for event in frame.events)
                    await peer.say(ClientHeartbeat(revision=frame.revision))
                return revisions

            reading = asyncio.create_task(read())
            await asyncio.gather(*(site.take(people[index % 8]) for index in range(120)))
            assert await reading == list(range(1, 121))


class TestTwoServers:
    async def test_what_one_commits_the_other_tells_at_once(
        self,
        server: LiveServer,
        staff: TestPerson,
        database_url: str,
        signing_keys: JwtKeys,
        tmp_path: Path,
    ) -> None:
        with LiveServer(database_url, signing_keys, tmp_path / "two") as second:
            credential = staff.access_jwt(signing_keys)
            async with client(server.ws_url, "staff") as peer:
                await peer.greet(credential)
                async with httpx.AsyncClient() as http:
                    await http.post(
                        f"{second.url}/api/v1/tokens",
                        json={"customer_type": "instant"},
                        headers={
                            "Authorization": f"Bearer {credential}",
                            "Idempotency-Key": str(uuid4()),
                        },
                    )
                # The poll comes every two seconds: within one it was the notification.
                frame = await peer.hear_a(Events, within_s=1.0)
        assert frame.revision == 1


class TestReceipts:
    async def test_shown_goes_back_to_the_counter(self, server: LiveServer, site: Site) -> None:
        desk = await site.person_at(0)
        await desk.take()
        async with client(server.ws_url, "display") as wall, client(server.ws_url, "staff") as peer:
            await wall.greet(await site.add_device())
            await peer.greet(desk.person.access_jwt(server.keys))
            called = await desk.call_next()
            await wall.hear_a(Events)
            await wall.say(ShownReceipt(revision=called.revision))
            receipts = await peer.hear_a(Receipts)
        assert (receipts.call_id, receipts.shown, receipts.screens) == (called.call.id, 1, 1)

    async def test_a_second_receipt_of_a_screen_counts_once(self, server: LiveServer, site: Site) -> None:
        desk = await site.person_at(0)
        await desk.take()
        async with client(server.ws_url, "display") as wall, client(server.ws_url, "staff") as peer:
            await wall.greet(await site.add_device())
            await peer.greet(desk.person.access_jwt(server.keys))
            called = await desk.call_next()
            await wall.say(ShownReceipt(revision=called.revision))
            await wall.say(ShownReceipt(revision=called.revision))
            await wall.say(SpokenReceipt(revision=called.revision))
            first, second = await peer.hear_a(Receipts), await peer.hear_a(Receipts)
        assert first == second, "the second is of the voice"

    async def test_a_receipt_for_nothing_is_ignored(self, server: LiveServer, site: Site) -> None:
        async with client(server.ws_url, "display") as wall:
            await wall.greet(await site.add_device())
            await wall.say(ShownReceipt(revision=12345))
            await wall.hear_a(ServerHeartbeat)

    async def test_a_screen_is_present_while_connected(self, server: LiveServer, site: Site) -> None:
        async def connected() -> bool:
            async with site.database.unit_of_work() as tx:
                row = await tx.one("SELECT connected_until > now() AS here FROM devices")
            return bool(row and row["here"])

        key = await site.add_device()
        async with client(server.ws_url, "display") as wall:
            await wall.greet(key)
            await wall.hear_a(ServerHeartbeat)
            assert await connected()
        async with asyncio.timeout(5):
            while await connected():
                await asyncio.sleep(0.02)


class TestSideFacts:
    async def test_figures_come_by_themselves(
        self, server: LiveServer, staff: TestPerson, site: Site
    ) -> None:
        async with client(server.ws_url, "staff") as peer:
            await peer.greet(staff.access_jwt(server.keys))
            # Figures may come later than who gives no sign of life is closed.
            talking = asyncio.create_task(talk(peer))
            await site.take(staff)
            async with asyncio.timeout(12):
                while True:
                    report = (await peer.hear_a(QueuesFrame)).report
                    if report.queues[0].waiting == 1:
                        break
            talking.cancel()


class TestEnds:
    async def test_a_silent_client_is_closed(self, server: LiveServer, staff: TestPerson) -> None:
        async with client(server.ws_url, "staff") as peer:
            await peer.greet(staff.access_jwt(server.keys))
            assert await peer.close_code() == CloseCode.SILENT

    async def test_a_credential_that_ends_closes_the_socket(
        self, server: LiveServer, staff: TestPerson
    ) -> None:
        short = staff.access_jwt(server.keys, lifetime=timedelta(seconds=1))
        async with client(server.ws_url, "staff") as peer:
            await peer.greet(short)
            code = await peer.close_code()
        assert code in {CloseCode.UNAUTHORIZED, CloseCode.SILENT}

    async def test_a_second_hello_is_not_understood(self, server: LiveServer, staff: TestPerson) -> None:
        credential = staff.access_jwt(server.keys)
        async with client(server.ws_url, "staff") as peer:
            await peer.greet(credential)
            await peer.say(Hello(credential=credential, app_version="test"))
            assert await peer.close_code() == CloseCode.NO_HELLO

    async def test_one_who_reads_nothing_is_cut_off_and_holds_nobody_up(
        self, server: LiveServer, site: Site
    ) -> None:
        people = [await site.add_person() for _ in range(8)]
        credential = people[0].access_jwt(server.keys)
        with socket.socket() as small:
            small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            small.connect(("127.0.0.1", server.port))
            async with (
                client(server.ws_url, "staff", sock=small) as stalled,
                client(server.ws_url, "staff") as quick,
            ):
                await stalled.greet(credential)
                await quick.greet(credential)
                stalled.socket.transport.pause_reading()
                # It talks, so that it is not closed for being silent: it only does not listen.
                talking = asyncio.create_task(talk(stalled))
                reading = asyncio.create_task(read_until(quick, 600))
                cut = asyncio.create_task(listen_once_cut_off(server, stalled))
                for _ in range(3):
                    await asyncio.gather(*(site.take(people[index % 8]) for index in range(200)))
                await reading
                assert await cut == CloseCode.TOO_SLOW
                talking.cancel()


async def listen_once_cut_off(server: LiveServer, peer: Client) -> int | None:
    """Read again as soon as the server closes the socket, so that its close frame arrives; the code."""
    while not server.cuts_somebody_off():
        await asyncio.sleep(0.01)
    peer.socket.transport.resume_reading()
    return await peer.close_code(within_s=20)


async def talk(peer: Client) -> None:
    """Give signs of life until the socket is closed."""
    with contextlib.suppress(ConnectionClosed):
        while True:
            await peer.say(ClientHeartbeat(revision=0))
            await asyncio.sleep(0.2)


async def read_until(reader: Client, revision: int) -> None:
    """Read, and give signs of life, until an event of this revision has come."""
    last = 0
    while last < revision:
        last = (await reader.hear_a(Events, within_s=20)).revision
        await reader.say(ClientHeartbeat(revision=last))


class TestRenew:
    async def test_a_fresh_credential_keeps_the_socket(self, server: LiveServer, staff: TestPerson) -> None:
        short = staff.access_jwt(server.keys, lifetime=timedelta(seconds=1.5))
        async with client(server.ws_url, "staff") as peer:
            await peer.greet(short)
            await peer.say(Renew(credential=staff.access_jwt(server.keys)))
            for _ in range(6):
                await peer.hear_a(ServerHeartbeat)
                await peer.say(ClientHeartbeat(revision=0))

    async def test_another_persons_credential_does_not(
        self, server: LiveServer, staff: TestPerson, site: Site
    ) -> None:
        other = await site.add_person(UserRole.ADMIN)
        async with client(server.ws_url, "staff") as peer:
            await peer.greet(staff.access_jwt(server.keys))
            await peer.say(Renew(credential=other.access_jwt(server.keys)))
            assert await peer.close_code() == CloseCode.UNAUTHORIZED
