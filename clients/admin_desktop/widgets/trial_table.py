"""What a trial came to, by customer type: now, and as tried."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from clients.admin_desktop.trial_views import TrialRow
from clients.admin_desktop.words import MISSING, tr
from clients.qt_kit import formats
from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.divider import Divider
from clients.qt_kit.widgets.elided_label import ElidedLabel
from clients.qt_kit.widgets.label import Label
from shared.policy import WaitFigures

_END = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, kw_only=True)
class _Measure:
    """A column: its head, what it means, and its figure; a lower one is better."""

    head: str
    about: str
    figure: Callable[[WaitFigures], float | None]
    text: Callable[[float], str]


def _measures() -> tuple[_Measure, ...]:
    def late(figures: WaitFigures) -> float | None:
        return figures.beyond_limit / figures.called if figures.called else None

    return (
        _Measure(
            head=tr("Half"), about=tr("Half waited no longer"), figure=lambda f: f.p50_s, text=formats.minutes
        ),
        _Measure(
            head=tr("9 in 10"),
            about=tr("Nine in ten waited no longer"),
            figure=lambda f: f.p90_s,
            text=formats.minutes,
        ),
        _Measure(
            head=tr("19 in 20"),
            about=tr("Nineteen in twenty waited no longer"),
            figure=lambda f: f.p95_s,
            text=formats.minutes,
        ),
        _Measure(
            head=tr("Longest"), about=tr("The longest wait"), figure=lambda f: f.max_s, text=formats.minutes
        ),
        _Measure(
            head=tr("Late"),
            about=tr("The share that waited beyond the type's limit"),
            figure=late,
            text=lambda share: tr("{share} %").format(share=round(100 * share)),
        ),
    )


class TrialTable(QWidget):
    """Two lines a type. What is better or worse as tried is said by an arrow, not by a colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        self._rows: tuple[TrialRow, ...] = ()
        self._shown: dict[tuple[int, int], QWidget] = {}

    def render(self, rows: Sequence[TrialRow]) -> None:
        """Show rows; the same ones again change nothing."""
        if tuple(rows) == self._rows:
            return
        self._rows = tuple(rows)
        for widget in self._shown.values():
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._shown = {}
        self._add_heads()
        for place, row in enumerate(rows):
            self._add_row(row, 1 + 3 * place)

    def cells(self) -> list[list[str]]:
        """What stands in the table, line by line, without the heads."""
        lines: dict[int, list[str]] = {}
        for (line, _), widget in sorted(self._shown.items(), key=lambda each: each[0]):
            if line and isinstance(widget, Label | ElidedLabel):
                lines.setdefault(line, []).append(widget.text())
        return list(lines.values())

    def _add_heads(self) -> None:
        for column, measure in enumerate(_measures(), start=2):
            head = Label(TextRole.HINT, measure.head, tone="ink3")
            head.setAlignment(_END)
            head.setToolTip(measure.about)
            self._put(head, 0, column)

    def _add_row(self, row: TrialRow, line: int) -> None:
        self._put(Divider(), line, 0, columns=2 + len(_measures()))
        name = row.name or tr("All types")
        self._put(ElidedLabel(TextRole.BODY_STRONG, name), line + 1, 0)
        told = tr("{count} called").format(count=row.now.called)
        self._put(ElidedLabel(TextRole.SMALL, told, tone="ink2"), line + 2, 0)
        self._put(Label(TextRole.SMALL, tr("Now"), tone="ink2"), line + 1, 1)
        self._put(Label(TextRole.SMALL_STRONG, tr("Tried")), line + 2, 1)
        for column, measure in enumerate(_measures(), start=2):
            now, then = measure.figure(row.now), measure.figure(row.then)
            before, after = _told(now, measure), _told(then, measure)
            self._put_figure(before, line + 1, column, f"{name}, {measure.about}, {tr('now')}: {before}")
            change = _change(before, after, now, then)
            spoken = f"{name}, {measure.about}, {tr('as tried')}: {after}"
            self._put_figure(f"{change}{after}", line + 2, column, spoken, strong=bool(change))

    def _put_figure(
        self, text: str, line: int, column: int, spoken: str, *, strong: bool | None = None
    ) -> None:
        label = Label(
            TextRole.SMALL_STRONG if strong else TextRole.SMALL, text, tone="ink" if strong else "ink2"
        )
        label.setAlignment(_END)
        label.setAccessibleName(spoken)
        self._put(label, line, column)

    def _put(self, widget: QWidget, line: int, column: int, *, columns: int = 1) -> None:
        self._grid.addWidget(widget, line, column, 1, columns)
        self._shown[line, column] = widget


def _told(figure: float | None, measure: _Measure) -> str:
    return MISSING if figure is None else measure.text(figure)


def _change(before: str, after: str, now: float | None, then: float | None) -> str:
    """An arrow where a figure is another one, as it is shown."""
    if before == after or now is None or then is None:
        return ""
    return "\u2191 " if then > now else "\u2193 "
