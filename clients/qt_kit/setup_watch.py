"""Whether the server wants to be set up, for as long as nobody can sign in there."""

from PySide6.QtCore import QObject, QTimer, Signal

from clients.core.messages import Answered, AskingFailed
from clients.core.questions import AskSetup
from clients.qt_kit.link import Link
from shared.problems import ProblemCode
from shared.setup import SetupState

AGAIN_MS = 30_000  # somebody may be setting it up; a stranger has 100 questions in 15 minutes
AWAY_AGAIN_MS = 3_000  # the server is not there yet
_OVER = frozenset({ProblemCode.ALREADY_SET_UP, ProblemCode.NOT_FOUND})  # or of an older version


class SetupWatch(QObject):
    """Asks from `begin` until there is an organization, somebody signs in, or `stop`."""

    changed = Signal()
    """`state` is another."""

    def __init__(self, link: Link, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self.state: SetupState | None = None
        """None: it is not known to be empty."""
        self._is_watching = False
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self._ask)
        link.answered.connect(self._on_answered)
        link.asking_failed.connect(self._on_failed)
        link.signed_in.connect(lambda _: self.stop())

    def begin(self) -> None:
        """Ask, at once; does nothing while it is asking already."""
        if not self._is_watching:
            self._is_watching = True
            self._ask()

    def stop(self) -> None:
        """Ask no more; what was found is forgotten."""
        self._is_watching = False
        self._again.stop()
        self._settle(None)

    def _ask(self) -> None:
        self._link.ask(AskSetup())

    def _on_answered(self, answered: Answered) -> None:
        if self._is_watching and isinstance(answered.value, SetupState):
            self._again.start(AGAIN_MS)
            self._settle(answered.value)

    def _on_failed(self, failed: AskingFailed) -> None:
        if not self._is_watching or not isinstance(failed.question, AskSetup):
            return
        if failed.problem is None:
            self._again.start(AWAY_AGAIN_MS)
        elif failed.problem.code in _OVER:
            self.stop()
        else:
            self._again.start(AGAIN_MS)

    def _settle(self, state: SetupState | None) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit()
