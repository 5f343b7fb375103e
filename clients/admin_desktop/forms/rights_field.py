"""What a person may do: what the role gives, and what is different for this one person."""

from collections.abc import Collection, Sequence

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from clients.admin_desktop.permission_words import permission_groups
from clients.admin_desktop.words import tr
from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.form_field import FormField
from clients.qt_kit.widgets.label import Label
from shared.ids import Permission, UserRole
from shared.roles import MATRIX

Rights = tuple[tuple[Permission, ...], tuple[Permission, ...]]


class RightsField(FormField):
    """Its value is what was granted and what was revoked; a tick is what the person may do in the end."""

    def __init__(self, label: str, *, help: str = "", parent: QWidget | None = None) -> None:
        super().__init__(label, help=help, parent=parent)
        self._granted: frozenset[Permission] = frozenset()
        self._revoked: frozenset[Permission] = frozenset()
        self._role = UserRole.STAFF
        self._mine: frozenset[Permission] = frozenset(Permission)
        self._read_only = False
        self.boxes: dict[Permission, QCheckBox] = {}
        self.summary = Label(TextRole.SMALL_MEDIUM, wrap=True)
        self._words: dict[Permission, str] = {}
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(self.summary)
        for title, permissions in permission_groups():
            column.addSpacing(8)
            column.addWidget(Label(TextRole.SMALL_STRONG, title, wrap=True))
            for permission, words in permissions:
                self._words[permission] = words
                column.addWidget(self._add_box(permission))
        self.line.addLayout(column, 1)
        self.setFocusProxy(next(iter(self.boxes.values())))
        self._show()

    def controls(self) -> tuple[QWidget, ...]:
        """The boxes."""
        return tuple(self.boxes.values())

    def value(self) -> Rights:
        """Granted and revoked, each in order."""
        return tuple(sorted(self._granted)), tuple(sorted(self._revoked))

    def set_value(self, value: Sequence[Sequence[Permission]]) -> None:
        """Show what was granted and what was revoked."""
        granted, revoked = value
        self._granted, self._revoked = frozenset(granted), frozenset(revoked)
        self._show()

    def set_role(self, role: UserRole, mine: Collection[Permission]) -> None:
        """Show what this role gives; `mine` is what who is signed in may give at all."""
        self._role, self._mine = role, frozenset(mine)
        self._show()

    def set_read_only(self, read_only: bool) -> None:
        """Let it be seen and not changed."""
        self._read_only = read_only
        self._show()

    def _add_box(self, permission: Permission) -> QCheckBox:
        box = QCheckBox()
        box.clicked.connect(lambda ticked: self._on_clicked(permission, ticked=ticked))
        box.installEventFilter(self)
        self.boxes[permission] = box
        return box

    def _on_clicked(self, permission: Permission, *, ticked: bool) -> None:
        given = permission in MATRIX[self._role]
        self._granted -= {permission}
        self._revoked -= {permission}
        if ticked and not given:
            self._granted |= {permission}
        elif not ticked and given:
            self._revoked |= {permission}
        self._show()
        self.edited.emit()

    def _show(self) -> None:
        given = MATRIX[self._role]
        added, taken = self._granted - given - self._revoked, self._revoked & given
        for permission, box in self.boxes.items():
            text = self._words[permission]
            if permission in added:
                text = tr("{right} (added)").format(right=text)
            elif permission in taken:
                text = tr("{right} (taken away)").format(right=text)
            box.setText(text.replace("&", "&&"))
            box.setAccessibleName(text)
            box.setChecked(permission in (given | added) - taken)
            font = box.font()
            font.setBold(permission in added | taken)
            box.setFont(font)
            cannot_give = permission not in self._mine and permission not in given | added
            box.setEnabled(not self._read_only and not cannot_give)
            box.setToolTip(tr("You may not do this yourself, so you cannot give it.") if cannot_give else "")
        self.summary.setText(_summary(len(added), len(taken)))


def _summary(added: int, taken: int) -> str:
    if not added and not taken:
        return tr("As the role gives it.")
    parts = []
    if added:
        parts.append(tr("{count} added to the role").format(count=added))
    if taken:
        parts.append(tr("{count} taken away").format(count=taken))
    return ", ".join(parts) + "."
