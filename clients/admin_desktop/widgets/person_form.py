"""The form of a person's account, and what else can be done about it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clients.admin_desktop import words
from clients.admin_desktop.account_values import AccountBars
from clients.admin_desktop.forms.form import Form
from clients.admin_desktop.forms.rights_field import RightsField
from clients.admin_desktop.forms.types_field import TypesField, type_options
from clients.admin_desktop.subjects.people import RIGHTS
from clients.admin_desktop.view_state import PeopleView, PersonRow
from clients.admin_desktop.words import tr
from clients.core.commands import DeletePerson, ResetPassword, SignPersonOut
from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.command_button import ButtonSize, CommandButton, CommandState
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.radio_field import ExplainedOption, RadioField
from clients.qt_kit.widgets.text_field import TextField
from shared.ids import UserRole


class PersonActions(QWidget):
    """Buttons for what is done at once; each says why it cannot be."""

    reset_requested = Signal()
    """A one-time password is to be given."""
    sign_out_requested = Signal()
    """All their devices are to be signed out."""
    delete_requested = Signal()
    """The account is to be deleted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.reset = CommandButton(tr("Reset password…"), size=ButtonSize.ROW)
        self.sign_out = CommandButton(tr("Sign out everywhere…"), size=ButtonSize.ROW)
        self.delete = CommandButton(tr("Delete…"), kind="danger", size=ButtonSize.ROW)
        self.reset.clicked.connect(self.reset_requested)
        self.sign_out.clicked.connect(self.sign_out_requested)
        self.delete.clicked.connect(self.delete_requested)
        self.why = Label(TextRole.HINT, tone="ink3", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for button in (self.reset, self.sign_out, self.delete):
            row = QHBoxLayout()
            row.addWidget(button)
            row.addStretch(1)
            column.addLayout(row)
        column.addWidget(self.why)

    def render(self, bars: AccountBars, *, busy: tuple[type, ...], offline: str) -> None:
        """Show what can be done now."""
        for button, reason, kind in (
            (self.reset, bars.reset, ResetPassword),
            (self.sign_out, bars.sign_out, SignPersonOut),
            (self.delete, bars.delete, DeletePerson),
        ):
            said = reason or offline
            button.render(
                CommandState(text=button.state.text, enabled=not said, reason=said, busy=kind in busy)
            )
        reasons = dict.fromkeys(filter(None, (bars.reset, bars.sign_out, bars.delete)))
        self.why.setText(" ".join(reasons))  # a tooltip is for who has a mouse
        self.why.setVisible(bool(reasons))


class PersonForm(Form):
    """Who they are, their role and rights, what they serve."""

    serves_requested = Signal()
    """What they serve is to be seen and changed."""

    def __init__(self) -> None:
        super().__init__()
        self.occupant = Label(TextRole.SMALL, tone="ink2", wrap=True)
        self.add_widget(self.occupant)
        self.add("display_name", TextField(tr("Name"), placeholder=tr("Marta Ruiz")))
        self.username = TextField(tr("User name"), help=tr("What they sign in with; it never changes."))
        self.email = TextField(tr("E-mail"), placeholder=tr("Not needed"), help=tr("Only admins see it."))
        self.add("username", self.username)
        self.add("email", self.email)
        self.role = RadioField(tr("Role"), _roles())
        self.add("role", self.role)
        self.role_note = Label(TextRole.HINT, tone="ink3", wrap=True)
        self.add_widget(self.role_note)
        self.types = TypesField(tr("Serves"), help=tr("At a counter they are called for these types alone."))
        self.add("customer_types", self.types)
        self.serves_label = Label(TextRole.HINT, tr("Serves"), tone="ink3")
        self.serves = Label(TextRole.BODY, wrap=True)
        self.change_serves = CommandButton(tr("Change…"), size=ButtonSize.ROW)
        self.change_serves.setAccessibleName(tr("Change what they serve"))
        self.change_serves.clicked.connect(self.serves_requested)
        self._serves_row = QWidget()
        row = QHBoxLayout(self._serves_row)
        row.setContentsMargins(0, 0, 0, 0)
        words_of = QVBoxLayout()
        words_of.setSpacing(4)
        words_of.addWidget(self.serves_label)
        words_of.addWidget(self.serves)
        row.addLayout(words_of, 1)
        row.addWidget(self.change_serves)
        self.add_widget(self._serves_row)
        self.folded(
            tr("What they may do"),
            tr("Ticked is what they may do. The role decides; a tick changed here is for this person alone."),
        )
        self.rights = RightsField(tr("Permissions"))
        self.add(RIGHTS, self.rights)
        self.access = QWidget()
        access = QVBoxLayout(self.access)
        access.setContentsMargins(0, 0, 0, 0)
        access.setSpacing(8)
        access.addWidget(Label(TextRole.HEADING, tr("Access"), wrap=True))
        self.standing = Label(TextRole.SMALL, tone="ink2", wrap=True)
        access.addWidget(self.standing)
        self.deeds = PersonActions()
        access.addWidget(self.deeds)
        self._end_fold()
        self.add_widget(self.access)
        self.finish()

    def render_person(self, shown: PeopleView, row: PersonRow | None, *, offline: str) -> None:
        """Show what the values alone do not say.

        Args:
            row: the person in the list; None for a new one.
        """
        editor = shown.edited.editor
        if editor is None:
            return
        is_new, bars = editor.is_new, shown.bars or AccountBars()
        role = next((each for each in UserRole if each.value == editor.values["role"]), UserRole.STAFF)
        rights_barred = bool(editor.read_only or bars.rights)
        self.username.set_read_only(not is_new or bool(editor.read_only))
        self.rights.set_role(role, shown.mine)
        self.rights.set_read_only(rights_barred)
        for each, button in zip(_ROLE_ORDER, self.role.buttons, strict=True):
            can_give = each in shown.roles or each is role
            button.setEnabled(not rights_barred and can_give)
            button.setToolTip("" if can_give else tr("This role may do more than you."))
        self.role_note.setText("" if editor.read_only else bars.rights)
        self.role_note.setVisible(bool(self.role_note.text()))
        self.types.setVisible(is_new)
        self.types.set_options(type_options(shown.types, editor.values["customer_types"]))
        self._serves_row.setVisible(not is_new)
        self.access.setVisible(not is_new)
        self.occupant.setVisible(row is not None and bool(row.counter))
        if row is not None:
            self.serves.setText(", ".join(row.types) or tr("All types"))
            self.occupant.setText(
                tr("Works at counter {label} now. Switching the account off closes it.").format(
                    label=row.counter
                )
            )
            self.standing.setText(words.first_sign_in(row))
            self.standing.setVisible(bool(self.standing.text()))
            under_way = tuple(type(each) for each in shown.busy)
            self.deeds.render(bars, busy=under_way, offline=offline)


_ROLE_ORDER = (UserRole.STAFF, UserRole.ADMIN, UserRole.SUPER_ADMIN)


def _roles() -> tuple[ExplainedOption, ...]:
    about = {
        UserRole.STAFF: tr("Works at counters with the staff app."),
        UserRole.ADMIN: tr("Runs the floor, customer types, counters, displays and people in this console."),
        UserRole.SUPER_ADMIN: tr("All of that, the organization's settings, and deleting people."),
    }
    return tuple(
        ExplainedOption(key=role.value, text=words.role_word(role), help=about[role]) for role in _ROLE_ORDER
    )
