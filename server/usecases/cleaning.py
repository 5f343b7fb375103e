"""What the server does of its own accord, so that nothing waits for a hand that never comes.

Each works on one organization, in one transaction under its lock; where there is nothing to do it
leaves no trace, so that it can be tried often.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial

from server.domain import tokens as rules
from server.domain.counters import Counter
from server.domain.tokens import Token
from server.store import counters as counter_store
from server.store import sweeps
from server.store import tokens as token_store
from server.store.engine import Database
from server.usecases.commanding import Commands, Desk
from server.usecases.counters import leave
from server.usecases.ending import DAY_CLOSED, END_DAY, cancel_all
from server.usecases.moves import move
from shared.events import ReturnCause, TokenFellBack, TokenParked, TokenReturned
from shared.ids import CounterId, OrganizationId, TokenCommand, TokenStatus, UserId

LOST_AFTER = timedelta(minutes=15)
"""A counter of which nothing was heard for so long is lost: a crash and a restart take less."""

COUNTER_LOST = "Counter lost"
"""Why a visitor who was being served is parked when the counter is lost."""


async def organizations_to_tend(database: Database) -> list[OrganizationId]:
    """The organizations in which one of these may have something to do; asked without any lock."""
    async with database.unit_of_work() as tx:
        return await sweeps.organizations_to_tend(tx, silent_for=LOST_AFTER)


async def tend(commands: Commands, organization_id: OrganizationId) -> int:
    """Wake, fall back, and close lost counters in an organization; returns how many events it made."""
    made = await wake_parked(commands, organization_id)
    made += await fall_back(commands, organization_id)
    return made + await close_lost_counters(commands, organization_id)


async def wake_parked(commands: Commands, organization_id: OrganizationId) -> int:
    """Parked tokens whose time has come go back into their lanes."""

    async def decide(desk: Desk) -> None:
        for before in await sweeps.to_wake(desk.tx, desk.organization_id, desk.now):
            after = rules.return_to_lane(before, now=desk.now)
            event = partial(TokenReturned, cause=ReturnCause.WOKEN)
            await move(desk, before, after, event, command=TokenCommand.RETURN)

    return await commands.run_by_itself(organization_id, name="wake_parked", decide=decide)


async def fall_back(commands: Commands, organization_id: OrganizationId) -> int:
    """Tokens whose counter or person is off duty for long wait for anybody."""

    async def decide(desk: Desk) -> None:
        meant = await sweeps.meant_waiting(desk.tx, desk.organization_id)
        if not meant:
            return
        off_duty = await _off_duty_since(desk, meant)
        patience = timedelta(minutes=desk.settings.falls_back_after_min)
        for before in meant:
            target = before.target.counter_id or before.target.user_id
            if target not in off_duty:
                continue
            since = max(filter(None, (off_duty[target], before.targeted_at)), default=before.created_at)
            if since + patience <= desk.now:
                after = rules.fall_back(before)
                await move(desk, before, after, TokenFellBack, command=TokenCommand.FALL_BACK)

    return await commands.run_by_itself(organization_id, name="fall_back", decide=decide)


async def close_lost_counters(commands: Commands, organization_id: OrganizationId) -> int:
    """Close counters whose app is gone, or whose person may not sign in any more: a called visitor goes
    back to their place, one being served is parked for whoever takes them up again."""

    async def decide(desk: Desk) -> None:
        for counter in await counter_store.silent_since(desk.tx, desk.organization_id, desk.now - LOST_AFTER):
            await close_deserted(desk, counter)

    return await commands.run_by_itself(organization_id, name="close_lost_counter", decide=decide)


async def close_deserted(desk: Desk, counter: Counter) -> None:
    """Close a counter for who cannot do it any more, and set the visitor there free."""
    active = await token_store.active_at(desk.tx, counter.id)
    if active is not None:
        await _set_free(desk, active)
    await leave(desk, counter)
    desk.audit("counter", counter.id, counter=counter.name, left_by=str(counter.opened_by))


async def end_days(commands: Commands, organization_id: OrganizationId) -> int:
    """Where tokens are not kept overnight, cancel who still waits or is parked of the days before."""

    async def decide(desk: Desk) -> None:
        if desk.settings.keeps_overnight:
            return
        left = await sweeps.with_status(
            desk.tx,
            desk.organization_id,
            (TokenStatus.WAITING, TokenStatus.PARKED),
            before_day=desk.service_day,
        )
        await cancel_all(desk, left, reason=DAY_CLOSED)
        desk.audit(
            "organization",
            desk.organization_id,
            service_day=desk.service_day.isoformat(),
            cancelled=[token.number for token in left],
        )

    return await commands.run_by_itself(organization_id, name=END_DAY, decide=decide)


async def _set_free(desk: Desk, before: Token) -> None:
    if before.status is TokenStatus.CALLED:
        after = rules.return_to_lane(before, now=desk.now)
        event = partial(TokenReturned, cause=ReturnCause.COUNTER_LOST)
        await move(desk, before, after, event, command=TokenCommand.RETURN)
    else:
        after = rules.park(before, reason=COUNTER_LOST, wake_at=None, now=desk.now)
        await move(desk, before, after, TokenParked, command=TokenCommand.PARK)


async def _off_duty_since(desk: Desk, meant: Collection[Token]) -> dict[CounterId | UserId, datetime | None]:
    """Since when the counters and people that tokens are meant for are off duty; None if they never were on.

    A break is no end of duty.
    """
    people = {token.target.user_id for token in meant if token.target.user_id is not None}
    counters = await counter_store.all_of(desk.tx, desk.organization_id, with_inactive=True)
    gone = await counter_store.off_duty_since(desk.tx, desk.organization_id, people)
    closed = {counter.id: counter.closed_at for counter in counters if not counter.is_open}
    return dict([*closed.items(), *gone.items()])
