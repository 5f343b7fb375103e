"""Old snapshot + events = new snapshot, for every command and every audience."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clients.core.queue_state import QueueState, apply, from_snapshot, to_snapshot
from server.domain.errors import Refusal
from server.realtime.frames import encode_events
from server.store import journal
from server.store.engine import Database
from server.usecases.snapshots import project_snapshot, read_live_state
from shared.events import EVENT_ADAPTER, Event
from shared.ids import Audience, Epoch, Revision
from shared.live import RECENT_CALLS, Snapshot
from tests.site import VISITORS, Desk, Site, make_site

COMMANDS = ("take", "urgent", "call_next", "recall", "start", "complete", "no_show", "cancel", "reopen")


async def snapshot_of(site: Site, audience: Audience) -> Snapshot:
    state = await read_live_state(site.database, site.organization_id, VISITORS)
    return project_snapshot(state, audience, VISITORS)


async def events_after(site: Site, revision: Revision) -> list[Event]:
    """What a hub would read: the stored events, with visitors' data opened."""
    async with site.database.unit_of_work() as tx:
        payloads = await journal.events_after(tx, site.organization_id, revision, limit=10_000)
        events = [EVENT_ADAPTER.validate_json(payload) for payload in payloads]
        await VISITORS.learn(tx, [event.token for event in events if event.token])
    return [
        event.model_copy(update={"token": VISITORS.reveal(event.token)}) if event.token else event
        for event in events
    ]


async def follow(site: Site, before: Snapshot) -> QueueState:
    """The old snapshot with all events since, as an app applies them."""
    events = await events_after(site, before.revision)
    state = from_snapshot(before)
    for encoded in encode_events(events)[before.audience]:
        state = apply(state, EVENT_ADAPTER.validate_json(encoded.text))
    return state


def same(state: QueueState, snapshot: Snapshot) -> bool:
    """Equal but for the clock of the moment."""
    return to_snapshot(state, now=snapshot.now) == snapshot


async def act(desk: Desk, command: str) -> None:
    """Try one command at a counter, whether or not its state allows it."""
    active = await active_token(desk)
    try:
        match command:
            case "take":
                await desk.take()
            case "urgent":
                await desk.take("retail", 30)
            case "call_next":
                await desk.call_next()
            case "recall" if active:
                await desk.recall(active)
            case "start" if active:
                await desk.start(active)
            case "complete" if active:
                await desk.complete(active)
            case "no_show" if active:
                await desk.no_show(active, wait_s=0)
            case "cancel" if active:
                await desk.cancel(active)
            case "reopen":
                await desk.close()
                await desk.open("instant")
    except Refusal:
        return


async def active_token(desk: Desk):
    async with desk.site.database.unit_of_work() as tx:
        row = await tx.one(
            "SELECT token_id FROM active_calls WHERE counter_id = %(id)s", {"id": desk.counter_id}
        )
    return row and row["token_id"]


class TestSnapshotAndEvents:
    async def test_each_command_moves_every_audience_to_the_new_snapshot(self, site: Site) -> None:
        desk = await site.person_at(0)
        for command in (*COMMANDS, "call_next", "start", "complete", "urgent", "call_next", "no_show"):
            before = {audience: await snapshot_of(site, audience) for audience in Audience}
            await act(desk, command)
            for audience in Audience:
                after = await snapshot_of(site, audience)
                assert same(await follow(site, before[audience]), after), (command, audience)

    async def test_any_sequence_on_two_counters(self, database: Database) -> None:
        # One database for all examples: each has an organization of its own.
        loop_examples: list[list[tuple[int, str]]] = []

        @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(st.lists(st.tuples(st.integers(0, 1), st.sampled_from(COMMANDS)), max_size=25))
        def collect(steps: list[tuple[int, str]]) -> None:
            loop_examples.append(steps)

        collect()
        for index, steps in enumerate(loop_examples):
            site = await make_site(database, name=f"Site {index}", counters=2)
            desks = [await site.person_at(0), await site.person_at(1)]
            before = {audience: await snapshot_of(site, audience) for audience in Audience}
            for counter, command in steps:
                await act(desks[counter], command)
            for audience in Audience:
                after = await snapshot_of(site, audience)
                assert same(await follow(site, before[audience]), after), (steps, audience)

    async def test_the_list_of_recent_calls_stays_the_same_beyond_its_length(self, site: Site) -> None:
        desk = await site.person_at(0)
        before = await snapshot_of(site, Audience.DISPLAY)
        for index in range(RECENT_CALLS + 6):
            called = (await desk.take(), await desk.call_next())[1].token
            if index % 5 == 0:
                await desk.cancel(called.id)
                continue
            await desk.recall(called.id)
            await desk.start(called.id)
            await desk.complete(called.id)
        after = await snapshot_of(site, Audience.DISPLAY)
        assert len(after.recent_calls) == RECENT_CALLS
        assert same(await follow(site, before), after)


class TestAudiences:
    async def test_a_display_never_receives_who_serves_or_how_urgent(self, site: Site) -> None:
        desk = await site.person_at(0)
        start = await snapshot_of(site, Audience.DISPLAY)
        await desk.take("instant", 30)
        await desk.call_next()
        snapshot = await snapshot_of(site, Audience.DISPLAY)
        events = await events_after(site, Revision(0))
        told = "".join(each.text for each in encode_events(events)[Audience.DISPLAY])
        told += snapshot.model_dump_json(exclude_none=True) + start.model_dump_json(exclude_none=True)
        person = desk.person
        for secret in (str(person.actor.user_id), person.display_name, '"priority":', "why", "source"):
            assert secret not in told
        staff = (await snapshot_of(site, Audience.STAFF)).model_dump_json(exclude_none=True)
        assert str(person.actor.user_id) in staff


class TestEpoch:
    async def test_is_renewed_when_the_database_is_another_cluster(self, site: Site) -> None:
        async with site.database.unit_of_work() as tx:
            assert not await journal.renew_epochs_if_moved(tx)
        before = (await snapshot_of(site, Audience.STAFF)).epoch
        async with site.database.unit_of_work() as tx:
            assert not await journal.renew_epochs_if_moved(tx)
        assert (await snapshot_of(site, Audience.STAFF)).epoch == before
        async with site.database.unit_of_work() as tx:
            await tx.execute("UPDATE database_identity SET system_identifier = 1")
            assert await journal.renew_epochs_if_moved(tx)
        assert (await snapshot_of(site, Audience.STAFF)).epoch != Epoch(before)
