"""A command: label, icon and key-cap; says why it is disabled, and shows that it is at work."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen, QShortcutEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from clients.qt_kit.icons import paint_icon
from clients.qt_kit.paint import (
    draw_text,
    elided,
    fill_rounded,
    mirrored,
    rounded_path,
    text_width,
)
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import Theme, current_theme
from clients.qt_kit.widgets.base import is_restyling
from clients.qt_kit.widgets.button_colours import (
    ButtonColours,
    ButtonKind,
    button_colours,
)
from clients.qt_kit.widgets.button_measures import ButtonSize
from clients.qt_kit.widgets.key_cap import (
    HEIGHT_LARGE,
    key_cap_width,
    key_text,
    paint_key_cap,
)

__all__ = ["BUSY_SHOWN_AFTER_MS", "ButtonKind", "ButtonSize", "CommandButton", "CommandState"]

BUSY_SHOWN_AFTER_MS = 150  # an answer within this time should not make the button flicker
_TURN_MS = 40  # a step of the busy ring
_TURN_DEGREES = 18
_BUSY_SIDE = 16
_BLOCKED_WHILE_BUSY = frozenset(
    {
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.MouseButtonDblClick,
        QEvent.Type.KeyPress,
        QEvent.Type.Shortcut,
    }
)
_FOCUS_KEYS = frozenset({Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Escape})


@dataclass(frozen=True, kw_only=True)
class CommandState:
    """What a command button shows.

    Args:
        text: the verb.
        enabled: whether it can be pressed.
        reason: why not, for the tooltip (and the second line of Call next).
        busy: pressed, and not yet answered.
    """

    text: str
    enabled: bool = True
    reason: str = ""
    busy: bool = False


class CommandButton(QAbstractButton):
    """A button; `clicked` fires for mouse, keyboard and its own shortcut alike.

    Args:
        text: the verb.
        kind: call, primary, secondary, bar (a hairline instead of an edge), quiet, danger, danger_primary,
            link, inverse.
        size: where it stands.
        icon: Lucide name, "" for none.
        key: portable key sequence that triggers it ("F2", "Ctrl+N"), shown as its key-cap.
        key_is_shown_only: draw the cap but register no shortcut (Enter in a form is handled by the form).
    """

    def __init__(
        self,
        text: str = "",
        *,
        kind: ButtonKind = "secondary",
        size: ButtonSize = ButtonSize.BAR,
        icon: str = "",
        key: str = "",
        key_is_shown_only: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._kind: ButtonKind = kind
        self._size = size
        self._icon = icon
        self._key = key
        self._has_key_cap = bool(key)
        self._state = CommandState(text="")
        self._turn = 0
        self._busy_delay = QTimer(self, singleShot=True, interval=BUSY_SHOWN_AFTER_MS)
        self._busy_turns = QTimer(self, interval=_TURN_MS)
        self._busy_delay.timeout.connect(self._busy_turns.start)
        self._busy_turns.timeout.connect(self._on_turn)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        vertical = QSizePolicy.Policy.Fixed
        horizontal = QSizePolicy.Policy.Expanding if size is ButtonSize.HERO else QSizePolicy.Policy.Minimum
        self.setSizePolicy(horizontal, vertical)
        if key and not key_is_shown_only:
            self.setShortcut(key)
        self.render(CommandState(text=text))

    @property
    def state(self) -> CommandState:
        """What it was last given."""
        return self._state

    @property
    def kind(self) -> ButtonKind:
        """Its kind."""
        return self._kind

    @property
    def focus_radius(self) -> int:
        """Corner radius of the shape, for the focus ring."""
        return self._size.value.radius

    @property
    def shows_busy(self) -> bool:
        """True once the busy ring is drawn."""
        return self._busy_turns.isActive()

    def render(self, state: CommandState) -> None:
        """Show a state; the size changes only with the text."""
        if state == self._state and self.accessibleName() == state.text:
            return
        text_changed = state.text != self._state.text
        self._state = state
        self.setEnabled(state.enabled)
        self.setAccessibleName(state.text)
        self.setAccessibleDescription(
            state.reason if not state.enabled else key_text(self._key) if self._key else ""
        )
        self._show_tool_tip()
        self._set_busy(state.busy)
        if text_changed:
            self.updateGeometry()
        self.update()

    def set_kind(self, kind: ButtonKind) -> None:
        """Change the kind, as Start becomes Complete's neighbour."""
        self._kind = kind
        self.updateGeometry()
        self.update()

    def set_key(self, key: str) -> None:
        """Change the shortcut and its cap, as F4 becomes F5."""
        if key != self._key:
            self._has_key_cap = bool(key) and (self._has_key_cap or not self._key)
            self._key = key
            self.setShortcut(key)
            self._show_tool_tip()
            self.updateGeometry()
            self.update()

    def set_key_cap_shown(self, is_shown: bool) -> None:
        """Leave the key-cap out where the row is narrow; the key works, and the tooltip names it."""
        if self._key and is_shown != self._has_key_cap:
            self._has_key_cap = is_shown
            self._show_tool_tip()
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """Everything in one row; the same whether busy, disabled or neither."""
        return QSize(self.width_needed(with_key_cap=self._has_key_cap), self._height(current_theme()))

    def width_needed(self, *, with_key_cap: bool) -> int:
        """The width, logical pixels, of the whole row with its key-cap or without."""
        theme, measures = current_theme(), self._size.value
        words = text_width(theme.font_for(self._role(), self._state.text), self._state.text)
        width = words + 2 * theme.px(measures.padding)
        if self._icon:
            width += theme.px(18 + 8)
        if self._key and with_key_cap:
            width += key_cap_width(self._key, theme, self._key_height()) + theme.px(measures.gap)
        return round(width + 0.5)

    def minimumSizeHint(self) -> QSize:
        """The same: a command's word is never cut."""
        return self.sizeHint()

    def event(self, event: QEvent) -> bool:
        """While busy a second press does nothing; moving the focus still works."""
        if self._state.busy and event.type() in _BLOCKED_WHILE_BUSY and not _moves_focus(event):
            event.accept()
            return True
        if isinstance(event, QShortcutEvent) and not event.isAmbiguous():
            # Qt would show the button pressed for 100 ms and only then tell of the click.
            self.click()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses a focused button, as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Measure and paint again after a change of theme, text size or direction."""
        super().changeEvent(event)
        if is_restyling(event):
            self.updateGeometry()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw shape, icon, label and cap."""
        theme = current_theme()
        painter = QPainter(self)
        colours = button_colours(
            self._kind,
            theme,
            enabled=self.isEnabled(),
            hovered=self.underMouse() and self.isEnabled(),
            pressed=self.isDown(),
        )
        bounds = self.rect().toRectF()
        self._paint_shape(painter, bounds, colours, theme)
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        padding = self._px(theme, self._size.value.padding)
        left, right = bounds.left() + padding, bounds.right() - padding
        if self._has_key_cap:
            right = self._paint_end(painter, bounds, right, colours, theme, rtl)
        if self._icon:
            left = self._paint_icon(painter, bounds, left, colours, theme, rtl)
        self._paint_words(painter, bounds, left, right, colours, theme, rtl)

    def _show_tool_tip(self) -> None:
        """The reason of what is disabled; else what the button itself has no room for."""
        hidden_key = key_text(self._key) if self._key and not self._has_key_cap else ""
        named = f"{self._state.text} ({hidden_key})" if hidden_key else ""
        self.setToolTip(named if self._state.enabled else self._state.reason)

    def _set_busy(self, busy: bool) -> None:
        if busy and not (self._busy_delay.isActive() or self._busy_turns.isActive()):
            self._busy_delay.start()
        if not busy:
            self._busy_delay.stop()
            self._busy_turns.stop()

    def _on_turn(self) -> None:
        self._turn = (self._turn + _TURN_DEGREES) % 360
        self.update()

    def _role(self) -> TextRole:
        measures = self._size.value
        return measures.primary_role if self._kind in ("primary", "danger_primary") else measures.role

    def _key_height(self) -> int:
        large = self._size is ButtonSize.COMMAND and self._kind == "primary"
        return HEIGHT_LARGE if large else self._size.value.key_height

    def _height(self, theme: Theme) -> int:
        return self._px(theme, self._size.value.height)

    def _px(self, theme: Theme, length: float) -> int:
        """A length around this button's label."""
        return theme.huge_px(length) if self._size is ButtonSize.HERO else theme.px(length)

    def _paint_shape(self, painter: QPainter, bounds: QRectF, colours: ButtonColours, theme: Theme) -> None:
        radius = self._size.value.radius
        if self._size is not ButtonSize.HERO:
            fill_rounded(painter, bounds, radius, colours.fill, border=colours.border)
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.border, 1) if colours.border is not None else Qt.PenStyle.NoPen)
        painter.setBrush(colours.fill if colours.fill is not None else Qt.BrushStyle.NoBrush)
        painter.drawPath(rounded_path(bounds.adjusted(0.5, 0.5, -0.5, -0.5), top=radius, bottom=0))
        painter.restore()

    def _paint_end(
        self,
        painter: QPainter,
        bounds: QRectF,
        right: float,
        colours: ButtonColours,
        theme: Theme,
        rtl: bool,
    ) -> float:
        """Key-cap or busy ring at the end; answers where the label has to stop."""
        height = self._px(theme, self._key_height())
        width = key_cap_width(self._key, theme, self._key_height())
        cap = mirrored(
            QRectF(right - width, bounds.center().y() - height / 2, width, height),
            bounds,
            rtl,
        )
        if self.shows_busy:
            self._paint_busy(painter, cap, colours.ink)
        else:
            paint_key_cap(
                painter,
                cap,
                self._key,
                theme,
                ink=colours.key_ink,
                edge=colours.key_edge,
                height=self._key_height(),
            )
        return right - width - theme.px(self._size.value.gap) / 2

    def _paint_icon(
        self,
        painter: QPainter,
        bounds: QRectF,
        left: float,
        colours: ButtonColours,
        theme: Theme,
        rtl: bool,
    ) -> float:
        side = theme.px(18)
        square = mirrored(QRectF(left, bounds.center().y() - side / 2, side, side), bounds, rtl)
        if self.shows_busy and not self._has_key_cap:
            self._paint_busy(painter, square, colours.ink)
        else:
            paint_icon(painter, square, self._icon, colours.ink)
        return left + side + theme.px(8)

    def _paint_words(
        self,
        painter: QPainter,
        bounds: QRectF,
        left: float,
        right: float,
        colours: ButtonColours,
        theme: Theme,
        rtl: bool,
    ) -> None:
        font = theme.font_for(self._role(), self._state.text)
        advance = text_width(font, self._state.text)
        if not self._has_key_cap and not self._icon:  # a bare word stands in the middle of a wide button
            left += max(0.0, (right - left - advance) / 2)
        place = QRectF(left, bounds.top(), right - left, bounds.height())
        reason = self._state.reason if self._size is ButtonSize.HERO and not self._state.enabled else ""
        if reason:
            place.setHeight(bounds.height() - theme.px(28))
            below = QRectF(
                left,
                bounds.center().y() + theme.px(26),
                right - left,
                theme.line(TextRole.HEADING),
            )
            small = theme.font(TextRole.HEADING)
            cut = elided(small, reason, below.width())
            draw_text(
                painter,
                mirrored(below, bounds, rtl),
                cut,
                small,
                colours.ink,
                right_to_left=rtl,
            )
        draw_text(
            painter,
            mirrored(place, bounds, rtl),
            self._state.text,
            font,
            colours.ink,
            right_to_left=rtl,
        )
        if self.shows_busy and not self._has_key_cap and not self._icon:
            side = theme.px(12)
            end = QRectF(bounds.right() - side - 3, bounds.center().y() - side / 2, side, side)
            self._paint_busy(painter, mirrored(end, bounds, rtl), colours.ink)

    def _paint_busy(self, painter: QPainter, place: QRectF, ink: QColor) -> None:
        side = min(
            place.height(),
            current_theme().px(_BUSY_SIDE * (2 if self._size is ButtonSize.HERO else 1)),
        )
        ring = QRectF(0, 0, side - 2, side - 2)
        ring.moveCenter(place.center())
        faint = QColor(ink)
        faint.setAlphaF(0.25)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(faint, 2))
        painter.drawEllipse(ring)
        painter.setPen(QPen(ink, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawArc(ring, (90 - self._turn) * 16, -100 * 16)
        painter.restore()


def _moves_focus(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and event.key() in _FOCUS_KEYS
