"""What must hold after any command, asked of the tables; and what an app knows that followed the events.

`everything` is for refusals (nothing changed anywhere), `require_truths` for the tables among themselves,
`Witness` for design rule 12.3: old snapshot + events = new snapshot, for each audience.
"""

from dataclasses import dataclass

from psycopg import sql

from clients.core.queue_state import QueueState, apply, apply_frame, from_snapshot, to_snapshot
from server.realtime.frames import encode_events
from server.store import journal
from server.store.engine import Database
from server.usecases.snapshots import project_snapshot, read_live_state
from server.usecases.visitors import VisitorKeys
from shared.events import EVENT_ADAPTER
from shared.frames import Events
from shared.ids import Audience, Revision
from shared.live import Snapshot
from tests.site import Site

Row = dict[str, object]

MANY = 500
"""More events than this come in one frame, as after an outage."""


async def rows(database: Database, query: str, **params: object) -> list[Row]:
    """All rows of a query."""
    async with database.unit_of_work() as tx:
        return await tx.all(query, params)  # type: ignore[arg-type]  # constants of the tests


async def one(database: Database, query: str, **params: object) -> Row:
    """The only row of a query."""
    [row] = await rows(database, query, **params)
    return row


async def execute(database: Database, query: str, **params: object) -> None:
    """Change something behind the back of the commands."""
    async with database.unit_of_work() as tx:
        await tx.execute(query, params)  # type: ignore[arg-type]  # constants of the tests


async def everything(database: Database) -> dict[str, tuple[int, str]]:
    """Every table with the number of its rows and a hash of what stands in them."""
    tables = await rows(
        database,
        "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'p') AND NOT relispartition"
        " AND relname !~ '^(procrastinate|alembic)' ORDER BY relname",
    )
    looks = [
        sql.SQL(
            "SELECT {name} AS name, count(*) AS number,"
            " coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') AS hash FROM {table} t"
        ).format(name=sql.Literal(row["name"]), table=sql.Identifier(str(row["name"])))
        for row in tables
    ]
    async with database.unit_of_work() as tx:
        found = await tx.connection.execute(sql.SQL(" UNION ALL ").join(looks))
        return {row["name"]: (row["number"], row["hash"]) for row in await found.fetchall()}


_WRONG = {
    "waiting_count": """
        SELECT q.customer_type FROM queue_configurations q WHERE waiting_count <> (
            SELECT count(*) FROM tokens t WHERE t.organization_id = q.organization_id
            AND t.customer_type = q.customer_type AND t.status = 'waiting')""",
    "live_numbers": """
        SELECT coalesce(l.token_id, t.id) AS id FROM live_numbers l
        FULL JOIN (SELECT * FROM tokens WHERE status IN ('waiting', 'called', 'serving', 'parked')) t
            ON t.id = l.token_id AND t.number = l.number AND t.organization_id = l.organization_id
        WHERE l.token_id IS NULL OR t.id IS NULL""",
    "active_calls": """
        SELECT coalesce(a.token_id, t.id) AS id FROM active_calls a
        FULL JOIN (SELECT * FROM tokens WHERE status IN ('called', 'serving')) t
            ON t.id = a.token_id AND t.counter_id = a.counter_id
        WHERE a.token_id IS NULL OR t.id IS NULL""",
    "a call is open just while its token is active": """
        SELECT coalesce(c.id, t.call_id) AS id FROM (SELECT * FROM token_calls WHERE ended_at IS NULL) c
        FULL JOIN (SELECT * FROM tokens WHERE status IN ('called', 'serving')) t
            ON t.call_id = c.id AND t.id = c.token_id AND t.counter_id = c.counter_id
        WHERE c.id IS NULL OR t.id IS NULL""",
    "an ended call has an outcome": """
        SELECT id FROM token_calls WHERE (ended_at IS NULL) <> (outcome IS NULL)""",
    "a call is started just while it is served": """
        SELECT t.id FROM tokens t JOIN token_calls c ON c.id = t.call_id AND c.ended_at IS NULL
        WHERE (t.status = 'serving') <> (c.started_at IS NOT NULL)""",
    "a token's revision is its newest event": """
        SELECT t.id FROM tokens t LEFT JOIN (
            SELECT (payload->'token'->>'id')::uuid AS id, max(revision) AS newest FROM events GROUP BY 1
        ) e ON e.id = t.id WHERE t.revision IS DISTINCT FROM e.newest""",
    "revisions have no gaps": """
        SELECT r.organization_id FROM organization_revisions r
        WHERE r.revision <> (SELECT count(*) FROM events e WHERE e.organization_id = r.organization_id)
           OR r.revision <> (SELECT coalesce(max(e.revision), 0) FROM events e
                             WHERE e.organization_id = r.organization_id)""",
    "only a parked token is parked": """
        SELECT id FROM tokens WHERE (status = 'parked') <> (parked_at IS NOT NULL)
           OR (status = 'parked') <> (park_reason IS NOT NULL)
           OR (wake_at IS NOT NULL AND status <> 'parked')""",
    "only a cancelled token is cancelled": """
        SELECT id FROM tokens WHERE (status = 'cancelled') <> (cancelled_at IS NOT NULL)
           OR (status = 'cancelled') <> (cancel_reason IS NOT NULL)""",
    "a token is meant for someone since a moment": """
        SELECT id FROM tokens WHERE (target_id IS NULL) <> (targeted_at IS NULL)""",
    "minutes are those of the seconds": """
        SELECT id FROM tokens WHERE actual_wait_time IS DISTINCT FROM round(wait_s / 60.0)
           OR service_duration IS DISTINCT FROM round(service_s / 60.0)""",
    "an open counter has a session": """
        SELECT coalesce(c.id, s.counter_id) AS id
        FROM (SELECT * FROM counters WHERE opened_by IS NOT NULL) c
        FULL JOIN (SELECT * FROM service_sessions WHERE ended_at IS NULL) s
            ON s.counter_id = c.id AND s.staff_id = c.opened_by
        WHERE c.id IS NULL OR s.id IS NULL""",
    "a counter on a break has a break": """
        SELECT coalesce(c.id, b.counter_id) AS id
        FROM (SELECT * FROM counters WHERE break_since IS NOT NULL) c
        FULL JOIN (SELECT * FROM breaks WHERE ended_at IS NULL) b
            ON b.counter_id = c.id AND b.user_id = c.opened_by AND b.started_at = c.break_since
        WHERE c.id IS NULL OR b.id IS NULL""",
    "nobody stands at a counter on a break": """
        SELECT c.id FROM counters c JOIN active_calls a ON a.counter_id = c.id
        WHERE c.break_since IS NOT NULL""",
    "nobody stands at a closed counter": """
        SELECT c.id FROM counters c JOIN active_calls a ON a.counter_id = c.id WHERE c.opened_by IS NULL""",
    "a command has one audit row of its own": """
        SELECT i.request_id FROM idempotency_keys i WHERE NOT EXISTS (
            SELECT FROM system_logs l WHERE l.organization_id = i.organization_id
            AND l.user_id = i.actor_id AND l.created_at = i.created_at)""",
}


