"""Earlier calls: number, chevron, plate; newest on top, and a new one pushes the others down."""

from PySide6.QtCore import QEasingCurve, QVariantAnimation
from PySide6.QtWidgets import QWidget

from clients.display_desktop.widgets.board_state import RecentRow
from clients.display_desktop.widgets.canvas import Align, Canvas, TextStyle, lobby_color
from clients.display_desktop.widgets.layout import RECENT_HEAD
from clients.display_desktop.widgets.part import BoardPart
from clients.qt_kit.widgets.plate import paint_plate

_HEAD = TextStyle(32, 400)
_TOKEN = TextStyle(104, 700, spacing=-1, numeric=True)
_PADDING, _PLATE, _CHEVRON = 40.0, 96.0, 56.0
_CHEVRON_STROKE = 2.25
_NUMERAL_SHARE = 0.76  # of the plate: read from ten metres
_SHIFT_MS = 180


class RecentCalls(BoardPart):
    """As many rows as fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[RecentRow, ...] = ()
        self._before: tuple[RecentRow, ...] = ()
        self._capacity = 6
        self._heading = ""
        self._moves = True
        self._progress = 1.0
        self._shift = QVariantAnimation(self)
        self._shift.setDuration(_SHIFT_MS)
        self._shift.setStartValue(0.0)
        self._shift.setEndValue(1.0)
        self._shift.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._shift.valueChanged.connect(self._on_step)

    def set_reduced_motion(self, reduced: bool) -> None:
        """Let rows change at once."""
        self._moves = not reduced

    def render(self, rows: tuple[RecentRow, ...], *, capacity: int, stale: bool) -> None:
        """Show the newest calls.

        Args:
            rows: newest first.
            capacity: how many fit.
            stale: the list is old: its head says so.
        """
        heading = self.tr("Before that") if stale else self.tr("Number")
        shown = rows[:capacity]
        if (shown, capacity, heading) == (self._rows, self._capacity, self._heading):
            return
        pushed = bool(self._rows) and len(shown) > 1 and shown[1:2] == self._rows[:1]
        self._before, self._rows = self._rows, shown
        self._capacity, self._heading = capacity, heading
        self.setAccessibleName(", ".join(f"{row.token} {row.counter}" for row in shown))
        self._shift.stop()
        self._progress = 1.0
        if pushed and self._moves and self.isVisible():
            self._progress = 0.0
            self._shift.start()
        self.update()

    def draw(self, canvas: Canvas) -> None:
        """Paint the panel, its head and the rows."""
        canvas.panel(0, 0, canvas.width, canvas.height, lobby_color("panel"))
        room = canvas.width - 2 * _PADDING
        middle = RECENT_HEAD / 2 - 1
        quiet = lobby_color("ink2")
        counter = self.tr("Counter")
        taken = canvas.text(counter, _HEAD, quiet, x=_PADDING, middle=middle, width=room, align=Align.END)
        canvas.text(self._heading, _HEAD, quiet, x=_PADDING, middle=middle, width=room - taken - _PADDING)
        if not self._rows:
            nothing = self.tr("Earlier calls appear here.")
            canvas.text(
                nothing, _HEAD, quiet, x=_PADDING, middle=canvas.height / 2, width=room, align=Align.CENTRE
            )
            return
        height = (canvas.height - RECENT_HEAD) / self._capacity
        canvas.painter.save()
        canvas.painter.setClipRect(
            canvas.rect(0, RECENT_HEAD - 2, canvas.width, canvas.height - RECENT_HEAD + 2)
        )
        moved = (self._progress - 1.0) * height
        for index, row in enumerate(self._rows):
            self._draw_row(canvas, row, RECENT_HEAD + index * height + moved, height)
        if self._progress < 1.0 and len(self._before) == self._capacity:
            self._draw_row(canvas, self._before[-1], canvas.height + moved, height)  # the one that leaves
        canvas.painter.restore()

    def _draw_row(self, canvas: Canvas, row: RecentRow, top: float, height: float) -> None:
        room = canvas.width - 2 * _PADDING
        canvas.fill(_PADDING, top - 1, room, 2, lobby_color("line"))
        middle = top + height / 2
        side = min(_PLATE, height * 0.78)
        plate_x = canvas.width - _PADDING - side
        plate = canvas.rect(plate_x, middle - side / 2, side, side)
        paint_plate(
            canvas.painter, plate, row.counter, lobby_color("plate"), lobby_color("ink"), _NUMERAL_SHARE
        )
        chevron_x = plate_x - 26 - _CHEVRON
        canvas.icon(
            "chevron-right",
            chevron_x,
            middle - _CHEVRON / 2,
            _CHEVRON,
            lobby_color("ink2"),
            stroke=_CHEVRON_STROKE,
        )
        canvas.text(
            row.token, _TOKEN, lobby_color("ink"), x=_PADDING, middle=middle, width=chevron_x - _PADDING - 16
        )

    def _on_step(self, value: float) -> None:
        self._progress = value
        self.update()
