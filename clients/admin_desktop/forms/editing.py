"""One subject's draft: from opening an editor to saving, with everything that can come between."""

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from PySide6.QtCore import QObject, Signal

from clients.admin_desktop.forms import intents, words
from clients.admin_desktop.forms.editor_view import Edited, EditorView
from clients.admin_desktop.forms.intents import EditIntent, GuardAnswer
from clients.admin_desktop.forms.subject import Bars, Deed, Item, Subject
from clients.admin_desktop.notices import Notices
from clients.core.messages import Answered, AskingFailed, CommandFailed, CommandRefused, CommandSucceeded
from clients.core.session_actions import EventsApplied
from clients.qt_kit.link import Link
from clients.qt_kit.store import Store
from shared.commands import Configured
from shared.ids import RequestId
from shared.problems import Problem, ProblemCode
from shared.users import AccountConfigured


@dataclass(kw_only=True)
class _Draft:
    """What is being edited.

    Args:
        base: as it was saved when editing began, or was last agreed on; None for a new one.
        before, values: the form's values then and now.
        theirs: what somebody else saved meanwhile, while that is undecided.
    """

    base: Item | None
    before: dict[str, Any]
    values: dict[str, Any]
    touched: frozenset[str] = frozenset()
    errors: dict[str, str]
    attempts: int = 0
    sentence: str = ""
    theirs: Item | None = None

    @property
    def is_dirty(self) -> bool:
        return self.values != self.before


@dataclass(frozen=True, kw_only=True)
class _UnderWay:
    """A command that was sent: over which item (None: a new one), and what it does."""

    item: Item | None
    settings: Any
    deed: Deed


