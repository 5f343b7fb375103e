"""The queue of one customer type: how many wait, how long, and against which limit."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clients.qt_kit import formats
from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.card import Card
from clients.qt_kit.widgets.elided_label import ElidedLabel
from clients.qt_kit.widgets.gauge import Gauge, GaugeState
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.service_mark import ServiceLevel, ServiceLevelLabel
from clients.qt_kit.widgets.type_chip import TypeChip
from clients.staff_desktop.view_state import TypeCardView


class TypeCard(Card):
    """A card, 144 high at 100 %; without the last two rows where many types share the place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(padding=(17, 16), parent=parent)
        self._view: TypeCardView | None = None
        self._chip = TypeChip()
        self._name = ElidedLabel(TextRole.BODY_STRONG)
        self._level = ServiceLevelLabel()
        self._count = Label(TextRole.COUNT)
        self._waiting = Label(TextRole.BODY, self.tr("waiting"), tone="ink2")
        self._longest_label = Label(TextRole.BODY, self.tr("Longest"), tone="ink2")
        self._longest = Label(TextRole.BODY_STRONG)
        self._gauge = Gauge()
        self._estimate = ElidedLabel(TextRole.HINT, tone="ink2")
        self._limit = Label(TextRole.HINT, tone="ink3")
        self._build()

    @property
    def text(self) -> str:
        """All of its words, as a screen reader tells them."""
        return self.accessibleName()

    def set_dense(self, is_dense: bool) -> None:
        """Leave gauge and hints out, for two rows of cards in the place of one."""
        self._count.set_role(TextRole.TITLE if is_dense else TextRole.COUNT)
        for part in (self._gauge, self._estimate, self._limit):
            part.setVisible(not is_dense)

    def render(self, view: TypeCardView) -> None:
        """Show a queue."""
        if view == self._view:
            return
        self._view = view
        level = ServiceLevel.of(view.longest_s or 0, view.type.limit_s)
        self._chip.render(view.type.prefix, name=view.type.name)
        self._name.setText(view.type.name)
        self._level.render(level)
        self._level.setVisible(view.longest_s is not None)
        self._count.setText(str(view.waiting))
        longest = formats.minutes(view.longest_s) if view.longest_s is not None else ""
        self._longest.setText(longest)
        self._longest_label.setVisible(bool(longest))
        self._gauge.render(
            GaugeState(
                value_s=view.longest_s or 0, limit_s=view.type.limit_s, scale_s=view.scale_s, level=level
            )
        )
        self._estimate.setText(self._arrival(view))
        self._limit.setText(self.tr("limit {minutes}").format(minutes=round(view.type.limit_s / 60)))
        self._name_for_readers(view, level, longest)

    def _arrival(self, view: TypeCardView) -> str:
        if view.estimate_s is None:
            return ""
        bounds = formats.MinuteRange.from_seconds(*view.estimate_s)
        time = formats.minute_range(bounds, right_to_left=self.right_to_left)
        return self.tr("A new arrival waits {time}").format(time=time)

    def _name_for_readers(self, view: TypeCardView, level: ServiceLevel, longest: str) -> None:
        parts = [view.type.name, self.tr("{count} waiting").format(count=view.waiting)]
        if longest:
            parts += [self.tr("longest {time}").format(time=longest), level.word]
        if self._estimate.text():
            parts.append(self._estimate.text())
        self.setAccessibleName(", ".join(parts))

    def _build(self) -> None:
        body = self.body
        body.setSpacing(0)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._chip)
        head.addWidget(self._name, 1)
        head.addWidget(self._level)
        figures = QHBoxLayout()
        figures.setSpacing(8)
        figures.addWidget(self._count)
        figures.addLayout(_on_baseline(self._waiting, lift=4))
        figures.addStretch(1)
        figures.addLayout(_on_baseline(self._longest_label, lift=4))
        figures.addLayout(_on_baseline(self._longest, lift=4))
        body.addLayout(head)
        body.addSpacing(11)
        body.addStretch(1)
        body.addLayout(figures)
        body.addSpacing(3)
        body.addWidget(self._gauge)
        body.addSpacing(2)
        hints = QHBoxLayout()
        hints.setSpacing(8)
        hints.addWidget(self._estimate, 1)
        hints.addWidget(self._limit)
        body.addLayout(hints)


def _on_baseline(label: Label, *, lift: int) -> QVBoxLayout:
    """A small label whose baseline is that of the big figure beside it."""
    column = QVBoxLayout()
    column.setSpacing(0)
    column.addStretch(1)
    column.addWidget(label)
    column.addSpacing(lift)
    return column
