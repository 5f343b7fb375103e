"""My day: what one has served so far, and in which hours."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from clients.qt_kit import formats
from clients.qt_kit.paint import CENTRE, draw_text, fill_rounded, mirrored
from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.base import PaintedWidget
from clients.qt_kit.widgets.card import Card
from clients.qt_kit.widgets.elided_label import ElidedLabel
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.skeleton import Skeleton
from clients.staff_desktop.view_state import DayView, HourBar

_HEIGHT, _TALLEST_CARD, _ROOMY = 120, 160, 720
_BAR, _STEP, _TALLEST = 12, 26, 36


class _Figure(QWidget):
    """A label, a figure, a hint."""

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = ElidedLabel(TextRole.SMALL, label, tone="ink2")
        self._figure = Label(TextRole.FIGURE_S)
        self._hint = ElidedLabel(TextRole.HINT, tone="ink3")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addStretch(1)
        layout.addWidget(self._label)
        layout.addSpacing(-1)
        layout.addWidget(self._figure)
        layout.addWidget(self._hint)
        layout.addStretch(1)

    def render(self, figure: str, hint: str) -> None:
        self._figure.setText(figure)
        self._hint.setText(hint)
        self.setAccessibleName(f"{self._label.text()} {figure}, {hint}".strip(", "))


class HourBars(PaintedWidget):
    """Bars per hour, the present one in ink; an hour without work is a dash."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: tuple[HourBar, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def render(self, bars: tuple[HourBar, ...]) -> None:
        """Show hours."""
        if bars == self._bars:
            return
        self._bars = bars
        said = (
            self.tr("{hour}: {served}").format(hour=f"{bar.hour:02}", served=bar.served)
            for bar in bars
            if bar.served
        )
        self.setAccessibleName(self.tr("Served per hour") + " " + ", ".join(said))
        self.updateGeometry()
        self.update()

    def content_size(self) -> QSize:
        """Nine steps wide; the tallest bar and the hours below."""
        steps = max(9, len(self._bars))
        height = self.theme.px(_TALLEST) + 4 + self.theme.line(TextRole.HINT)
        return QSize(self.theme.px(_STEP) * steps, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw bars from the start edge on."""
        theme, bounds = self.theme, self.rect().toRectF()
        painter = QPainter(self)
        step, width, hours = theme.px(_STEP), theme.px(_BAR), theme.line(TextRole.HINT)
        floor = bounds.height() - hours - 4
        most = max((bar.served for bar in self._bars), default=0)
        for index, bar in enumerate(self._bars):
            left = index * step + (step - width) / 2
            tone = theme.color("ink" if bar.is_now or theme.high_contrast else "edge")
            if bar.served:
                height = max(4.0, floor * bar.served / most)
                shape = QRectF(left, floor - height, width, height)
                fill_rounded(painter, mirrored(shape, bounds, self.right_to_left), 3, tone)
            else:
                dash = QRectF(left, floor - 2, width, 2)
                painter.fillRect(mirrored(dash, bounds, self.right_to_left), theme.color("line"))
            place = QRectF(index * step, bounds.height() - hours, step, hours)
            role = TextRole.HINT_STRONG if bar.is_now else TextRole.HINT
            draw_text(
                painter,
                mirrored(place, bounds, self.right_to_left),
                f"{bar.hour:02}",
                theme.font(role),
                theme.color("ink" if bar.is_now else "ink3"),
                align=CENTRE,
            )


class DayCard(Card):
    """Four figures and the hours."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(padding=(25, 16), parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("My day"))
        self._extra = 0
        self._served = _Figure(self.tr("Served"))
        self._service = _Figure(self.tr("Average service"))
        self._no_shows = _Figure(self.tr("No-shows"))
        self._wait = _Figure(self.tr("Average wait"))
        self.figures = (self._served, self._service, self._no_shows, self._wait)
        self._bars = HourBars()
        self._hours = QWidget()
        self._loading = Skeleton(height=72)
        self._content = QWidget()
        self._build()
        self.render(None)

    @property
    def usual_height(self) -> int:
        """120 at 100 %, logical pixels."""
        return self.theme.px(_HEIGHT)

    def sizeHint(self) -> QSize:
        """As high as usual, and what a large window adds."""
        return QSize(super().sizeHint().width(), self.usual_height + self._extra)

    def set_extra_height(self, extra: int) -> None:
        """Grow by these logical pixels where the window has them; the bars take them, if there are any."""
        extra = min(extra, self.theme.px(_TALLEST_CARD - _HEIGHT)) if self._has_room_for_hours() else 0
        if extra != self._extra:
            self._extra = extra
            self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        """The hours give way in a narrow window."""
        return QSize(self.theme.px(360), self.theme.px(_HEIGHT))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the hours where there is room."""
        super().resizeEvent(event)
        self._hours.setVisible(self._has_room_for_hours())

    def render(self, view: DayView | None) -> None:
        """Show a day, or that it is on its way."""
        self._loading.setVisible(view is None)
        self._content.setVisible(view is not None)
        if view is None:
            return
        self._served.render(str(view.served), self.tr("today"))
        self._service.render(_time(view.average_service_s), self.tr("per visitor"))
        calls = view.served + view.no_shows
        of_calls = self.tr("of 1 call") if calls == 1 else self.tr("of {calls} calls").format(calls=calls)
        self._no_shows.render(str(view.no_shows), of_calls)
        self._wait.render(_time(view.average_wait_s), self.tr("until called"))
        self._bars.render(view.bars)

    def _has_room_for_hours(self) -> bool:
        return self.width() >= self.theme.px(_ROOMY)

    def _build(self) -> None:
        row = QHBoxLayout(self._content)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        for figure in self.figures:
            row.addWidget(figure, 1)
        hours = QVBoxLayout(self._hours)
        hours.setContentsMargins(0, 5, 0, 0)
        hours.setSpacing(4)
        hours.addWidget(Label(TextRole.SMALL, self.tr("Served per hour"), tone="ink2"))
        hours.addWidget(self._bars, 1)
        row.addSpacing(8)
        row.addWidget(self._hours)
        self.body.addWidget(self._loading)
        self.body.addWidget(self._content, 1)


def _time(seconds: float | None) -> str:
    return formats.timer(seconds) if seconds is not None else "–"
