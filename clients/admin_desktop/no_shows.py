"""Those who did not come today: they have left the live state, so they are asked for."""

from PySide6.QtCore import QObject, Signal

from clients.core.messages import Answered, AskingFailed
from clients.core.questions import AskTokens
from clients.core.session_actions import EventsApplied
from clients.qt_kit.link import Link
from clients.qt_kit.store import Store
from shared.ids import TokenStatus
from shared.tokens import LiveToken, TokenPage


class NoShows(QObject):
    """The newest list, asked for again after an event that concerns it."""

    changed = Signal()
    """The list is another."""

    def __init__(self, link: Link, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link, self._store = link, store
        self.forget()
        link.answered.connect(self._on_answered)
        link.asking_failed.connect(self._on_failed)
        link.events_applied.connect(self._on_events)
        link.connection_changed.connect(self._on_connection)

    def forget(self) -> None:
        """Nothing of one person's stays for the next."""
        self.tokens: tuple[LiveToken, ...] | None = None
        self.error = ""
        self._is_stale = True
        self._asked: AskTokens | None = None
        self._coming: tuple[LiveToken, ...] = ()

    def opened(self) -> None:
        """A page with it comes to the front: events have told what changed."""

    def refresh(self) -> None:
        """Ask, if it may be another list by now."""
        if self._is_stale and self._asked is None and not self.error and self._store.is_live:
            self._is_stale, self._coming = False, ()
            self._ask(None)

    def try_again(self) -> None:
        """Ask once more after it did not come."""
        self.error, self._is_stale = "", True
        self.refresh()

    def _ask(self, cursor: str | None) -> None:
        self._asked = AskTokens(statuses=(TokenStatus.NO_SHOW,), cursor=cursor)
        self._link.ask(self._asked)

    def _on_answered(self, answered: Answered) -> None:
        if answered.question != self._asked or not isinstance(answered.value, TokenPage):
            return
        page = answered.value
        self._coming = (*self._coming, *page.items)
        if page.next_cursor is not None:
            self._ask(page.next_cursor)
            return
        self._asked, self.tokens = None, self._coming
        self.refresh()
        self.changed.emit()

    def _on_failed(self, failed: AskingFailed) -> None:
        if failed.question == self._asked:
            # Not asked again by itself before something happens: a refusal would come back each second.
            self._asked, self._is_stale, self.error = None, True, failed.sentence
            self.changed.emit()

    def _on_events(self, applied: EventsApplied) -> None:
        listed = {token.id for token in self.tokens or ()}
        tokens = [event.token for event in applied.events if event.token is not None]
        if any(token.status is TokenStatus.NO_SHOW or token.id in listed for token in tokens):
            self._is_stale, self.error = True, ""

    def _on_connection(self) -> None:
        self._is_stale, self._asked, self.error = True, None, ""
