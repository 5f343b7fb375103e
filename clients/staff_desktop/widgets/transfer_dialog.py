"""Sending a visitor on: as which type, and to anybody, a counter or a colleague."""

from uuid import UUID

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QWidget

from clients.core.commands import Transfer
from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.command_button import CommandState
from clients.qt_kit.widgets.dialog import Dialog
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.segments import Segment, Segments
from clients.staff_desktop.view_state import CounterView, OfferView, PersonView
from clients.staff_desktop.widgets.choice_list import Choice, ChoiceList
from shared.ids import CounterId, TypeKey, UserId
from shared.tokens import LiveToken

_ANYBODY, _COUNTER, _PERSON = "anybody", "counter", "person"
translate = QCoreApplication.translate


class TransferDialog(Dialog):
    """Keys 1 to 9 choose the type.

    Args:
        token: who is sent on.
        offers: where to.
    """

    confirmed = Signal(object)
    """Argument: Transfer."""

    def __init__(self, token: LiveToken, offers: OfferView, parent: QWidget | None = None) -> None:
        super().__init__(
            translate("TransferDialog", "Transfer {number}").format(number=token.number),
            translate("TransferDialog", "The visitor waits there, with the time they have waited already."),
            action=translate("TransferDialog", "Transfer"),
            parent=parent,
        )
        self._token, self._offers = token, offers
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.types = ChoiceList(self.tr("Customer type"), most_rows=5)
        self.targets = Segments()
        self.counters = ChoiceList(self.tr("Counter"), most_rows=5)
        self.people = ChoiceList(self.tr("Colleague"), most_rows=5)
        self.first = QCheckBox(self.tr("First in line"))
        self.first.setToolTip(self.tr("Before all others who wait there; else the visitor keeps their place"))
        self._build()
        self._show_targets()

    @property
    def transfer(self) -> Transfer | None:
        """What is chosen; None while it leads nowhere else."""
        key = TypeKey(self.types.chosen)
        counter_id = user_id = None
        if self.targets.chosen == _COUNTER and self.counters.chosen:
            counter_id = CounterId(UUID(self.counters.chosen))
        if self.targets.chosen == _PERSON and self.people.chosen:
            user_id = UserId(UUID(self.people.chosen))
        has_target = counter_id is not None or user_id is not None
        if self.targets.chosen != _ANYBODY and not has_target:
            return None
        token = self._token
        same = (token.customer_type, token.target_counter_id, token.target_user_id)
        if (key, counter_id, user_id) == same and not self.first.isChecked():
            return None
        return Transfer(
            token_id=token.id,
            customer_type=key if key != token.customer_type or not has_target else None,
            counter_id=counter_id,
            user_id=user_id,
            first_in_line=self.first.isChecked(),
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits choose the type, Enter confirms."""
        if self.types.choose(event.key() - Qt.Key.Key_1):
            return
        super().keyPressEvent(event)

    def _show_targets(self) -> None:
        chosen = self.targets.chosen
        key = TypeKey(self.types.chosen)
        self.counters.render([self._counter(each, key) for each in self._offers.counters])
        self.people.render([self._person(each, key) for each in self._offers.people])
        self.counters.setVisible(chosen == _COUNTER)
        self.people.setVisible(chosen == _PERSON)
        self._show_action()
        self.adjustSize()

    def _show_action(self) -> None:
        missing = {
            _ANYBODY: self.tr("Choose another type, a counter or a colleague."),
            _COUNTER: self.tr("Choose a counter."),
            _PERSON: self.tr("Choose a colleague."),
        }[self.targets.chosen]
        self.action.render(
            CommandState(text=self.tr("Transfer"), enabled=self.transfer is not None, reason=missing)
        )

    def _counter(self, counter: CounterView, key: TypeKey) -> Choice:
        text = f"{counter.name}: {counter.person}" if counter.person else counter.name
        reason = ""
        if key not in {each.key for each in counter.types}:
            reason = self.tr("{counter} does not serve this type.").format(counter=counter.name)
        elif counter.id == self._offers.own_counter and self._token.counter_id == counter.id:
            reason = self.tr("The visitor is there.")
        if not counter.person and not reason:
            text = self.tr("{counter}, closed now").format(counter=counter.name)
        return Choice(key=str(counter.id), text=text, reason=reason)

    def _person(self, person: PersonView, key: TypeKey) -> Choice:
        text = f"{person.name}, {person.counter}" if person.counter else person.name
        reason = ""
        if person.types and key not in person.types:
            reason = self.tr("{person} does not serve this type.").format(person=person.name)
        return Choice(key=str(person.id), text=text, reason=reason)

    def _build(self) -> None:
        types = [Choice(key=each.key, text=f"{each.prefix}  {each.name}") for each in self._offers.types]
        self.types.render(types, self._token.customer_type)
        parts = [
            Segment(key=_ANYBODY, text=self.tr("Anybody")),
            Segment(key=_COUNTER, text=self.tr("A counter")),
            Segment(key=_PERSON, text=self.tr("A colleague")),
        ]
        self.targets.render(parts, _ANYBODY)
        body = self.body
        body.setSpacing(4)
        body.addSpacing(8)
        body.addWidget(Label(TextRole.HINT, self.tr("Customer type, keys 1 to 9"), tone="ink3"))
        body.addWidget(self.types)
        body.addSpacing(8)
        body.addWidget(Label(TextRole.HINT, self.tr("To"), tone="ink3"))
        body.addWidget(self.targets, 0, Qt.AlignmentFlag.AlignLeading)
        body.addSpacing(4)
        body.addWidget(self.counters)
        body.addWidget(self.people)
        body.addSpacing(8)
        body.addWidget(self.first)
        self.types.chosen_changed.connect(self._show_targets)
        self.targets.segment_chosen.connect(self._show_targets)
        for choices in (self.counters, self.people):
            choices.chosen_changed.connect(self._show_action)
        self.first.toggled.connect(self._show_action)
        self.accepted.connect(self._on_accepted)

    def _on_accepted(self) -> None:
        if (transfer := self.transfer) is not None:
            self.confirmed.emit(transfer)
