"""Old snapshot + events = new snapshot, for every command and every audience."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import get_args

from clients.core.queue_state import QueueState, apply, apply_frame, from_snapshot, to_snapshot
from server.store import journal
from server.usecases import cleaning
from shared.events import EVENT_ADAPTER, Event
from shared.frames import Events
from shared.ids import Audience, Epoch, Revision, TokenId, UserRole
from shared.live import RECENT_CALLS, Snapshot
from tests.db.truths import follow, frames_after, rows, snapshot_of
from tests.site import Desk, Site

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
VISITOR = {"name": "Zacharias Quillfeather", "phone": "+34 611 222 333", "notes": "Speaks Volapük only"}


def same(state: QueueState, snapshot: Snapshot) -> bool:
    """Equal but for the clock of the moment."""
    return to_snapshot(state, now=snapshot.now) == snapshot


async def a_whole_day(site: Site) -> list[tuple[str, Callable[[], Awaitable[object]]]]:
    """Every command there is, and every act of the server's own, each in a state that allows it."""
    site.stop_clock(NOON)
    desk, other = await site.person_at(0), await site.person_at(1)
    admin = await site.add_person(UserRole.ADMIN)
    ids: dict[str, TokenId] = {}

    async def take(name: str, *args: object, **more: object) -> None:
        ids[name] = (await desk.take(*args, **more)).token.id  # type: ignore[arg-type]

    def on(desk_: Desk, command: Callable[..., Awaitable[object]], name: str, *args: object, **more: object):
        return lambda: command(desk_, ids[name], *args, **more)

    async def tend() -> None:
        site.pass_time(minutes=11)
        assert await cleaning.tend(site.commands, site.organization_id)

    async def lose() -> None:
        site.pass_time(minutes=16)
        assert await cleaning.close_lost_counters(site.commands, site.organization_id)

    async def end_the_day() -> None:
        site.pass_time(days=1)
        assert await cleaning.end_days(site.commands, site.organization_id)

    wake = NOON + timedelta(minutes=5)
    meant = {"counter_id": site.counter_ids[3]}
    return [
        ("take", lambda: take("first", visitor=VISITOR)),
        ("take an urgent one", lambda: take("second", "retail", 30, emergency="Faints")),
        ("take one meant for a person", lambda: take("meant", user_id=other.person.actor.user_id)),
        ("call next", desk.call_next),
        ("recall", on(desk, Desk.recall, "second")),
        ("undo a recall", desk.undo),
        ("start", on(desk, Desk.start, "second")),
        ("undo a start", desk.undo),
        ("change", on(desk, Desk.change, "second", emergency=None, visitor=VISITOR)),
        ("start again", on(desk, Desk.start, "second")),
        ("park", on(desk, Desk.park, "second", "A form", wake)),
        ("resume elsewhere", on(other, Desk.resume, "second")),
        ("transfer", on(other, Desk.transfer, "second", customer_type="browser")),
        ("undo a transfer", other.undo),
        ("return", on(other, Desk.return_to_lane, "second")),
        ("call this one", on(desk, Desk.call, "first")),
        ("no-show", on(desk, Desk.no_show, "first", wait_s=0)),
        ("undo a no-show", desk.undo),
        ("no-show again", on(desk, Desk.no_show, "first", wait_s=0)),
        ("reinstate", on(desk, Desk.reinstate, "first")),
        ("break", desk.begin_break),
        ("end of a break", desk.end_break),
        ("call the first", on(desk, Desk.call, "first")),
        ("complete", desk.finish),
        ("undo a complete", desk.undo),
        ("complete again", on(desk, Desk.complete, "first")),
        ("cancel", on(desk, Desk.cancel, "second")),
        ("undo a cancel", desk.undo),
        ("take one to undo", lambda: take("undone")),
        ("undo a create", desk.undo),
        ("take over", lambda: desk.at(1).open(take_over=True)),
        ("move back", lambda: desk.open("instant", take_over=True)),
        ("take one for a closed counter", lambda: take("fallen", **meant)),
        ("fall back", tend),
        ("call it", on(desk, Desk.call, "fallen")),
        ("park it", lambda: desk.park(ids["fallen"], wake_at=site.now + timedelta(minutes=1))),
        ("wake", tend),
        ("call it again", on(desk, Desk.call, "fallen")),
        ("lose a counter with a called visitor", lose),
        ("open", desk.open),
        ("call it once more", on(desk, Desk.call, "fallen")),
        ("serve it", on(desk, Desk.start, "fallen")),
        ("lose a counter with a served visitor", lose),
        ("skills", lambda: site.set_skills(other.person, "retail")),
        ("another counter name", lambda: site.configure_counter(2, name="Window", position=9)),
        ("a counter switched off", lambda: site.configure_counter(4, is_active=False)),
        ("a type renamed", lambda: site.configure_queue("retail", name="Sales", position=7)),
        ("a type switched off", lambda: site.configure_queue("browser", is_active=False)),
        ("settings", lambda: site.configure(park_reasons=("One",), confirms_arrival=False)),
        ("cancel the waiting", lambda: site.cancel_waiting(admin, "instant")),
        ("take one for the end", lambda: take("last", override=True)),
        ("close the day", lambda: site.close_day(admin)),
        ("reopen it", lambda: site.reopen_day(admin)),
        ("take one for the night", lambda: take("night")),
        ("end of the day", end_the_day),
    ]


