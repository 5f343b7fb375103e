"""What an admin does to a person's account beside editing it, and the one-time password that comes of it.

MUST: a one-time password is held only until its dialog is closed, and never told in a message.
"""

from PySide6.QtCore import QObject, Signal

from clients.admin_desktop.account_values import CloseOneTime, DoToPerson, OneTimeView
from clients.admin_desktop.forms import words as form_words
from clients.admin_desktop.notices import Notices
from clients.admin_desktop.subjects.people import refusal
from clients.admin_desktop.words import tr
from clients.core.commands import AccountCommand, DeletePerson, SignPersonOut
from clients.core.messages import CommandFailed, CommandRefused, CommandSucceeded
from clients.qt_kit.link import Link
from clients.qt_kit.store import Store
from shared.ids import RequestId
from shared.users import AccountConfigured


class AccountActing(QObject):
    """Sends the commands, and says what came of them."""

    changed = Signal()
    """What is under way, or the one-time password, is new."""
    account_told = Signal(object)
    """An account stands otherwise now, whoever asked for it; argument: AccountConfigured."""
    person_deleted = Signal(object)
    """An account is gone; argument: UserId."""

    def __init__(self, link: Link, store: Store, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link, self._store, self._notices = link, store, notices
        self.forget()
        link.command_succeeded.connect(self._on_succeeded)
        link.command_refused.connect(self._on_refused)
        link.command_failed.connect(self._on_failed)

    def forget(self) -> None:
        """Nothing of one person's stays for the next."""
        self._sent: dict[RequestId, DoToPerson] = {}
        self.one_time: OneTimeView | None = None

    @property
    def under_way(self) -> tuple[AccountCommand, ...]:
        """What was sent and is not answered."""
        return tuple(sent.command for sent in self._sent.values())

    def act(self, intent: DoToPerson | CloseOneTime) -> None:
        """Have something done, once at a time; or forget the one-time password."""
        if isinstance(intent, CloseOneTime):
            self.one_time = None
        elif not self._store.is_live:
            self._notices.say(form_words.offline(), is_wrong=True)
        elif intent.command not in self.under_way:
            self._sent[self._link.send(intent.command)] = intent
        self.changed.emit()

    def _on_succeeded(self, done: CommandSucceeded) -> None:
        sent = self._sent.pop(done.request_id, None)
        answer = done.answer
        if not isinstance(answer, AccountConfigured):
            return
        if answer.one_time_password is not None and answer.user is not None:
            self.one_time = OneTimeView(
                person=answer.user.display_name,
                username=answer.user.username,
                password=answer.one_time_password,
            )
        if sent is not None and isinstance(sent.command, DeletePerson):
            self.person_deleted.emit(sent.command.user_id)
            self._notices.say(tr("{person} is deleted").format(person=sent.person))
        elif sent is not None and isinstance(sent.command, SignPersonOut):
            self._notices.say(tr("{person} is signed out everywhere").format(person=sent.person))
        self.account_told.emit(answer)
        self.changed.emit()

    def _on_refused(self, refused: CommandRefused) -> None:
        if self._sent.pop(refused.request_id, None) is not None:
            self._notices.say(refusal(refused.problem), is_wrong=True)
            self.changed.emit()

    def _on_failed(self, failed: CommandFailed) -> None:
        if self._sent.pop(failed.request_id, None) is not None:
            self._notices.say(failed.sentence, is_wrong=True)
            self.changed.emit()
