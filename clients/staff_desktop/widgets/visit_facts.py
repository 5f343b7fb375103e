"""The facts of a visit: the running time against the usual one, how long it waited, why this one."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from clients.qt_kit import formats
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.base import is_restyling
from clients.qt_kit.widgets.divider import Divider
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.service_gauge import ServiceGauge, ServiceGaugeState
from clients.staff_desktop.view_state import ActiveView

_WIDTH, _NARROWEST, _LABELS = 282, 200, 80
_SCALE = 5 / 3  # of the usual range's end: a service that runs over still moves


class VisitFacts(QWidget):
    """The column at the end of the active card; nothing in it moves when the state changes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._what = Label(TextRole.SMALL, tone="ink2")
        self.timer = Label(TextRole.TIMER)
        self._gauge = ServiceGauge()
        self._remark = Label(TextRole.SMALL, tone="ink2", wrap=True)
        self.waited = Label(TextRole.BODY_STRONG)
        self.promised = Label(TextRole.SMALL, tone="ink2", wrap=True)
        self.why = Label(TextRole.SMALL, wrap=True)
        self._why_label = Label(TextRole.SMALL, self.tr("Why this one"), tone="ink2")
        self._build()
        self._fit()

    def render(self, view: ActiveView) -> None:
        """Show the facts of a visit."""
        self._what.setText(self.tr("Time since the call") if view.is_called else self.tr("Service time"))
        self.timer.setText(formats.timer(view.elapsed_s))
        self.timer.setAccessibleName(f"{self._what.text()} {self.timer.text()}")
        self._gauge.setVisible(view.usual_s is not None)
        if view.usual_s is not None:
            self._gauge.render(_gauge_state(view.usual_s, view.elapsed_s))
        self._remark.setText(view.remark)
        self.waited.setText(formats.duration(view.waited_s))
        self.promised.setText(self._promised(view))
        self.promised.setVisible(view.promised_s is not None)
        self.why.setText(view.why)
        self._why_label.setVisible(bool(view.why))

    def _promised(self, view: ActiveView) -> str:
        if view.promised_s is None:
            return ""
        bounds = formats.MinuteRange.from_seconds(*view.promised_s)
        return self.tr("promised {low} to {high} min").format(low=bounds.low, high=bounds.high)

    def changeEvent(self, event: QEvent) -> None:
        """Keep the column as wide as its text asks for."""
        super().changeEvent(event)
        if is_restyling(event):
            self._fit()

    def width_within(self, room: int) -> int:
        """The width that suits this room, logical pixels: beyond the least the number comes first."""
        theme = current_theme()
        return max(theme.px(_NARROWEST), min(theme.px(_WIDTH), room))

    def _fit(self) -> None:
        theme = current_theme()
        self._facts.setColumnMinimumWidth(0, theme.px(_LABELS))
        self._measure.setFixedHeight(2 + self._gauge.sizeHint().height() + theme.line(TextRole.SMALL))

    def _build(self) -> None:
        top = Qt.AlignmentFlag.AlignTop
        self._facts = facts = QGridLayout()
        facts.setContentsMargins(0, 0, 0, 0)
        facts.setHorizontalSpacing(8)
        facts.setVerticalSpacing(8)
        facts.setColumnStretch(1, 1)
        facts.addWidget(Label(TextRole.SMALL, self.tr("Waited"), tone="ink2"), 0, 0, top)
        waited = QVBoxLayout()
        waited.setSpacing(0)
        waited.addWidget(self.waited)
        waited.addWidget(self.promised)
        facts.addLayout(waited, 0, 1, top)
        facts.addWidget(self._why_label, 1, 0, top)
        facts.addWidget(self.why, 1, 1, top)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 16, 0, 0)
        layout.setSpacing(0)
        # Of one height with the gauge and without it, so that nothing below it moves.
        self._measure = QWidget()
        measure = QVBoxLayout(self._measure)
        measure.setContentsMargins(0, 1, 0, 0)
        measure.setSpacing(1)
        measure.addWidget(self._gauge)
        measure.addWidget(self._remark)
        measure.addStretch(1)
        layout.addWidget(self._what)
        layout.addWidget(self.timer)
        layout.addWidget(self._measure)
        layout.addSpacing(11)
        layout.addWidget(Divider())
        layout.addSpacing(13)
        layout.addLayout(facts)
        layout.addStretch(1)


def _gauge_state(usual_s: tuple[float, float], elapsed_s: float) -> ServiceGaugeState:
    bounds = formats.MinuteRange.from_seconds(*usual_s)
    return ServiceGaugeState(
        elapsed_s=elapsed_s,
        usual_low_s=usual_s[0],
        usual_high_s=usual_s[1],
        scale_s=max(usual_s[1] * _SCALE, elapsed_s * 1.05),
        low_label=str(bounds.low),
        high_label=str(bounds.high),
    )
