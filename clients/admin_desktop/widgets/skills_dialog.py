"""What a person serves: all customer types, or only some."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from clients.admin_desktop.forms.types_field import TypesField, type_options
from clients.admin_desktop.skill_views import CloseSkills, SaveSkills, SkillsView
from clients.admin_desktop.view_state import NamedType
from clients.admin_desktop.words import tr
from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.command_button import CommandState
from clients.qt_kit.widgets.dialog import Dialog
from clients.qt_kit.widgets.error_line import ErrorLine
from clients.qt_kit.widgets.label import Label


class SkillsDialog(Dialog):
    """Keeps what is ticked; whether it was saved, the view tells.

    Args:
        view: the person, and what they serve now.
        types: all customer types.
    """

    intended = Signal(object)
    """What the person does; argument: SaveSkills or CloseSkills."""

    def __init__(self, view: SkillsView, types: Sequence[NamedType], parent: QWidget | None = None) -> None:
        super().__init__(
            tr("What {person} serves").format(person=view.person),
            tr("At a counter they are called for these types alone, whatever the counter may serve."),
            action=tr("Save"),
            parent=parent,
        )
        self.types = TypesField(tr("Customer types"))
        self.types.set_options(type_options(types, view.customer_types))
        self.types.set_value(view.customer_types)
        self.types.edited.connect(self._on_edited)
        self.note = Label(TextRole.SMALL, tone="ink2", wrap=True)
        self.error = ErrorLine()
        for widget in (self.note, self.error, self.types):
            self.body.addWidget(widget)
        self.rejected.connect(lambda: self.intended.emit(CloseSkills()))

    def render(self, view: SkillsView) -> None:
        """Show what came of saving, and whether it can be done."""
        self.types.set_read_only(bool(view.read_only))
        self.types.set_error(view.field_error)
        self.note.setText(view.read_only)
        self.note.setVisible(bool(view.read_only))
        self.error.render(view.error)
        self.error.setVisible(bool(view.error))
        reason = view.read_only or view.offline
        self.action.render(CommandState(text=tr("Save"), enabled=not reason, reason=reason, busy=view.busy))
        self.adjustSize()

    def accept(self) -> None:
        """Save, and stay until it is done."""
        if self.action.isEnabled():
            self.intended.emit(SaveSkills(customer_types=self.types.value()))  # type: ignore[arg-type]

    def _on_edited(self) -> None:
        self.types.set_error("")
        self.adjustSize()
