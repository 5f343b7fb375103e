"""Giving a visitor another head start."""

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QWidget

from clients.core.commands import Change
from clients.qt_kit.widgets.command_button import CommandState
from clients.qt_kit.widgets.dialog import Dialog
from clients.qt_kit.widgets.segments import Segment, Segments
from shared.tokens import LiveToken

translate = QCoreApplication.translate


class PriorityDialog(Dialog):
    """One of the organization's levels.

    Args:
        token: whose.
        levels: head starts in minutes.
    """

    confirmed = Signal(object)
    """Argument: Change."""

    def __init__(self, token: LiveToken, levels: tuple[int, ...], parent: QWidget | None = None) -> None:
        super().__init__(
            translate("PriorityDialog", "Priority of {number}").format(number=token.number),
            translate("PriorityDialog", "A head start counts as if the token was taken that much earlier."),
            action=translate("PriorityDialog", "Save"),
            parent=parent,
        )
        self._token = token
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.levels = Segments()
        parts = [Segment(key=str(level), text=_word(level)) for level in levels]
        self.levels.render(parts, str(token.priority or 0))
        self.levels.segment_chosen.connect(self._show_action)
        self.body.addSpacing(8)
        self.body.addWidget(self.levels, 0, Qt.AlignmentFlag.AlignLeading)
        self.accepted.connect(self._on_accepted)
        self._show_action()

    def _show_action(self) -> None:
        is_new = self.levels.chosen not in ("", str(self._token.priority or 0))
        self.action.render(
            CommandState(text=self.tr("Save"), enabled=is_new, reason=self.tr("Choose another head start."))
        )

    def _on_accepted(self) -> None:
        level = int(self.levels.chosen)
        self.confirmed.emit(Change(token_id=self._token.id, changes={"priority": level}))


def _word(level: int) -> str:
    if not level:
        return translate("PriorityDialog", "None")
    return translate("PriorityDialog", "{minutes} min").format(minutes=level)
