"""The customer types page, and with it the forms: what is seen, what is sent, what comes between."""

from collections.abc import Iterable

import pytest
from PySide6.QtCore import Qt

from clients.admin_desktop.subjects.queues import free_key, free_prefix
from clients.admin_desktop.widgets.queues_page import QueuesPage
from clients.core.commands import SaveQueue
from clients.core.questions import AskQueues
from shared.commands import Configured
from shared.events import QueueConfigured
from shared.ids import Revision, UserRole
from shared.problems import FieldError, ProblemCode
from shared.queues import CustomerType, QueueConfiguration, QueueSettings
from tests.desktop.admin import sample
from tests.desktop.admin.conftest import Desk, words_in
from tests.desktop.admin.fakes import me

settings = sample.queue_settings


def configurations(*, version: int = 3, **changes: QueueSettings) -> tuple[QueueConfiguration, ...]:
    return tuple(
        QueueConfiguration(version=version, settings=changes.get(key, settings(key)))
        for key in ("instant", "browser", "retail")
    )


def opened(desk: Desk, found: Iterable[QueueConfiguration] = (), who=None) -> QueuesPage:
    if who is not None:
        desk.link.tell_signed_in(who)
    desk.show()
    if who is not None:
        desk.link.tell_signed_in(who)
        desk.link.tell_live()
    desk.presenter.open_page("queues")
    desk.link.tell_answered(AskQueues(), tuple(found) or configurations())
    desk.presenter.show()
    return desk.window.console.page("queues")


def edit(page: QueuesPage, row: int) -> None:
    page.table.clicked.emit(page.shown.index(row, 0))


def write(qtbot, page: QueuesPage, name: str, text: str) -> None:
    line = page.panel.form.fields[name].input
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, text) if text else qtbot.keyClick(line, Qt.Key.Key_Delete)


def sent(desk: Desk) -> SaveQueue:
    command = desk.link.sent[-1][1]
    assert isinstance(command, SaveQueue)
    return command


def done(desk: Desk, version: int) -> None:
    configuration = QueueConfiguration(version=version, settings=sent(desk).settings)
    desk.link.answer(Configured(revision=Revision(500), queue=configuration))
    desk.presenter.show()


def told(desk: Desk) -> str:
    return desk.window.toast._lane.accessibleName() if desk.window.toast.isVisible() else ""


class TestList:
    def test_types_come_by_position_with_what_each_is_set_to(self, desk: Desk):
        page = opened(desk, configurations(retail=settings("retail", day_limit=40, position=0)))
        rows = [
            [page.shown.index(row, place).data() for place in range(7)]
            for row in range(page.shown.rowCount())
        ]
        assert [row[0] for row in rows] == ["Quick service", "Sales & payments", "Information"]
        assert rows[1] == [
            "Sales & payments", "In use", "6", "20 min", "R001 to R999", "40", "As the organization",
        ]  # fmt: skip

    def test_those_switched_off_are_muted_and_can_be_left_out(self, desk: Desk):
        page = opened(desk, configurations(browser=settings("browser", is_active=False)))
        assert page.shown.index(1, 1).data() == "Switched off"
        page.standing.segment_chosen.emit("")
        page.standing._buttons[1].click()
        assert [page.shown.index(row, 0).data() for row in range(page.shown.rowCount())] == [
            "Quick service",
            "Sales & payments",
        ]

    def test_a_list_that_does_not_come_says_why(self, desk: Desk):
        desk.show()
        desk.presenter.open_page("queues")
        desk.link.tell_not_answered(AskQueues(), "The server does not answer.")
        desk.presenter.show()
        page = desk.window.console.page("queues")
        assert "The server does not answer." in words_in(page.empty)
        asked = len(desk.link.asked)
        page.empty.action_requested.emit()
        assert len(desk.link.asked) == asked + 1

    def test_it_is_asked_for_again_when_a_type_was_edited_elsewhere(self, desk: Desk):
        opened(desk)
        asked = len(desk.link.asked)
        desk.link.tell_event(
            QueueConfigured(
                revision=Revision(401),
                at=sample.NOW,
                customer_type=CustomerType(
                    key="instant", name="Express", prefix="A", position=0, wait_limit_min=12
                ),
            )
        )
        assert len(desk.link.asked) == asked + 1


