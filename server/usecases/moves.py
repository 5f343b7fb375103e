"""What every command on a token ends with: the new state, its event, its audit row, its way back."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from server.domain.configuring import nearest_level
from server.domain.counters import require_worker
from server.domain.tokens import Token
from server.store import counters as counter_store
from server.store import tokens as token_store
from server.store.journal import UndoStep
from server.usecases.commanding import Desk
from server.usecases.views import call_view, token_view
from shared.commands import Answer
from shared.events import Event
from shared.ids import CounterId, TokenCommand, TokenStatus

TOKEN_ADAPTER: TypeAdapter[Token] = TypeAdapter(Token)
"""A token as JSON, for taking a command back."""

_NOT_AUDITED = frozenset(
    {"id", "organization_id", "service_day", "number", "call", "why", "revision", "changed_by"}
)


async def move(
    desk: Desk,
    before: Token,
    after: Token,
    event: Callable[..., Event],
    *,
    command: TokenCommand,
    can_be_undone: bool = True,
    **details: Any,
) -> Answer:
    """Write a token's new state and tell everyone.

    Args:
        event: makes the event from `revision`, `at`, `token` and `call`.
        details: what else the audit row says.

    Raises:
        CounterBusy, NumberTaken
    """
    levels = desk.settings.priority_levels
    if after.status is TokenStatus.WAITING and after.priority not in levels:
        # Its level was taken away while it was somewhere else, and calling does not look there any more.
        after = replace(after, priority=nearest_level(after.priority, levels))
    revision = desk.next_revision
    token_store.save(desk.tx, before, after, revision=revision, changed_by=desk.user_id)
    token, call = token_view(after), after.call and call_view(after.call)
    desk.record(event(revision=revision, at=desk.now, token=token, call=call))
    changed = difference(before, after)
    desk.audit(
        "token",
        after.id,
        number=after.number,
        counter_id=str(after.call.counter_id) if after.call else None,
        before={name: old for name, (old, _) in changed.items()},
        after={name: new for name, (_, new) in changed.items()},
        **details,
    )
    if can_be_undone:
        visit = before.call or after.call
        remember(desk, after, before, command, counter_id=visit.counter_id if visit else None)
    return Answer(revision=revision, token=token, call=call)


def remember(
    desk: Desk,
    token: Token,
    before: Token | None,
    command: TokenCommand,
    *,
    counter_id: CounterId | None = None,
) -> None:
    """Keep how to take a person's command back, for the counter it was given at, or for the person."""
    desk_id: UUID | None = counter_id or desk.desk_id
    if desk.user_id is None or desk_id is None:
        return
    desk.undo = UndoStep(
        desk_id=desk_id,
        token_id=token.id,
        command=command,
        before=TOKEN_ADAPTER.dump_json(before).decode() if before is not None else None,
    )


def difference(before: Token, after: Token) -> dict[str, tuple[Any, Any]]:
    """What a command changed in a token, as the audit shows it: old and new JSON values, by field.

    A visitor's data is sealed: that it changed is said, never what it was.
    """
    changed: dict[str, tuple[Any, Any]] = {}
    old, new = TOKEN_ADAPTER.dump_python(before, mode="json"), TOKEN_ADAPTER.dump_python(after, mode="json")
    for name in (field.name for field in fields(Token) if field.name not in _NOT_AUDITED):
        if old[name] == new[name]:
            continue
        changed[name] = ("sealed", "sealed") if name == "visitor" else (old[name], new[name])
    return changed


async def require_own_visit(desk: Desk, token: Token) -> None:
    """Refuse to touch a visitor who is at a counter where somebody else works.

    Raises:
        CounterNotOpen, NotYourCounter
    """
    # Whoever has the counter open works there: nothing else is to be asked.
    if token.call is None or desk.user_id is None or token.call.counter_id == desk.facts.own_counter_id:
        return
    counter = await counter_store.load(desk.tx, desk.organization_id, token.call.counter_id)
    require_worker(counter, desk.user_id, any_counter=desk.acts_at_any_counter)
