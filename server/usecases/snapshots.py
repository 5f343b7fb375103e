"""The whole live state of one organization, for one audience."""

from dataclasses import dataclass

from server.domain.counters import Counter
from server.domain.tokens import Call, Token
from server.store import announcements as announcement_store
from server.store import calls as call_store
from server.store import counters as counter_store
from server.store import journal
from server.store import organizations as organization_store
from server.store import queues as queue_store
from server.store import tokens as token_store
from server.store import users as user_store
from server.store.engine import Database, Tx
from server.store.organizations import Organization
from server.usecases.views import call_view, counter_view, organization_view, token_view
from server.usecases.visitors import VisitorKeys
from shared.announcements import Announcement, Reader
from shared.base import Instant
from shared.ids import Audience, Epoch, OrganizationId, Revision
from shared.live import RECENT_CALLS, Snapshot
from shared.queues import CustomerType
from shared.users import Person


@dataclass(frozen=True, kw_only=True)
class LiveState:
    """What a snapshot is made of, as read in one moment."""

    now: Instant
    epoch: Epoch
    revision: Revision
    organization: Organization
    customer_types: tuple[CustomerType, ...]
    counters: tuple[Counter, ...]
    tokens: tuple[Token, ...]
    recent_calls: tuple[Call, ...]
    people: tuple[Person, ...]
    announcements: tuple[Announcement, ...]


async def revision_of(database: Database, organization_id: OrganizationId) -> tuple[Epoch, Revision]:
    """The epoch and newest revision of an organization."""
    async with database.unit_of_work() as tx:
        return (await journal.revisions(tx, [organization_id]))[organization_id]


async def read_live_state(
    database: Database, organization_id: OrganizationId, visitors: VisitorKeys
) -> LiveState:
    """Read the live state at one revision, and have the keys of its visitors' data at hand.

    Raises:
        NotFound, DatabaseUnavailable
    """
    async with database.reading() as tx:
        state = await _read(tx, organization_id)
        await visitors.learn(tx, [token_view(token) for token in state.tokens if token.visitor is not None])
        return state


def project_snapshot(state: LiveState, audience: Audience, visitors: VisitorKeys) -> Snapshot:
    """The live state as an audience may see it; slow with thousands of tokens."""
    tokens = tuple(token_view(token) for token in state.tokens)
    counters = tuple(counter_view(counter) for counter in state.counters)
    organization, announcements = organization_view(state.organization), state.announcements
    if audience is Audience.DISPLAY:
        tokens = tuple(token.for_display() for token in tokens)
        counters = tuple(counter.for_display() for counter in counters)
        organization = organization.for_display()
        announcements = tuple(each for each in announcements if Reader.VISITORS in each.settings.readers)
    else:
        tokens = tuple(visitors.reveal(token) for token in tokens)
    return Snapshot(
        audience=audience,
        epoch=state.epoch,
        revision=state.revision,
        now=state.now,
        organization=organization,
        customer_types=state.customer_types,
        counters=counters,
        tokens=tokens,
        recent_calls=tuple(call_view(call) for call in state.recent_calls),
        people=() if audience is Audience.DISPLAY else state.people,
        announcements=announcements,
    )


async def _read(tx: Tx, organization_id: OrganizationId) -> LiveState:
    organization = await organization_store.load(tx, organization_id)
    epoch, revision = (await journal.revisions(tx, [organization_id]))[organization_id]
    queues = await queue_store.all_of(tx, organization_id)
    return LiveState(
        now=await tx.now(),
        epoch=epoch,
        revision=revision,
        organization=organization,
        customer_types=tuple(queue.shown for queue in queues),
        counters=tuple(await counter_store.all_of(tx, organization_id)),
        tokens=tuple(await token_store.live(tx, organization_id)),
        recent_calls=tuple(await call_store.recent_calls(tx, organization_id, limit=RECENT_CALLS)),
        people=tuple(await user_store.people(tx, organization_id)),
        announcements=tuple(await announcement_store.switched_on(tx, organization_id)),
    )
