"""The lobby displays: which are connected, what they show, where from; paired, renamed and revoked here."""

from datetime import datetime
from uuid import UUID

from PySide6.QtWidgets import QWidget

from clients.admin_desktop import words
from clients.admin_desktop.forms.edit_page import EditPage
from clients.admin_desktop.forms.form import Form
from clients.admin_desktop.pairing_views import OpenPairing, RevokeDisplay
from clients.admin_desktop.subjects.displays import DISPLAYS
from clients.admin_desktop.view_state import ConsoleView, DisplayRow, DisplaysView
from clients.admin_desktop.widgets.pairing_dialog import PairingDialog
from clients.admin_desktop.widgets.table_cells import Cell, Column, Lead, TableRow
from clients.admin_desktop.words import tr
from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.command_button import CommandButton, CommandState
from clients.qt_kit.widgets.dialog import Dialog
from clients.qt_kit.widgets.empty_state import EmptyStateState
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.text_field import TextField
from shared.ids import DeviceId


class DisplayForm(Form):
    """A display's name, and what is known of it."""

    def __init__(self) -> None:
        super().__init__()
        name = TextField(tr("Name"), help=tr("How you tell it from the others: where it hangs"))
        name.input.setMaxLength(100)
        self.add("name", name)
        self.facts = Label(TextRole.SMALL, tone="ink2", wrap=True)
        self.add_widget(self.facts)
        self.finish()


class RevokeDialog(Dialog):
    """Whether a display is really to show calls no longer."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(
            tr("Revoke {name}?").format(name=name),
            tr(
                "Within five seconds its screen shows no calls any more, and asks to be paired. "
                "To use it again, somebody has to stand in front of it and type its code here."
            ),
            action=tr("Revoke display"),
            kind="danger_primary",
            parent=parent,
        )
        self.finished.connect(self.deleteLater)


class DisplaysPage(EditPage):
    """All displays, live, and the editor of one."""

    def __init__(self) -> None:
        self.form = DisplayForm()
        super().__init__(
            DISPLAYS,
            tr("Displays"),
            (
                Column(title=tr("Display"), share=2, elides=True),
                Column(title=tr("State")),
                Column(title=tr("On screen"), share=2),
                Column(title=tr("Last seen")),
                Column(title=tr("Address")),
                Column(title=tr("Added")),
            ),
            nothing=EmptyStateState(
                icon="monitor",
                title=tr("No displays yet"),
                text=tr("Start the display app on a screen of your lobby: it shows a code to pair it by."),
            ),
            found_none=tr("No display holds “{text}”."),
            narrow_columns=2,
            form=self.form,
            add_text=tr("Pair a display"),
            new_title="",
        )
        self.revoke = CommandButton(tr("Revoke…"), kind="danger")
        self.revoke.setToolTip(tr("Its key holds no longer, and its screen asks to be paired again"))
        self.revoke.clicked.connect(self._on_revoke)
        self.panel.put_at_foot(self.revoke)
        self._pairing: PairingDialog | None = None
        self._revoking: RevokeDialog | None = None
        self._row: DisplayRow | None = None

    @property
    def dialog(self) -> Dialog | None:
        """The dialog in front, while there is one."""
        return self._pairing or self._revoking or super().dialog

    def render(self, view: ConsoleView) -> None:
        """Show the displays."""
        super().render(view)
        shown, now = view.page_view, view.now
        if not isinstance(shown, DisplaysView) or now is None:
            self.render_rows(None)
            return
        rows = shown.rows
        self._render_form(shown, now)
        self.render_edited(
            shown.edited,
            None
            if rows is None
            else tuple(TableRow(key=str(row.id), cells=_cells(row, now)) for row in rows),
        )
        if rows is None and shown.error:
            self.render_rows(None, shown.error)
        self._render_pairing(shown)

    def _render_form(self, shown: DisplaysView, now: datetime) -> None:
        editor = shown.edited.editor
        rows = shown.rows or ()
        self._row = next((row for row in rows if editor and str(row.id) == editor.key), None)
        self.form.facts.setText(_facts(self._row, now) if self._row else "")
        if editor is not None:
            self.revoke.setVisible(not editor.read_only)
            offline = shown.edited.cannot_add
            reason = offline or (tr("Save or cancel your changes first") if editor.is_dirty else "")
            self.revoke.render(CommandState(text=tr("Revoke…"), enabled=not reason, reason=reason))

    def _render_pairing(self, shown: DisplaysView) -> None:
        view = shown.pairing

        def make() -> PairingDialog:
            assert view is not None, "only then is one made"
            dialog = PairingDialog(self)
            dialog.intended.connect(self.intended)
            dialog.render(view)
            return dialog

        self._pairing = self.follow(self._pairing, view, make)
        if self._pairing is not None and view is not None:
            self._pairing.render(view)

    def _on_add(self) -> None:
        self.intended.emit(OpenPairing())

    def _on_revoke(self) -> None:
        row = self._row
        if row is None or self._revoking is not None:
            return
        dialog = self._revoking = RevokeDialog(row.name, self)
        dialog.accepted.connect(lambda: self._revoke(row.id, row.name))
        dialog.finished.connect(self._on_revoke_closed)
        dialog.open()

    def _on_revoke_closed(self) -> None:
        self._revoking = None

    def _revoke(self, device_id: UUID, name: str) -> None:
        self.intended.emit(RevokeDisplay(device_id=DeviceId(device_id), name=name))


def _facts(row: DisplayRow, now: datetime) -> str:
    """What is known of a display, a line each."""
    lines = [f"{words.display_text(row, now)}."]
    if row.address:
        lines.append(tr("Connected from {address}.").format(address=f"\u2066{row.address}\u2069"))
    if row.last_seen and not row.is_online:
        lines.append(tr("Last seen: {when}.").format(when=words.past(row.last_seen, now)))
    lines.append(tr("Added: {when}.").format(when=words.past(row.added, now)))
    return "\n".join(lines)


def _cells(row: DisplayRow, now: datetime) -> tuple[Cell, ...]:
    seen = words.past(row.last_seen, now) if row.last_seen else tr("never")
    return (
        Cell(text=row.name, strong=True),
        _state_cell(row),
        Cell(text=words.display_text(row, now), tone="ink2"),
        Cell(
            text=tr("now") if row.is_online else seen,
            sort=_seen_order(row),
            tone="ink2",
        ),
        Cell(text=row.address or words.MISSING, tone="ink2"),
        Cell(text=words.past(row.added, now), sort=row.added.timestamp(), tone="ink2"),
    )


def _state_cell(row: DisplayRow) -> Cell:
    if row.is_online:
        return Cell(
            text=tr("Live"), sort=2, lead=Lead.ICON, mark="circle-check", mark_tone="on_time", tone="on_time"
        )
    if row.offline_s is None:
        return Cell(text=tr("Not connected yet"), sort=1, lead=Lead.ICON, mark="circle-dashed", tone="ink2")
    text = tr("Offline for {age}").format(age=words.age(row.offline_s))
    return Cell(text=text, sort=0, lead=Lead.ICON, mark="cloud-off", mark_tone="late", tone="late")


def _seen_order(row: DisplayRow) -> float:
    if row.is_online:
        return float("inf")
    return row.last_seen.timestamp() if row.last_seen else 0.0
