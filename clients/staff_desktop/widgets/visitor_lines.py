"""Who the visitor is, and what was noted: below the number, with the way to change it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.elided_label import ElidedLabel
from clients.qt_kit.widgets.icon_button import IconButton
from clients.qt_kit.widgets.label import Label
from shared.tokens import Visitor

_LINES = 2


class VisitorLines(QWidget):
    """Nothing at all while nothing is known; long notes scroll."""

    edit_requested = Signal()
    """Name, telephone or notes are to be changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = ElidedLabel(TextRole.TITLE)
        self.phone = ElidedLabel(TextRole.BODY, tone="ink2")
        self.notes = Label(TextRole.BODY, tone="ink2", wrap=True)
        self.edit = IconButton("pencil", self.tr("Change name, telephone and notes (Ctrl+E)"), side=28)
        self.edit.clicked.connect(self.edit_requested)
        self._area = QScrollArea()
        self._area.setWidget(self.notes)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setAccessibleName(self.tr("Notes"))
        words = QVBoxLayout()
        words.setSpacing(0)
        for widget in (self.name, self.phone, self._area):
            words.addWidget(widget)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addLayout(words, 1)
        row.addWidget(self.edit, 0, Qt.AlignmentFlag.AlignTop)

    def render(self, visitor: Visitor | None, *, can_edit: bool) -> None:
        """Show what is known of a visitor."""
        known = visitor or Visitor()
        for label, text in (
            (self.name, known.name or ""),
            (self.phone, known.phone or ""),
            (self.notes, known.notes or ""),
        ):
            if label.text() != text:
                label.setText(text)
        self.name.setVisible(bool(known.name))
        self.phone.setVisible(bool(known.phone))
        self._area.setVisible(bool(known.notes))
        line = current_theme().line(TextRole.BODY)
        self._area.setMinimumHeight(line)
        self._area.setMaximumHeight(line * _LINES)
        self.edit.setEnabled(can_edit)
        self.setVisible(bool(known.name or known.phone or known.notes))
