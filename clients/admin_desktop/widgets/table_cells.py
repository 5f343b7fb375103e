"""What stands in a table: cells as values, their painting, and the columns' heads."""

import math
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from clients.qt_kit.icons import paint_icon
from clients.qt_kit.paint import draw_text, elided, fill_rounded, mirrored, text_width, visual_rect
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import ColourName, Theme, current_theme
from clients.qt_kit.widgets.plate import paint_plate
from clients.qt_kit.widgets.type_chip import paint_type_chip, type_chip_width

ROW_HEIGHT = 44  # logical pixels at 100 % text
CELL_ROLE = int(Qt.ItemDataRole.UserRole)
SORT_ROLE = CELL_ROLE + 1
KEY_ROLE = CELL_ROLE + 2
_PADDING, _GAP, _ICON, _PLATE, _CHIP = 20, 10, 16, 26, 24
_EDGE = 3

Sortable = str | int | float


class Lead(StrEnum):
    """What stands before a cell's text."""

    NONE = "none"
    ICON = "icon"
    PLATE = "plate"  # a counter's, with `mark` as its numeral
    PLATE_DIMMED = "plate_dimmed"  # of a closed counter
    CHIP = "chip"  # a customer type's, with `mark` as its prefix


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell.

    Args:
        text: what it says.
        holds: what the filter finds beside the text.
        sort: what the column is ordered by; None: the text.
        lead: what stands before the text.
        mark: the icon's name or the plate's numeral.
        tone: the text's colour.
        mark_tone: the icon's colour.
        strong: semi-bold, for what names the row.
    """

    text: str
    holds: str = ""
    sort: Sortable | None = None
    lead: Lead = Lead.NONE
    mark: str = ""
    tone: ColourName = "ink"
    mark_tone: ColourName = "ink2"
    strong: bool = False

    @property
    def order(self) -> Sortable:
        """What the column is ordered by."""
        return self.text.casefold() if self.sort is None else self.sort


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """One row. `key` tells it from the others, whatever it says."""

    key: object
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column.

    Args:
        share: of the width beyond what all need.
        elides: it holds names, which may be cut where the width is short; numbers never are.
    """

    title: str
    share: int = 1
    elides: bool = False


class CellDelegate(QStyledItemDelegate):
    """Paints cells; a row is one surface with a line above it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """The row's height; the width is the header's business."""
        return QSize(0, current_theme().px(ROW_HEIGHT))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw ground, line, lead and text."""
        cell = index.data(CELL_ROLE)
        theme = current_theme()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        direction: Qt.LayoutDirection = option.direction
        self._paint_ground(painter, rect, state, theme, is_first=index.column() == 0, direction=direction)
        if not isinstance(cell, Cell):
            return
        bounds = rect.toRectF()
        rtl = direction == Qt.LayoutDirection.RightToLeft
        x = _paint_lead(painter, bounds, cell, theme, rtl)
        words = bounds.adjusted(x, 0, -_GAP, 0)
        font = theme.font(TextRole.BODY_STRONG if cell.strong else TextRole.BODY)
        draw_text(
            painter,
            mirrored(words, bounds, rtl),
            elided(font, cell.text, words.width()),
            font,
            theme.color(cell.tone),
            right_to_left=rtl,
        )

    @staticmethod
    def _paint_ground(
        painter: QPainter,
        rect: QRect,
        state: QStyle.StateFlag,
        theme: Theme,
        *,
        is_first: bool,
        direction: Qt.LayoutDirection,
    ) -> None:
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        if is_selected:
            painter.fillRect(rect, theme.color("tool_soft"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.color("sunken"))
        painter.fillRect(QRect(rect.left(), rect.top(), rect.width(), 1), theme.color("line"))
        if is_selected and is_first:
            edge = QRect(rect.left(), rect.top(), _EDGE, rect.height())
            painter.fillRect(visual_rect(direction, rect, edge), theme.color("tool"))


def _paint_lead(painter: QPainter, bounds: QRectF, cell: Cell, theme: Theme, rtl: bool) -> float:
    """Paint what stands before the text; answers where the text begins, from the start edge."""
    if cell.lead is Lead.NONE:
        return _PADDING
    if cell.lead is Lead.CHIP:
        height, width = theme.px(_CHIP), type_chip_width(cell.mark, theme)
        chip = QRectF(bounds.left() + _PADDING, bounds.center().y() - height / 2, width, height)
        paint_type_chip(painter, mirrored(chip, bounds, rtl), cell.mark, theme)
        return _PADDING + width + _GAP
    side = theme.px(_ICON if cell.lead is Lead.ICON else _PLATE)
    square = QRectF(bounds.left() + _PADDING, bounds.center().y() - side / 2, side, side)
    square = mirrored(square, bounds, rtl)
    if cell.lead is Lead.ICON:
        paint_icon(painter, square, cell.mark, theme.color(cell.mark_tone))
        return _PADDING + side + theme.px(8)
    dimmed = cell.lead is Lead.PLATE_DIMMED
    fill = theme.color("sunken" if dimmed else "primary")
    ink = theme.color("ink3" if dimmed else "on_primary")
    paint_plate(painter, square, cell.mark, fill, ink)
    if dimmed and theme.high_contrast:
        fill_rounded(painter, square, side * 0.22, None, border=theme.color("line"))
    return _PADDING + side + _GAP


def cell_width(cell: Cell, theme: Theme) -> float:
    """What a cell needs to be seen whole, logical pixels."""
    font = theme.font(TextRole.BODY_STRONG if cell.strong else TextRole.BODY)
    lead = {
        Lead.NONE: 0.0,
        Lead.ICON: theme.px(_ICON) + theme.px(8),
        Lead.CHIP: type_chip_width(cell.mark, theme) + _GAP,
    }.get(cell.lead, theme.px(_PLATE) + _GAP)
    # A whole pixel up: a column that is half a pixel short cuts the last word.
    return math.ceil(text_width(font, cell.text)) + 1 + lead + _PADDING + _GAP
