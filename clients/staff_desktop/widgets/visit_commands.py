"""The fixed row of commands of a visit: each has its place in called and serving alike."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.command_button import ButtonSize, CommandButton
from clients.qt_kit.widgets.elided_label import ElidedLabel
from clients.staff_desktop.view_state import ActiveView
from clients.staff_desktop.widgets.command_state import command_state

_PRIMARY_WIDTH, _GAP, _BETWEEN, _BETWEEN_NARROW = 176, 8, 42, 16


class VisitCommands(QWidget):
    """Start or Complete at the start; Recall, No-show and Cancel at the end, with a line below.

    Start and Complete stand in the same place, each with its own key, so that a key pressed twice by
    a hurried hand never means the other command.
    """

    start_requested = Signal()
    complete_requested = Signal()
    recall_requested = Signal()
    no_show_requested = Signal()
    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        command = ButtonSize.COMMAND
        self.start = CommandButton(kind="primary", size=command, key="F4")
        self.complete = CommandButton(kind="primary", size=command, key="F5")
        self.recall = CommandButton(size=command, key="F3")
        self.no_show = CommandButton(size=command, key="F6")
        self.cancel = CommandButton(size=command, key="Ctrl+Del")
        self.start.clicked.connect(self.start_requested)
        self.complete.clicked.connect(self.complete_requested)
        self.recall.clicked.connect(self.recall_requested)
        self.no_show.clicked.connect(self.no_show_requested)
        self.cancel.clicked.connect(self.cancel_requested)
        self._primary = (self.start, self.complete)
        self._later = (self.recall, self.no_show, self.cancel)
        self._grid = QGridLayout(self)
        self.hint = ElidedLabel(TextRole.HINT, tone="ink3")
        self._build()

    def render(self, view: ActiveView) -> None:
        """Show what can be done with a visit."""
        for button, word, command in (
            (self.start, self.tr("Start"), view.start),
            (self.complete, self.tr("Complete"), view.complete),
        ):
            if command is not None:
                button.render(command_state(word, command))
            else:
                button.setEnabled(False)  # a hidden button's key does nothing, and says so to nobody
            button.setVisible(command is not None)
        # Where arrival is not confirmed a call can be completed at once; starting is the second way.
        self.start.set_kind("secondary" if view.complete is not None else "primary")
        self.recall.render(command_state(self.tr("Recall"), view.recall))
        self.no_show.render(command_state(self.tr("No-show"), view.no_show))
        self.cancel.render(command_state(self.tr("Cancel"), view.cancel))
        self.hint.setText(view.hint)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the spaces give way, then the key-caps; the words never."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """The words side by side."""
        return QSize(self._width_needed(with_key_caps=False), super().minimumSizeHint().height())

    def _fit(self) -> None:
        usual = current_theme().px(_PRIMARY_WIDTH)
        is_roomy = self.width() >= self._width_needed(with_key_caps=True, primary=usual, between=_BETWEEN)
        has_caps = self.width() >= self._width_needed(with_key_caps=True)
        self._grid.setHorizontalSpacing(_BETWEEN if is_roomy else _BETWEEN_NARROW)
        for button in (*self._primary, *self._later):
            button.set_key_cap_shown(has_caps)
        # Of one width, so that Complete stands exactly where Start stood.
        least = max(button.width_needed(with_key_cap=has_caps) for button in self._primary)
        for button in self._primary:
            button.setMinimumWidth(max(usual, least) if is_roomy else least)

    def _width_needed(self, *, with_key_caps: bool, primary: int = 0, between: int = _BETWEEN_NARROW) -> int:
        least = max(button.width_needed(with_key_cap=with_key_caps) for button in self._primary)
        shown = max(1, sum(not button.isHidden() for button in self._primary))
        later = sum(button.width_needed(with_key_cap=with_key_caps) for button in self._later)
        gaps = _GAP * (shown - 1 + len(self._later) - 1)
        return max(primary, least) * shown + between + later + gaps

    def _build(self) -> None:
        primary = QHBoxLayout()
        primary.setSpacing(_GAP)
        primary.addWidget(self.complete)
        primary.addWidget(self.start)
        later = QHBoxLayout()
        later.setSpacing(_GAP)
        for button in self._later:
            later.addWidget(button)
        grid = self._grid
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(0, 1)
        grid.addLayout(primary, 0, 0)
        grid.addLayout(later, 0, 1)
        grid.addWidget(self.hint, 1, 1)
        primary.addStretch(1)
