"""The sidebar: the product, the organization, the pages, the person."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from clients.admin_desktop import words
from clients.admin_desktop.widgets.person_button import PersonButton
from clients.qt_kit.icons import paint_icon
from clients.qt_kit.paint import draw_text, elided, fill_rounded, mirrored
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.base import PaintedFrame, PaintedWidget, is_restyling
from clients.qt_kit.widgets.divider import Divider
from clients.qt_kit.widgets.product_mark import ProductMark
from shared.ids import UserRole

_WIDTH, _WIDEST = 216, 320
_ROW, _RADIUS, _ICON, _PADDING, _GAP = 36, 8, 18, 12, 12
_ORGANIZATION = 40
_KEYS = [f"Ctrl+{digit}" for digit in "1234567890"]  # a keyboard has no more digits


@dataclass(frozen=True, kw_only=True)
class NavItem:
    """An entry: the page's key, Lucide icon, noun, and which entries it stands together with."""

    key: str
    icon: str
    title: str
    group: int


class _NavButton(QAbstractButton):
    focus_radius = _RADIUS

    def __init__(self, item: NavItem, shortcut: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.item = item
        self.setCheckable(True)
        self.setAutoExclusive(True)
        if shortcut:
            self.setShortcut(shortcut)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(item.title)
        self.setToolTip(f"{item.title} ({shortcut})" if shortcut else item.title)

    def sizeHint(self) -> QSize:
        return QSize(0, current_theme().px(_ROW))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if is_restyling(event):
            self.updateGeometry()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        painter = QPainter(self)
        bounds = self.rect().toRectF()
        if self.isChecked() or self.underMouse():
            edge = theme.color("line") if theme.high_contrast and self.isChecked() else None
            fill_rounded(painter, bounds, _RADIUS, theme.color("sunken"), border=edge)
        ink = theme.color("ink" if self.isChecked() else "ink2")
        side = theme.px(_ICON)
        icon = QRectF(_PADDING, bounds.center().y() - side / 2, side, side)
        paint_icon(painter, mirrored(icon, bounds, rtl), self.item.icon, ink)
        text = bounds.adjusted(_PADDING + side + _GAP, 0, -_PADDING, 0)
        font = theme.font(TextRole.BODY_STRONG if self.isChecked() else TextRole.BODY)
        cut = elided(font, self.item.title, text.width())
        draw_text(painter, mirrored(text, bounds, rtl), cut, font, ink, right_to_left=rtl)


class _Organization(PaintedWidget):
    """Whose floor this is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def render(self, name: str) -> None:
        if name != self._name:
            self._name = name
            self.setAccessibleName(words.tr("Organization {name}").format(name=name))
            self.setToolTip(name)
            self.update()

    def content_size(self) -> QSize:
        return QSize(0, self.theme.px(_ORGANIZATION))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, rtl = self.theme, self.right_to_left
        painter = QPainter(self)
        bounds = self.rect().toRectF()
        fill_rounded(painter, bounds, _RADIUS, theme.color("surface"), border=theme.color("line"))
        side = theme.px(_ICON)
        icon = QRectF(_PADDING, bounds.center().y() - side / 2, side, side)
        paint_icon(painter, mirrored(icon, bounds, rtl), "landmark", theme.color("ink"))
        text = bounds.adjusted(_PADDING + side + _GAP - 3, 0, -_PADDING, 0)
        font = theme.font(TextRole.BODY_STRONG)
        cut = elided(font, self._name, text.width())
        draw_text(painter, mirrored(text, bounds, rtl), cut, font, theme.color("ink"), right_to_left=rtl)


class Sidebar(PaintedFrame):
    """Entries in groups, one chosen; Ctrl+1 to Ctrl+0 choose the first ten from anywhere."""

    page_chosen = Signal(str)
    """An entry was pressed; argument: the page's key."""

    def __init__(self, items: Sequence[NavItem], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._organization = _Organization()
        self.person = PersonButton()
        self._buttons: dict[str, _NavButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 20, 12, 16)
        column.setSpacing(2)
        mark = QVBoxLayout()
        mark.setContentsMargins(12, 0, 0, 0)
        mark.addWidget(ProductMark(), 0, Qt.AlignmentFlag.AlignLeading)
        column.addLayout(mark)
        column.addSpacing(16)
        column.addWidget(self._organization)
        column.addSpacing(12)
        for place, item in enumerate(items):
            if place and item.group != items[place - 1].group:
                self._add_divider(column)
            button = _NavButton(item, _KEYS[place] if place < len(_KEYS) else "")
            button.clicked.connect(lambda _=False, key=item.key: self.page_chosen.emit(key))
            self._buttons[item.key] = button
            column.addWidget(button)
        column.addStretch(1)
        column.addWidget(self.person)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self._fit()

    @staticmethod
    def _add_divider(column: QVBoxLayout) -> None:
        holder = QVBoxLayout()
        holder.setContentsMargins(12, 9, 12, 9)
        holder.addWidget(Divider())
        column.addLayout(holder)

    def render(self, *, organization: str, person: str, role: UserRole, page: str) -> None:
        """Show where we are and who is here."""
        self._organization.render(organization)
        self.person.render(person, words.role_word(role))
        if page in self._buttons:
            self._buttons[page].setChecked(True)

    def button(self, key: str) -> QAbstractButton:
        """The entry of a page."""
        return self._buttons[key]

    def changeEvent(self, event: QEvent) -> None:
        """Keep as wide as the text asks for."""
        super().changeEvent(event)
        if is_restyling(event):
            self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground and the line towards the page."""
        painter = QPainter(self)
        bounds = self.rect().toRectF()
        painter.fillRect(bounds, self.theme.color("surface"))
        line = QRectF(bounds.width() - 1, 0, 1, bounds.height())
        painter.fillRect(mirrored(line, bounds, self.right_to_left), self.theme.color("line"))

    def _fit(self) -> None:
        self.setFixedWidth(min(self.theme.px(_WIDTH), _WIDEST))
