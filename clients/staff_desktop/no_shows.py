"""Who did not come today: asked for when the connection is made, then kept up by the events."""

from PySide6.QtCore import QObject, Signal

from clients.core.messages import Answered, AskingFailed
from clients.core.questions import AskTokens
from clients.core.session_actions import EventsApplied
from clients.qt_kit.link import Link
from clients.staff_desktop.facts import NoShowsKnown
from shared.ids import TokenId, TokenStatus
from shared.tokens import LiveToken, TokenPage

QUESTION = AskTokens(statuses=(TokenStatus.NO_SHOW,))
_KEPT = 100  # who came late asks within minutes; the oldest of a long day are in the admin's list


class NoShows(QObject):
    """The latest of today, those who can be put back in line."""

    changed = Signal()
    """There are others than before."""

    def __init__(self, link: Link, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._tokens: dict[TokenId, LiveToken] | None = None
        self._error = ""
        link.answered.connect(self._on_answered)
        link.asking_failed.connect(self._on_failed)
        link.events_applied.connect(self._on_events)

    @property
    def known(self) -> NoShowsKnown:
        """What is known of them now."""
        if self._tokens is None:
            return NoShowsKnown(error=self._error)
        latest = sorted(self._tokens.values(), key=_called, reverse=True)
        return NoShowsKnown(tokens=tuple(latest[:_KEPT]))

    def ask(self) -> None:
        """Ask for them; what is known stays until the answer comes."""
        self._error = ""
        self._link.ask(QUESTION)
        self.changed.emit()

    def forget(self) -> None:
        """Another person sits down."""
        self._tokens, self._error = None, ""

    def _on_answered(self, message: Answered) -> None:
        if message.question == QUESTION and isinstance(message.value, TokenPage):
            self._tokens = {token.id: token for token in message.value.items}
            self._error = ""
            self.changed.emit()

    def _on_failed(self, message: AskingFailed) -> None:
        if message.question == QUESTION and self._tokens is None:
            self._error = message.sentence
            self.changed.emit()

    def _on_events(self, applied: EventsApplied) -> None:
        if self._tokens is None:
            return
        moved = [event.token for event in applied.events if event.token is not None]
        before = dict(self._tokens)
        for token in moved:
            if token.status is TokenStatus.NO_SHOW:
                self._tokens[token.id] = token
            else:
                self._tokens.pop(token.id, None)
        if self._tokens != before:
            self.changed.emit()


def _called(token: LiveToken) -> float:
    return (token.called_at or token.created_at).timestamp()
