"""Text in one of the type roles: one line, elided if asked, or wrapped at the role's line height."""

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt
from PySide6.QtGui import (
    QFontMetricsF,
    QHelpEvent,
    QPainter,
    QPaintEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolTip, QWidget

from clients.qt_kit.paint import elided
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import ColourName, current_theme
from clients.qt_kit.widgets.base import is_restyling

_NARROWEST_ELIDED_PX = 24


class Label(QLabel):
    """A text.

    Args:
        role: its row of the type table.
        text: plain text; markup is never interpreted.
        tone: the colour's role.
        wrap: break into lines.
        elide: cut with an ellipsis where the place is too narrow, and show the whole as a tooltip.
    """

    def __init__(
        self,
        role: TextRole = TextRole.BODY,
        text: str = "",
        *,
        tone: ColourName = "ink",
        wrap: bool = False,
        elide: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._role = role
        self._tone: ColourName = tone
        self._elide = elide
        self._shown_cut = False
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(wrap)
        self.setSizePolicy(policy)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show another text."""
        super().setText(text)
        self._restyle()

    @property
    def role(self) -> TextRole:
        """The row of the type table in use."""
        return self._role

    @property
    def is_cut(self) -> bool:
        """True when the last paint had to leave some of the text out."""
        return self._shown_cut

    def set_role(self, role: TextRole) -> None:
        """Use another row of the type table."""
        if role is not self._role:
            self._role = role
            self._restyle()

    def set_tone(self, tone: ColourName) -> None:
        """Use another colour role."""
        if tone != self._tone:
            self._tone = tone
            self.update()

    def sizeHint(self) -> QSize:
        """One line's width, and the height of its lines."""
        width = round(self._advance() + 0.5)
        if self.wordWrap():
            width = min(width, current_theme().px(360))
            return QSize(width, self.heightForWidth(width))
        return QSize(width, self._line())

    def minimumSizeHint(self) -> QSize:
        """The whole line, unless the text may be elided or wrapped."""
        if self.wordWrap():
            return QSize(min(round(self._advance() + 0.5), current_theme().px(120)), self._line())
        hint = self.sizeHint()
        return QSize(min(hint.width(), _NARROWEST_ELIDED_PX), hint.height()) if self._elide else hint

    def hasHeightForWidth(self) -> bool:
        """True when wrapping."""
        return self.wordWrap()

    def heightForWidth(self, width: int) -> int:
        """Height of the wrapped text in logical pixels at `width`."""
        if not self.wordWrap():
            return -1
        return len(self._layout_lines(width)[1]) * self._line() or self._line()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text."""
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(current_theme().color(self._tone))
        if self.wordWrap():
            self._paint_lines(painter)
        else:
            self._paint_line(painter)

    def changeEvent(self, event: QEvent) -> None:
        """Take the role's font again after a change of theme, text size or direction."""
        super().changeEvent(event)
        if is_restyling(event):
            self._restyle()

    def event(self, event: QEvent) -> bool:
        """Show the whole text as a tooltip where it was cut."""
        if event.type() == QEvent.Type.ToolTip and self._shown_cut and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.text(), self)
            return True
        return super().event(event)

    def _restyle(self) -> None:
        font = current_theme().font_for(self._role, self.text())
        if font != self.font():
            self.setFont(font)
        self.updateGeometry()
        self.update()

    def _line(self) -> int:
        return current_theme().line(self._role)

    def _advance(self) -> float:
        metrics = QFontMetricsF(self.font())
        return max(
            (metrics.horizontalAdvance(line) for line in self.text().split("\n")),
            default=0.0,
        )

    def _align(self) -> Qt.AlignmentFlag:
        horizontal = self.alignment() & Qt.AlignmentFlag.AlignHorizontal_Mask
        if horizontal & Qt.AlignmentFlag.AlignHCenter:
            return Qt.AlignmentFlag.AlignHCenter
        at_end = bool(horizontal & (Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTrailing))
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        return Qt.AlignmentFlag.AlignRight if at_end != mirrored else Qt.AlignmentFlag.AlignLeft

    def _paint_line(self, painter: QPainter) -> None:
        room = self.contentsRect()
        text = elided(self.font(), self.text(), room.width()) if self._elide else self.text()
        self._shown_cut = text != self.text()
        flags = self._align() | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(
            room,
            int(flags | Qt.TextFlag.TextSingleLine | Qt.TextFlag.TextDontClip),
            text,
        )

    def _layout_lines(self, width: float) -> tuple[QTextLayout, list[float]]:
        """The text broken at `width`: the layout and the natural width of each line."""
        layout = QTextLayout(self.text().replace("\n", "\u2028"), self.font())
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option.setTextDirection(self.layoutDirection())
        # every line begins at 0 and is placed by its own width when painted
        option.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute)
        layout.setTextOption(option)
        widths = []
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            widths.append(line.naturalTextWidth())
        layout.endLayout()
        return layout, widths

    def _paint_lines(self, painter: QPainter) -> None:
        room: QRect = self.contentsRect()
        layout, widths = self._layout_lines(room.width())
        height = self._line()
        top = room.top() + max(0, (room.height() - height * len(widths)) // 2) * bool(
            self.alignment() & Qt.AlignmentFlag.AlignVCenter
        )
        align = self._align()
        for index, natural in enumerate(widths):
            line = layout.lineAt(index)
            free = room.width() - natural
            offset = {
                Qt.AlignmentFlag.AlignLeft: 0.0,
                Qt.AlignmentFlag.AlignHCenter: free / 2,
            }.get(align, free)
            y = top + index * height + (height - line.height()) / 2
            line.draw(painter, QPointF(room.left() + offset, y))
        self._shown_cut = height * len(widths) > room.height() + 1
