"""A counter that somebody has open is taken over only after a yes."""

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QWidget

from clients.qt_kit.widgets.dialog import Dialog
from clients.staff_desktop.view_state import TakeOver

translate = QCoreApplication.translate


class TakeOverDialog(Dialog):
    """Says whose counter it is and what happens to it."""

    take_over_confirmed = Signal(object)
    """Argument: TakeOver."""

    def __init__(self, question: TakeOver, parent: QWidget | None = None) -> None:
        super().__init__(_title(question), _text(question), action=_verb(question), parent=parent)
        self.accepted.connect(lambda: self.take_over_confirmed.emit(question))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)


def _title(question: TakeOver) -> str:
    if question.person:
        return translate("TakeOverDialog", "Take over {counter}?").format(counter=question.counter_name)
    return translate("TakeOverDialog", "Move to {counter}?").format(counter=question.counter_name)


def _text(question: TakeOver) -> str:
    if question.person:
        return translate(
            "TakeOverDialog",
            "{person} has it open. It closes for them; a visitor who is there stays at the counter.",
        ).format(person=question.person)
    return translate("TakeOverDialog", "You have {counter} open. It will be closed.").format(
        counter=question.leaves
    )


def _verb(question: TakeOver) -> str:
    if question.person:
        return translate("TakeOverDialog", "Take over")
    return translate("TakeOverDialog", "Move")
