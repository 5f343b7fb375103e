"""Name, telephone and notes of a visitor."""

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QWidget

from clients.core.commands import Change
from clients.qt_kit.widgets.dialog import Dialog
from clients.staff_desktop.widgets.visitor_form import VisitorForm
from shared.tokens import LiveToken

translate = QCoreApplication.translate


class NotesDialog(Dialog):
    """Who a visitor is, and what to know; Ctrl+Enter saves from the notes."""

    confirmed = Signal(object)
    """Argument: Change."""

    def __init__(self, token: LiveToken, parent: QWidget | None = None) -> None:
        super().__init__(
            translate("NotesDialog", "Visitor of {number}").format(number=token.number),
            translate("NotesDialog", "For staff alone: no display shows it."),
            action=translate("NotesDialog", "Save"),
            parent=parent,
        )
        self._token = token
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.form = VisitorForm()
        self.form.fill(token.visitor)
        self.body.addSpacing(8)
        self.body.addWidget(self.form)

    def accept(self) -> None:
        """Save, unless a field is wrong or nothing has changed."""
        if not self.form.check():
            return
        super().accept()
        before = self._token.visitor.model_dump() if self._token.visitor is not None else {}
        if self.form.values != {"name": None, "phone": None, "notes": None} | before:
            visitor = None if self.form.is_empty else self.form.values
            self.confirmed.emit(Change(token_id=self._token.id, changes={"visitor": visitor}))
