"""Making a token for a visitor: the new-token dialog's part of the presenter."""

from PySide6.QtCore import QObject, Signal

from clients.admin_desktop import words
from clients.admin_desktop.facts import Facts
from clients.admin_desktop.view_state import CreatedToken, NewTokenView, TypeChoice
from clients.core.commands import Create
from clients.core.messages import CommandFailed, CommandRefused, CommandSucceeded
from clients.qt_kit.link import Link
from clients.qt_kit.store import Store
from shared.commands import Answer
from shared.ids import RequestId, TypeKey
from shared.tokens import LiveToken


class TokenMaking(QObject):
    """From opening the dialog to closing it; one command at a time."""

    changed = Signal()
    """What the dialog shows is new."""

    def __init__(self, link: Link, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link, self._store = link, store
        self._is_open = False
        self._under_way: RequestId | None = None
        self._error = ""
        self._created: CreatedToken | None = None
        link.command_succeeded.connect(self._on_succeeded)
        link.command_refused.connect(self._on_refused)
        link.command_failed.connect(self._on_failed)

    def begin(self) -> None:
        """The dialog opens, empty."""
        self._is_open, self._error, self._created = True, "", None
        self.changed.emit()

    def end(self) -> None:
        """The dialog is closed; a command under way is done all the same."""
        self._is_open = False
        self.changed.emit()

    def forget(self) -> None:
        """Nothing of one person's stays for the next."""
        self.end()

    def create(self, key: TypeKey, priority: int) -> None:
        """Ask for a token; a second press while the first is under way does nothing."""
        if self._under_way is not None or not self._store.is_live:
            return
        self._error, self._created = "", None
        self._under_way = self._link.send(Create(customer_type=key, priority=priority))
        self.changed.emit()

    def view(self, facts: Facts | None) -> NewTokenView | None:
        """What the dialog shows; None while it is closed."""
        if not self._is_open or facts is None:
            return None
        waiting = facts.state.counts.waiting_by_type
        return NewTokenView(
            types=tuple(
                TypeChoice(key=each.key, prefix=each.prefix, name=each.name, waiting=waiting.get(each.key, 0))
                for each in facts.state.customer_types.values()
                if each.is_active
            ),
            is_live=self._store.is_live,
            levels=facts.state.organization.priority_levels,
            busy=self._under_way is not None,
            error=self._error,
            created=self._created,
        )

    def _on_succeeded(self, done: CommandSucceeded) -> None:
        if done.request_id == self._under_way:
            token = done.answer.token if isinstance(done.answer, Answer) else None
            self._created = self._told(token) if token else None
            self._settle("")

    def _on_refused(self, refused: CommandRefused) -> None:
        if refused.request_id == self._under_way:
            self._settle(words.create_refused(refused.problem))

    def _on_failed(self, failed: CommandFailed) -> None:
        if failed.request_id == self._under_way:
            self._settle(failed.sentence)

    def _settle(self, error: str) -> None:
        self._under_way, self._error = None, error
        self.changed.emit()

    def _told(self, token: LiveToken) -> CreatedToken:
        state, queues = self._store.state, self._store.queues
        known = state.customer_types.get(token.customer_type) if state else None
        reports = queues.queues if queues else ()
        estimate = next(
            (each.estimate for each in reports if each.customer_type == token.customer_type), None
        )
        return CreatedToken(
            number=token.number,
            type_name=known.name if known else token.customer_type,
            ahead=self._ahead_of(token),
            # The estimate is for who arrives now; a head start makes it too long.
            estimate_s=(estimate.low_s, estimate.high_s) if estimate and not token.priority else None,
        )

    def _ahead_of(self, token: LiveToken) -> int:
        """Who waits in the same queue and counts as longer waiting."""
        if self._store.state is None:
            return 0
        mine = _counted_from(token)
        return sum(
            other.customer_type == token.customer_type
            and other.id != token.id
            and _counted_from(other) < mine
            for other in self._store.state.waiting
        )


def _counted_from(token: LiveToken) -> float:
    """The moment a token's wait is counted from: its place, less its head start."""
    return (token.place_at or token.created_at).timestamp() - 60 * (token.priority or 0)
