"""Ending many at once: the waiting of a type, the rest of a day; and taking tokens again."""

from datetime import UTC, datetime, timedelta
from time import perf_counter
from uuid import uuid4

import pytest
from pydantic import ValidationError

from server.domain.errors import Closed, Forbidden, IdempotencyMismatch, InvalidField, NobodyWaiting, NotFound
from server.usecases import ending, looking_up
from shared.commands import CancelWaiting, CloseDay
from shared.ids import Audience, OrganizationId, TokenId, TokenStatus, UserRole
from tests.db.truths import Witness, everything, execute, one, require_truths, rows, snapshot_of
from tests.site import Desk, Site, TestPerson

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
MADRID_MIDNIGHT = datetime(2026, 3, 10, 23, tzinfo=UTC)


async def floor(site: Site) -> tuple[Desk, TestPerson, dict[str, TokenId]]:
    """Tokens in every state and of several types; an admin beside."""
    desk, other = await site.person_at(0), await site.person_at(1)
    admin = await site.add_person(UserRole.ADMIN)
    ids: dict[str, TokenId] = {}
    for name in ("parked", "no-show", "completed", "called", "serving", "waiting", "urgent", "meant"):
        more = {"emergency": "Faints"} if name == "urgent" else {}
        if name == "meant":
            more = {"counter_id": site.counter_ids[3]}
        ids[name] = (await desk.take("instant", 30 if name == "waiting" else 0, **more)).token.id
    ids["retail"] = (await desk.take("retail")).token.id
    await desk.call(ids["parked"])
    await desk.park(ids["parked"])
    await desk.call(ids["no-show"])
    await desk.no_show(ids["no-show"], wait_s=0)
    await desk.call(ids["completed"])
    await desk.finish()
    await desk.call(ids["called"])
    await other.call(ids["serving"])
    await other.start(ids["serving"])
    return desk, admin, ids


async def statuses(site: Site, ids: dict[str, TokenId]) -> dict[str, str]:
    return {name: (await site.token(id_)).status.value for name, id_ in ids.items()}


class TestCancelWaiting:
    async def test_cancels_the_waiting_of_its_type_and_nobody_else(self, watched: Site) -> None:
        _, admin, ids = await floor(watched)
        before = await statuses(watched, ids)
        answer = await watched.cancel_waiting(admin, "instant", "Power cut")
        changed = dict.fromkeys(("waiting", "urgent", "meant"), "cancelled")
        assert await statuses(watched, ids) == {**before, **changed}
        assert answer.cancelled == 3
        events = await rows(
            watched.database, "SELECT payload FROM events WHERE type = 'token_cancelled' ORDER BY revision"
        )
        assert [event["payload"]["reason"] for event in events] == ["Power cut"] * 3
        assert answer.revision == events[-1]["payload"]["revision"]
        kept = await watched.token(ids["meant"])
        assert (kept.cancel_reason, kept.changed_by) == ("Power cut", admin.actor.user_id)

    async def test_has_one_audit_row_that_names_them_and_each_tokens_story_tells_it(
        self, watched: Site
    ) -> None:
        _, admin, ids = await floor(watched)
        await watched.cancel_waiting(admin, "instant", "Power cut")
        audit = await one(watched.database, "SELECT * FROM system_logs WHERE action = 'cancel_waiting'")
        assert audit["details"] == {
            "customer_type": "instant",
            "reason": "Power cut",
            "cancelled": ["A006", "A007", "A008"],
        }
        for name in ("waiting", "retail"):
            details = await looking_up.token_details(
                watched.database, watched.visitors, watched.organization_id, ids[name]
            )
            told = [(deed.action, deed.user_id) for deed in details.deeds]
            assert (("cancel_waiting", admin.actor.user_id) in told) is (name == "waiting")

    async def test_of_an_empty_queue_changes_no_token(self, watched: Site) -> None:
        admin = await watched.add_person(UserRole.ADMIN)
        answer = await watched.cancel_waiting(admin, "instant")
        assert (answer.cancelled, await rows(watched.database, "SELECT 1 FROM events")) == (0, [])

    async def test_of_an_unknown_type_or_by_staff_is_refused(self, watched: Site) -> None:
        desk, admin, _ = await floor(watched)
        before = await everything(watched.database)
        with pytest.raises(NotFound):
            await watched.cancel_waiting(admin, "nothing")
        with pytest.raises(Forbidden):
            await watched.cancel_waiting(desk.person, "instant")
        with pytest.raises(Forbidden):
            await watched.close_day(desk.person)
        assert await everything(watched.database) == before

    def test_is_meant(self) -> None:
        for body in ({}, {"confirm": False}, {"confirm": None}):
            with pytest.raises(ValidationError):
                CancelWaiting.model_validate({"customer_type": "instant", "reason": "x", **body})
            with pytest.raises(ValidationError):
                CloseDay.model_validate(body)

    async def test_once_however_often_it_is_asked(self, watched: Site) -> None:
        desk, admin, _ = await floor(watched)
        key = uuid4()
        body = CancelWaiting(customer_type="instant", reason="Power cut", confirm=True)
        first = await ending.cancel_waiting(watched.commands, watched.by(admin, key), body)
        await desk.take()
        again = await ending.cancel_waiting(watched.commands, watched.by(admin, key), body)
        assert again == first
        other = body.model_copy(update={"reason": "Fire"})
        with pytest.raises(IdempotencyMismatch):
            await ending.cancel_waiting(watched.commands, watched.by(admin, key), other)