async def require_truths(database: Database) -> None:
    """The tables agree among themselves."""
    wrong = {what: await rows(database, query) for what, query in _WRONG.items()}
    assert {what: found for what, found in wrong.items() if found} == {}


async def snapshot_of(site: Site, audience: Audience, visitors: VisitorKeys | None = None) -> Snapshot:
    """The live state as the server gives it."""
    visitors = visitors or site.visitors
    state = await read_live_state(site.database, site.organization_id, visitors)
    return project_snapshot(state, audience, visitors)


async def frames_after(
    site: Site, revision: Revision, visitors: VisitorKeys | None = None
) -> dict[Audience, list[str]]:
    """The events after a revision as each audience receives them: opened as the hub opens them."""
    visitors = visitors or site.visitors
    async with site.database.unit_of_work() as tx:
        payloads = await journal.events_after(tx, site.organization_id, revision, limit=100_000)
        events = [EVENT_ADAPTER.validate_json(payload) for payload in payloads]
        await visitors.learn(tx, [event.token for event in events if event.token])
    shown = [
        event.model_copy(update={"token": visitors.reveal(event.token)}) if event.token else event
        for event in events
    ]
    return {audience: [each.text for each in texts] for audience, texts in encode_events(shown).items()}


async def follow(site: Site, before: Snapshot) -> QueueState:
    """The old snapshot with all events since, as an app applies them."""
    state = from_snapshot(before)
    events = [
        EVENT_ADAPTER.validate_json(text)
        for text in (await frames_after(site, before.revision))[before.audience]
    ]
    if len(events) > MANY:
        return apply_frame(
            state, Events(after=state.revision, revision=events[-1].revision, events=tuple(events))
        )
    for event in events:
        state = apply(state, event)
    return state


@dataclass(frozen=True, kw_only=True)
class Witness:
    """One app of each audience, that followed everything since a moment."""

    site: Site
    before: dict[Audience, Snapshot]

    @classmethod
    async def of(cls, site: Site) -> "Witness":
        """From now on."""
        return cls(site=site, before={audience: await snapshot_of(site, audience) for audience in Audience})

    async def require_followed(self) -> None:
        """Each app shows what a new snapshot shows. People were added behind its back: they are left out."""
        for audience, before in self.before.items():
            after = await snapshot_of(self.site, audience)
            followed = to_snapshot(await follow(self.site, before), now=after.now)
            assert _without_people(followed) == _without_people(after), audience


def _without_people(snapshot: Snapshot) -> dict[str, object]:
    return snapshot.model_dump(exclude={"people"})