class Editing(QObject):
    """Knows what is saved, and keeps the draft of one item. One edit is under way at a time.

    MUST: a draft is never lost without a question: not to an event, a refusal, or another row.
    """

    changed = Signal()
    """What is to be seen is new."""

    def __init__(
        self, subject: Subject, link: Link, store: Store, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.subject = subject
        self._link, self._store, self._notices = link, store, notices
        self.forget()
        link.answered.connect(self._on_answered)
        link.asking_failed.connect(self._on_asking_failed)
        link.events_applied.connect(self._on_events)
        link.connection_changed.connect(self._on_connection)
        link.command_succeeded.connect(self._on_succeeded)
        link.command_refused.connect(self._on_refused)
        link.command_failed.connect(self._on_failed)

    def forget(self) -> None:
        """Nothing of one person's stays for the next."""
        self._items: tuple[Item, ...] | None = None
        self._error = ""
        self._is_stale, self._is_asked = True, False
        self._draft: _Draft | None = None
        self._next: EditIntent | None = None  # what was asked for while changes were not saved
        self._sent: dict[RequestId, _UnderWay] = {}

    @property
    def is_dirty(self) -> bool:
        """Whether something was changed and not saved."""
        return self._draft is not None and self._draft.is_dirty

    def refresh(self) -> None:
        """Ask for what is saved, if it may be another by now."""
        if self._is_stale and not self._is_asked and not self._error and self._store.is_live:
            self._is_stale, self._is_asked = False, True
            self._link.ask(self.subject.question)

    def try_again(self) -> None:
        """Ask once more after it did not come."""
        self._error, self._is_stale = "", True
        self.refresh()
        self.changed.emit()

    def view(self) -> Edited:
        """What is to be seen."""
        return Edited(
            items=self._items,
            error=self._error if self._items is None else "",
            editor=self._editor_view(),
            cannot_add=self._barred(),
        )

    def act(self, intent: EditIntent) -> None:
        """Do what the person asks."""
        match intent:
            case intents.OpenItem() | intents.AddItem() | intents.CloseEditor():
                self._leave_for(intent)
            case intents.ChangeDraft():
                self._change(intent)
            case intents.LeaveField(name=name):
                self._check_field(name)
            case intents.SaveDraft():
                self._save()
            case intents.Switch(on=on):
                self._switch(on=on)
            case intents.PutSettings(settings=settings):
                self._put_settings(settings)
            case intents.AnswerGuard(answer=answer):
                self._answer_guard(answer)
            case intents.AnswerConflict(keep_mine=keep_mine):
                self._answer_conflict(keep_mine=keep_mine)
        self.changed.emit()

    def saw(self, item: Item) -> None:
        """Another command's answer told how an item stands now."""
        if self._items is not None:
            self._put(item)
            self._is_stale = True  # a refresh under way may hold what was there before
            self._settle_versions()
            self.refresh()
            self.changed.emit()

    def gone(self, key: str) -> None:
        """An item is no more; what was being edited of it is of no use to anybody."""
        self._items = tuple(item for item in self._items or () if item.key != key)
        self._is_stale = True
        if self._draft is not None and _key_of(self._draft.base) == key:
            self._go(intents.CloseEditor(subject=self.subject.name, discard=True))
        self.refresh()
        self.changed.emit()

    def drafted(self) -> Any | None:
        """The settings that the form says now; None where nothing is edited, or something is wrong."""
        draft = self._draft
        if draft is None:
            return None
        settings, errors = self._read(draft)
        return None if errors else settings

    def check(self) -> Any | None:
        """The same, and say beside the fields what is wrong."""
        draft = self._draft
        if draft is None:
            return None
        settings, draft.errors = self._read(draft)
        if not draft.errors:
            return settings
        draft.attempts += 1
        self.changed.emit()
        return None

    # Opening and leaving

    def _leave_for(self, intent: EditIntent) -> None:
        draft = self._draft
        if isinstance(intent, intents.OpenItem) and draft is not None and _key_of(draft.base) == intent.key:
            return
        if draft is not None and self._busy:
            return  # what is being saved is finished first
        discards = isinstance(intent, intents.CloseEditor) and intent.discard
        if draft is not None and draft.is_dirty and not discards:
            self._next = intent
            return
        self._go(intent)

    def _go(self, intent: EditIntent | None) -> None:
        self._next = None
        match intent:
            case intents.OpenItem(key=key):
                item = self._item(key)
                self._draft = self._drafted(item) if item else None
            case intents.AddItem() if not self._barred():
                values = self.subject.fresh(self._items or ())
                self._draft = _Draft(base=None, before=values, values=dict(values), errors={})
            case intents.CloseEditor():
                self._draft = None
                self._open_single()

    def _answer_guard(self, answer: GuardAnswer) -> None:
        waiting = self._next
        match answer:
            case GuardAnswer.STAY:
                self._next = None
            case GuardAnswer.DISCARD:
                self._draft = None
                self._go(waiting)
            case GuardAnswer.SAVE:
                self._save()
                if not self._busy:
                    self._next = None  # something is wrong with it: stay and say what

    def _open_single(self) -> None:
        if self.subject.is_single and self._draft is None and self._items:
            self._draft = self._drafted(self._items[0])

    def _drafted(self, item: Item) -> _Draft:
        values = self.subject.values(item.settings)
        return _Draft(base=item, before=values, values=dict(values), errors={})

    def _item(self, key: str) -> Item | None:
        return next((item for item in self._items or () if item.key == key), None)

    # Editing

    def _change(self, intent: intents.ChangeDraft) -> None:
        draft = self._draft
        if draft is None or self._bars_all() or self._bars_of(draft).edit:
            return
        draft.touched |= {intent.name}
        # What the form has no field for stays as it is.
        draft.values = draft.values | dict(intent.values)
        draft.sentence = ""
        # What is being mended should not be scolded.
        draft.errors = {name: said for name, said in draft.errors.items() if not _is_of(name, intent.name)}
        if draft.base is None:
            draft.values = self.subject.propose(draft.values, draft.touched, self._items or ())

    def _check_field(self, name: str) -> None:
        draft = self._draft
        if draft is None or name not in draft.touched:
            return  # a form that was only looked at has nothing wrong
        _, errors = self._read(draft)
        draft.errors = {each: said for each, said in draft.errors.items() if not _is_of(each, name)}
        draft.errors |= {each: said for each, said in errors.items() if _is_of(each, name)}

    def _read(self, draft: _Draft) -> tuple[Any, dict[str, str]]:
        """The settings that the form says; or None, and what is wrong by field."""
        base = draft.base.settings if draft.base else None
        errors: dict[str, str] = {}
        settings = None
        try:
            settings = self.subject.settings_type.model_validate(self.subject.payload(draft.values, base))
        except ValidationError as invalid:
            for each in invalid.errors(include_url=False):
                field = self.subject.field_of(".".join(str(part) for part in each["loc"]))
                facts = each.get("ctx", {})
                said = self.subject.wrong(field, each["type"], facts)
                errors.setdefault(field, said or words.wrong(each["type"], facts, each["msg"]))
        for field, said in self.subject.check(draft.values, draft.base, self._items or ()).items():
            errors.setdefault(field, said)
        return settings, errors

    # Saving

    def _save(self) -> None:
        draft = self._draft
        if draft is None or self._cannot_save(draft):
            return
        settings, errors = self._read(draft)
        draft.errors, draft.sentence = errors, ""
        if errors:
            draft.attempts += 1
            return
        self._send(draft.base, settings, Deed.MADE if draft.base is None else Deed.SAVED)

    def _switch(self, *, on: bool) -> None:
        draft = self._draft
        if draft is None or draft.base is None or draft.is_dirty or self._busy or self._bars_all():
            return
        if self._bars_of(draft).switch:
            return
        settings = self.subject.switched(draft.base.settings, on=on)
        if settings is not None and self._store.is_live:
            self._send(draft.base, settings, Deed.SWITCHED_ON if on else Deed.SWITCHED_OFF)

    def _put_settings(self, settings: Any) -> None:
        draft = self._draft
        if draft is not None and draft.base is not None and not self._busy and not self._barred():
            draft.values = dict(draft.before)
            self._send(draft.base, settings, Deed.SAVED)

    def _send(self, item: Item | None, settings: Any, deed: Deed) -> None:
        request_id = self._link.send(self.subject.command(settings, item))
        self._sent[request_id] = _UnderWay(item=item, settings=settings, deed=deed)

    def _undo(self, saved: Item, former: Item | None) -> None:
        """Save what was there before, over what was saved; what is new is switched off again."""
        settings = former.settings if former else self.subject.switched(saved.settings, on=False)
        if settings is not None:
            self._send(saved, settings, Deed.UNDONE)
            self.changed.emit()

    def _on_succeeded(self, done: CommandSucceeded) -> None:
        sent = self._sent.pop(done.request_id, None)
        if sent is None or not isinstance(done.answer, Configured | AccountConfigured):
            return
        item = self.subject.made(done.answer)
        if item is None:
            return
        self._put(item)
        self._is_stale = True  # a refresh under way may hold what was there before
        draft = self._draft
        if draft is not None and _key_of(draft.base) == _key_of(sent.item):
            self._draft = self._drafted(item)
        text = self.subject.said(sent.deed, sent.settings)
        if sent.deed is Deed.UNDONE:
            self._notices.say(text)
        else:
            self._notices.say(text, undo=lambda: self._undo(item, sent.item))
        if self._next is not None:
            self._go(self._next)
        self.refresh()
        self.changed.emit()

    def _on_refused(self, refused: CommandRefused) -> None:
        sent = self._sent.pop(refused.request_id, None)
        if sent is None:
            return
        self._next = None
        problem = refused.problem
        meanwhile = problem.code is ProblemCode.EDITED_MEANWHILE
        if meanwhile:
            self._is_stale, self._error = True, ""
        draft = self._draft
        if sent.deed is Deed.UNDONE or draft is None:
            name = self.subject.title(sent.settings)
            late = words.undo_came_late(name)
            self._notices.say(
                late if meanwhile else words.undo_failed(name, words.refusal(problem)), is_wrong=True
            )
        elif not meanwhile:
            self._show_refusal(draft, problem)
        self.refresh()
        self._settle_versions()
        self.changed.emit()

    def _show_refusal(self, draft: _Draft, problem: Problem) -> None:
        draft.errors = {each.field: each.message for each in problem.errors}
        field, sentence = self.subject.refused(problem)
        if field:
            draft.errors = {field: sentence}
        if draft.errors:
            draft.attempts += 1
            draft.sentence = ""
        else:
            draft.sentence = words.refusal(problem) if sentence == problem.title else sentence

    def _on_failed(self, failed: CommandFailed) -> None:
        sent = self._sent.pop(failed.request_id, None)
        if sent is None:
            return
        self._next, self._is_stale = None, True
        if self._draft is None or sent.deed is Deed.UNDONE:
            name = self.subject.title(sent.settings)
            self._notices.say(words.undo_failed(name, failed.sentence), is_wrong=True)
        else:
            self._draft.sentence = failed.sentence
        self.refresh()
        self.changed.emit()

    # What is saved

    def _on_answered(self, answered: Answered) -> None:
        if answered.question != self.subject.question or not self._is_asked:
            return
        self._is_asked, self._error = False, ""
        found = self.subject.items(answered.value)
        known = {item.key: item for item in self._items or ()}
        # An answer may have been on its way while an edit was saved: the newer version counts.
        self._items = tuple(
            known[item.key] if item.key in known and known[item.key].version > item.version else item
            for item in found
        )
        self._open_single()
        self._settle_versions()
        self.refresh()
        self.changed.emit()

    def _on_asking_failed(self, failed: AskingFailed) -> None:
        if failed.question != self.subject.question or not self._is_asked:
            return
        # Not asked again by itself before something happens: a refusal would come back each second.
        self._is_asked, self._is_stale, self._error = False, True, failed.sentence
        self.changed.emit()

    def _on_events(self, applied: EventsApplied) -> None:
        if any(isinstance(event, self.subject.event_types) for event in applied.events):
            self._is_stale, self._error = True, ""
            if self._items is not None:
                self.refresh()

    def _on_connection(self) -> None:
        self._is_stale, self._is_asked, self._error = True, False, ""

    def _settle_versions(self) -> None:
        """Follow what others saved: silently in an untouched form, by asking where there are changes."""
        draft = self._draft
        if draft is None or draft.base is None or self._busy:
            return
        now = self._item(draft.base.key)
        if now is None or now.version <= draft.base.version:
            return
        if draft.is_dirty:
            draft.theirs = now
        else:
            self._draft = self._drafted(now)

    def _answer_conflict(self, *, keep_mine: bool) -> None:
        draft = self._draft
        if draft is None or draft.theirs is None:
            return
        merged = self._drafted(draft.theirs)
        if keep_mine:
            changed = {name for name, value in draft.values.items() if value != draft.before.get(name)}
            merged.values |= {name: draft.values[name] for name in changed}
            merged.touched = draft.touched
            merged.sentence = words.kept_mine() if merged.is_dirty else ""
        self._draft = merged

    def _put(self, item: Item) -> None:
        items = self._items or ()
        if any(each.key == item.key for each in items):
            self._items = tuple(item if each.key == item.key else each for each in items)
        else:
            self._items = (*items, item)

    # What is shown

    @property
    def _busy(self) -> bool:
        return any(sent.deed is not Deed.UNDONE for sent in self._sent.values())

    def _bars_all(self) -> str:
        me = self._store.me
        if me is None or self.subject.permission not in me.permissions:
            return words.read_only(self.subject.permission)
        return ""

    def _barred(self) -> str:
        return self._bars_all() or ("" if self._store.is_live else words.offline())

    def _bars_of(self, draft: _Draft) -> Bars:
        me = self._store.me
        if me is None or draft.base is None:
            return Bars()
        return self.subject.bars(draft.base, me, self._items or ())

    def _cannot_save(self, draft: _Draft) -> str:
        if draft.theirs is not None:
            return words.decide_first()
        if barred := self._barred() or self._bars_of(draft).edit:
            return barred
        if not draft.is_dirty and draft.base is not None:
            return words.unchanged()
        return words.unchanged() if self._busy else ""

    def _editor_view(self) -> EditorView | None:
        draft = self._draft
        if draft is None:
            return None
        settings = draft.base.settings if draft.base else None
        can_switch = settings is not None and self.subject.switched(settings, on=True) is not None
        return EditorView(
            key=_key_of(draft.base),
            title=self.subject.title(settings) if settings is not None else "",
            values=dict(draft.values),
            is_active=settings.is_active if can_switch and settings is not None else None,
            is_dirty=draft.is_dirty,
            busy=self._busy,
            errors=dict(draft.errors),
            attempts=draft.attempts,
            sentence=draft.sentence,
            conflict=words.edited_meanwhile() if draft.theirs else "",
            cannot_save=self._cannot_save(draft),
            cannot_switch=self._bars_of(draft).switch,
            read_only=self._bars_all() or self._bars_of(draft).edit,
            asks_to_leave=self._next is not None and not self._busy,
        )


def _key_of(item: Item | None) -> str | None:
    return item.key if item else None


def _is_of(name: str, field: str) -> bool:
    """Whether a dotted name lies in a field."""
    return name == field or name.startswith(f"{field}.")
