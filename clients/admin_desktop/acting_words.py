"""What the console says after it did something on the floor, or was refused."""

from collections.abc import Callable

from clients.admin_desktop.words import tr
from clients.core import commands
from clients.core.commands import Command
from clients.core.queue_state import QueueState
from shared.commands import Answer, BulkAnswer
from shared.counters import LiveCounter
from shared.ids import CounterId, TypeKey
from shared.problems import Problem, ProblemCode
from shared.tokens import LiveToken


def offline() -> str:
    """Why nothing can be done now."""
    return tr("There is no connection to the server. Nothing was done.")


def refused(problem: Problem) -> str:
    """Why something was not done."""
    match problem.code:
        case ProblemCode.FORBIDDEN:
            return tr("Your role may not do this.")
        case ProblemCode.UNAVAILABLE:
            return tr("The server cannot do this now. Nothing changed; try again in a moment.")
    return problem.title


def done(command: Command, answer: object, state: QueueState | None) -> str:
    """What was done, in the past tense and with names.

    Args:
        answer: the server's.
        state: the floor as it was when the command was sent.
    """
    if isinstance(answer, BulkAnswer):
        return _bulk(command, answer.cancelled, state)
    if isinstance(answer, Answer) and answer.token is not None:
        return _of_token(command, answer.token, state)
    if isinstance(answer, Answer) and answer.counter is not None:
        return _of_counter(command, answer.counter)
    return tr("Done")


def _bulk(command: Command, cancelled: int, state: QueueState | None) -> str:
    match command:
        case commands.CloseDay():
            return tr("The day is closed; {tokens}").format(tokens=_cancelled(cancelled))
        case commands.ReopenDay():
            return tr("The day is open again")
        case commands.CancelWaiting(customer_type=key):
            return f"{type_name(state, key)}: {_cancelled(cancelled)}"
    return _cancelled(cancelled)


def _cancelled(count: int) -> str:
    if not count:
        return tr("no token was cancelled")
    return tr("1 token cancelled") if count == 1 else tr("{count} tokens cancelled").format(count=count)


def _of_token(command: Command, token: LiveToken, state: QueueState | None) -> str:
    plain: dict[type[Command], Callable[[], str]] = {
        commands.Recall: lambda: tr("{number} recalled"),
        commands.Start: lambda: tr("{number} started"),
        commands.Complete: lambda: tr("{number} completed"),
        commands.NoShow: lambda: tr("{number} did not come"),
        commands.Cancel: lambda: tr("{number} cancelled"),
        commands.Return: lambda: tr("{number} is back in its place"),
        commands.Park: lambda: tr("{number} set aside"),
        commands.Reinstate: lambda: tr("{number} waits again"),
        commands.Change: lambda: tr("{number} changed"),
        commands.UndoOnToken: lambda: tr("{number} is as it was before"),
        commands.Undo: lambda: tr("{number} is as it was before"),
    }
    match command:
        case commands.Resume(counter_id=counter_id) | commands.CallThisOne(counter_id=counter_id):
            called = tr("{number} called to counter {label}")
            return called.format(number=token.number, label=counter_label(state, counter_id))
        case commands.Transfer():
            return _transferred(command, token, state)
    return plain.get(type(command), lambda: tr("{number} changed"))().format(number=token.number)


def _transferred(command: commands.Transfer, token: LiveToken, state: QueueState | None) -> str:
    if command.counter_id is not None:
        label = counter_label(state, command.counter_id)
        return tr("{number} waits for counter {label}").format(number=token.number, label=label)
    if command.user_id is not None and state is not None and command.user_id in state.people:
        person = state.people[command.user_id].display_name
        return tr("{number} waits for {person}").format(number=token.number, person=person)
    name = type_name(state, command.customer_type or token.customer_type)
    return tr("{number} waits for {name}").format(number=token.number, name=name)


def _of_counter(command: Command, counter: LiveCounter) -> str:
    match command:
        case commands.Close():
            return tr("{counter} closed").format(counter=counter.name)
        case commands.TakeBreak():
            return tr("{counter} is on a break").format(counter=counter.name)
        case commands.EndBreak():
            return tr("{counter} works again").format(counter=counter.name)
    return tr("{counter} changed").format(counter=counter.name)


def counter_label(state: QueueState | None, counter_id: CounterId) -> str:
    """What stands on a counter's plate."""
    return state.counters[counter_id].label if state and counter_id in state.counters else "?"


def type_name(state: QueueState | None, key: TypeKey) -> str:
    """A customer type's name."""
    return state.customer_types[key].name if state and key in state.customer_types else key
