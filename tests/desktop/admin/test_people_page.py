"""People's accounts in the console: made, edited, switched off, reset, signed out, deleted; and who may."""

import pytest
from PySide6.QtWidgets import QApplication

from clients.admin_desktop.account_rules import bars_of, roles_to_give
from clients.admin_desktop.permission_words import permission_groups
from clients.admin_desktop.subjects.people import PEOPLE, free_username
from clients.admin_desktop.widgets.people_page import PeoplePage
from clients.core.commands import (
    AddPerson,
    DeletePerson,
    DisablePerson,
    EnablePerson,
    ResetPassword,
    SavePerson,
    SignPersonOut,
)
from clients.core.messages import Fetch
from clients.core.questions import AskAccounts
from shared.ids import Permission, Revision, UserId, UserRole
from shared.problems import ProblemCode
from shared.users import AccountConfigured, UserAccount, UserPage
from tests.desktop.admin import sample
from tests.desktop.admin.conftest import Desk, words_in
from tests.desktop.admin.fakes import me

AMINA = next(each for each in sample.ACCOUNTS if each.display_name == "Amina Diallo")
BOSS = next(each for each in sample.ACCOUNTS if each.role is UserRole.SUPER_ADMIN)
SECRET = "maple-orbit-seven-lantern"


def opened(desk: Desk, account: UserAccount | None = AMINA, role: UserRole = UserRole.ADMIN) -> PeoplePage:
    desk.show()
    desk.link.tell_signed_in(me("Olga Berg", role=role))
    desk.link.tell_live()
    desk.presenter.open_page("people")
    desk.link.tell_fetched(Fetch.USERS, sample.ACCOUNTS)
    desk.link.tell_answered(AskAccounts(), UserPage(items=sample.ACCOUNTS, next_cursor=None))
    desk.presenter.show()
    page = desk.window.console.page("people")
    assert isinstance(page, PeoplePage)
    if account is not None:
        page.row_opened.emit(str(account.id))
    return page


def last(desk: Desk):
    return desk.link.sent[-1][1]


def answer(desk: Desk, user: UserAccount | None, password: str | None = None) -> None:
    desk.link.answer(AccountConfigured(revision=Revision(500), user=user, one_time_password=password))
    desk.presenter.show()


def write(page: PeoplePage, name: str, text: str) -> None:
    line = page.form.fields[name].input
    line.setText(text)
    line.textEdited.emit(text)


def toast(desk: Desk) -> str:
    return desk.window.toast._lane.accessibleName()


class TestNew:
    def test_one_is_made_with_a_proposed_user_name_and_the_password_is_shown_once(self, desk: Desk):
        page = opened(desk, None)
        page.add.click()
        write(page, "display_name", "Nora Quist")
        write(page, "email", "nora@city.example")
        page.form.role.buttons[1].click()
        page.panel.save.click()
        command = last(desk)
        assert isinstance(command, AddPerson)
        assert (command.settings.username, command.settings.email) == ("nora", "nora@city.example")
        assert command.settings.role is UserRole.ADMIN
        made = AMINA.model_copy(
            update={"id": UserId(sample.an_id("person", "Nora")), "display_name": "Nora Quist"}
        )
        answer(desk, made, SECRET)
        assert page.one_time.password.text() == SECRET
        assert "It is shown this once" in words_in(page.one_time)
        assert page.one_time.focusWidget() is page.one_time.copy
        page.one_time.copy.click()
        assert QApplication.clipboard().text() == SECRET
        page.one_time.accept()
        desk.presenter.show()
        assert page.one_time is None
        assert desk.presenter.accounts.one_time is None
        assert "Nora Quist" in [row.cells[0].text for row in page.model.rows]

    def test_what_is_wrong_stands_beside_the_field(self, desk: Desk):
        page = opened(desk, None)
        page.add.click()
        write(page, "username", "two words")
        write(page, "email", "nowhere")
        page.panel.save.click()
        assert not desk.link.sent
        fields = page.form.fields
        assert fields["display_name"].error == "Fill this in."
        assert fields["username"].error == "One word, without spaces."
        assert fields["email"].error == "An address like name@example.org, or nothing."

    def test_a_taken_name_is_said_beside_it(self, desk: Desk):
        page = opened(desk, None)
        page.add.click()
        write(page, "display_name", "Nora Quist")
        page.panel.save.click()
        desk.link.refuse(ProblemCode.ALREADY_EXISTS, facts={"what": "user name", "field": "username"})
        desk.presenter.show()
        assert page.form.fields["username"].error == "Somebody has this user name. Choose another."

    def test_only_what_the_admin_may_do_can_be_given(self, desk: Desk):
        page = opened(desk, None)
        page.add.click()
        assert [button.isEnabled() for button in page.form.role.buttons] == [True, True, False]
        assert page.form.role.buttons[2].toolTip() == "This role may do more than you."
        boxes = page.form.rights.boxes
        assert not boxes[Permission.SYSTEM_BACKUP].isEnabled()
        assert boxes[Permission.ANALYTICS_READ].isEnabled()

    @pytest.mark.parametrize(
        ("name", "proposed"),
        [("Nora Quist", "nora"), ("Amina Diallo", "amina2"), ("Zoë", "zoe"), ("منى", ""), ("", "")],
    )
    def test_a_user_name_is_proposed(self, name: str, proposed: str):
        assert free_username(name, {"amina", "jonas"}) == proposed


