"""The counter plan: what is planned, where it comes from, editing it and letting it be learned again."""

from datetime import time

from PySide6.QtCore import Qt, QTime
from pytestqt.qtbot import QtBot

from clients.admin_desktop.widgets.plan_page import PlanPage
from clients.core.commands import LearnCounterPlan, SaveCounterPlan
from clients.core.questions import AskCounterPlan
from shared.commands import Configured
from shared.counters import CounterPlan, CounterPlanInForce, PlannedSpan
from shared.ids import CounterId, Revision, UserRole
from shared.problems import ProblemCode
from tests.desktop.admin import sample
from tests.desktop.admin.conftest import Desk
from tests.desktop.admin.fakes import me

ONE, THREE = sample.counter_id("1"), sample.counter_id("3")


def planned(counter_id: CounterId, weekday: int, opens: int, closes: int) -> PlannedSpan:
    return PlannedSpan(counter_id=counter_id, weekday=weekday, opens=time(opens), closes=time(closes % 24))


SPANS = (planned(ONE, 0, 9, 14), planned(THREE, 0, 9, 14), planned(THREE, 0, 16, 19), planned(ONE, 1, 9, 14))


def plan(*, version: int = 3, is_learned: bool = False, days: int = 0, spans=SPANS) -> CounterPlanInForce:
    return CounterPlanInForce(version=version, is_learned=is_learned, learned_from_days=days, spans=spans)


def opened(desk: Desk, found: CounterPlanInForce | None = None) -> PlanPage:
    desk.show()
    desk.presenter.open_page("plan")
    desk.link.tell_answered(AskCounterPlan(), found or plan())
    desk.presenter.show()
    return desk.window.console.page("plan")


def cell(page: PlanPage, counter_id: CounterId, weekday: int):
    return page.form.plan.cells[counter_id, weekday]


def saved(desk: Desk) -> tuple[PlannedSpan, ...]:
    command = desk.link.sent[-1][1]
    assert isinstance(command, SaveCounterPlan)
    assert command.version == 3
    return command.plan.spans


class TestShowing:
    def test_hours_stand_where_counter_and_weekday_meet(self, desk: Desk):
        page = opened(desk)
        assert cell(page, THREE, 0).text() == "09:00–14:00\n16:00–19:00"
        assert cell(page, THREE, 1).text() == "–"
        assert cell(page, ONE, 1).accessibleName() == "Counter 1, Tuesday: 09:00–14:00"
        assert page.origin.hours.text() == "18 counter hours a week are planned."

    def test_it_says_where_it_comes_from(self, desk: Desk):
        page = opened(desk, plan(is_learned=True, days=24))
        assert page.origin.state.text() == "Learned from 24 days"
        assert not page.origin.learn.isVisible()
        desk.link.tell_live()
        desk.presenter.tick()
        desk.link.tell_answered(AskCounterPlan(), plan(version=4))
        desk.presenter.show()
        assert page.origin.state.text() == "Written by hand"
        assert page.origin.learn.isVisible()

    def test_staff_of_a_role_without_the_permission_only_read(self, desk: Desk):
        page = opened(desk)
        who = me(role=UserRole.ADMIN)
        without = tuple(each for each in who.permissions if each != "counters:update")
        desk.link.tell_signed_in(who.model_copy(update={"permissions": without}))
        desk.presenter.open_page("plan")
        desk.link.tell_answered(AskCounterPlan(), plan())
        desk.presenter.show()
        assert not cell(page, ONE, 0).isEnabled()
        assert not page.origin.learn.isVisible()

    def test_arrow_keys_go_from_cell_to_cell(self, desk: Desk, qtbot: QtBot):
        page = opened(desk)
        cell(page, ONE, 0).setFocus()
        for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Left):
            qtbot.keyClick(page.form.plan.focusWidget(), key)
        assert cell(page, sample.counter_id("2"), 0).hasFocus()


