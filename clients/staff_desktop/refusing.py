"""What a refusal tells beside its sentence, and when it is a question rather than an end."""

from datetime import datetime

from clients.core.commands import Command, Open
from clients.core.queue_state import QueueState
from clients.qt_kit import formats
from clients.staff_desktop.facts import Facts
from clients.staff_desktop.view_state import TakeOver
from clients.staff_desktop.words import translate
from shared.problems import Problem, ProblemCode

_MAY_BE_OVERRIDDEN = frozenset({ProblemCode.CLOSED, ProblemCode.DAY_LIMIT_REACHED})


def can_override(problem: Problem) -> bool:
    """Whether a token may be taken all the same, by a person who says so."""
    return problem.code in _MAY_BE_OVERRIDDEN


def on_the_clock(problem: Problem, facts: Facts) -> dict[str, str]:
    """The moments among a refusal's facts as the organization's clock shows them."""
    shown = {}
    if (opens_at := _moment(problem, "opens_at")) is not None:
        moment = facts.local(opens_at)
        shown["opens_at"] = f"{formats.clock(moment)}:{moment.second:02}"  # with seconds: it is soon
    if (opening := _moment(problem, "next_opening")) is not None:
        moment = facts.local(opening)
        shown["next_opening"] = formats.clock(moment)
        if moment.date() != facts.local(facts.now).date():
            shown["opening_day"] = formats.long_date(moment.date())
    return shown


def _moment(problem: Problem, fact: str) -> datetime | None:
    text = problem.facts.get(fact)
    return datetime.fromisoformat(text) if isinstance(text, str) else None


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


def not_set_up() -> str:
    """Why nobody can sign in at an empty server, and what works."""
    return translate(
        "staff", "This server has not been set up yet. An admin does that first, in the admin console."
    )
