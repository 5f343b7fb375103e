"""The top of the board: who we are, and what day and time it is."""

from PySide6.QtWidgets import QWidget

from clients.display_desktop.widgets.canvas import Align, Canvas, TextStyle, lobby_color
from clients.display_desktop.widgets.part import BoardPart

_NAME = TextStyle(44, 600, spacing=-2)
_DATE = TextStyle(34, 400)
_DATE_UPRIGHT = TextStyle(32, 400)
_CLOCK = TextStyle(72, 600, spacing=-3, numeric=True)
_CLOCK_UPRIGHT = TextStyle(64, 600, spacing=-3, numeric=True)
_ICON, _NAME_X, _GAP = 60.0, 80.0, 40.0


class Header(BoardPart):
    """Icon, name, date, clock."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = ("", "", "", "")

    def render(self, *, icon: str, name: str, date: str, clock: str) -> None:
        """Show them; repaints only if one changed."""
        if (icon, name, date, clock) != self._shown:
            self._shown = (icon, name, date, clock)
            self.setAccessibleName(f"{name} {date} {clock}")
            self.update()

    def draw(self, canvas: Canvas) -> None:
        """Paint the row; the name gives way to the time."""
        icon, name, date, clock = self._shown
        middle = canvas.height / 2
        clock_style = _CLOCK_UPRIGHT if self._portrait else _CLOCK
        date_style = _DATE_UPRIGHT if self._portrait else _DATE
        end = canvas.width
        end -= canvas.text(
            clock, clock_style, lobby_color("ink"), x=0, middle=middle, width=canvas.width, align=Align.END
        )
        end -= _GAP if clock else 0
        name_width = canvas.advance(name, _NAME)
        if _NAME_X + name_width + _GAP + canvas.advance(date, date_style) <= end:
            date_width = canvas.text(
                date, date_style, lobby_color("ink2"), x=0, middle=middle, width=end, align=Align.END
            )
            end -= date_width + _GAP
        canvas.icon(icon, 0, middle - _ICON / 2, _ICON, lobby_color("ink"))
        canvas.text(name, _NAME, lobby_color("ink"), x=_NAME_X, middle=middle, width=end - _NAME_X)