class TestEditing:
    def test_a_cell_gets_other_hours_and_so_do_the_days_that_are_ticked(self, desk: Desk):
        page = opened(desk)
        cell(page, ONE, 0).click()
        dialog = page.form.plan.dialog
        dialog.hours.rows[0].closes.setTime(QTime(15, 0))
        dialog.days[1].click()
        dialog.days[4].click()
        dialog.action.click()
        assert cell(page, ONE, 4).text() == "09:00–15:00"
        page.panel.save.click()
        others = {planned(ONE, day, 9, 15) for day in (0, 1, 4)}
        assert set(saved(desk)) == {*SPANS[1:3], *others}
        assert [span.weekday for span in saved(desk)] == [0, 0, 0, 1, 4]

    def test_an_emptied_cell_is_not_planned(self, desk: Desk):
        page = opened(desk)
        cell(page, ONE, 1).click()
        dialog = page.form.plan.dialog
        dialog.hours.rows[0].remove.click()
        dialog.action.click()
        page.panel.save.click()
        assert saved(desk) == SPANS[:3]

    def test_hours_that_overlap_or_pass_midnight_are_refused_in_the_dialog(self, desk: Desk):
        page = opened(desk)
        cell(page, THREE, 0).click()
        dialog = page.form.plan.dialog
        dialog.hours.rows[0].closes.setTime(QTime(17, 0))
        dialog.action.click()
        assert dialog.isVisible()
        assert dialog.error.sentence == "09:00–17:00 and 16:00–19:00 overlap."
        dialog.hours.rows[0].closes.setTime(QTime(14, 0))
        dialog.hours.rows[1].closes.setTime(QTime(2, 0))
        assert dialog.error.sentence == "End by midnight, and plan the rest on the next day."
        dialog.hours.rows[1].closes.setTime(QTime(0, 0))
        dialog.action.click()
        assert planned(THREE, 0, 16, 24) in page.form.plan.value()

    def test_the_hours_of_a_counter_that_is_gone_go_with_the_first_edit(self, desk: Desk):
        gone = planned(CounterId(sample.an_id("gone")), 2, 9, 12)
        page = opened(desk, plan(spans=(*SPANS, gone)))
        assert not page.panel.save.isEnabled()
        cell(page, ONE, 1).click()
        page.form.plan.dialog.hours.rows[0].remove.click()
        page.form.plan.dialog.action.click()
        page.panel.save.click()
        assert gone not in saved(desk)

    def test_somebody_elses_edit_asks_whose_to_keep(self, desk: Desk):
        page = opened(desk)
        cell(page, ONE, 1).click()
        page.form.plan.dialog.hours.rows[0].remove.click()
        page.form.plan.dialog.action.click()
        page.panel.save.click()
        desk.link.refuse(ProblemCode.EDITED_MEANWHILE)
        desk.link.tell_answered(AskCounterPlan(), plan(version=4, spans=SPANS[:1]))
        desk.presenter.show()
        assert page.panel.conflict.isVisible()
        page.panel.conflict.theirs.click()
        assert page.form.plan.value() == SPANS[:1]


class TestLearning:
    def test_it_is_learned_again_after_a_yes_and_undo_writes_what_was_there(self, desk: Desk):
        page = opened(desk)
        page.origin.learn.click()
        assert desk.link.sent == []
        page.dialog.action.click()
        assert desk.link.sent[-1][1] == LearnCounterPlan()
        learned = plan(version=4, is_learned=True, days=24, spans=SPANS[:1])
        desk.link.answer(Configured(revision=Revision(400), plan=learned))
        desk.presenter.show()
        assert page.origin.state.text() == "Learned from 24 days"
        assert page.form.plan.value() == SPANS[:1]
        assert desk.presenter.notices.view.text == "The counter plan is learned again"
        desk.window.toast.undo_requested.emit()
        assert desk.link.sent[-1][1] == SaveCounterPlan(plan=CounterPlan(spans=SPANS), version=4)

    def test_the_first_edit_of_a_learned_plan_is_undone_by_learning(self, desk: Desk):
        page = opened(desk, plan(is_learned=True, days=24))
        cell(page, ONE, 1).click()
        page.form.plan.dialog.hours.rows[0].remove.click()
        page.form.plan.dialog.action.click()
        page.panel.save.click()
        assert saved(desk) == SPANS[:3]
        written = plan(version=4, spans=SPANS[:3])
        desk.link.answer(Configured(revision=Revision(400), plan=written))
        desk.presenter.show()
        desk.window.toast.undo_requested.emit()
        assert desk.link.sent[-1][1] == LearnCounterPlan()

    def test_with_changes_that_are_not_saved_it_has_to_wait(self, desk: Desk):
        page = opened(desk)
        cell(page, ONE, 1).click()
        page.form.plan.dialog.hours.rows[0].remove.click()
        page.form.plan.dialog.action.click()
        assert not page.origin.learn.isEnabled()
        assert page.origin.learn.toolTip() == "Save or cancel your changes first"