class TestEdit:
    def test_name_and_rights_are_sent_with_the_version_and_taken_back(self, desk: Desk):
        page = opened(desk)
        write(page, "display_name", "Amina D.")
        page.form.rights.boxes[Permission.ANALYTICS_READ].click()
        page.form.rights.boxes[Permission.TOKENS_CREATE].click()
        assert page.form.rights.summary.text() == "1 added to the role, 1 taken away."
        assert page.form.rights.boxes[Permission.ANALYTICS_READ].text().endswith("(added)")
        assert page.form.rights.boxes[Permission.TOKENS_CREATE].text().endswith("(taken away)")
        page.panel.save.click()
        command = last(desk)
        assert isinstance(command, SavePerson)
        assert command.version == AMINA.version
        assert command.settings.granted == (Permission.ANALYTICS_READ,)
        assert command.settings.revoked == (Permission.TOKENS_CREATE,)
        saved = AMINA.model_copy(
            update={
                "display_name": "Amina D.",
                "granted": command.settings.granted,
                "revoked": command.settings.revoked,
                "version": AMINA.version + 1,
            }
        )
        answer(desk, saved)
        assert toast(desk) == "Amina D. saved"
        desk.window.toast.undo_requested.emit()
        undo = last(desk)
        assert (undo.settings.display_name, undo.settings.granted) == ("Amina Diallo", ())
        assert undo.version == saved.version

    def test_what_the_new_role_gives_anyway_is_no_grant(self, desk: Desk):
        page = opened(desk)
        page.form.rights.boxes[Permission.ANALYTICS_READ].click()
        page.form.role.buttons[1].click()
        page.panel.save.click()
        assert last(desk).settings.role is UserRole.ADMIN
        assert last(desk).settings.granted == ()

    def test_a_second_edit_is_a_conflict_in_words(self, desk: Desk):
        page = opened(desk)
        write(page, "display_name", "Amina D.")
        page.panel.save.click()
        desk.link.refuse(ProblemCode.EDITED_MEANWHILE)
        theirs = AMINA.model_copy(update={"version": AMINA.version + 1, "email": "a@city.example"})
        others = tuple(each for each in sample.ACCOUNTS if each.id != AMINA.id)
        desk.link.tell_answered(AskAccounts(), UserPage(items=(*others, theirs), next_cursor=None))
        desk.presenter.show()
        assert page.panel.conflict.isVisible()
        page.panel.conflict.mine.click()
        assert page.form.fields["email"].value() == "a@city.example"
        assert page.form.fields["display_name"].value() == "Amina D."

    def test_switching_off_is_a_command_and_its_undo_another(self, desk: Desk):
        page = opened(desk)
        page.panel.switch.click()
        assert last(desk) == DisablePerson(user_id=AMINA.id)
        off = AMINA.model_copy(update={"is_active": False, "version": AMINA.version + 1})
        answer(desk, off)
        assert toast(desk) == "Amina Diallo's account is switched off, and signed out everywhere"
        desk.window.toast.undo_requested.emit()
        assert last(desk) == EnablePerson(user_id=AMINA.id)


