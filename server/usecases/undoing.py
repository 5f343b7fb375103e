"""Taking back the last command of a counter, or of a person who acts from none."""

from datetime import timedelta
from functools import partial

from server.domain import tokens as rules
from server.domain.counters import require_at_work, require_worker
from server.domain.errors import CounterBusy, NothingToUndo, UndoTooLate
from server.domain.tokens import Token
from server.store import counters as counter_store
from server.store import queues as queue_store
from server.store import tokens as token_store
from server.store import undo as undo_store
from server.store import users as user_store
from server.store.undo import RememberedStep
from server.usecases.commanding import Commands, Desk, Request
from server.usecases.moves import TOKEN_ADAPTER, move, require_own_visit
from shared.commands import Answer
from shared.events import CommandUndone
from shared.ids import CounterId, Permission, TokenCommand, TokenId

UNDO_WITHIN = timedelta(seconds=10)
"""Long enough to notice a slip of the finger, short enough that nobody has acted on it yet."""


async def undo_at_counter(commands: Commands, request: Request, counter_id: CounterId) -> Answer:
    """Take back the last command of a counter.

    Raises:
        NotFound, CounterNotOpen, NotYourCounter, CounterOnBreak, NothingToUndo, UndoTooLate, CounterBusy,
        NumberTaken
    """

    async def decide(desk: Desk) -> Answer:
        counter = await counter_store.load(desk.tx, desk.organization_id, counter_id)
        assert desk.user_id is not None, "a person takes back"
        require_worker(counter, desk.user_id, any_counter=desk.acts_at_any_counter)
        return await _undo(desk, await undo_store.of_desk(desk.tx, desk.organization_id, counter_id))

    return await commands.run(
        request,
        name="undo",
        permission=Permission.COUNTERS_OPERATE,
        target=counter_id,
        answer_type=Answer,
        decide=decide,
    )


async def undo_on_token(commands: Commands, request: Request, token_id: TokenId) -> Answer:
    """Take back one's own last command on a token, from whichever desk it was given.

    Raises:
        NotFound, NothingToUndo, UndoTooLate, CounterNotOpen, NotYourCounter, CounterOnBreak, CounterBusy,
        NumberTaken
    """

    async def decide(desk: Desk) -> Answer:
        assert desk.user_id is not None, "a person takes back"
        await token_store.load(desk.tx, desk.organization_id, token_id)
        step = await undo_store.of_token(desk.tx, desk.organization_id, token_id, desk.user_id)
        return await _undo(desk, step)

    return await commands.run(
        request,
        name="undo",
        permission=Permission.TOKENS_UPDATE,
        target=token_id,
        answer_type=Answer,
        decide=decide,
    )


async def _undo(desk: Desk, step: RememberedStep | None) -> Answer:
    if step is None:
        raise NothingToUndo()
    token = await token_store.load(desk.tx, desk.organization_id, step.token_id)
    await _require_newest(desk, token, step)
    # Whoever took the counter over since has the visitor before them.
    await require_own_visit(desk, token)
    before = TOKEN_ADAPTER.validate_json(step.before) if step.before is not None else None
    if before is not None:
        await _require_room(desk, token, before)
    else:
        await queue_store.give_back(
            desk.tx, desk.organization_id, token.customer_type, service_day=token.service_day
        )
    await undo_store.forget(desk.tx, step.desk_id)
    return await move(
        desk,
        token,
        rules.undo(token, before=before, now=desk.now),
        partial(CommandUndone, command=step.command),
        command=TokenCommand.UNDO,
        can_be_undone=False,
        undone=step.command.value,
    )


async def _require_newest(desk: Desk, token: Token, step: RememberedStep) -> None:
    if token.revision != step.revision:
        person = await user_store.display_name(desk.tx, token.changed_by)
        raise UndoTooLate(number=token.number, person=person or "The server")
    if desk.now - step.at > UNDO_WITHIN:
        raise UndoTooLate(number=token.number, person=None)


async def _require_room(desk: Desk, token: Token, before: Token) -> None:
    """A token that goes back to its counter finds it open, one's own, at work, and without another."""
    if before.call is None:
        return
    counter = await counter_store.load(desk.tx, desk.organization_id, before.call.counter_id)
    assert desk.user_id is not None, "a person takes back"
    require_worker(counter, desk.user_id, any_counter=desk.acts_at_any_counter)
    require_at_work(counter)
    active = await token_store.active_at(desk.tx, counter.id)
    if active is not None and active.id != token.id:
        raise CounterBusy(counter=counter.name, number=active.number)
