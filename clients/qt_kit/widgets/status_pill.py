"""A state as a pill: a mark in its colour and a word in ink."""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from clients.qt_kit.icons import paint_icon
from clients.qt_kit.paint import draw_text, fill_rounded, mirrored, text_width
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import ColourName
from clients.qt_kit.widgets.base import PaintedWidget
from clients.qt_kit.widgets.service_mark import ServiceLevel, paint_service_mark

_HEIGHT, _PADDING, _GAP, _MARK = 24, 9, 6, 14


class PillKind(StrEnum):
    """Which mark a pill has; its word is the caller's."""

    OPEN = "open"  # a teal dot on teal
    BREAK = "break"
    CLOSED = "closed"
    SERVING = "serving"
    CALLED = "called"
    PARKED = "parked"
    WAITING = "waiting"
    ON_TIME = "on_time"
    NEAR = "near"
    LATE = "late"


@dataclass(frozen=True, kw_only=True)
class StatusPillState:
    """What a pill shows."""

    kind: PillKind
    text: str


_ICONS = {
    PillKind.BREAK: "coffee",
    PillKind.CLOSED: "moon",
    PillKind.SERVING: "play",
    PillKind.CALLED: "bell-ring",
    PillKind.PARKED: "circle-pause",
    PillKind.WAITING: "clock",
}
_LEVELS = {
    PillKind.ON_TIME: ServiceLevel.ON_TIME,
    PillKind.NEAR: ServiceLevel.NEAR,
    PillKind.LATE: ServiceLevel.LATE,
}
_GROUNDS: dict[PillKind, ColourName] = {
    PillKind.OPEN: "on_time_soft",
    PillKind.ON_TIME: "on_time_soft",
    PillKind.NEAR: "near_soft",
    PillKind.LATE: "late_soft",
}


class StatusPill(PaintedWidget):
    """Open, Break, Closed, Serving, Called, Parked, Late."""

    def __init__(self, state: StatusPillState | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state or StatusPillState(kind=PillKind.CLOSED, text="")
        self.render(self._state)

    def render(self, state: StatusPillState) -> None:
        """Show a state."""
        self._state = state
        self.setAccessibleName(state.text)
        self.updateGeometry()
        self.update()

    def content_size(self) -> QSize:
        """24 px high at 100 %."""
        theme = self.theme
        words = text_width(theme.font_for(TextRole.SMALL_STRONG, self._state.text), self._state.text)
        return QSize(
            round(words + 0.5) + theme.px(2 * _PADDING + _GAP) + self._mark_side(),
            theme.px(_HEIGHT),
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, mark and word."""
        theme, rtl = self.theme, self.right_to_left
        painter = QPainter(self)
        size = self.content_size()
        bounds = QRectF(0, (self.height() - size.height()) / 2, self.width(), size.height())
        ground = theme.color(_GROUNDS.get(self._state.kind, "sunken"))
        fill_rounded(painter, bounds, bounds.height() / 2, ground)
        side = self._mark_side()
        mark = QRectF(theme.px(_PADDING), bounds.center().y() - side / 2, side, side)
        self._paint_mark(painter, mirrored(mark, bounds, rtl), ground)
        words = bounds.adjusted(theme.px(_PADDING + _GAP) + side, 0, -theme.px(_PADDING), 0)
        font = theme.font_for(TextRole.SMALL_STRONG, self._state.text)
        draw_text(
            painter,
            mirrored(words, bounds, rtl),
            self._state.text,
            font,
            theme.color("ink"),
            right_to_left=rtl,
        )

    def _mark_side(self) -> int:
        return self.theme.px(8 if self._state.kind is PillKind.OPEN else _MARK)

    def _paint_mark(self, painter: QPainter, rect: QRectF, ground: QColor) -> None:
        kind = self._state.kind
        if kind is PillKind.OPEN:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.theme.color("on_time"))
            painter.drawEllipse(rect)
            painter.restore()
        elif kind in _LEVELS:
            paint_service_mark(
                painter,
                rect,
                _LEVELS[kind],
                self.theme,
                right_to_left=self.right_to_left,
                ground=ground,
            )
        else:
            paint_icon(painter, rect, _ICONS[kind], self.theme.color("ink"))
