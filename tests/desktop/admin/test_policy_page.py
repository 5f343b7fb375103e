"""Who is next: the rules as a super admin edits them, and a past day to try them on."""

from datetime import date

import pytest

from clients.admin_desktop.widgets.policy_page import PolicyPage
from clients.core.commands import SaveOrganization
from clients.core.questions import AskOrganization, AskQueues, AskSimulation
from shared.commands import Configured
from shared.ids import OrganizationId, Revision, UserRole
from shared.organizations import OrganizationConfiguration, OrganizationSettings
from shared.policy import CallingMode, CallingPolicy
from shared.problems import Problem, ProblemCode
from shared.queues import QueueConfiguration
from tests.desktop.admin import sample
from tests.desktop.admin.conftest import Desk, words_in
from tests.desktop.admin.fakes import me

HALL = OrganizationSettings(name="City Hall", time_zone="Europe/Madrid", priority_levels=(0, 10, 30))
MONDAY = date(2025, 10, 13)


def configured(policy: CallingPolicy | None = None, *, version: int = 4) -> OrganizationConfiguration:
    settings = HALL.model_copy(update={"policy": policy or CallingPolicy()})
    return OrganizationConfiguration(
        id=OrganizationId(sample.an_id("org")), version=version, settings=settings
    )


def opened(
    desk: Desk, role: UserRole = UserRole.SUPER_ADMIN, policy: CallingPolicy | None = None
) -> PolicyPage:
    desk.show()
    desk.link.tell_signed_in(me(role=role))
    desk.link.tell_live()
    desk.presenter.open_page("policy")
    desk.link.tell_answered(AskOrganization(), configured())
    types = tuple(
        QueueConfiguration(version=1, settings=sample.queue_settings(key)) for key, *_ in sample.TYPES
    )
    desk.link.tell_answered(AskQueues(), types)
    desk.presenter.show()
    return desk.window.console.page("policy")


def form(page: PolicyPage):
    return page.panel.form


def sent(desk: Desk) -> SaveOrganization:
    command = desk.link.sent[-1][1]
    assert isinstance(command, SaveOrganization)
    return command


def asked(desk: Desk) -> AskSimulation:
    question = desk.link.asked[-1]
    assert isinstance(question, AskSimulation)
    return question


def type_number(qtbot, line, text: str) -> None:
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, text)


REPORT = sample.report_of_a_trial()


class TestRules:
    def test_the_mode_shows_what_it_needs_and_nothing_else(self, desk: Desk):
        page = opened(desk)
        assert form(page).mode.value() == CallingMode.HEAD_START
        assert not form(page).bound.isVisible()
        assert not form(page).ratio.isVisible()
        form(page).mode.buttons[1].click()
        assert form(page).bound.isVisible()
        form(page).mode.buttons[2].click()
        assert not form(page).bound.isVisible()
        assert form(page).ratio.isVisible()

    def test_a_share_for_each_level_is_saved_with_all_other_settings(self, desk: Desk, qtbot):
        page = opened(desk)
        form(page).mode.buttons[2].click()
        type_number(qtbot, form(page).ratio.rows["30"].input, "3")
        page.panel.save.click()
        policy = CallingPolicy(mode=CallingMode.RATIO, ratio={0: 1, 10: 1, 30: 3})
        assert sent(desk).settings == HALL.model_copy(update={"policy": policy})
        assert sent(desk).version == 4
        saved = configured(policy, version=5)
        desk.link.answer(Configured(revision=Revision(500), organization=saved))
        desk.presenter.show()
        desk.window.toast.undo_requested.emit()
        assert (sent(desk).version, sent(desk).settings) == (5, HALL)

    def test_what_is_wrong_stands_beside_its_row(self, desk: Desk, qtbot):
        page = opened(desk)
        form(page).mode.buttons[2].click()
        type_number(qtbot, form(page).ratio.rows["10"].input, "0")
        type_number(qtbot, form(page).ratio.rows["30"].input, "x")
        page.panel.save.click()
        assert not desk.link.sent
        assert form(page).ratio.rows["10"].error.sentence == "1 or more."
        assert form(page).ratio.rows["30"].error.sentence == "Write a whole number."
        assert form(page).ratio.rows["0"].error.sentence == ""

    def test_a_bound_that_is_not_in_force_cannot_stand_in_the_way(self, desk: Desk, qtbot):
        page = opened(desk)
        form(page).mode.buttons[1].click()
        type_number(qtbot, form(page).bound.input, "0")
        page.panel.save.click()
        assert form(page).bound.error == "1 or more."
        form(page).mode.buttons[2].click()
        page.panel.save.click()
        assert sent(desk).settings.policy == CallingPolicy(mode=CallingMode.RATIO, ratio={0: 1, 10: 1, 30: 1})

    def test_an_admin_reads_and_sees_who_may_change_it(self, desk: Desk):
        page = opened(desk, UserRole.ADMIN)
        assert "Only a super admin can change it." in words_in(page.panel)
        assert not page.panel.save.isVisible()
        assert not form(page).mode.buttons[1].isEnabled()


