"""One token: what is known of it, and what can be done with it."""

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clients.admin_desktop import token_words as words
from clients.admin_desktop.token_views import TokenRow, TokenVerb
from clients.admin_desktop.words import tr
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.button_colours import ButtonKind
from clients.qt_kit.widgets.card import Card
from clients.qt_kit.widgets.command_button import CommandButton, CommandState
from clients.qt_kit.widgets.icon_button import IconButton
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.token_label import TokenLabel

_WIDTH = 340
_DANGERS = frozenset({TokenVerb.CANCEL})


class TokenPanel(Card):
    """Facts above, commands below, the usual one first."""

    verb_chosen = Signal(object)
    """Something is to be done; argument: the TokenVerb."""
    close_requested = Signal()
    """The list is to have the whole width again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(padding=(20, 16), parent=parent)
        self.row: TokenRow | None = None
        self.buttons: dict[TokenVerb, CommandButton] = {}
        self.number = TokenLabel(TextRole.TOKEN_L)
        self.close_button = IconButton("x", tr("Close (Esc)"), side=28)
        self.close_button.clicked.connect(self.close_requested)
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(16)
        self._facts.setVerticalSpacing(6)
        self._facts.setColumnStretch(1, 1)
        self._labels: list[tuple[Label, Label]] = []
        self._commands = QVBoxLayout()
        self._commands.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(self.number)
        head.addStretch(1)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        holder = QWidget()
        inner = QVBoxLayout(holder)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(20)
        inner.addLayout(self._facts)
        inner.addLayout(self._commands)
        inner.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(holder)
        self.body.setSpacing(12)
        self.body.addLayout(head)
        self.body.addWidget(scroll, 1)
        self.setFixedWidth(current_theme().px(_WIDTH))
        escape = QShortcut(QKeySequence("Esc"), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self.close_requested)

    def render(self, row: TokenRow, now: datetime, *, barred: str) -> None:
        """Show a token.

        Args:
            barred: why nothing can be done now, "" where it can.
        """
        self.row = row
        self.number.render(row.number)
        self.setAccessibleName(row.number)
        self._render_facts(words.facts(row, now))
        if tuple(self.buttons) != row.verbs:
            self._rebuild(row.verbs)
        for verb, button in self.buttons.items():
            button.render(CommandState(text=words.verb(verb), enabled=not barred, reason=barred))

    def focus_first(self) -> None:
        """Put the focus on the usual command."""
        first = next(iter(self.buttons.values()), self.close_button)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _render_facts(self, pairs: tuple[tuple[str, str], ...]) -> None:
        while len(self._labels) < len(pairs):
            label, text = Label(TextRole.SMALL, tone="ink3"), Label(TextRole.BODY, wrap=True)
            place = len(self._labels)
            self._facts.addWidget(label, place, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(text, place, 1)
            self._labels.append((label, text))
        for place, (label, text) in enumerate(self._labels):
            is_used = place < len(pairs)
            label.setVisible(is_used)
            text.setVisible(is_used)
            if is_used:
                label.setText(pairs[place][0])
                text.setText(pairs[place][1])

    def _rebuild(self, verbs: tuple[TokenVerb, ...]) -> None:
        had_focus = any(button.hasFocus() for button in self.buttons.values())
        for button in self.buttons.values():
            self._commands.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = {}
        for verb in verbs:
            kind: ButtonKind = "danger" if verb in _DANGERS else "secondary"
            button = CommandButton(words.verb(verb), kind=kind if self.buttons else "primary")
            button.clicked.connect(lambda _=False, verb=verb: self.verb_chosen.emit(verb))
            self._commands.addWidget(button)
            self.buttons[verb] = button
        if had_focus:
            self.focus_first()
