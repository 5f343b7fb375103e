"""A screen that belongs to no organization yet: how to connect it, and who and where it is."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from clients.display_desktop.widgets.board_state import PairingState, PairingStep
from clients.display_desktop.widgets.canvas import Align, Canvas, TextStyle, lobby_color
from clients.qt_kit.formats import timer
from clients.qt_kit.icons import paint_mark
from clients.qt_kit.paint import fill_rounded
from clients.qt_kit.widgets.plate import paint_plate
from clients.qt_kit.widgets.product_mark import PRODUCT_NAME

_NAME = TextStyle(44, 600, spacing=-2)
_CLOCK = TextStyle(64, 600, spacing=-3, numeric=True)
_TITLE = TextStyle(72, 600, spacing=-2.5)
_TEXT = TextStyle(40, 400)
_LETTER = TextStyle(150, 700, numeric=True)  # the widest, W, leaves a margin on its plate
_LEFT = TextStyle(32, 400)
_STEP = TextStyle(34, 600, spacing=-1)
_STEP_TEXT = TextStyle(32, 400)
_FOOT = TextStyle(32, 400)
_FOOT_HEIGHT, _MARGIN = 80.0, 80.0
_GROUP_LETTERS, _PLATE_GAP, _GROUP_GAP, _PLATE_ASPECT = 4, 16.0, 72.0, 1.35


class PairingScreen(QWidget):
    """Title, code plates, time left, steps, and the machine's name and server at the bottom."""

    def __init__(self, state: PairingState | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        state = state or PairingState(title="", text="", machine="", screen="", server="")
        self.state = state
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.render(state)

    def render(self, state: PairingState) -> None:
        """Show a state."""
        self.state = state
        self.setAccessibleName(f"{state.title}. {state.text} {state.code}".strip())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the screen; upright it is drawn in the same frame, 1080 units wide."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), lobby_color("ground"))
        portrait = self.height() > self.width()
        wide, high = (1080, 1920) if portrait else (1920, 1080)
        scale = max(0.05, min(self.width() / wide, self.height() / high))
        canvas = Canvas(self, painter, scale)
        self._draw_head(canvas)
        top = canvas.height * (0.16 if portrait else 0.0)
        self._draw_middle(canvas, top, portrait=portrait)
        self._draw_foot(canvas, portrait=portrait)
        painter.end()

    def _draw_head(self, canvas: Canvas) -> None:
        paint_mark(
            canvas.painter, canvas.rect(_MARGIN, 76, 64, 64), lobby_color("call"), lobby_color("on_call")
        )
        canvas.text(PRODUCT_NAME, _NAME, lobby_color("ink"), x=_MARGIN + 84, middle=108, width=500)
        canvas.text(
            self.state.clock,
            _CLOCK,
            lobby_color("ink"),
            x=_MARGIN,
            middle=108,
            width=canvas.width - 2 * _MARGIN,
            align=Align.END,
        )

    def _draw_middle(self, canvas: Canvas, top: float, *, portrait: bool) -> None:
        state, room = self.state, canvas.width - 2 * _MARGIN
        spread = (canvas.height - 1080) * 0.3 if not portrait else 0.0
        top += spread
        y = top + (262 if state.code else 470)
        centre = Align.CENTRE
        if state.icon and not state.code:
            side = 112.0
            canvas.icon(state.icon, (canvas.width - side) / 2, y - 208, side, lobby_color("ink2"))
        for line in canvas.lines(state.title, _TITLE, room):
            canvas.text(line, _TITLE, lobby_color("ink"), x=_MARGIN, middle=y, width=room, align=centre)
            y += 82
        for line in canvas.lines(state.text, _TEXT, room):
            canvas.text(line, _TEXT, lobby_color("ink2"), x=_MARGIN, middle=y, width=room, align=centre)
            y += 56
        if state.code:
            y = self._draw_code(canvas, y + 36, room)
        self._draw_steps(canvas, max(y + 76, top + (888 if state.code else 640)), portrait=portrait)

    def _draw_code(self, canvas: Canvas, top: float, room: float) -> float:
        """The plates and the time left; answers where they end."""
        letters = [letter for letter in self.state.code if not letter.isspace()]
        gaps = len(letters) - 1
        groups = (len(letters) - 1) // _GROUP_LETTERS
        side = min(
            184.0, (room - gaps * _PLATE_GAP - groups * (_GROUP_GAP - _PLATE_GAP)) / max(1, len(letters))
        )
        height = side * _PLATE_ASPECT
        total = len(letters) * side + gaps * _PLATE_GAP + groups * (_GROUP_GAP - _PLATE_GAP)
        x = (canvas.width - total) / 2
        if canvas.right_to_left:  # a code reads from left to right everywhere
            letters.reverse()
        style = TextStyle(_LETTER.size * side / 184, _LETTER.weight, numeric=True)
        for index, letter in enumerate(letters):
            place = canvas.rect(x, top, side, height)
            line = 2 * canvas.scale
            fill_rounded(
                canvas.painter,
                place,
                side * 0.13 * canvas.scale,
                lobby_color("panel"),
                border=lobby_color("line"),
                border_width=line,
            )
            canvas.text(
                letter,
                style,
                lobby_color("ink"),
                x=x,
                middle=top + height / 2,
                width=side,
                align=Align.CENTRE,
            )
            x += side + (_GROUP_GAP if (index + 1) % _GROUP_LETTERS == 0 else _PLATE_GAP)
        return self._draw_time_left(canvas, top + height + 44)

    def _draw_time_left(self, canvas: Canvas, top: float) -> float:
        state = self.state
        if state.code_left_s <= 0:
            return top
        width = 600.0
        x = (canvas.width - width) / 2
        canvas.panel(x, top, width, 6, lobby_color("line"), 3)
        share = min(1.0, state.code_left_s / max(1, state.code_total_s))
        canvas.panel(x, top, width * share, 6, lobby_color("ink"), 3)
        text = self.tr("A new code appears in {time}").format(time=timer(state.code_left_s))
        canvas.text(
            text,
            _LEFT,
            lobby_color("ink2"),
            x=x - 200,
            middle=top + 40,
            width=width + 400,
            align=Align.CENTRE,
        )
        return top + 56

    def _draw_steps(self, canvas: Canvas, middle: float, *, portrait: bool) -> None:
        steps = self.state.steps[:3]
        if not steps:
            return
        widths = [self._step_width(canvas, step) for step in steps]
        if portrait:
            x = (canvas.width - max(widths)) / 2
            for index, step in enumerate(steps):
                self._draw_step(canvas, index + 1, step, x, middle + index * 132, widths[index])
            return
        room = canvas.width - 2 * _MARGIN
        gap = min(100.0, max(32.0, (room - sum(widths)) / max(1, len(steps))))
        x = max(_MARGIN, (canvas.width - sum(widths) - gap * (len(steps) - 1)) / 2)
        for index, (step, width) in enumerate(zip(steps, widths, strict=True)):
            self._draw_step(canvas, index + 1, step, x, middle, width)
            x += width + gap

    def _step_width(self, canvas: Canvas, step: PairingStep) -> float:
        return 80 + 2 + max(canvas.advance(step.title, _STEP), canvas.advance(step.text, _STEP_TEXT))

    def _draw_step(
        self, canvas: Canvas, number: int, step: PairingStep, x: float, middle: float, width: float
    ) -> None:
        plate = canvas.rect(x, middle - 36, 56, 56)
        paint_plate(canvas.painter, plate, str(number), lobby_color("plate"), lobby_color("ink"))
        canvas.text(step.title, _STEP, lobby_color("ink"), x=x + 80, middle=middle - 16, width=width - 80)
        canvas.text(
            step.text, _STEP_TEXT, lobby_color("ink2"), x=x + 80, middle=middle + 28, width=width - 80
        )

    def _draw_foot(self, canvas: Canvas, *, portrait: bool) -> None:
        state = self.state
        lines = 2 if portrait else 1
        height = _FOOT_HEIGHT * lines
        top = canvas.height - height
        canvas.fill(0, top, canvas.width, height, lobby_color("panel"))
        tone = lobby_color("ink2")
        middle = top + _FOOT_HEIGHT / 2
        room = canvas.width - 2 * _MARGIN
        canvas.icon("monitor", _MARGIN, middle - 17, 34, tone)
        machine = ", ".join(filter(None, (state.machine, state.screen)))
        half = room if portrait else room * 0.48
        canvas.text(machine, _FOOT, tone, x=_MARGIN + 48, middle=middle, width=half - 48)
        server = state.server.partition("//")[2] or state.server
        if not state.reaches_server:
            server = self.tr("{server} not found, trying again").format(server=server)
        # A lock would say that nobody listens.
        reached = "lock" if state.server.startswith("https:") else "server"
        icon = reached if state.reaches_server else "cloud-off"
        if portrait:
            middle += _FOOT_HEIGHT * 0.85
            canvas.icon(icon, _MARGIN, middle - 17, 34, tone)
            canvas.text(server, _FOOT, tone, x=_MARGIN + 48, middle=middle, width=room - 48)
            return
        drawn = min(canvas.advance(server, _FOOT), half - 48)
        canvas.text(
            server, _FOOT, tone, x=canvas.width - _MARGIN - half, middle=middle, width=half, align=Align.END
        )
        canvas.icon(icon, canvas.width - _MARGIN - drawn - 48, middle - 17, 34, tone)
