"""Below the number: who the visitor is, what was noted, when the token was taken; it scrolls if it must."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.elided_label import ElidedLabel
from clients.qt_kit.widgets.icon_button import IconButton
from clients.qt_kit.widgets.label import Label
from clients.staff_desktop.view_state import ActiveView
from shared.tokens import Visitor

_LOWEST_LINES = 2


class VisitorLines(QScrollArea):
    """As high as its words; in a low window it gives way together with the number, never the commands."""

    edit_requested = Signal()
    """Name, telephone or notes are to be changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = ElidedLabel(TextRole.TITLE)
        self.phone = ElidedLabel(TextRole.BODY, tone="ink2")
        self.notes = Label(TextRole.BODY, tone="ink2", wrap=True)
        self.taken = ElidedLabel(TextRole.BODY, tone="ink2")
        self.head_start = ElidedLabel(TextRole.BODY, tone="ink2")
        self.edit = IconButton("pencil", self.tr("Change name, telephone and notes (Ctrl+E)"), side=28)
        self.edit.clicked.connect(self.edit_requested)
        self._lines = QWidget()
        words = QVBoxLayout()
        words.setSpacing(0)
        for label in (self.name, self.phone, self.notes, self.taken, self.head_start):
            words.addWidget(label)
        words.addStretch(1)
        row = QHBoxLayout(self._lines)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addLayout(words, 1)
        row.addWidget(self.edit, 0, Qt.AlignmentFlag.AlignTop)
        self.setWidget(self._lines)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Maximum)
        self._lines.installEventFilter(self)

    def render(self, view: ActiveView) -> None:
        """Show what is known of a visit's visitor."""
        known = view.token.visitor or Visitor()
        taken, *others = view.details.split("\n")
        for label, text in (
            (self.name, known.name or ""),
            (self.phone, self._left_to_right(known.phone or "")),
            (self.notes, known.notes or ""),
            (self.taken, taken),
            (self.head_start, " · ".join(others)),
        ):
            if label.text() != text:
                label.setText(text)
            label.setVisible(bool(text))
        # Where nothing is known the menu adds it: a lone pencil would be a riddle.
        self.edit.setVisible(bool(known.name or known.phone or known.notes))
        self.edit.setEnabled(view.change.is_enabled)

    def _left_to_right(self, number: str) -> str:
        """A telephone number is dialled from its left, in Arabic too."""
        return f"\u2066{number}\u2069" if number and self.isRightToLeft() else number

    def sizeHint(self) -> QSize:
        """All of it."""
        return QSize(current_theme().px(160), self._height())

    def minimumSizeHint(self) -> QSize:
        """Two lines, the rest is scrolled."""
        line = current_theme().line(TextRole.BODY)
        return QSize(0, min(self._height(), line * _LOWEST_LINES))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width breaks the notes into other lines."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The words ask for another height than before."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def _height(self) -> int:
        layout = self._lines.layout()
        assert layout is not None
        width = max(self.viewport().width(), current_theme().px(160))
        return layout.heightForWidth(width) if layout.hasHeightForWidth() else layout.sizeHint().height()
