"""The ground of the painted widgets: they read the theme when they paint, and hear of its changes.

MUST: a widget here shows the state it was last given and nothing else. It fetches nothing, keeps no
clock of the business, and never changes the state it shows.
"""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QWidget

from clients.qt_kit.theme import Theme, current_theme

_RESTYLING = frozenset(
    {
        QEvent.Type.StyleChange,
        QEvent.Type.LayoutDirectionChange,
        QEvent.Type.PaletteChange,
    }
)


def is_restyling(event: QEvent) -> bool:
    """True for the events after which fonts, sizes and colours have to be read again."""
    return event.type() in _RESTYLING


class PaintedFrame(QWidget):
    """A widget that paints a ground for the children in its layout; the layout gives its size."""

    @property
    def theme(self) -> Theme:
        """The look in force."""
        return current_theme()

    @property
    def right_to_left(self) -> bool:
        """True where this widget's content starts on the right."""
        return self.layoutDirection() == Qt.LayoutDirection.RightToLeft

    def changeEvent(self, event: QEvent) -> None:
        """Measure and paint again after a change of theme, text size or direction."""
        super().changeEvent(event)
        if is_restyling(event):
            self.updateGeometry()
            self.update()


class PaintedWidget(PaintedFrame):
    """A widget that paints all of itself and has the size its content needs."""

    def content_size(self) -> QSize:
        """The size that shows everything, logical pixels."""
        raise NotImplementedError

    def sizeHint(self) -> QSize:
        """As Qt asks: the content's size."""
        return self.content_size()

    def minimumSizeHint(self) -> QSize:
        """As Qt asks: nothing is ever cut, so the same."""
        return self.content_size()
