"""What is wrong with a form as a whole, in a panel of its own."""

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from clients.qt_kit.paint import fill_rounded
from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.base import PaintedFrame
from clients.qt_kit.widgets.label import Label


class ErrorPanel(PaintedFrame):
    """A sentence; nothing at all where there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = Label(TextRole.BODY, wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.addWidget(self.label)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    def show_sentence(self, sentence: str) -> None:
        """Say it, or take it away with ""."""
        self.label.setText(sentence)
        self.label.setAccessibleName(sentence)
        self.setVisible(bool(sentence))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The panel."""
        painter = QPainter(self)
        soft, edge = self.theme.color("late_soft"), self.theme.color("late")
        fill_rounded(painter, self.rect().toRectF(), 8, soft, border=edge)
