"""A card: surface, hairline border, round corners, an optional heading, and the yellow bar of a call."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clients.qt_kit.paint import fill_rounded, mirrored
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import ColourName
from clients.qt_kit.widgets.base import PaintedFrame
from clients.qt_kit.widgets.elided_label import ElidedLabel
from clients.qt_kit.widgets.label import Label

RADIUS, RADIUS_HERO = 12, 16
CALL_BAR, CALL_BAR_NARROW = 12, 8  # in grids and in the compact bar the narrow one


class Card(PaintedFrame):
    """Put content into `body`; what belongs at the end of the heading row into `header`.

    Args:
        title: heading, "" for a card without one.
        padding: (horizontal, vertical) in logical pixels; (0, 0) for lists that reach the border.
        radius: RADIUS or RADIUS_HERO.
        flush: content may cover the border, as Call next does.
    """

    def __init__(
        self,
        title: str = "",
        *,
        padding: tuple[int, int] = (20, 16),
        radius: int = RADIUS,
        flush: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._radius = radius
        self._call_bar = 0
        self._ground: ColourName = "surface"
        outer = QVBoxLayout(self)
        border = 0 if flush else 1  # otherwise content never lies on it
        across, down = max(border, padding[0]), max(border, padding[1])
        outer.setContentsMargins(across, down, across, down)
        outer.setSpacing(12)  # heading to content
        self.header = QHBoxLayout()
        self.header.setSpacing(8)
        self._title = ElidedLabel(TextRole.HEADING, title)
        self._figure = Label(TextRole.HEADING, "", tone="ink2")
        self._hint = Label(TextRole.HINT, "", tone="ink3")
        self.header.addWidget(self._title)
        self.header.addWidget(self._figure)
        self.header.addStretch(1)
        self.header.addWidget(self._hint)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        if title:
            outer.addLayout(self.header)
        else:
            for label in (self._title, self._figure, self._hint):
                label.hide()
        outer.addLayout(self.body, 1)

    def set_heading(self, title: str, *, figure: str = "", hint: str = "") -> None:
        """Change the heading row of a card that was made with a title.

        Args:
            title: the heading.
            figure: a number behind it ("Waiting 14").
            hint: a remark at the end ("Next in order first").
        """
        self._title.setText(title)
        self._figure.setText(figure)
        self._figure.setVisible(bool(figure))
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self.setAccessibleName(title)

    def set_call_bar(self, width: int) -> None:
        """Draw the yellow bar at the start: CALL_BAR, CALL_BAR_NARROW or 0 for none."""
        if width != self._call_bar:
            self._call_bar = width
            self.update()

    def set_ground(self, ground: ColourName) -> None:
        """Use another ground: `ground` for a card that is at rest, such as a closed counter."""
        self._ground = ground
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, border and bar."""
        painter = QPainter(self)
        bounds = self.rect().toRectF()
        fill_rounded(
            painter,
            bounds,
            self._radius,
            self.theme.color(self._ground),
            border=self.theme.color("line"),
        )
        if self._call_bar:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            outline = QPainterPath()
            outline.addRoundedRect(bounds, self._radius, self._radius)
            bar = QPainterPath()
            bar.addRect(
                mirrored(
                    QRectF(0, 0, self._call_bar, bounds.height()),
                    bounds,
                    self.right_to_left,
                )
            )
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.theme.color("call"))
            painter.drawPath(outline.intersected(bar))
