"""Trying rules on a past day, before they are saved: the card's part of the presenter."""

import time
from collections.abc import Callable, Mapping
from datetime import date

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from PySide6.QtCore import QObject, Signal

from clients.admin_desktop.forms import words as form_words
from clients.admin_desktop.trial_views import Tried, TryRules
from clients.admin_desktop.words import tr
from clients.core.messages import Answered, AskingFailed
from clients.core.questions import AskSimulation
from clients.qt_kit import formats
from clients.qt_kit.link import Link
from clients.qt_kit.store import Store
from shared.policy import CallingPolicy, Simulate, SimulationReport
from shared.problems import Problem, ProblemCode


class Trying(QObject):
    """One replay at a time.

    Args:
        monotonic_s: a clock that never jumps.
    """

    changed = Signal()
    """What the card shows is new."""

    def __init__(
        self,
        link: Link,
        store: Store,
        *,
        monotonic_s: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._link, self._store, self._monotonic_s = link, store, monotonic_s
        self.forget()
        link.answered.connect(self._on_answered)
        link.asking_failed.connect(self._on_failed)
        link.connection_changed.connect(self._on_connection)

    def forget(self) -> None:
        """Nothing of one person's stays for the next."""
        self._under_way: AskSimulation | None = None
        self._since_s = 0.0
        self._policy: CallingPolicy | None = None  # that the report is about
        self._report: SimulationReport | None = None
        self._errors: Mapping[str, str] = {}
        self._error = ""

    def view(self, policy: CallingPolicy | None) -> Tried:
        """How it stands; `policy` is what the form says now, None where it says none."""
        running_s = None if self._under_way is None else int(self._monotonic_s() - self._since_s)
        return Tried(
            running_s=running_s,
            errors=self._errors,
            error=self._error,
            report=self._report,
            is_outdated=self._report is not None and policy != self._policy,
        )

    def run(self, intent: TryRules, policy: CallingPolicy) -> None:
        """Replay a day under these rules; a second press while one runs does nothing."""
        if self._under_way is not None or not self._store.is_live:
            return
        self._errors, self._error = {}, ""
        try:
            simulate = Simulate.model_validate(
                {
                    "day": intent.day,
                    "policy": policy,
                    "multipliers": dict(intent.multipliers),
                    "head_starts": dict(intent.head_starts),
                }
            )
        except ValidationError as invalid:
            self._errors = {_field(each["loc"]): _said(each) for each in invalid.errors(include_url=False)}
            self.changed.emit()
            return
        self._under_way, self._since_s = AskSimulation(simulate=simulate), self._monotonic_s()
        self._link.ask(self._under_way)
        self.changed.emit()

    def _on_answered(self, answered: Answered) -> None:
        sent = self._under_way
        if sent is None or answered.question != sent or not isinstance(answered.value, SimulationReport):
            return
        self._policy, self._report, self._under_way = sent.simulate.policy, answered.value, None
        self.changed.emit()

    def _on_failed(self, failed: AskingFailed) -> None:
        if self._under_way is None or failed.question != self._under_way:
            return
        day = self._under_way.simulate.day
        self._under_way = None
        self._error = _refused(failed.problem, day) if failed.problem else failed.sentence
        self.changed.emit()

    def _on_connection(self) -> None:
        if self._under_way is not None and not self._store.is_live:
            self._under_way = None
            self._error = tr("The connection was lost before the answer came. Try again.")
            self.changed.emit()


def _field(location: tuple[int | str, ...]) -> str:
    # A key of a mapping that is wrong stands as two parts: the key, and that it is the key.
    return ".".join(str(part) for part in location if part != "[key]")


def _said(error: ErrorDetails) -> str:
    return form_words.wrong(error["type"], error.get("ctx", {}), error["msg"])


def _refused(problem: Problem, day: date) -> str:
    if problem.code is ProblemCode.INVALID and problem.facts.get("field") == "day":
        return tr("{day} cannot be replayed: nobody took a token, or it is not over yet.").format(
            day=formats.long_date(day)
        )
    return form_words.refusal(problem)
