"""The lane of the last command: for ten seconds it can be undone, then the lane becomes a quiet line."""

import math
import time
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from clients.qt_kit.icons import paint_icon
from clients.qt_kit.paint import draw_text, elided, fill_rounded, mirrored, text_width
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import faded
from clients.qt_kit.widgets.base import PaintedWidget
from clients.qt_kit.widgets.command_button import CommandButton, CommandState

UNDO_WINDOW_MS = 10_000
_HEIGHT, _RADIUS, _MARGIN, _ICON, _LINE = 48, 12, 16, 18, 3
_STEP_MS = 50  # 862 px in 10 s: about 4 px a step


@dataclass(frozen=True, kw_only=True)
class UndoLaneState:
    """What the lane shows.

    Args:
        text: what just happened ("A012 called to counter 3").
        undo_left_ms: how long it can still be undone; 0 shows the quiet line at once.
        last_text: the quiet line ("Last: A011 completed at 10:39"); "" leaves the lane empty.
        icon: Lucide name.
        busy: the undo is under way.
    """

    text: str = ""
    undo_left_ms: int = 0
    last_text: str = ""
    icon: str = "circle-check"
    busy: bool = False


class UndoLane(PaintedWidget):
    """48 px high in every state, so that nothing moves."""

    undo_requested = Signal()
    """Undo was pressed, by button or by its key."""
    undo_lapsed = Signal()
    """The time ran out and the lane became quiet."""

    def __init__(self, *, key: str = "Ctrl+Z", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._state = UndoLaneState()
        self._ends_at = 0.0
        self._undo = CommandButton(self.tr("Undo"), kind="inverse", icon="undo-2", key=key)
        self._undo.clicked.connect(self.undo_requested)
        self._clock = QTimer(self, interval=_STEP_MS)
        self._clock.timeout.connect(self._on_step)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(_MARGIN, 0, 8, 0)
        layout.addStretch(1)
        layout.addWidget(self._undo)
        self.render(self._state)

    @property
    def can_undo(self) -> bool:
        """True while the button is there."""
        return self._clock.isActive()

    def render(self, state: UndoLaneState) -> None:
        """Show what happened; the same state again does not restart the seconds."""
        if state == self._state and self.accessibleName():
            return
        self._state = state
        self._ends_at = time.monotonic() + state.undo_left_ms / 1000
        if state.undo_left_ms > 0:
            self._clock.start()
        else:
            self._clock.stop()
        self._undo.render(CommandState(text=self.tr("Undo"), busy=state.busy, enabled=self.can_undo))
        self._undo.setVisible(self.can_undo)
        self.setAccessibleName(state.text if self.can_undo else state.last_text)
        self.update()

    def content_size(self) -> QSize:
        """48 px high at 100 %."""
        return QSize(self.theme.px(240), self.theme.px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the loud or the quiet lane."""
        if self.can_undo:
            self._paint_offer(QPainter(self))
        else:
            self._paint_quiet(QPainter(self))

    def _on_step(self) -> None:
        if time.monotonic() < self._ends_at:
            self.update()
            return
        self._clock.stop()
        self._undo.setEnabled(False)  # its key must not reach a command that can no longer be undone
        self._undo.hide()
        self.setAccessibleName(self._state.last_text)
        self.update()
        self.undo_lapsed.emit()

    def _left_s(self) -> float:
        return max(0.0, self._ends_at - time.monotonic())

    def _paint_offer(self, painter: QPainter) -> None:
        theme, bounds = self.theme, self.rect().toRectF()
        ink = theme.color("surface")
        fill_rounded(painter, bounds, _RADIUS, theme.color("ink"))
        seconds = self.tr("{seconds} s").format(seconds=math.ceil(self._left_s()))
        font = theme.font(TextRole.BODY)
        end = self.width() - self._undo.width() - theme.px(8 + 12)
        seconds_width = text_width(font, seconds)
        self._paint_row(
            painter,
            self._state.text,
            TextRole.BODY_MEDIUM,
            ink,
            ink,
            end - seconds_width - 12,
        )
        faint = faded(ink, theme.color("ink"), 0.72)
        place = mirrored(
            QRectF(end - seconds_width, 0, seconds_width, self.height()),
            bounds,
            self.right_to_left,
        )
        draw_text(painter, place, seconds, font, faint)
        share = min(1.0, self._left_s() * 1000 / UNDO_WINDOW_MS)
        painter.save()
        line = mirrored(
            QRectF(0, 0, self.width() * share, self.height()),
            bounds,
            self.right_to_left,
        )
        painter.setClipRect(line.intersected(QRectF(0, self.height() - _LINE, self.width(), _LINE)))
        fill_rounded(painter, bounds, _RADIUS, faint)
        painter.restore()

    def _paint_quiet(self, painter: QPainter) -> None:
        theme, bounds = self.theme, self.rect().toRectF()
        fill_rounded(painter, bounds, _RADIUS, theme.color("surface"), border=theme.color("line"))
        if self._state.last_text:
            tone = theme.color("ink2")
            self._paint_row(
                painter,
                self._state.last_text,
                TextRole.BODY,
                tone,
                theme.color("on_time"),
                self.width() - _MARGIN,
            )

    def _paint_row(
        self,
        painter: QPainter,
        text: str,
        role: TextRole,
        ink: QColor,
        mark: QColor,
        end: float,
    ) -> None:
        theme, bounds, rtl = self.theme, self.rect().toRectF(), self.right_to_left
        side = theme.px(_ICON)
        icon = QRectF(_MARGIN, bounds.center().y() - side / 2, side, side)
        paint_icon(painter, mirrored(icon, bounds, rtl), self._state.icon, mark)
        start = _MARGIN + side + theme.px(12)
        words = QRectF(start, 0, max(0.0, end - start), bounds.height())
        font = theme.font_for(role, text)
        cut = elided(font, text, words.width())
        draw_text(painter, mirrored(words, bounds, rtl), cut, font, ink, right_to_left=rtl)
