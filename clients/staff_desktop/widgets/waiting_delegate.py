"""A row of the list: mark, number, name or type, a chip, the row's action, time."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from clients.qt_kit.icons import paint_icon
from clients.qt_kit.paint import CENTRE, END, draw_text, elided, fill_rounded, mirrored, text_width
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import Theme, current_theme
from clients.qt_kit.widgets.button_colours import button_colours
from clients.qt_kit.widgets.key_cap import key_cap_width, paint_key_cap
from clients.qt_kit.widgets.service_mark import ServiceLevel, paint_service_mark
from clients.staff_desktop.list_view import Section
from clients.staff_desktop.widgets.waiting_model import WaitingModel
from shared.tokens import LiveToken

ROW_HEIGHT = 46
_MARGIN, _NUMBER_AT, _TYPE_AT, _TIME_WIDTH, _ACTION_GAP = 20, 48, 112, 56, 4
_WAKE_WIDTH = 84  # "until 11:30"
_CALL_KEY = "Return"


class WaitingDelegate(QStyledItemDelegate):
    """Paints rows; the columns stay where they are whether a row is selected or not.

    Args:
        model: the rows.
    """

    def __init__(self, model: WaitingModel) -> None:
        super().__init__()
        self._model = model
        self.can_call = True
        self.action_word = ""
        self.scroll_bar_width = 0

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """46 high at 100 %."""
        return QSize(0, current_theme().px(ROW_HEIGHT))

    def action_rect(self, row: QRect) -> QRect:
        """Where the row's Call stands, in the row's own coordinates' system."""
        theme = current_theme()
        width = round(text_width(theme.font(TextRole.SMALL_STRONG), self._call_word()))
        width += key_cap_width(_CALL_KEY, theme) + theme.px(11 + 8 + 11)
        height = theme.px(28)
        right = self._end(row) - self._time_width(theme) - _ACTION_GAP
        place = QRectF(right - width, row.center().y() + 1 - height / 2, width, height)
        return mirrored(place, QRectF(row), self._rtl(row)).toRect()

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one row."""
        token = self._model.token_at(index)
        if token is None:
            return
        theme = current_theme()
        row: QRect = option.rect
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        ground = self._paint_ground(painter, row, theme, is_selected=is_selected, is_hovered=is_hovered)
        level = self._model.level_of(token)
        if token.emergency is not None:
            self._paint_icon(painter, row, "circle-alert", theme.color("late"))
        elif self._model.section is Section.WAITING:
            self._paint_mark(painter, row, level, theme, ground)
        else:
            icon = "circle-pause" if self._model.section is Section.PARKED else "circle-x"
            self._paint_icon(painter, row, icon, theme.color("ink2"))
        self._paint_words(painter, row, token, theme, end=self._words_end(row, is_selected=is_selected))
        if is_selected and self.can_call:
            self._paint_action(painter, row, theme, is_hovered=is_hovered)
        self._paint_time(painter, row, token, level, theme)
        painter.restore()

    def _paint_ground(
        self, painter: QPainter, row: QRect, theme: Theme, *, is_selected: bool, is_hovered: bool
    ) -> QColor:
        name = "tool_soft" if is_selected else "sunken" if is_hovered else "surface"
        ground = theme.color(name)  # type: ignore[arg-type]  # all three are colour names
        painter.fillRect(row, ground)
        painter.fillRect(QRect(row.left(), row.bottom(), row.width(), 1), theme.color("line"))
        if is_selected:
            bar = mirrored(QRectF(row.left(), row.top(), 3, row.height()), QRectF(row), self._rtl(row))
            painter.fillRect(bar, theme.color("tool"))
        return ground

    def _paint_mark(
        self, painter: QPainter, row: QRect, level: ServiceLevel, theme: Theme, ground: QColor
    ) -> None:
        side = theme.px(16)
        mark = QRectF(row.left() + _MARGIN, row.center().y() + 0.5 - side / 2, side, side)
        place = mirrored(mark, QRectF(row), self._rtl(row))
        paint_service_mark(painter, place, level, theme, right_to_left=self._rtl(row), ground=ground)

    def _paint_icon(self, painter: QPainter, row: QRect, name: str, tone: QColor) -> None:
        side = current_theme().px(16)
        place = QRectF(row.left() + _MARGIN, row.center().y() + 0.5 - side / 2, side, side)
        paint_icon(painter, mirrored(place, QRectF(row), self._rtl(row)), name, tone)

    def _paint_words(
        self, painter: QPainter, row: QRect, token: LiveToken, theme: Theme, *, end: float
    ) -> None:
        rtl, bounds = self._rtl(row), QRectF(row)
        number_at = row.left() + _MARGIN + theme.px(_NUMBER_AT - _MARGIN)
        font = theme.font(TextRole.TOKEN_S)
        number_width = text_width(font, token.number)
        number = QRectF(number_at, row.top(), number_width + 1, row.height())
        draw_text(painter, mirrored(number, bounds, rtl), token.number, font, theme.color("ink"))
        left = max(row.left() + theme.px(_TYPE_AT), number.right() + theme.px(12))
        name, chip = self._model.words_of(token), self._model.chip_of(token)
        small = theme.font_for(TextRole.SMALL, name)
        tone = theme.color("ink" if self._model.view_of(token).words else "ink2")
        chip_width = min(self._chip_width(theme, chip), max(0.0, (end - left) * 0.6)) if chip else 0
        room = max(0.0, end - left - (chip_width + theme.px(12) if chip else 0))
        cut = elided(small, name, room)
        place = QRectF(left, row.top(), room, row.height())
        draw_text(painter, mirrored(place, bounds, rtl), cut, small, tone, right_to_left=rtl)
        if chip:
            chip_left = left + text_width(small, cut) + theme.px(12)
            height = theme.px(20)
            frame = QRectF(chip_left, row.center().y() + 0.5 - height / 2, chip_width, height)
            self._paint_chip(painter, mirrored(frame, bounds, rtl), chip, theme)

    def _paint_chip(self, painter: QPainter, place: QRectF, chip: str, theme: Theme) -> None:
        fill_rounded(painter, place, theme.px(5), None, border=theme.color("edge"))
        font = theme.font_for(TextRole.HINT_STRONG, chip)
        cut = elided(font, chip, place.width() - theme.px(8))
        draw_text(painter, place, cut, font, theme.color("ink"), align=CENTRE)

    def _paint_action(self, painter: QPainter, row: QRect, theme: Theme, *, is_hovered: bool) -> None:
        colours = button_colours("primary", theme, enabled=True, hovered=is_hovered, pressed=False)
        place = QRectF(self.action_rect(row))
        rtl = self._rtl(row)
        fill_rounded(painter, place, theme.px(6), colours.fill)
        words = place.adjusted(theme.px(11), 0, -theme.px(11), 0)
        font = theme.font(TextRole.SMALL_STRONG)
        draw_text(painter, words, self._call_word(), font, colours.ink, right_to_left=rtl)
        width, height = key_cap_width(_CALL_KEY, theme), theme.px(20)
        cap = QRectF(words.right() - width, place.center().y() - height / 2, width, height)
        cap = mirrored(cap, place, rtl)
        paint_key_cap(painter, cap, _CALL_KEY, theme, ink=colours.key_ink, edge=colours.key_edge)

    def _paint_time(
        self, painter: QPainter, row: QRect, token: LiveToken, level: ServiceLevel, theme: Theme
    ) -> None:
        is_calm = level is ServiceLevel.ON_TIME or self._model.section is not Section.WAITING
        font = theme.font(TextRole.BODY if is_calm else TextRole.BODY_STRONG)
        tone = theme.color("ink2" if is_calm else level.colour)
        end, width = self._end(row), self._time_width(theme)
        place = QRectF(end - width - 20, row.top(), width + 20, row.height())
        text = self._model.end_of(token)
        rtl = self._rtl(row)
        draw_text(painter, mirrored(place, QRectF(row), rtl), text, font, tone, align=END, right_to_left=rtl)

    def _words_end(self, row: QRect, *, is_selected: bool) -> float:
        theme = current_theme()
        if is_selected and self.can_call:
            action = QRectF(self.action_rect(row))
            return mirrored(action, QRectF(row), self._rtl(row)).left() - theme.px(12)
        return self._end(row) - self._time_width(theme) - theme.px(12)

    def _end(self, row: QRect) -> float:
        return row.right() + 1 - max(8, _MARGIN - self.scroll_bar_width)

    def _time_width(self, theme: Theme) -> int:
        return theme.px(_WAKE_WIDTH if self._model.section is Section.PARKED else _TIME_WIDTH)

    def _chip_width(self, theme: Theme, chip: str) -> float:
        return round(text_width(theme.font_for(TextRole.HINT_STRONG, chip), chip)) + theme.px(14)

    def _call_word(self) -> str:
        return self.action_word

    def _rtl(self, row: QRect) -> bool:
        return current_theme().right_to_left
