"""What an admin does to the floor: one command each, told when it is done, and taken back for ten seconds."""

from PySide6.QtCore import QObject, Signal

from clients.admin_desktop import acting_words as words
from clients.admin_desktop.notices import Notices
from clients.core import commands
from clients.core.commands import Command
from clients.core.messages import CommandFailed, CommandRefused, CommandSucceeded
from clients.core.queue_state import QueueState
from clients.qt_kit.link import Link
from clients.qt_kit.store import Store
from shared.commands import Answer
from shared.ids import RequestId

_WITHOUT_UNDO = (commands.Close, commands.Open)
"""A person sits down or leaves: what is taken back would be their doing, not the console's."""


class Acting(QObject):
    """Sends commands of pages, and says what came of them. The same one is not sent twice at a time."""

    changed = Signal()
    """Which commands are under way is new."""

    def __init__(self, link: Link, store: Store, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link, self._store, self._notices = link, store, notices
        self._sent: dict[RequestId, tuple[Command, QueueState | None]] = {}
        link.command_succeeded.connect(self._on_succeeded)
        link.command_refused.connect(self._on_refused)
        link.command_failed.connect(self._on_failed)

    def forget(self) -> None:
        """Nothing of one person's stays for the next."""
        self._sent.clear()

    @property
    def under_way(self) -> tuple[Command, ...]:
        """What was sent and is not answered."""
        return tuple(command for command, _ in self._sent.values())

    def act(self, command: Command) -> None:
        """Have something done, as it is known now; a second press does nothing."""
        if not self._store.is_live:
            self._notices.say(words.offline(), is_wrong=True)
        elif command not in self.under_way:
            self._sent[self._link.send(command)] = (command, self._store.state)
            self.changed.emit()

    def _on_succeeded(self, done: CommandSucceeded) -> None:
        if (sent := self._sent.pop(done.request_id, None)) is None:
            return
        command, state = sent
        undo = self._undo_of(command, done.answer)
        self._notices.say(
            words.done(command, done.answer, state),
            undo=None if undo is None else lambda: self.act(undo),
        )
        self.changed.emit()

    def _on_refused(self, refused: CommandRefused) -> None:
        if self._sent.pop(refused.request_id, None) is not None:
            self._notices.say(words.refused(refused.problem), is_wrong=True)
            self.changed.emit()

    def _on_failed(self, failed: CommandFailed) -> None:
        if self._sent.pop(failed.request_id, None) is not None:
            self._notices.say(failed.sentence, is_wrong=True)
            self.changed.emit()

    @staticmethod
    def _undo_of(command: Command, answer: object) -> Command | None:
        """What takes a command back; None where nothing does."""
        match command:
            case commands.Undo() | commands.UndoOnToken():
                return None
            case commands.TakeBreak(counter_id=counter_id):
                return commands.EndBreak(counter_id=counter_id)
            case commands.CloseDay():
                return None  # opening again brings nobody back, and has a button of its own
        if isinstance(answer, Answer) and answer.token is not None and not isinstance(command, _WITHOUT_UNDO):
            return commands.UndoOnToken(token_id=answer.token.id)
        return None