class TestTrying:
    def run(self, desk: Desk, qtbot) -> PolicyPage:
        page = opened(desk)
        form(page).mode.buttons[1].click()
        type_number(qtbot, form(page).bound.input, "2")
        page.trial.run.click()
        return page

    def test_the_rules_in_the_form_are_tried_and_nothing_is_saved(self, desk: Desk, qtbot):
        page = self.run(desk, qtbot)
        simulate = asked(desk).simulate
        assert simulate.day == MONDAY
        assert simulate.policy == CallingPolicy(mode=CallingMode.BOUND, bound=2)
        assert (simulate.multipliers, simulate.head_starts) == ({}, {})
        assert not desk.link.sent
        assert page.trial.progress.isVisible()

    def test_only_one_replay_runs_and_its_time_is_told(self, desk: Desk, qtbot):
        page = self.run(desk, qtbot)
        page.trial.run.click()
        assert sum(isinstance(each, AskSimulation) for each in desk.link.asked) == 1
        desk.wait(3)
        assert page.trial.state.text() == "Replaying for 3 s"

    def test_each_type_is_compared_now_and_as_tried(self, desk: Desk, qtbot):
        page = self.run(desk, qtbot)
        desk.link.tell_answered(asked(desk), REPORT)
        desk.presenter.show()
        cells = page.trial.table.cells()
        assert cells[0] == ["All types", "Now", "10 min", "20 min", "25 min", "33 min", "10 %"]
        assert cells[1] == ["200 called", "Tried", "↓ 8 min", "↓ 16 min", "↓ 20 min", "↓ 26 min", "↑ 15 %"]
        assert [line[0] for line in cells[2::2]] == ["Quick service", "Sales & payments"]
        assert page.trial.state.text() == "Monday 13 October: 212 tokens"
        assert "Half waited 11 min at most on that day itself; its replay says 10 min." in words_in(
            page.trial
        )
        assert not page.trial.progress.isVisible()

    def test_a_report_of_other_rules_says_so(self, desk: Desk, qtbot):
        page = self.run(desk, qtbot)
        desk.link.tell_answered(asked(desk), REPORT)
        type_number(qtbot, form(page).bound.input, "9")
        assert page.trial.state.text().endswith("The rules in the form are others by now: try again.")

    def test_other_numbers_are_tried_where_they_are_others(self, desk: Desk, qtbot):
        page = opened(desk)
        page.trial.fold.setChecked(True)
        type_number(qtbot, page.trial.multipliers.rows["retail"].input, "1,5")
        type_number(qtbot, page.trial.head_starts.rows["30"].input, "20")
        page.trial.run.click()
        assert asked(desk).simulate.multipliers == {"retail": 1.5}
        assert asked(desk).simulate.head_starts == {30: 20}

    def test_a_number_that_is_none_is_refused_beside_it(self, desk: Desk, qtbot):
        page = opened(desk)
        page.trial.fold.setChecked(True)
        type_number(qtbot, page.trial.multipliers.rows["retail"].input, "fast")
        type_number(qtbot, page.trial.head_starts.rows["30"].input, "900")
        page.trial.run.click()
        assert page.trial.multipliers.rows["retail"].error.sentence == "Write a number in digits."
        assert page.trial.head_starts.rows["30"].error.sentence == "600 or less."

    def test_wrong_rules_are_mended_before_they_are_tried(self, desk: Desk, qtbot):
        page = opened(desk)
        form(page).mode.buttons[1].click()
        type_number(qtbot, form(page).bound.input, "0")
        page.trial.run.click()
        assert form(page).bound.error == "1 or more."
        assert not any(isinstance(each, AskSimulation) for each in desk.link.asked)

    @pytest.mark.parametrize(
        ("problem", "sentence"),
        [
            (None, "The server does not answer."),
            (
                Problem(title="Nobody.", status=422, code=ProblemCode.INVALID, facts={"field": "day"}),
                "Monday 13 October cannot be replayed: nobody took a token, or it is not over yet.",
            ),
        ],
    )
    def test_what_goes_wrong_is_said(self, desk: Desk, qtbot, problem: Problem | None, sentence: str):
        page = self.run(desk, qtbot)
        desk.link.tell_not_answered(asked(desk), "The server does not answer.", problem)
        desk.presenter.show()
        assert page.trial.error.sentence == sentence
        assert not page.trial.progress.isVisible()

    def test_a_lost_connection_ends_the_waiting(self, desk: Desk, qtbot):
        page = self.run(desk, qtbot)
        desk.link.tell_offline()
        desk.presenter.show()
        assert "The connection was lost" in page.trial.error.sentence


class TestRoom:
    def test_where_there_is_no_room_for_both_one_part_is_shown(self, desk: Desk):
        page = opened(desk)
        assert page.trial.isVisible()
        assert not page.part.isVisible()
        desk.window.setMinimumSize(0, 0)
        desk.window.resize(900, 700)
        assert not page.trial.isVisible()
        page.part._buttons[1].click()
        assert page.trial.isVisible()
        assert not page.panel.isVisible()
