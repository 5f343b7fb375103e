"""Under Call next: who is likely next, and why."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from clients.qt_kit.paint import fill_rounded
from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.base import PaintedFrame
from clients.qt_kit.widgets.elided_label import ElidedLabel
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.service_mark import ServiceLevel
from clients.qt_kit.widgets.status_pill import PillKind, StatusPill, StatusPillState
from clients.qt_kit.widgets.token_label import TokenLabel
from clients.staff_desktop.view_state import NextView

_HEIGHT, _MARGIN, _RADIUS = 96, 40, 16
_PILLS = {
    ServiceLevel.ON_TIME: PillKind.ON_TIME,
    ServiceLevel.NEAR: PillKind.NEAR,
    ServiceLevel.LATE: PillKind.LATE,
}


class NextRow(PaintedFrame):
    """The lower part of the ready card."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._number = TokenLabel(TextRole.TOKEN_L)
        self._type_name = ElidedLabel(TextRole.BODY_STRONG)
        self._why = ElidedLabel(TextRole.BODY, tone="ink2")
        self._level = StatusPill()
        self._empty_title = ElidedLabel(TextRole.HEADING)
        self._empty_text = ElidedLabel(TextRole.BODY, tone="ink2")
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._somebody())
        self._stack.addWidget(self._nobody())

    def render(self, view: NextView | None) -> None:
        """Show who is next, or that nobody waits."""
        self._stack.setCurrentIndex(0 if view is not None else 1)
        if view is None:
            self.setAccessibleName(self.tr("Nobody is waiting for your types."))
            return
        self._number.render(view.number)
        self._type_name.setText(view.type_name)
        self._why.setText(view.why)
        level = ServiceLevel.of(view.waited_s, view.limit_s)
        self._level.render(StatusPillState(kind=_PILLS[level], text=level.word))
        self.setAccessibleName(
            self.tr("Next {number}, {type_name}. {why}").format(
                number=view.number, type_name=view.type_name, why=view.why
            )
        )

    def sizeHint(self) -> QSize:
        """96 high at 100 %."""
        return QSize(super().sizeHint().width(), self.theme.px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lower half of the card; its upper edge is the button's."""
        painter = QPainter(self)
        bounds = self.rect().toRectF()
        painter.setClipRect(bounds)
        card = QRectF(bounds.left(), bounds.top() - 40, bounds.width(), bounds.height() + 40)
        fill_rounded(painter, card, _RADIUS, self.theme.color("surface"), border=self.theme.color("line"))

    def _somebody(self) -> QWidget:
        page = QWidget()
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch(1)
        words.addWidget(self._type_name)
        words.addWidget(self._why)
        words.addStretch(1)
        row = QHBoxLayout(page)
        row.setContentsMargins(_MARGIN + 1, 0, _MARGIN + 1, 0)
        row.setSpacing(20)
        row.addWidget(Label(TextRole.BODY, self.tr("Next"), tone="ink2"))
        row.addWidget(self._number)
        row.addLayout(words, 1)
        row.addWidget(self._level)
        return page

    def _nobody(self) -> QWidget:
        page = QWidget()
        words = QVBoxLayout(page)
        words.setContentsMargins(_MARGIN + 1, 0, _MARGIN + 1, 0)
        words.setSpacing(0)
        self._empty_title.setText(self.tr("Nobody is waiting for your types."))
        self._empty_text.setText(self.tr("The next visitor shows here as soon as a token is taken."))
        words.addStretch(1)
        words.addWidget(self._empty_title)
        words.addWidget(self._empty_text)
        words.addStretch(1)
        return page
