"""How many wait for each customer type, and how long a new arrival will."""

from collections.abc import Sequence

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from clients.display_desktop.widgets.board_state import StaleInfo, TypeTile
from clients.display_desktop.widgets.canvas import Align, Canvas, TextStyle, lobby_color
from clients.display_desktop.widgets.part import BoardPart
from clients.qt_kit.formats import MinuteRange, minute_range

_CHIP, _CHIP_RADIUS = 48.0, 11.0
_PREFIX = TextStyle(32, 700, numeric=True)
_EMPTY_PLACES = 3
_ONE_ROW, _PAGE = 4, 8  # up to four stand in a row, up to eight in two
_SMALL_BELOW = 340.0
_PAGE_MS = 8_000


class _Measures:
    """Sizes of a tile in units; on upright boards and beside three others it is smaller."""

    def __init__(self, *, small: bool, compact: bool) -> None:
        self.padding = 20.0 if small else 28.0
        self.name = TextStyle(32 if small or compact else 34, 600, spacing=-2)
        self.count = TextStyle(64 if small or compact else 92, 600, spacing=-2, numeric=True)
        self.unit = TextStyle(32 if small else 34, 400, shrinks=True)
        self.range = TextStyle(44 if small else 56, 600, spacing=-3, shrinks=True)
        self.past = TextStyle(44 if small else 52, 400, spacing=-2, shrinks=True)


class TypeTiles(BoardPart):
    """Up to eight tiles; more types take turns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tiles: tuple[TypeTile, ...] = ()
        self._stale: StaleInfo | None = None
        self._loading = False
        self._page = 0
        self._turn = QTimer(self, interval=_PAGE_MS)
        self._turn.timeout.connect(self._on_turn)

    def render(self, tiles: Sequence[TypeTile], *, stale: StaleInfo | None, loading: bool) -> None:
        """Show the types.

        Args:
            tiles: in the organization's order.
            stale: its time stands in place of the estimates.
            loading: nothing is known yet: empty tiles keep the place.
        """
        if (tuple(tiles), stale, loading) == (self._tiles, self._stale, self._loading):
            return
        self._tiles, self._stale, self._loading = tuple(tiles), stale, loading
        self._page = min(self._page, max(0, self._pages - 1))
        self._run_turns()
        self.setAccessibleName(", ".join(f"{tile.name} {tile.waiting}" for tile in tiles))
        self.update()

    @property
    def _pages(self) -> int:
        return -(-len(self._tiles) // _PAGE)

    def showEvent(self, event: QShowEvent) -> None:
        """Take turns while visible."""
        super().showEvent(event)
        self._run_turns()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while hidden."""
        super().hideEvent(event)
        self._turn.stop()

    def draw(self, canvas: Canvas) -> None:
        """Paint the tiles of the present page."""
        tiles = self._tiles[self._page * _PAGE : (self._page + 1) * _PAGE]
        places = len(tiles) or (_EMPTY_PLACES if self._loading else 0)
        if not places:
            return
        rows = 1 if places <= _ONE_ROW else 2
        columns = -(-places // rows)
        gap = 20.0 if self._portrait else 24.0
        width = (canvas.width - gap * (columns - 1)) / columns
        height = (canvas.height - gap * (rows - 1)) / rows
        measures = _Measures(small=self._portrait or width < _SMALL_BELOW, compact=rows == 2)
        for index in range(places):
            x = (index % columns) * (width + gap)
            y = (index // columns) * (height + gap)
            canvas.panel(x, y, width, height, lobby_color("panel"))
            if index >= len(tiles):
                continue
            if rows == 1:
                self._draw_tile(canvas, tiles[index], x, y, width, height, measures)
            else:
                self._draw_compact(canvas, tiles[index], x, y, width, height, measures)

    def _draw_tile(
        self,
        canvas: Canvas,
        tile: TypeTile,
        x: float,
        y: float,
        width: float,
        height: float,
        measures: _Measures,
    ) -> None:
        padding = measures.padding
        left, room = x + padding, width - 2 * padding
        head = y + padding + _CHIP / 2
        self._draw_head(canvas, tile, left, head, room, measures)
        below = self._third_line(tile, right_to_left=canvas.right_to_left)
        has_third = self._stale is not None or any(other.estimate for other in self._tiles)
        # Without any estimate the count has the rest of the tile to itself, so that no hole shows.
        rest = y + padding + _CHIP
        middle = (
            y
            + height * (0.485 if has_third else 0)
            + (0 if has_third else (rest + height - padding * 0.6 - y) / 2)
        )
        count = str(tile.waiting)
        drawn = canvas.text(
            count, measures.count, lobby_color("ink"), x=left, middle=middle, width=room * 0.6
        )
        # the unit stands on the count's baseline: both middles differ by half of their capitals' heights
        drop = 0.727 * (measures.count.size - measures.unit.size) / 2
        unit_x = left + drawn + 16
        unit = self.tr("waiting")
        canvas.text(
            unit,
            measures.unit,
            lobby_color("ink2"),
            x=unit_x,
            middle=middle + drop,
            width=x + width - unit_x - padding,
        )
        if below:
            style = measures.past if self._stale is not None else measures.range
            tone = lobby_color("ink2" if self._stale is not None else "ink")
            canvas.text(below, style, tone, x=left, middle=y + height * 0.78, width=room)

    def _draw_compact(
        self,
        canvas: Canvas,
        tile: TypeTile,
        x: float,
        y: float,
        width: float,
        height: float,
        measures: _Measures,
    ) -> None:
        padding = measures.padding
        middle = y + height / 2
        room = width - 2 * padding
        count = str(tile.waiting)
        taken = canvas.text(
            count,
            measures.count,
            lobby_color("ink"),
            x=x + padding + room * 0.6,
            middle=middle,
            width=room * 0.4,
            align=Align.END,
        )
        self._draw_head(canvas, tile, x + padding, middle, room - taken - 16, measures)

    def _draw_head(
        self, canvas: Canvas, tile: TypeTile, left: float, middle: float, room: float, measures: _Measures
    ) -> None:
        canvas.panel(left, middle - _CHIP / 2, _CHIP, _CHIP, lobby_color("plate"), _CHIP_RADIUS)
        canvas.text(
            tile.prefix,
            _PREFIX,
            lobby_color("ink"),
            x=left + 4,
            middle=middle,
            width=_CHIP - 8,
            align=Align.CENTRE,
        )
        start = _CHIP + 13
        canvas.text(
            tile.name, measures.name, lobby_color("ink"), x=left + start, middle=middle, width=room - start
        )

    def _third_line(self, tile: TypeTile, *, right_to_left: bool) -> str:
        if self._stale is not None:
            return self.tr("at {time}").format(time=self._stale.since)
        if tile.estimate is None:
            return ""
        low, high = tile.estimate
        return minute_range(MinuteRange(low=low, high=high), right_to_left=right_to_left)

    def _run_turns(self) -> None:
        if self._pages > 1 and self.isVisible():
            self._turn.start()
        else:
            self._turn.stop()

    def _on_turn(self) -> None:
        self._page = (self._page + 1) % max(1, self._pages)
        self.update()
