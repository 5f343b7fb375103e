"""Setting an empty server up from here: what is known of it, and how the try stands."""

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from clients.admin_desktop.setup_view import SetupView
from clients.core.errors import ClientError, Refusal
from clients.qt_kit.account_words import password_flaws
from clients.qt_kit.link import Link
from clients.qt_kit.setup_watch import SetupWatch
from shared.problems import ProblemCode
from shared.setup import SetUp


class FirstRun(QObject):
    """Looks whether the server is empty, and sets it up.

    Args:
        server: its address, as the form shows it.
    """

    changed = Signal()
    """`view` is another."""

    def __init__(self, link: Link, *, server: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link, self._server = link, server
        self._watch = SetupWatch(link, self)
        self._watch.changed.connect(self.changed)
        self._view = SetupView(server=server)

    def look(self) -> None:
        """Nobody is signed in: find out whether anybody could."""
        self._watch.begin()

    def set_up(self, body: SetUp) -> None:
        """Set it up; the link tells how it went."""
        self._view = replace(self._view, busy=True, error="", errors={}, tries=self._view.tries + 1)
        self._link.set_up(body)
        self.changed.emit()

    def end(self) -> None:
        """Somebody is signed in."""
        self._view = SetupView(server=self._server)
        self._watch.stop()

    def take_refusal(self, error: ClientError) -> bool:
        """Whether what was refused is the set-up, and is told in the wizard."""
        if not self._view.busy:
            return False
        problem = error.problem if isinstance(error, Refusal) else None
        if problem is not None and problem.code is ProblemCode.ALREADY_SET_UP:
            # By somebody else, or by this wizard, whose answer was lost: the form says so.
            self.end()
            return False
        errors = {each.field: each.message for each in problem.errors} if problem is not None else {}
        if problem is not None and problem.code is ProblemCode.PASSWORD_REFUSED:
            errors["password"] = password_flaws(problem)
        self._view = replace(
            self._view,
            # A proxy may have come between since it was asked.
            needs_code=self._view.needs_code or "code" in errors,
            busy=False,
            error="" if errors else str(error),
            errors=errors,
        )
        self.changed.emit()
        return True

    def view(self) -> SetupView | None:
        """The wizard, where the server is empty."""
        state = self._watch.state
        if state is None:
            # What was sent is on its way to an answer.
            return self._view if self._view.busy else None
        return replace(self._view, needs_code=state.needs_code or self._view.needs_code)