class TestEditing:
    def test_a_change_is_sent_with_the_version_and_can_be_undone(self, desk: Desk, qtbot):
        page = opened(desk)
        edit(page, 0)
        assert page.panel.isVisible()
        assert not page.panel.save.isEnabled()
        write(qtbot, page, "name", "Express")
        page.panel.save.click()
        assert sent(desk).version == 3
        assert sent(desk).settings == settings("instant", name="Express")
        done(desk, 4)
        assert told(desk) == "Express saved"
        desk.window.toast.undo_requested.emit()
        assert sent(desk).version == 4
        assert sent(desk).settings == settings("instant")
        done(desk, 5)
        assert told(desk) == "Quick service is as it was before"
        assert page.panel.form.fields["name"].value() == "Quick service"

    def test_a_double_press_saves_once(self, desk: Desk, qtbot):
        page = opened(desk)
        edit(page, 0)
        write(qtbot, page, "name", "Express")
        page.panel.save_requested.emit()
        page.panel.save_requested.emit()
        assert len(desk.link.sent) == 1

    def test_what_is_wrong_stands_beside_the_field_and_nothing_is_sent(self, desk: Desk, qtbot):
        page = opened(desk)
        edit(page, 0)
        write(qtbot, page, "wait_limit_min", "0")
        write(qtbot, page, "max_number", "many")
        write(qtbot, page, "prefix", "b")
        page.panel.save.click()
        fields = page.panel.form.fields
        assert not desk.link.sent
        assert fields["wait_limit_min"].error == "1 or more."
        assert fields["max_number"].error == "Write a whole number."
        assert fields["prefix"].error == "B is used by Information. Q is free."
        qtbot.waitUntil(fields["prefix"].input.hasFocus)
        write(qtbot, page, "max_number", "500")
        assert fields["max_number"].error == ""
        assert fields["prefix"].error

    def test_a_field_is_checked_when_it_is_left(self, desk: Desk, qtbot):
        page = opened(desk)
        edit(page, 0)
        write(qtbot, page, "wait_limit_min", "9999")
        assert page.panel.form.fields["wait_limit_min"].error == ""
        page.panel.form.fields["position"].input.setFocus()
        assert page.panel.form.fields["wait_limit_min"].error == "1440 or less."

    def test_what_is_typed_back_is_no_change(self, desk: Desk, qtbot):
        page = opened(desk)
        edit(page, 0)
        write(qtbot, page, "wait_limit_min", "13")
        assert page.panel.save.isEnabled()
        write(qtbot, page, "wait_limit_min", "12")
        assert not page.panel.save.isEnabled()

    def test_an_empty_day_limit_is_none_at_all(self, desk: Desk, qtbot):
        page = opened(desk, configurations(instant=settings("instant", day_limit=40)))
        edit(page, 0)
        write(qtbot, page, "day_limit", "")
        page.panel.save.click()
        assert sent(desk).settings.day_limit is None

    def test_what_the_server_refuses_is_said_in_its_place(self, desk: Desk, qtbot):
        page = opened(desk)
        edit(page, 0)
        write(qtbot, page, "prefix", "Z")
        page.panel.save.click()
        desk.link.refuse(
            ProblemCode.ALREADY_EXISTS,
            "This prefix is taken. Choose another.",
            facts={"what": "prefix", "field": "prefix"},
            errors=(FieldError(field="prefix", message="This prefix is taken. Choose another."),),
        )
        desk.presenter.show()
        assert page.panel.form.fields["prefix"].error == "This prefix is taken. Choose another."
        page.panel.save.click()
        desk.link.refuse(ProblemCode.UNAVAILABLE)
        desk.presenter.show()
        assert page.panel.error.sentence.startswith("The server cannot save now.")
        assert page.panel.form.fields["prefix"].value() == "Z"

    def test_an_edit_without_an_answer_stays_in_the_form(self, desk: Desk, qtbot):
        page = opened(desk)
        edit(page, 0)
        write(qtbot, page, "name", "Express")
        page.panel.save.click()
        desk.link.fail("The server does not answer.")
        desk.presenter.show()
        assert page.panel.error.sentence == "The server does not answer."
        assert page.panel.form.fields["name"].value() == "Express"

    def test_offline_nothing_can_be_saved_and_what_is_typed_stays(self, desk: Desk, qtbot):
        page = opened(desk)
        edit(page, 0)
        write(qtbot, page, "name", "Express")
        desk.link.tell_offline()
        desk.presenter.show()
        assert not page.panel.save.isEnabled()
        assert "no connection" in page.panel.save.toolTip()
        assert page.panel.form.fields["name"].value() == "Express"

    def test_who_may_only_read_sees_why(self, desk: Desk):
        reader = me().model_copy(update={"permissions": ()})
        page = opened(desk, who=reader)
        edit(page, 0)
        assert not page.panel.save.isVisible()
        assert not page.add.isEnabled()
        assert "Your role may not change it." in words_in(page.panel)
        assert page.panel.form.fields["name"].input.isReadOnly()


