"""A card whose rows reach its borders, with a line above each."""

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.card import Card
from clients.qt_kit.widgets.divider import Divider
from clients.qt_kit.widgets.elided_label import ElidedLabel
from clients.qt_kit.widgets.label import Label

_HEADING_MARGINS = (20, 16, 20, 16)


class ListCard(Card):
    """Heading with a number; rows go in by `set_rows`, what stands for none by `set_empty`."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(padding=(0, 0), parent=parent)
        self.setAccessibleName(title)
        self._count = Label(TextRole.HEADING, tone="ink2")
        self._rows: list[QWidget] = []
        self._dividers: list[Divider] = []
        self.heading = QHBoxLayout()
        self.heading.setContentsMargins(*_HEADING_MARGINS)
        self.heading.setSpacing(8)
        self.heading.addWidget(ElidedLabel(TextRole.HEADING, title))
        self.heading.addWidget(self._count)
        self.heading.addStretch(1)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self._rest = QVBoxLayout()
        self.body.setSpacing(0)
        self.body.addLayout(self.heading)
        self.body.addLayout(self._list)
        self.body.addLayout(self._rest)
        self.body.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def set_figure(self, figure: str) -> None:
        """Show a number behind the heading, "" for none."""
        self._count.setText(figure)
        self._count.setVisible(bool(figure))

    def add_row(self, row: QWidget) -> None:
        """Put a row below the others."""
        line = Divider()
        self._dividers.append(line)
        self._rows.append(row)
        self._list.addWidget(line)
        self._list.addWidget(row)

    def take_row(self) -> None:
        """Remove the lowest row."""
        for widget in (self._rows.pop(), self._dividers.pop()):
            self._list.removeWidget(widget)
            widget.hide()
            widget.deleteLater()

    def set_rest(self, widget: QWidget) -> None:
        """What fills the room below the rows, or stands for them; shown and hidden by its owner."""
        self._rest.addWidget(widget, 1)
