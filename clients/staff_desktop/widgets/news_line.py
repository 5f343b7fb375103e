"""What the organization tells its staff: one slim line on top, the most urgent first."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from clients.qt_kit.icons import paint_icon
from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.base import PaintedFrame, PaintedWidget
from clients.qt_kit.widgets.command_button import ButtonSize, CommandButton, CommandState
from clients.qt_kit.widgets.dialog import Dialog
from clients.qt_kit.widgets.elided_label import ElidedLabel
from clients.qt_kit.widgets.label import Label
from clients.staff_desktop.view_state import NewsView

_HEIGHT, _MARGIN, _ICON, _GAP = 40, 24, 16, 10


class _Icon(PaintedWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_urgent = False

    def render(self, *, is_urgent: bool) -> None:
        self._is_urgent = is_urgent
        self.update()

    def content_size(self) -> QSize:
        side = self.theme.px(_ICON)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        name, tone = ("circle-alert", "late") if self._is_urgent else ("megaphone", "ink2")
        paint_icon(QPainter(self), self.rect().toRectF(), name, self.theme.color(tone))  # type: ignore[arg-type]


class NewsLine(PaintedFrame):
    """Hidden while there is nothing to tell; All shows every announcement in full."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._view = NewsView()
        self._icon = _Icon()
        self.text = ElidedLabel(TextRole.BODY_MEDIUM)
        self.all = CommandButton(kind="quiet", size=ButtonSize.ROW)
        self.all.clicked.connect(self.open_all)
        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN, 0, _MARGIN, 1)
        row.setSpacing(_GAP)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.text, 1)
        row.addWidget(self.all)
        self.hide()

    def render(self, view: NewsView) -> None:
        """Show the most urgent one, and how many there are."""
        if view == self._view:
            return
        is_new = bool(view.texts) and view.texts[:1] != self._view.texts[:1]
        self._view = view
        self._icon.render(is_urgent=view.is_urgent)
        first = view.texts[0] if view.texts else ""
        self.text.setText(first.replace("\n", " "))
        more = len(view.texts) - 1
        word = self.tr("{count} more").format(count=more) if more > 0 else self.tr("Read")
        self.all.render(CommandState(text=word))
        self.setAccessibleName(self.tr("Announcement: {text}").format(text=first) if first else "")
        self.setVisible(bool(view.texts))
        self.update()
        if is_new:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, first))

    def open_all(self) -> None:
        """Show every announcement in full."""
        title = self.tr("Announcements") if len(self._view.texts) > 1 else self.tr("Announcement")
        dialog = Dialog(title, action=self.tr("Close"), cancel="", parent=self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text in self._view.texts:
            dialog.body.addWidget(Label(TextRole.BODY, text, wrap=True))
        dialog.open()

    def sizeHint(self) -> QSize:
        """40 high at 100 %."""
        return QSize(super().sizeHint().width(), self.theme.px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """The text gives way."""
        return QSize(super().minimumSizeHint().width(), self.theme.px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, and a line below."""
        painter = QPainter(self)
        ground = "late_soft" if self._view.is_urgent else "sunken"
        painter.fillRect(self.rect(), self.theme.color(ground))  # type: ignore[arg-type]
        painter.fillRect(0, self.height() - 1, self.width(), 1, self.theme.color("line"))
