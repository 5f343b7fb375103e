"""The sentences of the staff app: why this token, what was refused, what was last done.

Each says what, why and what now. Digits are 0-9 and tokens stay as they are printed.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from PySide6.QtCore import QCoreApplication

from clients.core.queue_state import QueueState
from clients.qt_kit import formats
from shared.ids import TokenSource, TypeKey
from shared.problems import Problem, ProblemCode
from shared.tokens import ChoiceRule, LiveToken, Why

translate = QCoreApplication.translate

_CALLS = frozenset({"call", "resume", "recall", "start", "no_show", "complete"})
"""The commands after whose refusal one goes on by calling another visitor."""

_SAID_ALSO_ALONE = frozenset({ChoiceRule.PICKED, ChoiceRule.STRICT, ChoiceRule.MEANT, ChoiceRule.RESUMED})
"""What explains a call even where nobody else waits."""


def why_called(why: Why) -> str:
    """ "Oldest of 14. Passed over 3 times.", a line each."""
    return "\n".join([_rule(why.rule, why.waiting), *_overtakes(why)])


def why_next(rule: ChoiceRule, *, waiting: int, waited_s: float) -> str:
    """ "Oldest of 14. Waited 27 min." """
    waited = translate("staff", "Waited {time}.").format(time=formats.minutes(waited_s))
    return f"{_rule(rule, waiting)} {waited}"


def _rule(rule: ChoiceRule, waiting: int) -> str:
    if waiting <= 1 and rule not in _SAID_ALSO_ALONE:
        return translate("staff", "Nobody else is waiting.")
    sentences = {
        ChoiceRule.OLDEST: translate("staff", "Oldest of {waiting}."),
        ChoiceRule.HEAD_START: translate("staff", "Has a head start. {waiting} waiting."),
        ChoiceRule.STRICT: translate("staff", "An emergency goes first."),
        ChoiceRule.MEANT: translate("staff", "Sent to this counter or to you."),
        ChoiceRule.BOUND: translate("staff", "Passed over as often as is allowed. {waiting} waiting."),
        ChoiceRule.RATIO: translate("staff", "Its head start has its turn. {waiting} waiting."),
        ChoiceRule.PICKED: translate("staff", "Picked from the list."),
        ChoiceRule.RESUMED: translate("staff", "Taken up again after it was parked."),
    }
    # A rule without a sentence of its own still says how many wait: a call is never lost over words.
    return sentences.get(rule, translate("staff", "{waiting} waiting.")).format(waiting=waiting)


def _overtakes(why: Why) -> list[str]:
    sentences = []
    if why.passed_over:
        sentences.append(passed_over(why.passed_over))
    if why.overtook:
        sentences.append(_overtook(why.overtook))
    elif why.overtook == 0 and not why.passed_over:
        sentences.append(translate("staff", "Nobody was passed over."))
    return sentences


def passed_over(times: int) -> str:
    """ "Passed over 3 times." """
    if times == 1:
        return translate("staff", "Passed over once.")
    return translate("staff", "Passed over {times} times.").format(times=times)


def _overtook(people: int) -> str:
    if people == 1:
        return translate("staff", "Called before one who came earlier.")
    return translate("staff", "Called before {people} who came earlier.").format(people=people)


def details(token: LiveToken, taken_at: str) -> str:
    """When and by whom a token was taken, its head start and its emergency: the lines below its number."""
    templates = {
        TokenSource.KIOSK: translate("staff", "Taken at {time} at the ticket machine"),
        TokenSource.STAFF: translate("staff", "Taken at {time} at a counter"),
        TokenSource.ADMIN: translate("staff", "Taken at {time} from the admin console"),
        TokenSource.API: translate("staff", "Taken at {time} through another system"),
    }
    plain = translate("staff", "Taken at {time}")
    taken = (templates.get(token.source, plain) if token.source else plain).format(time=taken_at)
    lines = [taken]
    if token.priority:
        lines.append(translate("staff", "Head start {minutes} min").format(minutes=token.priority))
    if token.emergency is not None:
        lines.append(translate("staff", "Emergency: {reason}").format(reason=token.emergency))
    return "\n".join(lines)


def called(at: str, *, recalls: int) -> str:
    """When a visitor was called, and how often again."""
    if not recalls:
        return translate("staff", "Called at {time}").format(time=at)
    if recalls == 1:
        return translate("staff", "Called at {time}, recalled once").format(time=at)
    return translate("staff", "Called at {time}, recalled {times} times").format(time=at, times=recalls)


def no_connection(since: str, *, next_try_s: float | None) -> str:
    """The offline bar, with a countdown to the next try."""
    if next_try_s is None:
        trying = translate("staff", "Trying again.")
    else:
        trying = translate("staff", "Trying again in {seconds} s.").format(seconds=max(1, round(next_try_s)))
    head = translate("staff", "No connection since {time}.").format(time=since)
    return f"{head} {trying} " + translate("staff", "You can read, not call.")


def offline_reason(since: str) -> str:
    """Why a command is grey while there is no connection."""
    if not since:
        return translate("staff", "Not connected yet.")
    return translate("staff", "No connection since {time}. You can read, not call.").format(time=since)


def refusal(problem: Problem, state: QueueState | None, *, local: Mapping[str, str] | None = None) -> str:
    """A refusal for the person who asked: what, why, what now.

    Args:
        problem: the server's refusal.
        state: to name counters and types; None where there is none.
        local: facts that were put on the organization's clock ("opens_at" -> "10:43").
    """
    facts: dict[str, Any] = {**problem.facts, **(local or {})}
    templates = {
        ProblemCode.NOBODY_WAITING: translate("staff", "Nobody is waiting for your types."),
        ProblemCode.COUNTER_BUSY: translate(
            "staff", "{counter} still has {number}. Complete or end that visit first."
        ),
        ProblemCode.COUNTER_CLOSED: translate("staff", "{counter} was closed. Open it again to go on."),
        ProblemCode.COUNTER_TAKEN: translate("staff", "{person} has {counter} open."),
        ProblemCode.COUNTER_ELSEWHERE: translate("staff", "You have {counter} open."),
        ProblemCode.NOT_YOUR_COUNTER: translate(
            "staff", "Somebody else works at {counter} now. Choose a counter to go on."
        ),
        ProblemCode.TYPE_NOT_SERVED: translate(
            "staff", "{counter} does not serve {customer_type}. Call another visitor."
        ),
        ProblemCode.TYPE_INACTIVE: translate(
            "staff", "{customer_type} takes no tokens now. Choose another type."
        ),
        ProblemCode.QUEUE_FULL: translate(
            "staff",
            "{customer_type} has given all {max_number} numbers of the day. An admin can raise the limit.",
        ),
        ProblemCode.DAY_LIMIT_REACHED: translate(
            "staff", "{customer_type} has given all {limit} tokens of the day."
        ),
        ProblemCode.NO_SKILL: translate("staff", "{person} does not serve {customer_type}. Choose another."),
        ProblemCode.COUNTER_ON_BREAK: translate("staff", "{counter} is on a break. Resume work first."),
        ProblemCode.NOT_ON_BREAK: translate("staff", "The break at {counter} is over already."),
        ProblemCode.TOKEN_OF_ANOTHER_DAY: translate(
            "staff", "{number} is of another day. Take a new token for this visitor."
        ),
        ProblemCode.NUMBER_TAKEN: translate(
            "staff", "Another visitor has this number by now. Take a new token for this one."
        ),
        ProblemCode.NOTHING_TO_UNDO: translate("staff", "There is nothing to undo."),
        ProblemCode.UNDO_TOO_LATE: _undo_too_late(facts),
        ProblemCode.CLOSED: _closed(facts),
        ProblemCode.UNAVAILABLE: translate("staff", "The server is busy or its database is away. Try again."),
        ProblemCode.FORBIDDEN: translate("staff", "Your role does not allow this. An admin can change that."),
    }
    if "status" in facts and "number" in facts:
        return _wrong_state(facts, state)
    if problem.code is ProblemCode.NO_SHOW_TOO_EARLY:
        return _too_early(facts)
    if problem.code in templates:
        return _filled(templates[problem.code], facts, state) or problem.title
    return problem.title


def _undo_too_late(facts: Mapping[str, Any]) -> str:
    if facts.get("person") is None:
        return translate("staff", "{number} can no longer be undone: more than 10 seconds have passed.")
    return translate("staff", "{person} has acted on {number} since. It can no longer be undone.")


def _closed(facts: Mapping[str, Any]) -> str:
    if facts.get("next_opening") is None:
        return translate("staff", "{customer_type} is closed.")
    if facts.get("opening_day") is None:
        return translate("staff", "{customer_type} is closed. It opens at {next_opening}.")
    return translate("staff", "{customer_type} is closed. It opens on {opening_day} at {next_opening}.")


def _wrong_state(facts: Mapping[str, Any], state: QueueState | None) -> str:
    """ "A013 was just called at counter 5. Call the next one." """
    if facts.get("command") not in _CALLS:
        return _is_already(facts, state)
    templates = {
        "waiting": translate("staff", "{number} is waiting again. Call it first."),
        "called": translate("staff", "{number} was just called at {place}. Call the next one."),
        "serving": translate("staff", "{number} is being served at {place}. Call the next one."),
        "completed": translate("staff", "{number} is already completed. Call the next one."),
        "cancelled": translate("staff", "{number} was cancelled. Call the next one."),
        "no_show": translate("staff", "{number} did not come and was taken off. Call the next one."),
        "parked": translate("staff", "{number} is parked. Call the next one."),
    }
    number, status = str(facts["number"]), str(facts["status"])
    template = templates.get(status, translate("staff", "{number} has changed meanwhile. Call the next one."))
    place = _place_of(number, state) or translate("staff", "another counter")
    return template.format(number=number, place=place)


def _is_already(facts: Mapping[str, Any], state: QueueState | None) -> str:
    """ "A013 is already completed." """
    templates = {
        "waiting": translate("staff", "{number} is waiting in line."),
        "called": translate("staff", "{number} was called at {place}."),
        "serving": translate("staff", "{number} is being served at {place}."),
        "completed": translate("staff", "{number} is already completed."),
        "cancelled": translate("staff", "{number} was cancelled."),
        "no_show": translate("staff", "{number} did not come and was taken off."),
        "parked": translate("staff", "{number} is parked."),
    }
    number, status = str(facts["number"]), str(facts["status"])
    template = templates.get(status, translate("staff", "{number} has changed meanwhile."))
    place = _place_of(number, state) or translate("staff", "another counter")
    return template.format(number=number, place=place)


def _place_of(number: str, state: QueueState | None) -> str:
    if state is None:
        return ""
    for call in state.recent_calls:
        if call.number == number and call.counter_id in state.counters:
            return state.counters[call.counter_id].name
    return ""


def _too_early(facts: Mapping[str, Any]) -> str:
    shown, screens = facts.get("shown", 0), facts.get("screens", 0)
    opens_at = facts.get("opens_at", "")
    if not screens:
        return translate(
            "staff", "No screen has shown {number}. Call out the number; no-show opens at {opens_at}."
        ).format(number=facts.get("number", ""), opens_at=opens_at)
    return translate(
        "staff",
        "{number} was shown on {shown} of {screens} screens. No-show opens at {opens_at}; recall until then.",
    ).format(number=facts.get("number", ""), shown=shown, screens=screens, opens_at=opens_at)


def _filled(template: str, facts: Mapping[str, Any], state: QueueState | None) -> str:
    """The template with its facts, "" where one is missing: then the server's own words are better."""
    named = {name: fact for name, fact in facts.items() if fact is not None}
    key = TypeKey(str(named.get("customer_type")))
    if state is not None and key in state.customer_types:
        named["customer_type"] = state.customer_types[key].name
    try:
        return template.format(**named)
    except KeyError:
        return ""


def clock_of(moment: datetime) -> str:
    """ "10:43", of a moment that is already on the organization's clock."""
    return formats.clock(moment)
