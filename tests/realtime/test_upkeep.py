"""What the live channel survives: bad notices, unknown events, busy neighbours, bursts, herds."""

import asyncio
from uuid import uuid4

import httpx
import psycopg
import pytest

from server.realtime.subscriber import Subscriber
from server.store.engine import Database
from server.usecases import snapshots
from shared.frames import ClientHeartbeat, Events, Hello, Refused
from shared.ids import ROOMS, Audience
from tests.live_server import LiveServer
from tests.realtime.client import client
from tests.site import Site, make_site


def execute(server: LiveServer, *statements: str) -> None:
    with psycopg.connect(server.database_url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)  # type: ignore[call-overload]  # constants of this file


class TestRelay:
    @pytest.mark.parametrize("notice", ["hello", "", "[]"])
    @pytest.mark.parametrize("channel", ["callboard_events", "callboard_side"])
    async def test_goes_on_after_a_notice_it_does_not_understand(
        self, live_server: LiveServer, site: Site, channel: str, notice: str
    ) -> None:
        person = await site.add_person()
        async with client(live_server.ws_url, "staff") as peer:
            await peer.greet(person.access_jwt(live_server.keys))
            execute(live_server, f"NOTIFY {channel}, '{notice}'")
            await site.take(person)
            execute(live_server, f"NOTIFY callboard_events, '{site.organization_id}'")
            # The poll comes every two seconds: within one it was the notice.
            assert (await peer.hear_a(Events, within_s=1.0)).revision == 1
        assert httpx.get(f"{live_server.url}/readyz").status_code == 200

    async def test_one_organization_with_an_event_of_a_newer_server_stops_no_other(
        self, live_server: LiveServer, site: Site, database: Database
    ) -> None:
        newer = await make_site(database, name="Library")
        here, there = await site.add_person(), await newer.add_person()
        async with client(live_server.ws_url, "staff") as one, client(live_server.ws_url, "staff") as two:
            await one.greet(here.access_jwt(live_server.keys))
            await two.greet(there.access_jwt(live_server.keys))
            await newer.take(there)
            execute(live_server, "UPDATE events SET payload = jsonb_set(payload, '{type}', '\"unheard_of\"')")
            live_server.committed(newer.organization_id, 1)
            await site.take(here)
            live_server.committed(site.organization_id, 1)
            assert (await one.hear_a(Events, within_s=5.0)).revision == 1

    async def test_looks_at_every_organization_though_another_is_busy(
        self, live_server: LiveServer, site: Site, database: Database
    ) -> None:
        busy = await make_site(database, name="Library")
        clerk, person = await busy.add_person(), await site.add_person()
        async with client(live_server.ws_url, "staff") as peer:
            await peer.greet(person.access_jwt(live_server.keys))
            await site.take(person)  # and nobody is told

            async def be_busy() -> None:
                while True:
                    await busy.take(clerk)
                    live_server.committed(busy.organization_id, 1)
                    await asyncio.sleep(0.2)

            noise = asyncio.create_task(be_busy())
            try:
                assert (await peer.hear_a(Events, within_s=5.0)).revision == 1
            finally:
                noise.cancel()


class TestBurst:
    async def test_cuts_off_nobody_who_reads(self, live_server: LiveServer, site: Site) -> None:
        people = [await site.add_person() for _ in range(8)]
        async with client(live_server.ws_url, "staff") as peer:
            await peer.greet(people[0].access_jwt(live_server.keys))
            await asyncio.gather(*(site.take(people[index % 8]) for index in range(400)))
            last = 0
            while last < 400:
                frame = await peer.hear_a(Events)
                assert frame.after == last
                last = frame.revision

    async def test_more_than_anybody_is_kept_is_too_much(self, site: Site) -> None:
        async def never(text: str) -> None:
            await asyncio.Event().wait()

        subscriber = Subscriber(
            organization_id=site.organization_id,
            audience=Audience.STAFF,
            rooms=ROOMS[Audience.STAFF],
            send=never,
        )
        subscriber.tell("x" * 5_000_000)
        assert subscriber.closing.done()


class TestSnapshotHerd:
    async def test_one_snapshot_serves_all_who_wait_however_busy_the_lobby_is(
        self, live_server: LiveServer, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        person = await site.add_person()
        made = 0
        read = snapshots.read_live_state

        async def counted(*arguments: object) -> object:
            nonlocal made
            made += 1
            state = await read(*arguments)  # type: ignore[arg-type]
            await site_command()
            return state

        async def site_command() -> None:
            """A command while a snapshot is made: it must not make the next one stale for the herd."""
            async with httpx.AsyncClient() as http:
                await http.post(f"{live_server.url}/api/v1/tokens", json=body, headers=headers())

        credential = person.access_jwt(live_server.keys)
        body = {"customer_type": "instant"}

        def headers() -> dict[str, str]:
            return {"Authorization": f"Bearer {credential}", "Idempotency-Key": str(uuid4())}

        monkeypatch.setattr("server.api.snapshot_cache.read_live_state", counted)
        async with httpx.AsyncClient(timeout=30) as http:
            answers = await asyncio.gather(
                *(
                    http.get(f"{live_server.url}/api/v1/snapshot?audience=staff", headers=headers())
                    for _ in range(30)
                )
            )
        assert {answer.status_code for answer in answers} == {200}
        assert made <= 5, "a few for those who came later, not one each"


class TestOrigin:
    async def test_a_page_of_another_site_is_refused(self, live_server: LiveServer) -> None:
        async with client(live_server.ws_url, "staff", origin="https://evil.example") as peer:
            refused = await peer.hear_a(Refused)
        assert refused.problem.status == 403

    async def test_ones_own_page_is_welcome(self, live_server: LiveServer, site: Site) -> None:
        person = await site.add_person()
        async with client(live_server.ws_url, "staff", origin=live_server.url) as peer:
            welcome, _ = await peer.greet(person.access_jwt(live_server.keys))
        assert welcome.revision == 0


class TestEpoch:
    async def test_one_screen_cannot_make_everybody_start_over_again_and_again(
        self, live_server: LiveServer, site: Site
    ) -> None:
        key, epochs = await site.add_device(), []
        known = None
        for _ in range(3):
            async with client(live_server.ws_url, "display") as wall:
                await wall.say(
                    Hello(credential=key, app_version="test", epoch=known, last_revision=2**62)
                    if known
                    else Hello(credential=key, app_version="test")
                )
                welcome = await wall.hear()
                known = welcome.epoch  # type: ignore[union-attr]
                epochs.append(known)
                await wall.say(ClientHeartbeat(revision=0))
        # The first knows nothing, the second is believed, the third is not within the same minute.
        assert len(set(epochs)) == 2
        assert epochs[1] == epochs[2]
