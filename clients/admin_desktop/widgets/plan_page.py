"""The weekly counter plan: when each counter is planned open, by which waiting times are estimated."""

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from clients.admin_desktop.edit_views import PlanView
from clients.admin_desktop.forms import intents
from clients.admin_desktop.forms.editor_view import EditorView
from clients.admin_desktop.forms.form import Form
from clients.admin_desktop.forms.plan_field import PlanField, PlannedCounter, hours_a_week
from clients.admin_desktop.forms.single_page import WIDE, SinglePage
from clients.admin_desktop.subjects.counter_plan import COUNTER_PLAN, learned_again
from clients.admin_desktop.view_state import ConsoleView, Link
from clients.admin_desktop.widgets.page import GAP, MARGIN
from clients.admin_desktop.words import not_connected, tr
from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.card import Card
from clients.qt_kit.widgets.command_button import CommandButton, CommandState
from clients.qt_kit.widgets.dialog import Dialog
from clients.qt_kit.widgets.label import Label
from shared.counters import CounterPlanInForce


class PlanForm(Form):
    """One field: the week."""

    def __init__(self) -> None:
        super().__init__()
        self.plan = PlanField(tr("Press a cell to set its hours."))
        self.add("spans", self.plan)
        self.finish()


class OriginCard(Card):
    """Where the plan in force comes from, and the button that lets it be learned again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(padding=(20, 12), parent=parent)
        self.state = Label(TextRole.BODY_MEDIUM, wrap=True)
        self.text = Label(TextRole.SMALL, tone="ink2", wrap=True)
        self.hours = Label(TextRole.SMALL, tone="ink2", wrap=True)
        self.learn = CommandButton(tr("Learn it again…"))
        said = QVBoxLayout()
        said.setSpacing(2)
        for label in (self.state, self.text, self.hours):
            said.addWidget(label)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addLayout(said, 1)
        row.addWidget(self.learn)
        self.body.addLayout(row)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def render(self, plan: CounterPlanInForce | None, editor: EditorView | None, *, is_live: bool) -> None:
        """Show where the plan comes from; nothing before it has come."""
        self.setVisible(plan is not None)
        if plan is None:
            return
        self.state.setText(origin(plan))
        self.text.setText(origin_text(plan))
        hours = hours_a_week(plan.spans)
        self.hours.setText(tr("{hours} counter hours a week are planned.").format(hours=f"{hours:g}"))
        self.hours.setVisible(bool(plan.spans))
        reason = "" if is_live else not_connected()
        if editor is not None and editor.is_dirty:
            reason = tr("Save or cancel your changes first")
        self.learn.setVisible(not plan.is_learned and editor is not None and not editor.read_only)
        self.learn.render(
            CommandState(
                text=tr("Learn it again…"),
                enabled=not reason,
                reason=reason,
                busy=editor is not None and editor.busy,
            )
        )


class PlanPage(SinglePage):
    """The week over the whole width, and where it comes from."""

    def __init__(self) -> None:
        self.form = PlanForm()
        super().__init__(COUNTER_PLAN, tr("Counter plan"), self.form, widest=WIDE)
        self._plan: CounterPlanInForce | None = None
        self.dialog: Dialog | None = None
        self.origin = OriginCard()
        self.origin.hide()
        self.origin.learn.clicked.connect(self._on_learn)
        above = QVBoxLayout()
        above.setContentsMargins(MARGIN, 0, MARGIN, GAP)
        above.addWidget(self.origin)
        self.column.insertLayout(1, above)
        self.row.setStretch(1, 0)  # a week needs the whole width

    def render(self, view: ConsoleView) -> None:
        """Show the plan."""
        super().render(view)
        shown = view.page_view
        if not isinstance(shown, PlanView):
            return
        self._plan = shown.plan
        self.form.plan.set_counters(
            [PlannedCounter(id=each, label=label, name=name) for each, label, name in shown.counters]
        )
        self.render_edited(shown.edited)
        self.origin.render(shown.plan, shown.edited.editor, is_live=view.link is Link.LIVE)

    def _on_learn(self) -> None:
        self.dialog = Dialog(
            tr("Learn the plan again?"),
            tr("What was written is forgotten. The plan is worked out from when counters were open."),
            action=tr("Learn it again"),
            parent=self,
        )
        self.dialog.accepted.connect(self._put_learned)
        self.dialog.finished.connect(self.dialog.deleteLater)
        self.dialog.open()

    def _put_learned(self) -> None:
        if self._plan is not None:
            again = learned_again(self._plan)
            self.intended.emit(intents.PutSettings(subject=self.subject, settings=again))


def origin(plan: CounterPlanInForce) -> str:
    """Where a plan comes from, in a sentence."""
    if not plan.is_learned:
        return tr("Written by hand")
    if not plan.learned_from_days:
        return tr("Nothing learned yet")
    if plan.learned_from_days == 1:
        return tr("Learned from 1 day")
    return tr("Learned from {count} days").format(count=plan.learned_from_days)


def origin_text(plan: CounterPlanInForce) -> str:
    """What that means for it."""
    if not plan.is_learned:
        return tr("It stays as it is until somebody edits it or lets it be learned again.")
    if not plan.learned_from_days:
        return tr("After the first days it is worked out from when counters were open.")
    return tr("It follows when counters were open on the last days. An edit makes it written by hand.")
