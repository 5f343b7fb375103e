"""The editor beside a list: heading, what stands in the way, the form, and Save at its foot."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from clients.admin_desktop.forms.editor_view import EditorView
from clients.admin_desktop.forms.form import Form
from clients.admin_desktop.words import tr
from clients.qt_kit.paint import fill_rounded
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.base import PaintedFrame
from clients.qt_kit.widgets.card import Card
from clients.qt_kit.widgets.command_button import ButtonSize, CommandButton, CommandState
from clients.qt_kit.widgets.divider import Divider
from clients.qt_kit.widgets.error_line import ErrorLine
from clients.qt_kit.widgets.icon_button import IconButton
from clients.qt_kit.widgets.label import Label

_PADDING = 20


class ConflictNote(PaintedFrame):
    """Somebody else saved first: whose version to go on from."""

    theirs_chosen = Signal()
    """One's own changes are dropped."""
    mine_chosen = Signal()
    """One's own changes go on top of theirs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sentence = Label(TextRole.BODY_MEDIUM, wrap=True)
        self.theirs = CommandButton(tr("Show theirs"), size=ButtonSize.ROW)
        self.mine = CommandButton(tr("Keep my changes"), size=ButtonSize.ROW)
        self.theirs.setToolTip(tr("Drop what you changed, and see what they saved"))
        self.mine.setToolTip(tr("Put what you changed on top of what they saved"))
        self.theirs.clicked.connect(self.theirs_chosen)
        self.mine.clicked.connect(self.mine_chosen)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.theirs)
        buttons.addWidget(self.mine)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.sentence)
        column.addLayout(buttons)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground."""
        edge = self.theme.color("near")
        fill_rounded(QPainter(self), self.rect().toRectF(), 8, self.theme.color("near_soft"), border=edge)


