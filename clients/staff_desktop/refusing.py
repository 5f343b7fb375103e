"""What a refusal tells beside its sentence."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QCoreApplication

from clients.core.errors import ClientError, Refusal
from clients.qt_kit import formats
from shared.problems import Problem, ProblemCode

translate = QCoreApplication.translate


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


def sign_in_sentence(error: ClientError) -> str:
    """Why signing in did not work, and what works."""
    if isinstance(error, Refusal):
        if error.problem.code is ProblemCode.WRONG_CREDENTIALS:
            return translate("staff", "The user name or the password is wrong.")
        return error.problem.title
    return str(error)