class TestUndoKey:
    def test_the_key_takes_the_last_edit_back_while_it_is_offered(self, desk: Desk, qtbot):
        page = opened(desk)
        edit(page, 1)
        page.panel.switch.click()
        done(desk, 4)
        page.table.setFocus()
        qtbot.keyClick(desk.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert sent(desk).settings.is_active
        qtbot.keyClick(desk.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert len(desk.link.sent) == 2

    def test_in_a_field_it_undoes_what_was_typed(self, desk: Desk, qtbot):
        page = opened(desk)
        edit(page, 1)
        page.panel.switch.click()
        done(desk, 4)
        write(qtbot, page, "name", "Desk")
        line = page.panel.form.fields["name"].input
        qtbot.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert line.text() != "Desk"
        assert len(desk.link.sent) == 1


class TestMaking:
    def test_key_and_prefix_are_proposed_from_the_name(self, desk: Desk, qtbot):
        page = opened(desk)
        desk.window.activateWindow()
        qtbot.waitUntil(desk.window.isActiveWindow)
        qtbot.keyClick(desk.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(page.panel.form.fields["name"].input.hasFocus)
        write(qtbot, page, "name", "Passports & IDs")
        fields = page.panel.form.fields
        assert fields["key"].value() == "passports_ids"
        assert fields["prefix"].value() == "P"
        write(qtbot, page, "prefix", "id")
        write(qtbot, page, "name", "Identity")
        assert (fields["key"].value(), fields["prefix"].value()) == ("identity", "ID")
        page.panel.save.click()
        assert sent(desk).version is None
        assert sent(desk).method == "POST"
        assert sent(desk).settings.position == 3
        done(desk, 1)
        assert told(desk) == "Identity is a new customer type"
        desk.window.toast.undo_requested.emit()
        assert (sent(desk).version, sent(desk).settings.is_active) == (1, False)
        done(desk, 2)
        assert told(desk) == "Identity is switched off"

    def test_an_empty_form_says_what_is_missing(self, desk: Desk):
        page = opened(desk)
        page.add.click()
        page.panel.save.click()
        assert page.panel.form.fields["name"].error == "Fill this in."
        assert not desk.link.sent

    @pytest.mark.parametrize(
        ("name", "key"),
        [
            ("Čekárna 2", "cekarna_2"),
            ("3rd floor", "type_3rd_floor"),
            ("خدمة", "type"),
            ("Retail", "retail_2"),
        ],
    )
    def test_every_name_gives_a_key_that_the_server_takes(self, name: str, key: str):
        assert free_key(name, {"retail"}) == key
        taken = QueueSettings(key=key, name=name, prefix="X")
        assert taken.key == key

    def test_a_prefix_is_free_however_many_there_are(self):
        letters = {chr(each) for each in range(ord("A"), ord("Z") + 1)}
        assert free_prefix("Sales", {"S"}) == "A"
        assert free_prefix("Sales", letters) == "AA"
        assert free_prefix("خدمة", set()) == "A"


class TestSwitching:
    def test_a_type_is_switched_off_and_back_by_undo(self, desk: Desk):
        page = opened(desk)
        edit(page, 1)
        page.panel.switch.click()
        assert not sent(desk).settings.is_active
        done(desk, 4)
        assert told(desk) == "Information takes no more tokens"
        assert page.panel.switch.state.text == "Switch on"
        desk.window.toast.undo_requested.emit()
        assert sent(desk).settings.is_active

    def test_changes_are_saved_or_dropped_first(self, desk: Desk, qtbot):
        page = opened(desk)
        edit(page, 1)
        write(qtbot, page, "name", "Desk")
        assert not page.panel.switch.isEnabled()
        assert page.panel.switch.toolTip() == "Save or cancel your changes first"


class TestLeaving:
    def dirty(self, desk: Desk, qtbot) -> QueuesPage:
        page = opened(desk)
        edit(page, 0)
        write(qtbot, page, "name", "Express")
        edit(page, 1)
        return page

    def test_another_row_asks_what_becomes_of_changes(self, desk: Desk, qtbot):
        page = self.dirty(desk, qtbot)
        assert page.dialog is not None
        page.dialog.reject()
        assert page.dialog is None
        assert page.panel.form.fields["name"].value() == "Express"
        edit(page, 1)
        page.dialog.discard.click()
        assert page.panel.form.fields["name"].value() == "Information"
        assert not desk.link.sent

    def test_saving_first_goes_on_to_the_other(self, desk: Desk, qtbot):
        page = self.dirty(desk, qtbot)
        page.dialog.accept()
        done(desk, 4)
        assert page.dialog is None
        assert page.panel.form.fields["name"].value() == "Information"
        assert told(desk) == "Express saved"

    def test_saving_what_is_wrong_stays_with_it(self, desk: Desk, qtbot):
        page = opened(desk)
        edit(page, 0)
        write(qtbot, page, "name", "")
        edit(page, 1)
        page.dialog.accept()
        assert page.dialog is None
        assert page.panel.form.fields["name"].error == "Fill this in."

    def test_escape_closes_what_is_unchanged_and_asks_about_changes(self, desk: Desk, qtbot):
        page = opened(desk)
        edit(page, 0)
        write(qtbot, page, "name", "Express")
        qtbot.keyClick(page.panel.form.fields["name"].input, Qt.Key.Key_Escape)
        assert page.dialog is not None
        page.dialog.discard.click()
        assert not page.panel.isVisible()

    def test_another_page_keeps_the_draft(self, desk: Desk, qtbot):
        page = opened(desk)
        edit(page, 0)
        write(qtbot, page, "name", "Express")
        desk.presenter.open_page("floor")
        desk.presenter.open_page("queues")
        assert page.panel.form.fields["name"].value() == "Express"
        assert page.panel.save.isEnabled()

    def test_nothing_of_one_person_stays_for_the_next(self, desk: Desk, qtbot):
        page = opened(desk)
        edit(page, 0)
        write(qtbot, page, "name", "Express")
        desk.presenter.sign_out()
        desk.link.tell_signed_in(me("Ravi Menon", UserRole.ADMIN))
        desk.link.tell_live()
        desk.presenter.show()
        page = desk.window.console.page("queues")
        assert not page.panel.isVisible()


class TestMeanwhile:
    def conflict(self, desk: Desk, qtbot) -> QueuesPage:
        page = opened(desk)
        edit(page, 0)
        write(qtbot, page, "name", "Express")
        page.panel.save.click()
        desk.link.refuse(ProblemCode.EDITED_MEANWHILE)
        assert desk.link.asked[-1] == AskQueues()
        theirs = settings("instant", wait_limit_min=5, name="Fast lane")
        desk.link.tell_answered(AskQueues(), configurations(version=4, instant=theirs))
        desk.presenter.show()
        assert page.panel.conflict.isVisible()
        assert not page.panel.save.isEnabled()
        return page

    def test_ones_own_changes_go_on_top_of_theirs(self, desk: Desk, qtbot):
        page = self.conflict(desk, qtbot)
        page.panel.conflict.mine.click()
        assert page.panel.form.fields["wait_limit_min"].value() == 5
        assert page.panel.form.fields["name"].value() == "Express"
        page.panel.save.click()
        assert sent(desk).version == 4
        assert sent(desk).settings == settings("instant", wait_limit_min=5, name="Express")

    def test_theirs_are_shown(self, desk: Desk, qtbot):
        page = self.conflict(desk, qtbot)
        page.panel.conflict.theirs.click()
        assert page.panel.form.fields["name"].value() == "Fast lane"
        assert not page.panel.conflict.isVisible()
        assert not page.panel.save.isEnabled()

    def test_an_untouched_form_follows_what_others_save(self, desk: Desk, qtbot):
        page = opened(desk)
        edit(page, 0)
        desk.presenter.try_again()
        theirs = settings("instant", name="Fast lane")
        desk.link.tell_answered(AskQueues(), configurations(version=4, instant=theirs))
        desk.presenter.show()
        assert page.panel.form.fields["name"].value() == "Fast lane"
        assert not page.panel.conflict.isVisible()

    def test_an_answer_from_before_ones_own_edit_changes_nothing(self, desk: Desk, qtbot):
        page = opened(desk)
        edit(page, 0)
        write(qtbot, page, "name", "Express")
        desk.presenter.try_again()  # asked before the edit is saved, answered after
        page.panel.save.click()
        done(desk, 4)
        desk.link.tell_answered(AskQueues(), configurations(version=3))
        desk.presenter.show()
        assert page.panel.form.fields["name"].value() == "Express"
        assert page.shown.index(0, 0).data() == "Express"

    def test_an_undo_that_comes_late_leaves_the_others_edit(self, desk: Desk, qtbot):
        page = opened(desk)
        edit(page, 0)
        write(qtbot, page, "name", "Express")
        page.panel.save.click()
        done(desk, 4)
        desk.window.toast.undo_requested.emit()
        desk.link.refuse(ProblemCode.EDITED_MEANWHILE)
        desk.presenter.show()
        assert told(desk) == "Somebody has changed Quick service since. It stays as it is."