class EditorPanel(Card):
    """Renders an `EditorView`.

    Args:
        form: the fields, finished.
        new_title: what a new one is called ("New customer type").
        can_close: it stands beside a list, and closing it brings the list back to its full width.
    """

    edited = Signal(str)
    """The person changed a field; argument: its name."""
    left = Signal(str)
    """A field lost the focus; argument: its name."""
    save_requested = Signal()
    """Save was pressed, or its key."""
    close_requested = Signal(bool)
    """Close or cancel; argument: whether changes are dropped without a question."""
    switch_requested = Signal(bool)
    """Switch on (True) or off."""
    conflict_answered = Signal(bool)
    """Argument: whether one's own changes go on top of theirs."""

    def __init__(
        self, form: Form, *, new_title: str = "", can_close: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(padding=(0, 0), parent=parent)
        self.form = form
        self._new_title, self._can_close = new_title, can_close
        self._attempts = 0
        self._shown: tuple[str | None, bool] | None = None
        self.title = Label(TextRole.HEADING, elide=True)
        self.state = Label(TextRole.SMALL, tone="ink2")
        self.close_button = IconButton("x", tr("Close (Esc)"), side=28)
        self.note = Label(TextRole.SMALL, tone="ink2", wrap=True)
        self.conflict = ConflictNote()
        self.error = ErrorLine()
        self.save = CommandButton(tr("Save"), kind="primary", key="Ctrl+S")
        self.cancel = CommandButton(tr("Cancel"))
        self.switch = CommandButton(tr("Switch off"), kind="danger")
        self._build()
        self._wire()

    def render(self, view: EditorView | None) -> None:
        """Show an editor; None hides the panel."""
        self.setVisible(view is not None)
        if view is None:
            self._shown = None
            return
        self.title.setText(view.title or self._new_title)
        self.setAccessibleName(view.title or self._new_title)
        self.state.setText(tr("Switched off") if view.is_active is False else "")
        self.state.setVisible(view.is_active is False)
        stray = self.form.render(view)
        self.note.setText(view.read_only)
        self.note.setVisible(bool(view.read_only))
        self.conflict.sentence.setText(view.conflict)
        self.conflict.setVisible(bool(view.conflict))
        wrong = " ".join(filter(None, (view.sentence, *stray)))
        self.error.render(wrong)
        self.error.setVisible(bool(wrong))
        self._render_buttons(view)
        self._follow(view)

    def _render_buttons(self, view: EditorView) -> None:
        self.save.setVisible(not view.read_only)
        self.save.render(
            CommandState(
                text=tr("Create") if view.is_new else tr("Save"),
                enabled=not view.cannot_save or view.busy,
                reason=view.cannot_save,
                busy=view.busy,
            )
        )
        self.cancel.setVisible(view.is_dirty or (view.is_new and self._can_close))
        self.cancel.render(CommandState(text=tr("Cancel"), enabled=not view.busy))
        self.switch.setVisible(view.is_active is not None and not view.read_only)
        reason = view.cannot_switch
        if view.is_dirty and not reason:
            reason = tr("Save or cancel your changes first")
        self.switch.render(
            CommandState(
                text=tr("Switch off") if view.is_active else tr("Switch on"),
                enabled=not reason and not view.busy and not view.conflict,
                reason=reason,
            )
        )

    def _follow(self, view: EditorView) -> None:
        """Begin in the first field of another item; after a vain Save, in the first that is wrong."""
        shown = (view.key, view.is_new)
        if shown != self._shown:
            self._shown, self._attempts = shown, view.attempts
            self._scroll.verticalScrollBar().setValue(0)
            if view.is_new and self._can_close:
                self._focus_later(self._focus_first)
        elif view.attempts != self._attempts:
            self._attempts = view.attempts
            self._focus_later(self._focus_error)

    def _focus_later(self, focus: Callable[[], None]) -> None:
        QTimer.singleShot(0, self, focus)  # the layout has to place what has just been shown

    def _focus_first(self) -> None:
        first = next(iter(self.form.fields.values()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _focus_error(self) -> None:
        self.form.focus_first_error()
        focused = self.form.focusWidget()
        if focused is not None:
            self._scroll.ensureWidgetVisible(focused, 0, current_theme().px(48))

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(_PADDING, 12, _PADDING, 12)
        head.setSpacing(8)
        head.addWidget(self.title, 1)
        head.addWidget(self.state)
        head.addWidget(self.close_button)
        self.close_button.setVisible(self._can_close)
        above = QVBoxLayout()
        above.setContentsMargins(_PADDING, 0, _PADDING, 0)
        above.setSpacing(8)
        for widget in (self.note, self.conflict, self.error):
            above.addWidget(widget)
        holder = QWidget()
        inner = QVBoxLayout(holder)
        inner.setContentsMargins(_PADDING, 12, _PADDING, _PADDING)
        inner.addWidget(self.form)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(holder)
        foot = self._foot = QHBoxLayout()
        foot.setContentsMargins(_PADDING, 12, _PADDING, 12)
        foot.setSpacing(8)
        foot.addWidget(self.switch)
        foot.addStretch(1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.save)
        self.body.setSpacing(0)
        self.body.addLayout(head)
        self.body.addLayout(above)
        self.body.addWidget(self._scroll, 1)
        self.body.addWidget(Divider())
        self.body.addLayout(foot)

    def _wire(self) -> None:
        self.form.edited.connect(self.edited)
        self.form.left.connect(self.left)
        self.save.clicked.connect(self.save_requested)
        self.cancel.clicked.connect(lambda: self.close_requested.emit(True))
        self.close_button.clicked.connect(lambda: self.close_requested.emit(False))
        self.switch.clicked.connect(self._on_switch)
        self.conflict.theirs_chosen.connect(lambda: self.conflict_answered.emit(False))
        self.conflict.mine_chosen.connect(lambda: self.conflict_answered.emit(True))
        if self._can_close:
            escape = QShortcut(QKeySequence("Esc"), self)
            escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            escape.activated.connect(lambda: self.close_requested.emit(False))

    def put_at_foot(self, widget: QWidget) -> None:
        """Put something at the start of the foot, where what changes everything stands."""
        self._foot.insertWidget(0, widget)

    def _on_switch(self) -> None:
        self.switch_requested.emit(self.switch.state.text == tr("Switch on"))

    def values(self) -> dict[str, Any]:
        """What is entered, by field."""
        return self.form.values()
