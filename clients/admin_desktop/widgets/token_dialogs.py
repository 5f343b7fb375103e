"""What is asked before a command on a token: where to, why, how much, who."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from pydantic import ValidationError
from PySide6.QtWidgets import QWidget

from clients.admin_desktop import token_words as words
from clients.admin_desktop.forms.words import wrong
from clients.admin_desktop.token_views import CounterMenu, FloorChoices, TokenRow
from clients.admin_desktop.widgets.ask_dialog import AskDialog
from clients.admin_desktop.widgets.reason_field import ReasonField
from clients.admin_desktop.words import tr
from clients.core import commands
from clients.core.commands import Command
from clients.qt_kit.widgets.command_button import CommandState
from clients.qt_kit.widgets.number_field import NumberField
from clients.qt_kit.widgets.select_field import Option, SelectField
from clients.qt_kit.widgets.switch import SwitchField
from clients.qt_kit.widgets.text_field import TextAreaField, TextField
from shared.ids import CounterId, TypeKey
from shared.tokens import Visitor

_LONGEST_PARK_MIN = 24 * 60


class CounterDialog(AskDialog):
    """Which counter a token is called to; `resumes` for one that was set aside."""

    def __init__(
        self, row: TokenRow, choices: FloorChoices, *, resumes: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            tr("Call {number} to a counter").format(number=row.number),
            tr("Only counters that are open, at work and without a visitor are listed."),
            action=tr("Call"),
            parent=parent,
        )
        self._row, self._resumes = row, resumes
        free = [counter for counter in choices.counters if counter.is_free]
        self.counter = SelectField(
            tr("Counter"),
            [
                Option(
                    key=str(counter.id),
                    text=f"{counter.name}, {counter.person}" if counter.person else counter.name,
                )
                for counter in free
            ],
        )
        self._ids = {str(counter.id): counter.id for counter in free}
        if free:
            self.counter.set_value(str(free[0].id))
        self.counter.set_help("" if free else tr("No counter is free now."))
        self.body.addWidget(self.counter)
        self.action.render(
            CommandState(text=tr("Call"), enabled=bool(free), reason=tr("No counter is free now"))
        )

    def command(self) -> Command | None:
        """Call or resume."""
        counter_id = self._ids.get(self.counter.value())
        if counter_id is None:
            return None
        if self._resumes:
            return commands.Resume(token_id=self._row.id, counter_id=counter_id)
        return commands.CallThisOne(counter_id=counter_id, token_id=self._row.id)


class TransferDialog(AskDialog):
    """To another customer type, a counter or a person."""

    def __init__(self, row: TokenRow, choices: FloorChoices, parent: QWidget | None = None) -> None:
        super().__init__(
            tr("Transfer {number}").format(number=row.number), action=tr("Transfer"), parent=parent
        )
        send = partial(commands.Transfer, token_id=row.id)
        self._targets: dict[str, tuple[str, Callable[..., Command]]] = {
            **{f"type {key}": (name, partial(send, customer_type=key)) for key, name in choices.types},
            **{
                f"counter {counter.id}": (counter.name, partial(send, counter_id=counter.id))
                for counter in choices.counters
            },
            **{
                f"person {user_id}": (name, partial(send, user_id=user_id))
                for user_id, name in choices.people
            },
        }
        self._targets.pop(f"type {row.type_key}", None)  # it is of that type already
        options = [Option(key=key, text=text) for key, (text, _) in self._targets.items()]
        self.target = SelectField(tr("To"), options)
        if options:
            self.target.set_value(options[0].key)
        self.first = SwitchField(
            tr("First in line"), help=tr("Otherwise it keeps the place that its waiting has earned.")
        )
        self.body.addWidget(self.target)
        self.body.addWidget(self.first)
        self.action.render(
            CommandState(
                text=tr("Transfer"), enabled=bool(options), reason=tr("There is nowhere else to send it")
            )
        )

    def command(self) -> Command | None:
        """Transfer."""
        target = self._targets.get(self.target.value())
        return target[1](first_in_line=self.first.value()) if target else None


class ParkDialog(AskDialog):
    """Why a visitor is set aside, and when the token goes back by itself."""

    def __init__(self, row: TokenRow, choices: FloorChoices, parent: QWidget | None = None) -> None:
        super().__init__(
            tr("Set {number} aside").format(number=row.number), action=tr("Set aside"), parent=parent
        )
        self._row, self._now = row, choices.now
        self.reason = ReasonField(choices.park_reasons)
        self.minutes = NumberField(
            tr("Goes back by itself after"),
            unit=tr("min"),
            placeholder=tr("Not by itself"),
            help=tr("Left empty, somebody has to resume it."),
        )
        self.body.addWidget(self.reason)
        self.body.addWidget(self.minutes)

    def command(self) -> Command | None:
        """Park."""
        reason, minutes = self.reason.value(), self.minutes.value()
        sound = minutes is None or (isinstance(minutes, int) and 1 <= minutes <= _LONGEST_PARK_MIN)
        said = tr("From 1 to {most} minutes.").format(most=_LONGEST_PARK_MIN)
        self.minutes.set_error("" if sound else said)
        if not reason or not sound:
            return None
        wake_at = self._now + timedelta(minutes=minutes) if isinstance(minutes, int) else None
        return commands.Park(token_id=self._row.id, reason=reason, wake_at=wake_at)


class CancelDialog(AskDialog):
    """Why a token is cancelled."""

    def __init__(self, row: TokenRow, choices: FloorChoices, parent: QWidget | None = None) -> None:
        super().__init__(
            tr("Cancel {number}?").format(number=row.number),
            tr("Its visitor is not served. You can undo this for ten seconds."),
            action=tr("Cancel token"),
            kind="danger_primary",
            parent=parent,
        )
        self._row = row
        self.reason = ReasonField(choices.cancel_reasons)
        self.body.addWidget(self.reason)

    def command(self) -> Command | None:
        """Cancel."""
        reason = self.reason.value()
        return commands.Cancel(token_id=self._row.id, reason=reason) if reason else None


class PriorityDialog(AskDialog):
    """A token's head start, or that it is an emergency."""

    def __init__(self, row: TokenRow, choices: FloorChoices, parent: QWidget | None = None) -> None:
        super().__init__(
            tr("Head start of {number}").format(number=row.number),
            tr("It counts as taken so many minutes earlier."),
            action=tr("Save"),
            parent=parent,
        )
        self._row = row
        levels = sorted({*choices.levels, row.priority})
        self.level = SelectField(
            tr("Head start"), [Option(key=str(level), text=words.level(level)) for level in levels]
        )
        self.level.set_value(str(row.priority))
        self.emergency = TextField(
            tr("Emergency"),
            placeholder=tr("None"),
            help=tr("With a reason here it is called before all others."),
        )
        self.emergency.input.setMaxLength(100)
        self.emergency.set_value(row.emergency)
        self.body.addWidget(self.level)
        self.body.addWidget(self.emergency)

    def command(self) -> Command | None:
        """Change what was changed."""
        changes: dict[str, object] = {}
        if int(self.level.value()) != self._row.priority:
            changes["priority"] = int(self.level.value())
        if (reason := self.emergency.value().strip()) != self._row.emergency:
            changes["emergency"] = reason or None
        if not changes:
            self.reject()
            return None
        return commands.Change(token_id=self._row.id, changes=changes)


