"""Trying rules on a past day: what to replay, and how long each type would have waited."""

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from clients.admin_desktop.forms.form import Fold
from clients.admin_desktop.trial_views import TrialResult, TrialView, TryRules
from clients.admin_desktop.widgets.trial_table import TrialTable
from clients.admin_desktop.words import tr
from clients.qt_kit import formats
from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.card import Card
from clients.qt_kit.widgets.command_button import CommandButton, CommandState
from clients.qt_kit.widgets.error_line import ErrorLine
from clients.qt_kit.widgets.figures_field import FiguresField
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.select_field import Option, SelectField


def level_name(level: str) -> str:
    """ "10 min", or "No head start"."""
    return tr("{minutes} min").format(minutes=level) if level != "0" else tr("No head start")


class TrialCard(Card):
    """Keeps what is chosen to be tried; nothing here is ever saved."""

    intended = Signal(object)
    """A day is to be replayed; argument: TryRules."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Try it on a past day"), padding=(20, 13), parent=parent)
        self.setAccessibleName(tr("Try it on a past day"))
        self._view: TrialView | None = None
        self._names: dict[str, str] = {}
        self.about = Label(
            TextRole.SMALL,
            tr(
                "The day's visitors, services and counters are replayed under the rules as they are "
                "and under those in the form. Nothing is saved."
            ),
            tone="ink2",
            wrap=True,
        )
        self.day = SelectField(tr("Day"))
        self.run = CommandButton(tr("Try it"), icon="play")
        self.fold = Fold(tr("Try other numbers too"))
        self.multipliers = FiguresField(
            tr("Minutes that a minute of waiting counts, by type"), self._name_of, decimals=True
        )
        self.head_starts = FiguresField(tr("Head starts"), level_name, unit=tr("min"))
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setAccessibleName(tr("Replaying"))
        self.state = Label(TextRole.SMALL, tone="ink2", wrap=True)
        self.error = ErrorLine()
        self.table = TrialTable()
        self.footnote = Label(TextRole.HINT, tone="ink3", wrap=True)
        self._build()
        self.run.clicked.connect(self._on_run)

    def render(self, view: TrialView) -> None:
        """Show what can be tried, what runs, and what came out."""
        self._offer(view)
        self._view = view
        running = view.running_s is not None
        barred = "" if view.days and view.type_names else tr("The customer types have not come yet")
        self.run.render(CommandState(text=tr("Try it"), enabled=not barred, reason=barred, busy=running))
        self.multipliers.set_errors(_inside("multipliers", view))
        self.head_starts.set_errors(_inside("head_starts", view))
        if view.errors:
            self.fold.setChecked(True)
        self.progress.setVisible(running)
        self._render_state(view)
        self.error.render(view.error)
        self.error.setVisible(bool(view.error))
        self._render_result(view.result)

    def _render_state(self, view: TrialView) -> None:
        result = view.result
        sentence = ""
        if view.running_s is not None:
            sentence = tr("Replaying for {seconds} s").format(seconds=view.running_s)
        elif result is not None:
            sentence = tr("{day}: {count} tokens").format(
                day=formats.long_date(result.day), count=result.tokens
            )
            if result.is_outdated:
                sentence = tr("{result}. The rules in the form are others by now: try again.").format(
                    result=sentence
                )
        self.state.setText(sentence)
        self.state.setVisible(bool(sentence))

    def _render_result(self, result: TrialResult | None) -> None:
        self.table.setVisible(result is not None)
        self.footnote.setVisible(result is not None)
        if result is None:
            return
        self.table.render(result.rows)
        actual, now = result.rows[0].actual, result.rows[0].now
        told = ""
        if actual.p50_s is not None and now.p50_s is not None:
            told = tr("Half waited {actual} at most on that day itself; its replay says {now}.").format(
                actual=formats.minutes(actual.p50_s), now=formats.minutes(now.p50_s)
            )
        self.footnote.setText(
            f"{told} "
            + tr("Compare Tried with Now: both are replays. People also pick from the list and pause.")
        )

    def _offer(self, view: TrialView) -> None:
        """Offer what is new since the last time; what was typed stays."""
        before = self._view
        self._names = dict(view.type_names)
        if before is None or before.days != view.days:
            self.day.set_options(
                [Option(key=day.isoformat(), text=formats.long_date(day)) for day in view.days]
            )
            if not self.day.value() and view.days:
                self.day.set_value(view.days[0].isoformat())
        if before is None or before.multipliers != view.multipliers or before.type_names != view.type_names:
            self.multipliers.set_value(view.multipliers)
        if before is None or before.levels != view.levels:
            # The level without a head start is what the others are measured from.
            self.head_starts.set_value({str(level): level for level in view.levels if level})

    def _on_run(self) -> None:
        view = self._view
        if view is None or not self.day.value():
            return
        own = {str(level): level for level in view.levels}
        multipliers, starts = self.multipliers.value(), self.head_starts.value()
        self.intended.emit(
            TryRules(
                day=date.fromisoformat(self.day.value()),
                multipliers={
                    key: value for key, value in multipliers.items() if value != view.multipliers.get(key)
                },
                head_starts={key: value for key, value in starts.items() if value != own.get(key)},
            )
        )

    def _name_of(self, key: str) -> str:
        return self._names.get(key, key)

    def _build(self) -> None:
        choose = QHBoxLayout()
        choose.setSpacing(12)
        choose.addWidget(self.day, 1)
        choose.addWidget(self.run, 0, Qt.AlignmentFlag.AlignBottom)
        other = QWidget()
        numbers = QVBoxLayout(other)
        numbers.setContentsMargins(0, 0, 0, 0)
        numbers.setSpacing(12)
        numbers.addWidget(self.multipliers)
        numbers.addWidget(self.head_starts)
        other.hide()
        self.fold.toggled.connect(other.setVisible)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.about)
        column.addLayout(choose)
        column.addWidget(self.fold)
        column.addWidget(other)
        for widget in (self.progress, self.state, self.error, self.table, self.footnote):
            column.addWidget(widget)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(holder)
        self.body.addWidget(scroll, 1)


def _inside(field: str, view: TrialView) -> dict[str, str]:
    prefix = f"{field}."
    return {name.removeprefix(prefix): said for name, said in view.errors.items() if name.startswith(prefix)}