class TestCloseDay:
    async def test_cancels_who_waits_or_is_parked_and_lets_the_served_be_served(self, watched: Site) -> None:
        desk, admin, ids = await floor(watched)
        before = await statuses(watched, ids)
        answer = await watched.close_day(admin)
        gone = dict.fromkeys(("parked", "waiting", "urgent", "meant", "retail"), "cancelled")
        assert await statuses(watched, ids) == {**before, **gone}
        assert answer.cancelled == 5
        assert (await watched.token(ids["parked"])).cancel_reason == ending.DAY_CLOSED
        await desk.start(ids["called"])
        await desk.complete(ids["called"])
        with pytest.raises(NobodyWaiting):
            await desk.call_next()

    async def test_has_an_event_a_token_and_one_of_the_organization_for_every_audience(
        self, watched: Site
    ) -> None:
        watched.stop_clock(NOON)
        _, admin, _ = await floor(watched)
        before = (await snapshot_of(watched, Audience.STAFF)).revision
        answer = await watched.close_day(admin)
        kinds = await rows(
            watched.database, "SELECT type FROM events WHERE revision > %(r)s ORDER BY revision", r=before
        )
        assert [kind["type"] for kind in kinds] == ["token_cancelled"] * 5 + ["organization_configured"]
        assert answer.revision == before + 6
        for audience in Audience:
            organization = (await snapshot_of(watched, audience)).organization
            assert organization.closed_day == NOON.date()
        audit = await one(watched.database, "SELECT * FROM system_logs WHERE action = 'close_day'")
        assert audit["details"]["service_day"] == "2026-03-10"
        assert sorted(audit["details"]["cancelled"]) == ["A001", "A006", "A007", "A008", "R001"]

    async def test_takes_no_tokens_until_the_next_service_day_and_says_when(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        desk, admin, _ = await floor(watched)
        await watched.close_day(admin)
        for moment in (NOON, MADRID_MIDNIGHT - timedelta(microseconds=1)):
            watched.now = moment
            before = await everything(watched.database)
            with pytest.raises(Closed) as refused:
                await desk.take()
            assert refused.value.facts == {
                "customer_type": "Quick service",
                "next_opening": "2026-03-11T00:00:00+01:00",
            }
            assert await everything(watched.database) == before
        watched.now = MADRID_MIDNIGHT
        assert (await desk.take()).token.number == "A001"

    async def test_an_override_is_taken_and_audited(self, watched: Site) -> None:
        desk, admin, _ = await floor(watched)
        await watched.close_day(admin)
        token = (await desk.take(override=True)).token
        audit = await one(
            watched.database, "SELECT details FROM system_logs WHERE entity_id = %(id)s", id=token.id
        )
        assert audit["details"]["overridden"] is True
        assert (await desk.site.token(token.id)).status is TokenStatus.WAITING

    async def test_twice_is_the_same_as_once(self, watched: Site) -> None:
        _, admin, _ = await floor(watched)
        await watched.close_day(admin)
        assert (await watched.close_day(admin)).cancelled == 0

    async def test_keeps_the_settings_as_they_are(self, watched: Site) -> None:
        admin = await watched.add_person(UserRole.ADMIN)
        await watched.configure(park_reasons=("One",), reinstate_behind=7)
        kept = "SELECT settings, version, name, priority_levels FROM organizations"
        before = await one(watched.database, kept)
        await watched.close_day(admin)
        await watched.reopen_day(admin)
        assert await one(watched.database, kept) == before

    async def test_leaves_undo_too_late(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        admin = await watched.add_person(UserRole.ADMIN)
        await desk.take()
        await watched.close_day(admin)
        with pytest.raises(Exception, match=f"{admin.display_name} has acted"):
            await desk.undo()


class TestReopenDay:
    async def test_takes_tokens_again_and_brings_nobody_back(self, watched: Site) -> None:
        desk, admin, ids = await floor(watched)
        await watched.close_day(admin)
        after_closing = await statuses(watched, ids)
        await watched.reopen_day(admin)
        assert (await desk.take()).token.number == "A009"
        assert await statuses(watched, ids) == after_closing
        assert (await snapshot_of(watched, Audience.DISPLAY)).organization.closed_day is None

    async def test_of_a_day_that_was_not_closed_is_refused(self, watched: Site) -> None:
        watched.stop_clock(NOON)
        admin = await watched.add_person(UserRole.ADMIN)
        before = await everything(watched.database)
        with pytest.raises(InvalidField):
            await watched.reopen_day(admin)
        assert await everything(watched.database) == before
        await watched.close_day(admin)
        watched.pass_time(days=1)
        with pytest.raises(InvalidField):
            await watched.reopen_day(admin)


async def crowd(site: Site, number: int) -> None:
    """Waiting tokens with their events, written straight into the tables."""
    await execute(
        site.database,
        "WITH made AS (INSERT INTO tokens (id, organization_id, service_day, number, customer_type, place_at,"
        " source, created_at, revision) SELECT gen_random_uuid(), %(id)s,"
        " (now() AT TIME ZONE 'Europe/Madrid')::date,"
        " 'A' || lpad(n::text, greatest(3, length(n::text)), '0'), 'instant',"
        " now() - (10000 - n) * interval '1 second', 'staff',"
        " now() - (10000 - n) * interval '1 second', r.revision + n"
        " FROM generate_series(1, %(n)s) n, organization_revisions r WHERE r.organization_id = %(id)s"
        " RETURNING *), held AS (INSERT INTO live_numbers SELECT organization_id, number, id FROM made),"
        " told AS (INSERT INTO events SELECT organization_id, revision, 'token_created', jsonb_build_object("
        " 'type', 'token_created', 'revision', revision, 'at', created_at, 'token', jsonb_build_object("
        " 'id', id, 'number', number, 'customer_type', customer_type, 'status', status,"
        " 'created_at', created_at)), created_at FROM made),"
        " counted AS (UPDATE queue_configurations SET waiting_count = waiting_count + %(n)s,"
        " current_number = %(n)s, max_number = 99999, series_day = (now() AT TIME ZONE 'Europe/Madrid')::date"
        " WHERE organization_id = %(id)s AND customer_type = 'instant')"
        " UPDATE organization_revisions SET revision = revision + %(n)s WHERE organization_id = %(id)s",
        id=OrganizationId(site.organization_id),
        n=number,
    )


class TestManyTokens:
    async def test_closing_a_day_of_three_thousand_takes_less_than_three_seconds(self, site: Site) -> None:
        admin = await site.add_person(UserRole.ADMIN)
        await crowd(site, 3_000)
        witness = await Witness.of(site)
        began = perf_counter()
        answer = await site.close_day(admin)
        took = perf_counter() - began
        assert answer.cancelled == 3_000
        await witness.require_followed()
        await require_truths(site.database)
        # 0.8 s on the (busy) machine it was measured on.
        assert took < 3.0
