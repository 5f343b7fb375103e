"""The people: who may sign in, in which role, and where they work now."""

from datetime import datetime

from clients.admin_desktop import words
from clients.admin_desktop.skill_views import OpenSkills
from clients.admin_desktop.view_state import ConsoleView, PeopleView, PersonRow
from clients.admin_desktop.widgets.skills_dialog import SkillsDialog
from clients.admin_desktop.widgets.table_cells import Cell, Column, Lead, TableRow
from clients.admin_desktop.widgets.table_page import TablePage
from clients.admin_desktop.words import tr
from clients.qt_kit.widgets.empty_state import EmptyStateState


class PeoplePage(TablePage):
    """All accounts of the organization."""

    def __init__(self) -> None:
        super().__init__(
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
                text=tr("Add one on the server:\ncallboard-server user add"),
            ),
            found_none=tr("No person holds “{text}”."),
        )
        self._dialog: SkillsDialog | None = None
        self.row_opened.connect(lambda key: self.intended.emit(OpenSkills(user_id=key)))

    @property
    def dialog(self) -> SkillsDialog | None:
        """The dialog about what a person serves, while it is open."""
        return self._dialog

    def render(self, view: ConsoleView) -> None:
        """Show the people."""
        super().render(view)
        shown, now = view.page_view, view.now
        if not isinstance(shown, PeopleView) or now is None:
            self.render_rows(None)
            return
        rows = shown.rows
        self.render_rows(
            None if rows is None else tuple(TableRow(key=row.id, cells=_cells(row, now)) for row in rows),
            shown.error,
        )
        self._render_dialog(shown)

    def _render_dialog(self, shown: PeopleView) -> None:
        view = shown.skills
        if view is None:
            dialog, self._dialog = self._dialog, None
            if dialog is not None:
                dialog.hide()
                dialog.deleteLater()
            return
        if self._dialog is None:
            self._dialog = SkillsDialog(view, shown.types, self)
            self._dialog.intended.connect(self.intended)
            self._dialog.render(view)
            self._dialog.open()
        self._dialog.render(view)


def _cells(row: PersonRow, now: datetime) -> tuple[Cell, ...]:
    return (
        Cell(text=row.name, strong=True),
        Cell(text=row.username, tone="ink2"),
        Cell(text=words.role_word(row.role)),
        Cell(
            text=tr("Active") if row.is_active else tr("Disabled"),
            lead=Lead.ICON,
            mark="circle-check" if row.is_active else "circle-x",
            mark_tone="on_time" if row.is_active else "ink3",
            tone="ink" if row.is_active else "ink2",
        ),
        _counter_cell(row.counter),
        Cell(
            text=words.past(row.last_login, now) if row.last_login else tr("never"),
            sort=row.last_login.timestamp() if row.last_login else 0.0,
            tone="ink2",
        ),
        Cell(text=", ".join(row.types) or tr("All types"), tone="ink2"),
    )


def _counter_cell(label: str) -> Cell:
    if not label:
        return Cell(text=words.MISSING, tone="ink3")
    return Cell(text=tr("Counter {label}").format(label=label), lead=Lead.PLATE, mark=label)
