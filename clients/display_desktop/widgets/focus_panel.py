"""The call: an arrow with the token that points at the counter; one panel, or two for two calls.

A fresh arrow slides in under numbers that stand there from the first frame, so that the news never waits
for its animation; then it pulses twice, and stands still.
"""

import math
from collections.abc import Callable

from PySide6.QtCore import QEasingCurve, QSequentialAnimationGroup, QVariantAnimation, Signal
from PySide6.QtGui import QColor, QPaintEvent
from PySide6.QtWidgets import QWidget

from clients.display_desktop.widgets.board_state import FocusCall, StaleInfo
from clients.display_desktop.widgets.canvas import PANEL_RADIUS, Align, Canvas, TextStyle, blend, lobby_color
from clients.display_desktop.widgets.focus_shapes import PanelShape, arrow_path, panel_shapes, rounded_panel
from clients.display_desktop.widgets.part import BoardPart

_SLIDE_MS = 240
_PULSE_MS, _PULSES = 600, 2  # 1.7 flashes a second: WCAG 2.3.1 allows three
_SETTLE_MS = 180
_EMPTY_TITLE = TextStyle(84, 600, spacing=-2.5)
_EMPTY_TEXT = TextStyle(44, 400)


class FocusPanel(BoardPart):
    """None, one or two calls."""

    painted = Signal()
    """A paint has ended: what was last rendered is on the screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._calls: tuple[FocusCall, ...] = ()
        self._stale: StaleInfo | None = None
        self._loading = False
        self._moves = True
        self._arriving: frozenset[str] = frozenset()
        self._settling: frozenset[str] = frozenset()
        self._slide, self._pulse, self._settle = 1.0, 0.0, 1.0
        self._arrival = self._make_arrival()
        self._settlement = self._make_animation(_SETTLE_MS, QEasingCurve.Type.OutCubic, self._on_settle)

    @property
    def is_moving(self) -> bool:
        """True while a call slides in, pulses or settles."""
        running = QVariantAnimation.State.Running
        return self._arrival.state() == running or self._settlement.state() == running

    def set_reduced_motion(self, reduced: bool) -> None:
        """Change at once: the yellow alone carries the news."""
        self._moves = not reduced
        if reduced:
            self._rest()

    def render(self, calls: tuple[FocusCall, ...], *, stale: StaleInfo | None, loading: bool) -> None:
        """Show calls, newest first; at most two.

        Args:
            calls: what to show.
            stale: without the server nothing is yellow.
            loading: nothing has arrived yet.
        """
        shown = calls[:2]
        if (shown, stale, loading) != (self._calls, self._stale, self._loading):
            self._animate(shown, stale)
            self._calls, self._stale, self._loading = shown, stale, loading
            self.setAccessibleName(
                ", ".join(f"{call.token} {self.tr('Counter')} {call.counter}" for call in shown)
            )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, and tell it."""
        super().paintEvent(event)
        self.painted.emit()

    def draw(self, canvas: Canvas) -> None:
        """Paint the calls, or what stands in their place."""
        if not self._calls:
            self._draw_empty(canvas)
            return
        shapes = panel_shapes(canvas.width, canvas.height, len(self._calls), portrait=self._portrait)
        for call, shape in zip(self._calls, shapes, strict=True):
            self._draw_call(canvas, call, shape)

    def _draw_call(self, canvas: Canvas, call: FocusCall, shape: PanelShape) -> None:
        canvas.painter.fillPath(canvas.path(rounded_panel(shape)), lobby_color("panel"))
        arrow = canvas.path(arrow_path(shape, self._slide if call.call_id in self._arriving else 1.0))
        panel = canvas.path(rounded_panel(shape))
        inside = arrow.intersected(panel)
        fill, ink, number = self._colours(call)
        bare = lobby_color("ink")  # what the arrow has not reached yet
        if self._slide < 1.0 and call.call_id in self._arriving:
            self._draw_words(canvas, call, shape, bare, bare)
        canvas.painter.fillPath(inside, fill)
        canvas.painter.save()
        if self._slide < 1.0 and call.call_id in self._arriving:
            canvas.painter.setClipPath(inside)
        self._draw_words(canvas, call, shape, ink, number)
        canvas.painter.restore()
        self._draw_counter(canvas, call, shape)

    def _draw_words(
        self, canvas: Canvas, call: FocusCall, shape: PanelShape, ink: QColor, number: QColor
    ) -> None:
        start, room = shape.x + shape.padding, shape.token_width
        above, beside, below = self._labels(call, shape)
        canvas.text(above, shape.label, ink, x=start, middle=shape.y + shape.label_y, width=room)
        if beside:
            used = canvas.advance(above, shape.label) + 32
            canvas.text(
                beside,
                shape.type_label,
                ink,
                x=start + used,
                middle=shape.y + shape.label_y,
                width=room - used,
                align=Align.END,
            )
        if below:
            canvas.text(below, shape.type_label, ink, x=start, middle=shape.y + shape.type_y, width=room)
        align = Align.CENTRE if shape.points_down else Align.START
        canvas.text(
            call.token, shape.token, number, x=start, middle=shape.y + shape.token_y, width=room, align=align
        )

    def _labels(self, call: FocusCall, shape: PanelShape) -> tuple[str, str, str]:
        """Texts above the token, beside that, and below."""
        if self._stale is not None:
            above = self.tr("Last call we know, {time}").format(time=self._stale.since)
        else:
            above = self.tr("Now serving")
        if shape.is_half:
            return (call.type_name if self._stale is None else above), "", ""
        return (above, call.type_name, "") if shape.points_down else (above, "", call.type_name)

    def _draw_counter(self, canvas: Canvas, call: FocusCall, shape: PanelShape) -> None:
        place = shape.counter
        tone = lobby_color("ink" if self._stale is not None else "call")
        word = self.tr("Counter")
        label_align = Align.START if shape.points_down else Align.CENTRE
        canvas.text(
            word,
            shape.counter_label,
            lobby_color("ink"),
            x=place.label_x,
            middle=shape.y + place.label_y,
            width=place.label_width,
            align=label_align,
        )
        canvas.text(
            call.counter,
            shape.counter_number,
            tone,
            x=place.number_x,
            middle=shape.y + place.number_y,
            width=place.number_width,
            align=Align.CENTRE,
        )

    def _colours(self, call: FocusCall) -> tuple[QColor, QColor, QColor]:
        """Arrow, labels and number of a call."""
        white, yellow, on_yellow = lobby_color("ink"), lobby_color("call"), lobby_color("on_call")
        if self._stale is not None:
            return lobby_color("stale"), white, white
        settled = (lobby_color("plate"), white, yellow)
        fresh_fill = blend(yellow, white, self._pulse) if call.call_id in self._arriving else yellow
        if call.fresh:
            return fresh_fill, on_yellow, on_yellow
        if call.call_id in self._settling and self._settle < 1.0:
            fill = blend(yellow, settled[0], self._settle)
            # letters change over in the first half, when the ground is still bright enough to hold them
            early = self._settle < 0.5
            return fill, on_yellow if early else white, on_yellow if early else yellow
        return settled

    def _draw_empty(self, canvas: Canvas) -> None:
        canvas.panel(0, 0, canvas.width, canvas.height, lobby_color("panel"), PANEL_RADIUS)
        if self._loading:
            title, text = self.tr("The calls appear here"), ""
        elif self._stale is not None:
            title, text = self.tr("No calls before {time}").format(time=self._stale.since), ""
        else:
            title, text = self.tr("No calls yet"), self.tr("The first number called appears here.")
        room = canvas.width - 96
        middle = canvas.height / 2
        canvas.text(
            title,
            _EMPTY_TITLE,
            lobby_color("ink"),
            x=48,
            middle=middle - (48 if text else 0),
            width=room,
            align=Align.CENTRE,
        )
        canvas.text(
            text, _EMPTY_TEXT, lobby_color("ink2"), x=48, middle=middle + 52, width=room, align=Align.CENTRE
        )

    def _animate(self, calls: tuple[FocusCall, ...], stale: StaleInfo | None) -> None:
        known = {call.call_id: call for call in self._calls}
        arriving = frozenset(call.call_id for call in calls if call.fresh and call.call_id not in known)
        settling = frozenset(
            call.call_id
            for call in calls
            if not call.fresh and call.call_id in known and known[call.call_id].fresh
        )
        if not self._moves or not self.isVisible() or stale is not None:
            self._rest()
            return
        if arriving:
            self._arrival.stop()
            self._arriving, self._slide, self._pulse = arriving, 0.0, 0.0
            self._arrival.start()
        if settling:
            self._settlement.stop()
            self._settling, self._settle = settling, 0.0
            self._settlement.start()

    def _rest(self) -> None:
        self._arrival.stop()
        self._settlement.stop()
        self._arriving, self._settling = frozenset(), frozenset()
        self._slide, self._pulse, self._settle = 1.0, 0.0, 1.0

    def _make_arrival(self) -> QSequentialAnimationGroup:
        group = QSequentialAnimationGroup(self)
        group.addAnimation(self._make_animation(_SLIDE_MS, QEasingCurve.Type.OutCubic, self._on_slide))
        group.addAnimation(
            self._make_animation(_PULSE_MS * _PULSES, QEasingCurve.Type.Linear, self._on_pulse)
        )
        return group

    def _make_animation(
        self, duration_ms: int, curve: QEasingCurve.Type, on_step: Callable[[float], None]
    ) -> QVariantAnimation:
        animation = QVariantAnimation(self)
        animation.setDuration(duration_ms)
        animation.setStartValue(0.0)
        animation.setEndValue(1.0)
        animation.setEasingCurve(curve)
        animation.valueChanged.connect(on_step)
        return animation

    def _on_slide(self, share: float) -> None:
        self._slide = share
        self.update()

    def _on_pulse(self, share: float) -> None:
        self._slide = 1.0
        # to white and back, once per pulse, softly at both ends
        self._pulse = (1.0 - math.cos(2 * math.pi * _PULSES * share)) / 2
        self.update()

    def _on_settle(self, share: float) -> None:
        self._settle = share
        self.update()
