"""The bar at the bottom: announcements, or that the board is not current."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QFontMetricsF, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from clients.display_desktop.widgets.board_state import StaleInfo
from clients.display_desktop.widgets.canvas import Canvas, TextStyle, lobby_color
from clients.display_desktop.widgets.part import BoardPart

_TEXT = TextStyle(38, 400)
_STRONG = TextStyle(38, 600)
_TEXT_LOW, _STRONG_LOW = TextStyle(34, 400, shrinks=True), TextStyle(34, 600)
_MARGIN, _ICON, _TEXT_X, _DOT, _DOT_ROOM = 40.0, 44.0, 108.0, 12.0, 84.0
_SPEED = 80.0  # units a second
_FRAME_MS = 33
_PAUSE_MS = 3_000  # at the start, so that the first words can be read
_SWAP_MS = 8_000  # reduced motion: one text after the other


class Ticker(BoardPart):
    """Announcements side by side; scrolls only if they are wider than the screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts: tuple[str, ...] = ()
        self._icon = "megaphone"
        self._stale: StaleInfo | None = None
        self._reduced = False
        self._offset = 0.0
        self._swap = 0
        self._frames = QTimer(self, interval=_FRAME_MS)
        self._frames.timeout.connect(self._on_frame)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._frames.start)
        self._swaps = QTimer(self, interval=_SWAP_MS)
        self._swaps.timeout.connect(self._on_swap)

    @property
    def is_scrolling(self) -> bool:
        """True while texts move, the pause before included."""
        return self._frames.isActive() or self._pause.isActive()

    def set_reduced_motion(self, reduced: bool) -> None:
        """Swap texts instead of scrolling them."""
        self._reduced = reduced
        self._restart()

    def render(self, texts: tuple[str, ...], *, stale: StaleInfo | None, icon: str = "megaphone") -> None:
        """Show announcements.

        Args:
            texts: side by side.
            stale: takes the place of all texts.
            icon: Lucide name at the start.
        """
        if (texts, stale, icon) == (self._texts, self._stale, self._icon):
            return
        self._texts, self._stale, self._icon = texts, stale, icon
        said = f"{self._headline()} {self._advice()}" if stale is not None else " ".join(texts)
        self.setAccessibleName(said)
        self._restart()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may need no scrolling."""
        super().resizeEvent(event)
        self._restart()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin."""
        super().showEvent(event)
        self._restart()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while hidden."""
        super().hideEvent(event)
        for timer in (self._frames, self._pause, self._swaps):
            timer.stop()

    def draw(self, canvas: Canvas) -> None:
        """Paint the bar."""
        if self._stale is not None:
            self._draw_stale(canvas)
            return
        canvas.fill(0, 0, canvas.width, canvas.height, lobby_color("panel"))
        middle = canvas.height / 2
        canvas.painter.save()
        canvas.painter.setClipRect(canvas.rect(_TEXT_X - 12, 0, canvas.width - _TEXT_X + 12, canvas.height))
        if self._reduced and self._too_wide():
            room = canvas.width - _TEXT_X - _MARGIN
            pieces = [piece for text in self._texts for piece in canvas.lines(text, _TEXT, room)]
            piece = pieces[self._swap % len(pieces)]
            canvas.text(piece, _TEXT, lobby_color("ink"), x=_TEXT_X, middle=middle, width=room)
        else:
            x = self._draw_run(canvas, _TEXT_X - self._offset, middle)
            if self.is_scrolling and x < canvas.width:
                self._draw_run(canvas, x, middle)  # the next round follows the end of this one
        canvas.painter.restore()
        canvas.icon(self._icon, _MARGIN, middle - _ICON / 2, _ICON, lobby_color("ink2"))

    def _draw_run(self, canvas: Canvas, x: float, middle: float) -> float:
        """All texts from `x` on, a dot between them; answers where the next round begins."""
        rounds = self.is_scrolling
        for index, text in enumerate(self._texts):
            width = canvas.advance(text, _TEXT)
            canvas.text(text, _TEXT, lobby_color("ink"), x=x, middle=middle, width=width + 2)
            x += width
            if index + 1 < len(self._texts) or rounds:
                dot_x = x + (_DOT_ROOM - _DOT) / 2
                canvas.panel(dot_x, middle - _DOT / 2, _DOT, _DOT, lobby_color("ink2"), _DOT / 2)
                x += _DOT_ROOM
        return x

    def _draw_stale(self, canvas: Canvas) -> None:
        ink = lobby_color("ground")
        canvas.fill(0, 0, canvas.width, canvas.height, lobby_color("ink"))
        middle = canvas.height / 2
        canvas.icon("cloud-off", _MARGIN, middle - _ICON / 2, _ICON, ink)
        room = canvas.width - _TEXT_X - _MARGIN
        headline, advice = self._headline(), self._advice()
        start = canvas.advance(headline, _STRONG) + 24
        if start + canvas.advance(advice, _TEXT) <= room:
            canvas.text(headline, _STRONG, ink, x=_TEXT_X, middle=middle, width=room)
            canvas.text(advice, _TEXT, ink, x=_TEXT_X + start, middle=middle, width=room - start)
            return
        # upright there is room for both only below each other
        canvas.text(headline, _STRONG_LOW, ink, x=_TEXT_X, middle=middle - 21, width=room)
        canvas.text(advice, _TEXT_LOW, ink, x=_TEXT_X, middle=middle + 21, width=room)

    def _headline(self) -> str:
        return self.tr("Not updated since {time}.").format(time=self._stale.since if self._stale else "")

    def _advice(self) -> str:
        return self.tr("If your number is not here, please ask at any counter.")

    def _run_width(self) -> float:
        """All texts side by side, in units."""
        metrics = QFontMetricsF(_TEXT.font(self._scale))
        widths = sum(metrics.horizontalAdvance(text) for text in self._texts) / self._scale
        return widths + _DOT_ROOM * max(0, len(self._texts) - 1)

    def _too_wide(self) -> bool:
        return self._run_width() > self.width() / self._scale - _TEXT_X - _MARGIN

    def _restart(self) -> None:
        for timer in (self._frames, self._pause, self._swaps):
            timer.stop()
        self._offset, self._swap = 0.0, 0
        self.update()
        if not self.isVisible() or not self._texts or self._stale is not None or not self._too_wide():
            return
        (self._swaps if self._reduced else self._pause).start()

    def _on_frame(self) -> None:
        step = max(1, round(_SPEED * _FRAME_MS / 1000 * self._scale)) / self._scale  # whole pixels per frame
        self._offset += step
        if self._offset >= self._run_width() + _DOT_ROOM:
            self._offset = 0.0
        self.update()

    def _on_swap(self) -> None:
        self._swap += 1
        self.update()