class TestSnapshotAndEvents:
    async def test_each_command_moves_every_audience_to_the_new_snapshot(self, site: Site) -> None:
        day = await a_whole_day(site)
        states = {audience: from_snapshot(await snapshot_of(site, audience)) for audience in Audience}
        start = {audience: await snapshot_of(site, audience) for audience in Audience}
        for name, act in day:
            revision = states[Audience.STAFF].revision
            await act()
            frames = await frames_after(site, revision)
            for audience, texts in frames.items():
                assert texts, name
                for text in texts:
                    states[audience] = apply(states[audience], EVENT_ADAPTER.validate_json(text))
                assert same(states[audience], await snapshot_of(site, audience)), (name, audience)
        for audience, before in start.items():
            texts = (await frames_after(site, before.revision))[audience]
            events = tuple(EVENT_ADAPTER.validate_json(text) for text in texts)
            frame = Events(after=before.revision, revision=events[-1].revision, events=events)
            state = apply_frame(from_snapshot(before), frame)
            assert same(state, await snapshot_of(site, audience)), "all of it in one frame"
            # At least once on the wire, exactly once in effect.
            for event in events:
                state = apply(state, event)
            assert same(state, await snapshot_of(site, audience))

    async def test_the_day_holds_every_event_that_a_command_can_make(self, site: Site) -> None:
        for _, act in await a_whole_day(site):
            await act()
        kinds = {row["type"] for row in await rows(site.database, "SELECT DISTINCT type FROM events")}
        classes = get_args(get_args(Event)[0])
        known = {each.model_fields["type"].default for each in classes}
        # What a display sees in another's place, and what another test is about.
        assert known - kinds == {"queue_updated", "announcement_configured", "device_configured"}

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
    async def test_a_display_never_receives_what_concerns_only_the_staff(self, site: Site) -> None:
        told = (await snapshot_of(site, Audience.DISPLAY)).model_dump_json(exclude_none=True)
        day = await a_whole_day(site)
        for _, act in day:
            await act()
            told += (await snapshot_of(site, Audience.DISPLAY)).model_dump_json(exclude_none=True)
        told += "".join((await frames_after(site, Revision(0)))[Audience.DISPLAY])
        people = (await snapshot_of(site, Audience.STAFF)).people
        names = [*(str(person.id) for person in people), *(person.display_name for person in people)]
        secrets = [
            *VISITOR.values(),
            "Faints",
            "A form",
            "Counter lost",
            "Lunch",
            "visitor left",
            "day closed",
        ]
        fields = ("priority", "place_at", "source", "served_by", "why", "emergency", "park_reason", "wake_at")
        fields += ("target_counter_id", "target_user_id", "promise", "visitor", "sealed", "opened_by")
        secrets += [f'"{name}":' for name in (*fields, "break_reason", "parked_at")]
        assert [secret for secret in (*secrets, *names) if secret in told] == []
        # Staff see all of it: it was there to be hidden.
        staff = "".join((await frames_after(site, Revision(0)))[Audience.STAFF])
        assert [secret for secret in secrets if secret not in staff] == ['"promise":', '"sealed":']


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
