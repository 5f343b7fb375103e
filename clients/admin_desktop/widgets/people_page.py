"""The people: who may sign in, in which role, what they may do, and where they work now."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtWidgets import QDialog

from clients.admin_desktop import words
from clients.admin_desktop.account_values import CloseOneTime, DoToPerson
from clients.admin_desktop.forms import words as form_words
from clients.admin_desktop.forms.edit_page import EditPage
from clients.admin_desktop.skill_views import OpenSkills
from clients.admin_desktop.subjects.people import PEOPLE
from clients.admin_desktop.view_state import ConsoleView, Link, PeopleView, PersonRow
from clients.admin_desktop.widgets.one_time_dialog import OneTimeDialog
from clients.admin_desktop.widgets.person_form import PersonForm
from clients.admin_desktop.widgets.skills_dialog import SkillsDialog
from clients.admin_desktop.widgets.table_cells import Cell, Column, Lead, TableRow
from clients.admin_desktop.words import tr
from clients.core.commands import DeletePerson, OfPerson, ResetPassword, SignPersonOut
from clients.qt_kit.widgets.button_colours import ButtonKind
from clients.qt_kit.widgets.dialog import Dialog
from clients.qt_kit.widgets.empty_state import EmptyStateState


class PeoplePage(EditPage):
    """All accounts of the organization, and the editor of one."""

    def __init__(self) -> None:
        self.form = PersonForm()
        super().__init__(
            PEOPLE,
            tr("People"),
            (
                Column(title=tr("Name"), share=2, elides=True),
                Column(title=tr("User name"), elides=True),
                Column(title=tr("Role")),
                Column(title=tr("Account")),
                Column(title=tr("Now at")),
                Column(title=tr("Last sign-in")),
                Column(title=tr("Serves"), elides=True),
            ),
            nothing=EmptyStateState(
                icon="users",
                title=tr("No people yet"),
                text=tr("Who works here needs an account. Add the first one."),
            ),
            found_none=tr("No person holds “{text}”."),
            narrow_columns=3,
            form=self.form,
            add_text=tr("Add person"),
            new_title=tr("New person"),
        )
        self.skills: SkillsDialog | None = None
        self.one_time: OneTimeDialog | None = None
        self.asking: Dialog | None = None
        self._opened: PersonRow | None = None
        self.form.serves_requested.connect(self._on_serves)
        deeds = self.form.deeds
        deeds.reset_requested.connect(self._ask_reset)
        deeds.sign_out_requested.connect(self._ask_sign_out)
        deeds.delete_requested.connect(self._ask_delete)

    @property
    def dialog(self) -> QDialog | None:
        """The dialog over the page, while there is one."""
        return self.one_time or self.skills or self.asking or self._dialog

    def render(self, view: ConsoleView) -> None:
        """Show the people."""
        super().render(view)
        shown, now = view.page_view, view.now
        if not isinstance(shown, PeopleView) or now is None:
            self.render_rows(None)
            return
        rows = shown.rows
        editor = shown.edited.editor
        self._opened = next(
            (row for row in rows or () if editor is not None and str(row.id) == editor.key), None
        )
        self.render_edited(
            shown.edited,
            None
            if rows is None
            else tuple(TableRow(key=str(row.id), cells=_cells(row, now)) for row in rows),
            frozenset(str(row.id) for row in rows or () if not row.is_active),
        )
        self.render_error(shown)
        offline = "" if view.link is Link.LIVE else form_words.offline()
        self.form.render_person(shown, self._opened, offline=offline)
        self._render_skills(shown)
        self._render_one_time(shown)

    def render_error(self, shown: PeopleView) -> None:
        """Say why the list has not come."""
        if shown.rows is None and shown.error:
            self.render_rows(None, shown.error)

    def _on_serves(self) -> None:
        if self._opened is not None:
            self.intended.emit(OpenSkills(user_id=self._opened.id))

    # What is asked before it is done

    def _ask_reset(self) -> None:
        self._ask(
            tr("Give {person} a one-time password?"),
            tr("Their present password stops working, and they are signed out everywhere."),
            tr("Reset password"),
            lambda row: ResetPassword(user_id=row.id),
        )

    def _ask_sign_out(self) -> None:
        self._ask(
            tr("Sign {person} out everywhere?"),
            tr("Each of their devices asks for the password again. A counter that is open stays open."),
            tr("Sign out"),
            lambda row: SignPersonOut(user_id=row.id),
        )

    def _ask_delete(self) -> None:
        self._ask(
            tr("Delete {person}?"),
            tr(
                "Name, user name, e-mail and password are erased, and this cannot be undone. What they did "
                "stays, by somebody without a name. To keep the account for later, switch it off instead."
            ),
            tr("Delete"),
            lambda row: DeletePerson(user_id=row.id),
            kind="danger_primary",
        )

    def _ask(
        self,
        question: str,
        about: str,
        verb: str,
        command: Callable[[PersonRow], OfPerson],
        *,
        kind: ButtonKind = "primary",
    ) -> None:
        row = self._opened
        if row is None or self.asking is not None:
            return
        self.asking = dialog = Dialog(
            question.format(person=row.name), about, action=verb, kind=kind, parent=self
        )
        dialog.accepted.connect(lambda: self.intended.emit(DoToPerson(command=command(row), person=row.name)))
        dialog.finished.connect(self._on_asked)
        dialog.open()

    def _on_asked(self) -> None:
        dialog, self.asking = self.asking, None
        if dialog is not None:
            dialog.deleteLater()

    # Dialogs of the presenter's

    def _render_skills(self, shown: PeopleView) -> None:
        view = shown.skills

        def make() -> SkillsDialog:
            assert view is not None, "only then is one made"
            dialog = SkillsDialog(view, shown.types, self)
            dialog.intended.connect(self.intended)
            dialog.render(view)
            return dialog

        self.skills = self.follow(self.skills, view, make)
        if self.skills is not None and view is not None:
            self.skills.render(view)

    def _render_one_time(self, shown: PeopleView) -> None:
        view = shown.one_time

        def make() -> OneTimeDialog:
            assert view is not None, "only then is one made"
            dialog = OneTimeDialog(view, self)
            dialog.finished.connect(lambda: self.intended.emit(CloseOneTime()))
            return dialog

        self.one_time = self.follow(self.one_time, view, make)


def _cells(row: PersonRow, now: datetime) -> tuple[Cell, ...]:
    return (
        Cell(text=row.name, strong=True),
        Cell(text=row.username, tone="ink2"),
        Cell(text=words.role_word(row.role)),
        _standing_cell(row),
        _counter_cell(row.counter),
        Cell(
            text=words.past(row.last_login, now) if row.last_login else tr("never"),
            sort=row.last_login.timestamp() if row.last_login else 0.0,
            tone="ink2",
        ),
        Cell(text=", ".join(row.types) or tr("All types"), tone="ink2"),
    )


def _standing_cell(row: PersonRow) -> Cell:
    if not row.is_active:
        return Cell(text=tr("Switched off"), lead=Lead.ICON, mark="circle-x", mark_tone="ink3", tone="ink2")
    if row.must_change_password:
        return Cell(text=tr("One-time password"), lead=Lead.ICON, mark="clock", mark_tone="near")
    return Cell(text=tr("Active"), lead=Lead.ICON, mark="circle-check", mark_tone="on_time")


def _counter_cell(label: str) -> Cell:
    if not label:
        return Cell(text=words.MISSING, tone="ink3")
    return Cell(text=tr("Counter {label}").format(label=label), lead=Lead.PLATE, mark=label)
