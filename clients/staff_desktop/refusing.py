"""What a refusal tells beside its sentence, and when it is a question rather than an end."""

from collections.abc import Callable
from datetime import datetime

from clients.core.commands import Command, Open
from clients.core.errors import ClientError, Refusal
from clients.core.queue_state import QueueState
from clients.qt_kit import formats
from clients.staff_desktop.view_state import TakeOver
from clients.staff_desktop.words import translate
from shared.problems import Problem, ProblemCode


def levels(problem: Problem) -> tuple[int, ...]:
    """The head starts that this organization offers, if the refusal names them."""
    named = problem.facts.get("levels")
    if not isinstance(named, list):
        return ()
    return tuple(level for level in named if isinstance(level, int))


def on_the_clock(problem: Problem, local: Callable[[datetime], datetime]) -> dict[str, str]:
    """The moment of a fact as the organization's clock shows it, with seconds: it is soon."""
    opens_at = problem.facts.get("opens_at")
    if not isinstance(opens_at, str):
        return {}
    moment = local(datetime.fromisoformat(opens_at))
    return {"opens_at": f"{formats.clock(moment)}:{moment.second:02}"}


def question(problem: Problem, command: Command, state: QueueState | None) -> TakeOver | None:
    """What a refusal to open a counter asks, if a yes can mend it."""
    if not isinstance(command, Open) or state is None or command.counter_id not in state.counters:
        return None
    name = state.counters[command.counter_id].name
    person = leaves = ""
    if problem.code is ProblemCode.COUNTER_TAKEN:
        person = str(problem.facts.get("person") or translate("staff", "A colleague"))
    elif problem.code is ProblemCode.COUNTER_ELSEWHERE:
        leaves = str(problem.facts.get("counter") or translate("staff", "another counter"))
    else:
        return None
    return TakeOver(
        counter_id=command.counter_id,
        counter_name=name,
        types=command.customer_types,
        person=person,
        leaves=leaves,
    )


def sign_in_sentence(error: ClientError) -> str:
    """Why signing in did not work, and what works."""
    if isinstance(error, Refusal):
        if error.problem.code is ProblemCode.WRONG_CREDENTIALS:
            return translate("staff", "The user name or the password is wrong.")
        return error.problem.title
    return str(error)


def is_wrong_password(error: ClientError) -> bool:
    """Whether another password may mend it."""
    return isinstance(error, Refusal) and error.problem.code is ProblemCode.WRONG_CREDENTIALS
