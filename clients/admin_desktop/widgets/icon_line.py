"""An icon and a word or two, in one tone each."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from clients.qt_kit.icons import paint_icon
from clients.qt_kit.paint import draw_text, elided, mirrored, text_width
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import ColourName
from clients.qt_kit.widgets.base import PaintedWidget

_ICON, _GAP = 16, 6
_NARROWEST = 40


class IconLine(PaintedWidget):
    """One line; the word is cut where its place is too narrow, and the tooltip has all of it.

    Args:
        role: of the word.
    """

    def __init__(self, role: TextRole = TextRole.SMALL, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._role = role
        self._icon = ""
        self._text = ""
        self._tone: ColourName = "ink"
        self._icon_tone: ColourName = "ink2"
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def text(self) -> str:
        """The word shown."""
        return self._text

    def render(
        self,
        icon: str,
        text: str,
        *,
        tone: ColourName = "ink",
        icon_tone: ColourName = "ink2",
        role: TextRole | None = None,
    ) -> None:
        """Show an icon and a word.

        Args:
            icon: Lucide name.
            text: one line.
            tone: the word's colour.
            icon_tone: the icon's colour.
            role: another row of the type table from now on.
        """
        shown = (icon, text, tone, icon_tone, role or self._role)
        if shown == (self._icon, self._text, self._tone, self._icon_tone, self._role):
            return
        self._icon, self._text, self._tone, self._icon_tone, self._role = shown
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def content_size(self) -> QSize:
        """Icon, gap and word."""
        words = text_width(self.theme.font(self._role), self._text)
        return QSize(self._words_at() + round(words + 0.5), self.theme.px(20))

    def minimumSizeHint(self) -> QSize:
        """The icon and the beginning of the word."""
        size = self.content_size()
        return QSize(min(size.width(), self._words_at() + _NARROWEST), size.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the icon at the start, the word behind it."""
        theme, rtl = self.theme, self.right_to_left
        painter = QPainter(self)
        bounds, side = self.rect().toRectF(), theme.px(_ICON)
        square = QRectF(0, bounds.center().y() - side / 2, side, side)
        if self._icon:
            paint_icon(painter, mirrored(square, bounds, rtl), self._icon, theme.color(self._icon_tone))
        words = bounds.adjusted(self._words_at(), 0, 0, 0)
        font = theme.font(self._role)
        cut = elided(font, self._text, words.width())
        self.setToolTip(self._text if cut != self._text else "")
        draw_text(
            painter, mirrored(words, bounds, rtl), cut, font, theme.color(self._tone), right_to_left=rtl
        )

    def _words_at(self) -> int:
        return self.theme.px(_ICON + _GAP)
