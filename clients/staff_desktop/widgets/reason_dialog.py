"""A dialog that asks for a reason: one of the organization's, or one's own words."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from clients.qt_kit.widgets.button_colours import ButtonKind
from clients.qt_kit.widgets.command_button import CommandState
from clients.qt_kit.widgets.dialog import Dialog
from clients.qt_kit.widgets.field import Field
from clients.staff_desktop.widgets.choice_list import Choice, ChoiceList
from clients.staff_desktop.widgets.wake_picker import WakePicker

LONGEST_REASON = 100  # as the server takes it
_OWN = "own"


class ReasonDialog(Dialog):
    """Reasons by key 1 to 9, the last one in one's own words.

    Args:
        title: a question.
        text: what happens.
        verb: on the button.
        reasons: those on offer.
        keep: the word on the other button, None for Cancel.
        kind: of the button.
        picker: what else is asked, below.
    """

    def __init__(
        self,
        title: str,
        text: str,
        *,
        verb: str,
        reasons: tuple[str, ...],
        keep: str | None = None,
        kind: ButtonKind = "primary",
        picker: WakePicker | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, text, action=verb, cancel=keep, kind=kind, parent=parent)
        self._verb, self._picker = verb, picker
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.reasons = ChoiceList(self.tr("Reason"))
        self.own_words = Field(self.tr("Reason"), placeholder=self.tr("In a few words"))
        self.own_words.input.setMaxLength(LONGEST_REASON)
        self.body.setSpacing(4)
        self.body.addSpacing(4)
        self.body.addWidget(self.reasons)
        self.body.addWidget(self.own_words)
        if picker is not None:
            self.body.addWidget(picker)
            picker.edited.connect(self._on_picked)
        self.reasons.chosen_changed.connect(self._on_chosen)
        self.own_words.text_edited.connect(self._show_action)
        choices = [Choice(key=f"{index}", text=reason) for index, reason in enumerate(reasons)]
        choices.append(Choice(key=_OWN, text=self.tr("Another reason")))
        self._offered = reasons
        self.reasons.render(choices, choices[0].key)
        self.reasons.setVisible(bool(reasons))

    @property
    def reason(self) -> str:
        """The chosen reason, "" while there is none."""
        if self._is_own:
            return self.own_words.text.strip()
        return self._offered[int(self.reasons.chosen)]

    @property
    def _is_own(self) -> bool:
        return self.reasons.chosen in (_OWN, "")

    @property
    def missing(self) -> str:
        """What has to be said before it can be done, "" for nothing."""
        if not self.reason:
            return self.tr("Say why in a few words.")
        return self._picker.missing() if self._picker is not None else ""

    def showEvent(self, event: QShowEvent) -> None:
        """As high as what is asked; only now the lines of the text are known."""
        super().showEvent(event)
        self.adjustSize()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits choose, Enter confirms, Esc gives up."""
        if self.reasons.choose(event.key() - Qt.Key.Key_1):
            return
        super().keyPressEvent(event)

    def _show_action(self) -> None:
        missing = self.missing
        self.action.render(CommandState(text=self._verb, enabled=not missing, reason=missing))

    def _on_chosen(self) -> None:
        self.own_words.setVisible(self._is_own)
        if self._is_own and self.isVisible():
            self.own_words.input.setFocus()
        self._on_picked()

    def _on_picked(self) -> None:
        self._show_action()
        self.adjustSize()
