"""Who is next: the rules, and beside them a past day to try them on."""

from PySide6.QtGui import QResizeEvent

from clients.admin_desktop.forms.editor_view import EditorView
from clients.admin_desktop.forms.form import Form
from clients.admin_desktop.forms.single_page import SinglePage
from clients.admin_desktop.subjects.policy import POLICY
from clients.admin_desktop.trial_views import PolicyView
from clients.admin_desktop.view_state import ConsoleView
from clients.admin_desktop.widgets.page import MARGIN
from clients.admin_desktop.widgets.trial_card import TrialCard, level_name
from clients.admin_desktop.words import tr
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.figures_field import FiguresField
from clients.qt_kit.widgets.number_field import NumberField
from clients.qt_kit.widgets.radio_field import ExplainedOption, RadioField
from clients.qt_kit.widgets.segments import Segment, Segments
from shared.policy import CallingMode

_FORM_WIDTH, _CARD_NARROWEST = 480, 440
_RULES, _TRIAL = "rules", "trial"


class PolicyForm(Form):
    """The mode, and what the chosen one needs."""

    def __init__(self) -> None:
        super().__init__()
        self.mode = RadioField(
            tr("Emergencies go first, then who is meant for this counter. Then:"),
            (
                ExplainedOption(
                    key=CallingMode.HEAD_START,
                    text=tr("Head start"),
                    help=tr(
                        "Who has waited longest is called, a head start counted as waited. Nobody is passed "
                        "by anyone who came later than that head start."
                    ),
                ),
                ExplainedOption(
                    key=CallingMode.BOUND,
                    text=tr("Head start with a bound, for experts"),
                    help=tr(
                        "The same, but nobody is overtaken more often than the bound says. When it is busy "
                        "a small bound leaves little of the head start."
                    ),
                ),
                ExplainedOption(
                    key=CallingMode.RATIO,
                    text=tr("Shares, for experts"),
                    help=tr(
                        "The levels take turns: of each round of calls, each level gets its share. "
                        "Within a level, who has waited longest."
                    ),
                ),
            ),
        )
        self.bound = NumberField(
            tr("Bound"),
            unit=tr("later arrivals"),
            help=tr("So many who came later may be called before a visitor, and no more."),
        )
        self.ratio = FiguresField(
            tr("Calls of a round, by head start"),
            level_name,
            unit=tr("calls"),
            help=tr("With 3 and 1, three of four calls go to the first while both have somebody waiting."),
        )
        self.add("policy.mode", self.mode)
        self.add("policy.bound", self.bound)
        self.add("policy.ratio", self.ratio)
        self.finish()

    def render(self, view: EditorView) -> list[str]:
        """Show what the chosen mode needs."""
        stray = super().render(view)
        self.bound.setVisible(view.values["policy.mode"] == CallingMode.BOUND)
        self.ratio.setVisible(view.values["policy.mode"] == CallingMode.RATIO)
        return stray


class PolicyPage(SinglePage):
    """The rules at the start, the trial at the end; where there is no room for both, one at a time."""

    def __init__(self) -> None:
        self.trial = TrialCard()
        self.part = Segments()
        super().__init__(POLICY, tr("Who is next"), PolicyForm())
        self.trial.intended.connect(self.intended)
        self.beside.addWidget(self.trial, 1)
        self.part.setAccessibleName(tr("Part of the page"))
        self.part.render(
            (Segment(key=_RULES, text=tr("Rules")), Segment(key=_TRIAL, text=tr("Try them"))), _RULES
        )
        self.part.segment_chosen.connect(self._arrange)
        self.head.end.addWidget(self.part)
        self._arrange()

    def render(self, view: ConsoleView) -> None:
        """Show the rules, and how the trial stands."""
        super().render(view)
        shown = view.page_view
        if isinstance(shown, PolicyView):
            self.render_edited(shown.edited)
            self.trial.render(shown.trial)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One part at a time, where there is no room for both."""
        super().resizeEvent(event)
        self._arrange()

    def _fit(self) -> None:
        super()._fit()
        self._arrange()

    def _arrange(self) -> None:
        theme = current_theme()
        room = self.width() - 2 * MARGIN
        is_wide = room >= theme.px(_FORM_WIDTH) + theme.px(_CARD_NARROWEST)
        self.part.setVisible(not is_wide)
        shows_rules = is_wide or self.part.chosen != _TRIAL
        self._stack.setMaximumWidth(theme.px(_FORM_WIDTH) if is_wide else 16_777_215)
        self._stack.setVisible(shows_rules)
        self.row.setStretch(1, 2 if is_wide or not shows_rules else 0)
        self.trial.setVisible(is_wide or not shows_rules)