class TestAtOnce:
    def test_a_reset_asks_first_and_shows_the_password(self, desk: Desk):
        page = opened(desk)
        page.form.deeds.reset.click()
        assert not desk.link.sent
        assert "signed out everywhere" in words_in(page.asking)
        page.asking.accept()
        assert last(desk) == ResetPassword(user_id=AMINA.id)
        answer(desk, AMINA.model_copy(update={"version": 9, "must_change_password": True}), SECRET)
        assert page.one_time.password.text() == SECRET
        # The next edit is made from what the reset left.
        page.one_time.accept()
        write(page, "display_name", "Amina D.")
        page.panel.save.click()
        assert last(desk).version == 9
        assert SECRET not in repr(desk.presenter.view())

    def test_the_password_goes_with_who_is_signed_in(self, desk: Desk):
        page = opened(desk)
        page.form.deeds.reset.click()
        page.asking.accept()
        answer(desk, AMINA, SECRET)
        desk.presenter.sign_out()
        assert desk.presenter.accounts.one_time is None

    def test_signing_out_everywhere_is_told(self, desk: Desk):
        page = opened(desk)
        page.form.deeds.sign_out.click()
        page.asking.accept()
        assert last(desk) == SignPersonOut(user_id=AMINA.id)
        answer(desk, AMINA)
        assert toast(desk) == "Amina Diallo is signed out everywhere"

    def test_a_super_admin_deletes_after_a_question(self, desk: Desk):
        page = opened(desk, role=UserRole.SUPER_ADMIN)
        page.form.deeds.delete.click()
        assert "cannot be undone" in words_in(page.asking)
        page.asking.reject()
        assert not desk.link.sent
        page.form.deeds.delete.click()
        page.asking.accept()
        assert last(desk) == DeletePerson(user_id=AMINA.id)
        answer(desk, None)
        assert toast(desk) == "Amina Diallo is deleted"
        assert not page.panel.isVisible()
        assert "Amina Diallo" not in [row.cells[0].text for row in page.model.rows]

    def test_a_refusal_is_told_in_words(self, desk: Desk):
        page = opened(desk)
        page.form.deeds.sign_out.click()
        page.asking.accept()
        desk.link.refuse(ProblemCode.OUTRANKED, facts={"person": "Amina Diallo"})
        desk.presenter.show()
        assert toast(desk).startswith("Amina Diallo may do more than you.")

    def test_offline_nothing_can_be_done_and_it_says_why(self, desk: Desk):
        page = opened(desk)
        desk.link.tell_offline()
        desk.presenter.show()
        assert not page.form.deeds.reset.isEnabled()
        assert "no connection" in page.form.deeds.reset.toolTip()


class TestWhoMay:
    def test_an_admin_only_reads_a_super_admin(self, desk: Desk):
        page = opened(desk, BOSS)
        assert f"{BOSS.display_name} may do more than you." in words_in(page.panel)
        assert not page.panel.save.isVisible()
        deeds = page.form.deeds
        assert not any(button.isEnabled() for button in (deeds.reset, deeds.sign_out, deeds.delete))

    def test_only_super_admins_delete(self, desk: Desk):
        page = opened(desk)
        assert not page.form.deeds.delete.isEnabled()
        assert page.form.deeds.why.text() == "Only a super admin can delete people."

    def test_nobody_decides_their_own_role_or_switches_themselves_off(self):
        mine = me(role=UserRole.SUPER_ADMIN)
        own = BOSS.model_copy(update={"id": mine.id})
        bars = bars_of(mine, own, (*sample.ACCOUNTS, own))
        assert bars.edit == ""
        assert all((bars.rights, bars.switch, bars.delete, bars.reset, bars.sign_out))
        assert "My account" in bars.reset

    def test_the_last_super_admin_stays_one(self):
        mine = me("Olga Berg", role=UserRole.SUPER_ADMIN)
        other = BOSS.model_copy(update={"id": UserId(sample.an_id("person", "Other"))})
        assert "is the last super admin" in bars_of(mine, BOSS, sample.ACCOUNTS).switch
        assert bars_of(mine, BOSS, (*sample.ACCOUNTS, other)).switch == ""
        asleep = other.model_copy(update={"is_active": False})
        assert "is the last super admin" in bars_of(mine, BOSS, (*sample.ACCOUNTS, asleep)).delete

    def test_who_has_more_rights_than_the_admin_is_not_theirs_to_change(self):
        granted = AMINA.model_copy(update={"granted": (Permission.SYSTEM_BACKUP,)})
        assert "may do more than you" in bars_of(me(), granted, sample.ACCOUNTS).edit

    def test_who_may_not_edit_people_sees_why(self, desk: Desk):
        page = opened(desk)
        desk.link.tell_signed_in(me().model_copy(update={"permissions": (Permission.USERS_READ,)}))
        assert roles_to_give(desk.store.me) == frozenset()
        assert bars_of(desk.store.me, AMINA, sample.ACCOUNTS).edit == "Your role may not change this."
        assert page is not None

    def test_every_permission_has_words(self):
        listed = [permission for _, each in permission_groups() for permission, _ in each]
        assert sorted(listed) == sorted(Permission)


def test_nobody_is_lost_on_the_second_page():
    first = UserPage(items=sample.ACCOUNTS[:2], next_cursor="more")
    question = AskAccounts()
    assert question.more(first) == AskAccounts(cursor="more")
    whole = question.joined(first, UserPage(items=sample.ACCOUNTS[2:], next_cursor=None))
    assert whole.items == sample.ACCOUNTS
    assert question.more(whole) is None
    assert PEOPLE == "people"