class VisitorDialog(AskDialog):
    """Who waits, as far as they said."""

    def __init__(self, row: TokenRow, parent: QWidget | None = None) -> None:
        super().__init__(
            tr("Visitor of {number}").format(number=row.number),
            tr("Staff see this, the lobby never. It is forgotten with the day's data."),
            action=tr("Save"),
            parent=parent,
        )
        self._row = row
        known = row.visitor or Visitor()
        self.fields = {
            "name": TextField(tr("Name")),
            "phone": TextField(tr("Phone")),
            "notes": TextAreaField(tr("Notes")),
        }
        for name, field in self.fields.items():
            field.set_value(getattr(known, name) or "")
            self.body.addWidget(field)

    def command(self) -> Command | None:
        """Change the visitor, or take them away where nothing is left."""
        said = {name: field.value().strip() or None for name, field in self.fields.items()}
        errors: dict[str, str] = {}
        visitor = None
        try:
            visitor = Visitor.model_validate(said)
        except ValidationError as invalid:
            for each in invalid.errors(include_url=False):
                name = str(each["loc"][0])
                errors[name] = (
                    tr("Digits, spaces and + ( ) . / - only.")
                    if name == "phone"
                    else wrong(each["type"], each.get("ctx", {}), each["msg"])
                )
        for name, field in self.fields.items():
            field.set_error(errors.get(name, ""))
        if visitor is None:
            return None
        if visitor == (self._row.visitor or Visitor()):
            self.reject()
            return None
        return commands.Change(
            token_id=self._row.id, changes={"visitor": visitor if any(said.values()) else None}
        )


class BreakDialog(AskDialog):
    """Why who works at a counter takes a break."""

    def __init__(self, menu: CounterMenu, choices: FloorChoices, parent: QWidget | None = None) -> None:
        super().__init__(
            tr("Break at {counter}").format(counter=menu.name), action=tr("Begin the break"), parent=parent
        )
        self._counter_id: CounterId = menu.counter_id
        self.reason = ReasonField(choices.break_reasons)
        self.body.addWidget(self.reason)

    def command(self) -> Command | None:
        """Take a break."""
        reason = self.reason.value()
        return commands.TakeBreak(counter_id=self._counter_id, reason=reason) if reason else None


class CloseCounterDialog(AskDialog):
    """Whether a counter is really to be closed for who works there."""

    def __init__(self, menu: CounterMenu, person: str, parent: QWidget | None = None) -> None:
        super().__init__(
            tr("Close {counter}?").format(counter=menu.name),
            tr("{person} works there, and has to open it again.").format(person=person)
            if person
            else tr("Who works there has to open it again."),
            action=tr("Close counter"),
            kind="danger_primary",
            parent=parent,
        )
        self._counter_id = menu.counter_id

    def command(self) -> Command | None:
        """Close."""
        return commands.Close(counter_id=self._counter_id)


class CancelWaitingDialog(AskDialog):
    """Whether everybody who waits for a type is to be sent away, with the number."""

    def __init__(
        self, key: TypeKey, name: str, count: int, choices: FloorChoices, parent: QWidget | None = None
    ) -> None:
        what = (
            tr("1 token that waits is cancelled.")
            if count == 1
            else tr("{count} tokens that wait are cancelled.").format(count=count)
        )
        super().__init__(
            tr("Cancel all waiting of {name}?").format(name=name),
            f"{what} " + tr("This cannot be undone."),
            action=tr("Cancel 1 token") if count == 1 else tr("Cancel {count} tokens").format(count=count),
            kind="danger_primary",
            parent=parent,
        )
        self._key = key
        self.reason = ReasonField(choices.cancel_reasons)
        self.body.addWidget(self.reason)

    def command(self) -> Command | None:
        """Cancel all of them."""
        reason = self.reason.value()
        return commands.CancelWaiting(customer_type=self._key, reason=reason) if reason else None
