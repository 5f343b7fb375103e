"""A page with a list at its start and an editor at its end."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from clients.admin_desktop.forms import intents
from clients.admin_desktop.forms.editor_panel import EditorPanel
from clients.admin_desktop.forms.editor_view import Edited, EditorView
from clients.admin_desktop.forms.form import Form
from clients.admin_desktop.forms.leave_dialog import LeaveDialog
from clients.admin_desktop.widgets.page import MARGIN
from clients.admin_desktop.widgets.table_cells import Column, TableRow
from clients.admin_desktop.widgets.table_page import TablePage
from clients.admin_desktop.words import tr
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.base import is_restyling
from clients.qt_kit.widgets.command_button import CommandButton, CommandState
from clients.qt_kit.widgets.dialog import Dialog
from clients.qt_kit.widgets.empty_state import EmptyStateState
from clients.qt_kit.widgets.segments import Segment, Segments

_PANEL, _WIDEST_PANEL, _NARROWEST_LIST, _WIDE_LIST = 440, 760, 340, 1_000
_ALL, _IN_USE, _OFF = "all", "in_use", "off"


class EditPage(TablePage):
    """Shows one subject: its items as rows, and one of them in an editor.

    Args:
        subject: its name, as intents call it.
        title, columns, nothing, found_none: as `TablePage` has them.
        narrow_columns: how many of the columns stay beside an open editor.
        form: the editor's fields.
        add_text: what makes a new one ("Add customer type").
        new_title: what the editor of a new one is called.
    """

    def __init__(
        self,
        subject: str,
        title: str,
        columns: Sequence[Column],
        *,
        nothing: EmptyStateState,
        found_none: str,
        narrow_columns: int,
        form: Form,
        add_text: str,
        new_title: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, columns, nothing=nothing, found_none=found_none, parent=parent)
        self.subject = subject
        self._narrow_columns = narrow_columns
        self._rows: tuple[TableRow, ...] | None = None
        self._rows_error = ""
        self._off: frozenset[object] = frozenset()
        self._dialog: LeaveDialog | None = None
        self.add = CommandButton(add_text, kind="primary", icon="plus", key="Ctrl+N")
        self.head.end.addWidget(self.add)
        self.standing = Segments(look="list")
        self.standing.setAccessibleName(tr("Which ones"))
        self.bar.addWidget(self.standing)
        self.panel = EditorPanel(form, new_title=new_title)
        self.panel.hide()
        self.sides.addWidget(self.panel)
        self.sides.addStretch(0)
        self._wire()

    def render_edited(
        self, edited: Edited, rows: tuple[TableRow, ...] | None, off: frozenset[object] = frozenset()
    ) -> None:
        """Show the list and the editor.

        Args:
            rows: of all items; None while they have not come.
            off: the keys of those that are switched off.
        """
        self._rows, self._rows_error, self._off = rows, edited.error, off
        self._render_standing()
        self._render_kept()
        editor = edited.editor
        self.add.render(
            CommandState(
                text=self.add.state.text,
                enabled=not edited.cannot_add and edited.items is not None,
                reason=edited.cannot_add,
            )
        )
        self.panel.render(editor)
        self._arrange()
        if editor is not None and editor.key is not None:
            self.select(editor.key)
        elif editor is not None or not self.table.hasFocus():
            self.table.clearSelection()
        self._render_dialog(editor)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is no room for both, an open editor stands in the list's place."""
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        """Grow with the text."""
        super().changeEvent(event)
        if is_restyling(event):
            self._arrange()

    @property
    def dialog(self) -> Dialog | None:
        """What asks what becomes of changes, while it does; a page may have more dialogs."""
        return self._dialog

    def _arrange(self) -> None:
        if not hasattr(self, "panel"):
            return  # Qt tells of sizes and styles while the list is still being built
        theme = current_theme()
        room, wanted = self.width() - 2 * MARGIN, theme.px(_PANEL)
        left = room - wanted - self.sides.spacing()
        is_beside = left >= theme.px(_NARROWEST_LIST)
        is_open = not self.panel.isHidden()
        self.list.setVisible(is_beside or not is_open)
        is_narrow = is_open and left < theme.px(_WIDE_LIST)
        self.show_columns(self._narrow_columns if is_narrow else len(self.model.columns))
        self.panel.setFixedWidth(wanted if is_beside else max(0, min(room, theme.px(_WIDEST_PANEL))))

    def _wire(self) -> None:
        self.add.clicked.connect(self._on_add)
        self.standing.segment_chosen.connect(self._render_kept)
        self.row_opened.connect(
            lambda key: self.intended.emit(intents.OpenItem(subject=self.subject, key=str(key)))
        )
        panel = self.panel
        panel.edited.connect(
            lambda name: self.intended.emit(
                intents.ChangeDraft(subject=self.subject, name=name, values=panel.values())
            )
        )
        panel.left.connect(
            lambda name: self.intended.emit(intents.LeaveField(subject=self.subject, name=name))
        )
        panel.save_requested.connect(lambda: self.intended.emit(intents.SaveDraft(subject=self.subject)))
        panel.close_requested.connect(
            lambda discard: self.intended.emit(intents.CloseEditor(subject=self.subject, discard=discard))
        )
        panel.switch_requested.connect(
            lambda on: self.intended.emit(intents.Switch(subject=self.subject, on=on))
        )
        panel.conflict_answered.connect(
            lambda mine: self.intended.emit(intents.AnswerConflict(subject=self.subject, keep_mine=mine))
        )

    def _on_add(self) -> None:
        """A new one is made in the editor; a page where it is made otherwise says so itself."""
        self.intended.emit(intents.AddItem(subject=self.subject))

    def _render_standing(self) -> None:
        self.standing.setVisible(bool(self._off))
        if self._off and self._rows is not None:
            off = len(self._off)
            self.standing.render(
                (
                    Segment(key=_ALL, text=tr("All")),
                    Segment(key=_IN_USE, text=tr("In use"), figure=str(len(self._rows) - off)),
                    Segment(key=_OFF, text=tr("Switched off"), figure=str(off)),
                ),
                self.standing.chosen or _ALL,
            )

    def _render_kept(self) -> None:
        rows = self._rows
        chosen = self.standing.chosen if self._off else _ALL
        if rows is not None and chosen in (_IN_USE, _OFF):
            rows = tuple(row for row in rows if (row.key in self._off) == (chosen == _OFF))
        self.render_rows(rows, self._rows_error)

    def _render_dialog(self, editor: EditorView | None) -> None:
        asks = editor is not None and editor.asks_to_leave
        if editor is not None and asks and self._dialog is None:
            self._dialog = LeaveDialog(editor.title, self)
            self._dialog.answered.connect(
                lambda answer: self.intended.emit(intents.AnswerGuard(subject=self.subject, answer=answer))
            )
            self._dialog.open()
        elif not asks and self._dialog is not None:
            self._dialog.hide()
            self._dialog.deleteLater()
            self._dialog = None
