"""The lane below: the quiet line about what was last done, or a notice that needs reading."""

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QStackedLayout, QWidget

from clients.qt_kit.icons import paint_icon
from clients.qt_kit.paint import draw_text, elided, fill_rounded, mirrored
from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.base import PaintedWidget
from clients.qt_kit.widgets.undo_lane import UndoLane, UndoLaneState
from clients.staff_desktop.view_state import LaneView

_HEIGHT, _RADIUS, _MARGIN, _ICON = 48, 12, 16, 18


class Notice(PaintedWidget):
    """A refusal in words, in the lane's own place so that it covers nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.sentence = ""

    def render(self, sentence: str) -> None:
        """Show a sentence."""
        if sentence == self.sentence:
            return
        self.sentence = sentence
        self.setAccessibleName(sentence)
        self.setToolTip(sentence)
        self.update()

    def content_size(self) -> QSize:
        """As high as the lane."""
        return QSize(self.theme.px(240), self.theme.px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw icon and sentence."""
        theme, rtl, bounds = self.theme, self.right_to_left, self.rect().toRectF()
        painter = QPainter(self)
        fill_rounded(painter, bounds, _RADIUS, theme.color("late_soft"), border=theme.color("late"))
        side = theme.px(_ICON)
        icon = QRectF(_MARGIN, bounds.center().y() - side / 2, side, side)
        paint_icon(painter, mirrored(icon, bounds, rtl), "circle-alert", theme.color("late"))
        words = bounds.adjusted(_MARGIN + side + theme.px(12), 0, -_MARGIN, 0)
        font = theme.font(TextRole.BODY_MEDIUM)
        cut = elided(font, self.sentence, words.width())
        draw_text(painter, mirrored(words, bounds, rtl), cut, font, theme.color("ink"), right_to_left=rtl)


class Lane(QWidget):
    """48 high in every state."""

    undo_requested = Signal()
    """The last command is to be taken back, by button or key."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.last = UndoLane()
        self.last.undo_requested.connect(self.undo_requested)
        self.notice = Notice()
        self._offer = ""
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(self.last)
        self._stack.addWidget(self.notice)

    @property
    def text(self) -> str:
        """What can be read in it."""
        current = self._stack.currentWidget()
        return current.accessibleName() if current is not None else ""

    def render(self, view: LaneView) -> None:
        """Show the last deed, or a notice."""
        is_new = bool(view.notice) and view.notice != self.notice.sentence
        is_done = bool(view.offer) and view.offer != self._offer
        self._offer = view.offer
        self.notice.render(view.notice)
        can_undo = bool(view.offer) and view.undo.is_enabled
        self.last.render(
            UndoLaneState(
                text=view.offer,
                undo_left_ms=view.undo_left_ms if can_undo else 0,
                last_text=view.last,
                busy=view.undo.is_busy,
            )
        )
        self._stack.setCurrentWidget(self.notice if view.notice else self.last)
        if is_new:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, view.notice))
        elif is_done:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, view.offer))
