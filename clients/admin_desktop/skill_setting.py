"""Saying what a person serves: the dialog's part of the presenter."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from clients.admin_desktop.forms import words as form_words
from clients.admin_desktop.notices import Notices
from clients.admin_desktop.skill_views import CloseSkills, OpenSkills, SaveSkills, SkillsView
from clients.admin_desktop.words import tr
from clients.core.commands import SetSkills
from clients.core.messages import CommandFailed, CommandRefused, CommandSucceeded
from clients.qt_kit.link import Link
from clients.qt_kit.store import Store
from shared.ids import Permission, RequestId, TypeKey, UserId
from shared.users import UserAccount

SkillsIntent = OpenSkills | SaveSkills | CloseSkills


@dataclass(frozen=True, kw_only=True)
class _UnderWay:
    user_id: UserId
    person: str
    before: tuple[TypeKey, ...]
    is_undo: bool


class SkillSetting(QObject):
    """From opening the dialog to saving, and ten seconds longer for undo."""

    changed = Signal()
    """What the dialog shows is new."""
    skills_set = Signal()
    """What a person serves is saved: the accounts are others now."""

    def __init__(self, link: Link, store: Store, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link, self._store, self._notices = link, store, notices
        self.forget()
        link.command_succeeded.connect(self._on_succeeded)
        link.command_refused.connect(self._on_refused)
        link.command_failed.connect(self._on_failed)

    def forget(self) -> None:
        """Nothing of one person's stays for the next."""
        self._open: UserId | None = None
        self._field_error = self._error = ""
        self._sent: dict[RequestId, _UnderWay] = {}

    def act(self, intent: SkillsIntent, users: Sequence[UserAccount]) -> None:
        """Do what the person asks; `users` as they are known."""
        match intent:
            case OpenSkills(user_id=user_id):
                self._open, self._field_error, self._error = user_id, "", ""
            case CloseSkills():
                self._open = None
            case SaveSkills(customer_types=None):
                self._field_error = tr("Choose at least one type, or all.")
            case SaveSkills(customer_types=tuple() as customer_types):
                self._save(customer_types, users)
        self.changed.emit()

    def view(self, users: Sequence[UserAccount]) -> SkillsView | None:
        """What the dialog shows; None while it is closed."""
        user = _found(users, self._open)
        if user is None:
            return None
        me = self._store.me
        may = me is not None and Permission.USERS_UPDATE in me.permissions
        return SkillsView(
            user_id=user.id,
            person=user.display_name,
            customer_types=user.customer_types,
            read_only="" if may else form_words.read_only(Permission.USERS_UPDATE),
            offline="" if self._store.is_live else form_words.offline(),
            busy=bool(self._sent),
            field_error=self._field_error,
            error=self._error,
        )

    def _save(self, customer_types: tuple[TypeKey, ...], users: Sequence[UserAccount]) -> None:
        user = _found(users, self._open)
        view = self.view(users)
        if user is None or view is None or view.read_only or view.offline or view.busy:
            return
        self._field_error = self._error = ""
        if set(customer_types) == set(user.customer_types):
            self._open = None
            return
        self._send(user.id, customer_types, user.display_name, user.customer_types, is_undo=False)

    def _send(
        self,
        user_id: UserId,
        customer_types: tuple[TypeKey, ...],
        person: str,
        before: tuple[TypeKey, ...],
        *,
        is_undo: bool,
    ) -> None:
        request_id = self._link.send(SetSkills(user_id=user_id, customer_types=customer_types))
        self._sent[request_id] = _UnderWay(user_id=user_id, person=person, before=before, is_undo=is_undo)

    def _on_succeeded(self, done: CommandSucceeded) -> None:
        sent = self._sent.pop(done.request_id, None)
        if sent is None:
            return
        if sent.is_undo:
            self._notices.say(tr("{person} serves the same types as before").format(person=sent.person))
        else:
            self._open = None
            self._notices.say(
                tr("What {person} serves is saved").format(person=sent.person),
                undo=lambda: self._undo(sent),
            )
        self.skills_set.emit()
        self.changed.emit()

    def _undo(self, sent: _UnderWay) -> None:
        self._send(sent.user_id, sent.before, sent.person, (), is_undo=True)
        self.changed.emit()

    def _on_refused(self, refused: CommandRefused) -> None:
        sent = self._sent.pop(refused.request_id, None)
        if sent is not None:
            self._fail(sent, form_words.refusal(refused.problem))

    def _on_failed(self, failed: CommandFailed) -> None:
        sent = self._sent.pop(failed.request_id, None)
        if sent is not None:
            self._fail(sent, failed.sentence)

    def _fail(self, sent: _UnderWay, sentence: str) -> None:
        if self._open is None or sent.is_undo:
            self._notices.say(form_words.undo_failed(sent.person, sentence), is_wrong=True)
        else:
            self._error = sentence
        self.skills_set.emit()  # it may have happened
        self.changed.emit()


def _found(users: Sequence[UserAccount], user_id: UserId | None) -> UserAccount | None:
    return next((user for user in users if user.id == user_id), None)
