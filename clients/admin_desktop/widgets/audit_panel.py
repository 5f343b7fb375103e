"""One row of the audit: who, when, from where, and what changed, before and after side by side."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clients.admin_desktop import audit_words as words
from clients.admin_desktop.audit_views import AuditView
from clients.admin_desktop.words import MISSING, tr
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import ColourName, current_theme
from clients.qt_kit.widgets.card import Card
from clients.qt_kit.widgets.command_button import CommandButton
from clients.qt_kit.widgets.divider import Divider
from clients.qt_kit.widgets.icon_button import IconButton
from clients.qt_kit.widgets.label import Label
from shared.audit import AuditRow

_WIDTH = 420
_NOT_ONE_THING = frozenset({"queue", "organization"})
"""Their rows name the organization, which is all of them."""


class AuditPanel(Card):
    """Facts above, changes below."""

    thing_requested = Signal()
    """Everything that was done to the same thing is to be listed."""
    person_requested = Signal()
    """Everything that the same person did is to be listed."""
    close_requested = Signal()
    """The list is to have the whole width again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(padding=(20, 16), parent=parent)
        self.row: AuditRow | None = None
        self._facts: tuple[tuple[str, str], ...] = ()
        self._changes: tuple[words.Change, ...] = ()
        self.title = Label(TextRole.HEADING, wrap=True)
        self.close_button = IconButton("x", tr("Close (Esc)"), side=28)
        self.close_button.clicked.connect(self.close_requested)
        self.by_thing = CommandButton(tr("All about this"), kind="secondary")
        self.by_person = CommandButton(tr("All by this person"), kind="secondary")
        self.by_thing.clicked.connect(self.thing_requested)
        self.by_person.clicked.connect(self.person_requested)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setAccessibleName(tr("Details"))
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.by_thing)
        buttons.addWidget(self.by_person)
        buttons.addStretch(1)
        self.body.setSpacing(12)
        self.body.addLayout(head)
        self.body.addWidget(self._scroll, 1)
        self.body.addLayout(buttons)
        self.setFixedWidth(current_theme().px(_WIDTH))
        escape = QShortcut(QKeySequence("Esc"), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self.close_requested)

    def render(self, row: AuditRow, view: AuditView) -> None:
        """Show a row."""
        facts, changes = words.facts(row, view), words.changes(row, view)
        known = self.row is not None and self.row.id == row.id
        if known and (facts, changes) == (self._facts, self._changes):
            return
        self.row, self._facts, self._changes = row, facts, changes
        title = words.action(row.action)
        self.title.setText(title)
        self.setAccessibleName(title)
        self.by_thing.setVisible(row.entity_id is not None and row.entity_type not in _NOT_ONE_THING)
        self.by_person.setVisible(row.user_id is not None)
        self._scroll.setWidget(_content(facts, changes))
        self._scroll.verticalScrollBar().setValue(0)

    def text(self) -> str:
        """All of it, to be copied."""
        if self.row is None:
            return ""
        lines = [self.title.text(), *(f"{label}: {text}" for label, text in self._facts)]
        return "\n".join(
            [
                *lines,
                *(
                    f"{each.field}: {each.before or MISSING} → {each.after or MISSING}"
                    for each in self._changes
                ),
            ]
        )


def _content(facts: tuple[tuple[str, str], ...], changes: tuple[words.Change, ...]) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(16)
    column.addLayout(_facts_grid(facts))
    if changes:
        column.addWidget(Divider())
        column.addLayout(_changes_grid(changes))
    column.addStretch(1)
    return holder


def _facts_grid(facts: tuple[tuple[str, str], ...]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(1, 1)
    for place, (label, text) in enumerate(facts):
        _put(grid, place, 0, label, TextRole.SMALL, "ink3")
        _put(grid, place, 1, text, TextRole.BODY, "ink")
    return grid


def _changes_grid(changes: tuple[words.Change, ...]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(8)
    for part in range(3):
        grid.setColumnStretch(part, 1)
    for part, title in enumerate((tr("What changed"), tr("Before"), tr("After"))):
        _put(grid, 0, part, title, TextRole.SMALL_STRONG, "ink2")
    for place, change in enumerate(changes, start=1):
        _put(grid, place, 0, change.field, TextRole.SMALL, "ink3")
        _put(grid, place, 1, change.before or MISSING, TextRole.BODY, "ink2")
        _put(grid, place, 2, change.after or MISSING, TextRole.BODY, "ink")
    return grid


def _put(grid: QGridLayout, row: int, column: int, text: str, role: TextRole, tone: ColourName) -> None:
    grid.addWidget(Label(role, text, tone=tone, wrap=True), row, column, Qt.AlignmentFlag.AlignTop)
