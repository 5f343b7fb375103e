"""Pairing a display: type the code, look whose it is, name the screen."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clients.admin_desktop.pairing_views import (
    ClosePairing,
    ConnectScreen,
    FoundScreen,
    PairingView,
    RefuseScreen,
    TypeCode,
)
from clients.admin_desktop.widgets.code_field import CodeField
from clients.admin_desktop.words import tr
from clients.qt_kit.paint import fill_rounded
from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.base import PaintedFrame
from clients.qt_kit.widgets.command_button import ButtonSize, CommandButton, CommandState
from clients.qt_kit.widgets.dialog import Dialog
from clients.qt_kit.widgets.error_line import ErrorLine
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.text_field import TextField


class FoundPanel(PaintedFrame):
    """Who shows the code, and the question that only who stands there can answer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.machine = Label(TextRole.BODY_STRONG, wrap=True)
        self.address = Label(TextRole.SMALL, tone="ink2", wrap=True)
        self.question = Label(TextRole.BODY, wrap=True)
        self.refuse = CommandButton(tr("Refuse this screen"), kind="danger", size=ButtonSize.ROW)
        self.refuse.setToolTip(
            tr("It is none of ours. Its screen says so, and the code is good for nothing.")
        )
        line = QHBoxLayout()
        line.addWidget(self.refuse)
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(2)
        column.addWidget(self.machine)
        column.addWidget(self.address)
        column.addSpacing(8)
        column.addWidget(self.question)
        column.addSpacing(8)
        column.addLayout(line)

    def render(self, found: FoundScreen) -> None:
        """Show a screen."""
        self.machine.setText(found.machine)
        self.address.setText(
            tr("Asks from {address}").format(address=f"\u2066{found.address}\u2069")
            if found.address
            else tr("Asks from an address that is not known")
        )
        self.question.setText(
            tr("Is {code} on the screen in front of you? A screen that you connect shows your calls.").format(
                code=f"\u2066{found.code}\u2069"  # from left to right, in Arabic too
            )
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground."""
        edge = self.theme.color("line") if self.theme.high_contrast else None
        fill_rounded(QPainter(self), self.rect().toRectF(), 12, self.theme.color("sunken"), border=edge)


class PairingDialog(Dialog):
    """Keeps what is typed; everything else the view tells."""

    intended = Signal(object)
    """What the person does; argument: an intent of `pairing_views`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            tr("Pair a display"),
            tr("A screen that belongs to nobody yet shows a code. Type it here."),
            action=tr("Connect"),
            parent=parent,
        )
        self.code = CodeField(tr("Code"), help=tr("Eight letters, with or without the dash"))
        self.note = Label(TextRole.SMALL, tone="ink2", wrap=True)
        self.found = FoundPanel()
        self.name = TextField(tr("Name"), help=tr("How you tell it from the others: where it hangs"))
        self.name.input.setMaxLength(100)
        self.error = ErrorLine()
        for widget in (self.code, self.note, self.found, self.name, self.error):
            self.body.addWidget(widget)
        self._shown: FoundScreen | None = None
        self.code.edited.connect(lambda: self.intended.emit(TypeCode(text=self.code.value())))
        self.name.edited.connect(lambda: self.name.set_error(""))
        self.found.refuse.clicked.connect(lambda: self.intended.emit(RefuseScreen()))
        self.rejected.connect(lambda: self.intended.emit(ClosePairing()))

    def render(self, view: PairingView) -> None:
        """Show what is known of the code, and what can be done."""
        self.code.set_error(view.code_error)
        self.code.set_read_only(view.busy)
        self.name.set_error(view.name_error)
        self.note.setText(view.offline or (tr("Looking for the screen…") if view.looking else ""))
        self.note.setVisible(bool(self.note.text()))
        found = view.found
        self.found.setVisible(found is not None)
        self.name.setVisible(found is not None)
        if found is not None:
            self.found.render(found)
        self.found.refuse.render(
            CommandState(text=tr("Refuse this screen"), enabled=not view.offline and not view.busy)
        )
        self.error.render(view.error)
        self.error.setVisible(bool(view.error))
        reason = view.offline or ("" if found is not None else tr("Type the code of a screen first"))
        self.action.render(
            CommandState(text=tr("Connect"), enabled=not reason, reason=reason, busy=view.busy)
        )
        self.adjustSize()
        self._follow(found)

    def accept(self) -> None:
        """Connect, and stay until it is done; before a screen is found, look again."""
        if self._shown is None:
            self.intended.emit(TypeCode(text=self.code.value()))
        elif self.action.isEnabled():
            self.intended.emit(ConnectScreen(name=self.name.value()))

    def _follow(self, found: FoundScreen | None) -> None:
        """Go on to the name as soon as a screen was found; its machine's name is a proposal."""
        if found == self._shown:
            return
        self._shown = found
        if found is not None:
            self.name.set_value(found.machine)
            self.name.setFocus(Qt.FocusReason.OtherFocusReason)
            self.name.input.selectAll()
