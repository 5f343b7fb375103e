"""What has just happened, and how it is taken back: one message at a time, for ten seconds."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal


@dataclass(frozen=True, kw_only=True)
class NoticeView:
    """A message. `number` grows with each one, so that the same words are shown anew."""

    number: int
    text: str
    can_undo: bool = False
    is_wrong: bool = False


class Notices(QObject):
    """The newest message, and what undoes it."""

    changed = Signal()
    """There is another message."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._undo: Callable[[], None] | None = None
        self.view: NoticeView | None = None

    def say(self, text: str, *, undo: Callable[[], None] | None = None, is_wrong: bool = False) -> None:
        """Say something in the place of what was said before.

        Args:
            undo: what takes it back; called at most once.
            is_wrong: it did not go as asked.
        """
        number = self.view.number + 1 if self.view else 1
        self._undo = undo
        self.view = NoticeView(number=number, text=text, can_undo=undo is not None, is_wrong=is_wrong)
        self.changed.emit()

    def undo(self) -> None:
        """Take back what the newest message is about; a second press does nothing."""
        undo, self._undo = self._undo, None
        if undo is not None:
            undo()

    def forget(self) -> None:
        """Nothing of one person's stays for the next."""
        self._undo = self.view = None
        self.changed.emit()
