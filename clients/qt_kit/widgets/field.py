"""A labelled input: label above, error below; a password can be shown."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.error_line import ErrorLine
from clients.qt_kit.widgets.icon_button import IconButton
from clients.qt_kit.widgets.label import Label


class PasswordEdit(QLineEdit):
    """A password with a button that shows it; pasting is allowed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self._show = IconButton("eye", self.tr("Show password"), side=28, parent=self)
        self._show.setCursor(Qt.CursorShape.ArrowCursor)
        self._show.clicked.connect(self._on_show_clicked)

    @property
    def is_shown(self) -> bool:
        """True while the password can be read."""
        return self.echoMode() == QLineEdit.EchoMode.Normal

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the button at the end edge."""
        super().resizeEvent(event)
        self._place_button()

    def changeEvent(self, event: QEvent) -> None:
        """Keep the button at the end edge when that changes sides."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.LayoutDirectionChange, QEvent.Type.StyleChange):
            self._place_button()

    def _place_button(self) -> None:
        size, inset = self._show.sizeHint(), 6
        x = inset if self.isRightToLeft() else self.width() - size.width() - inset
        self._show.setGeometry(x, (self.height() - size.height()) // 2, size.width(), size.height())
        room = size.width() + inset
        margins = (room, 0, 0, 0) if self.isRightToLeft() else (0, 0, room, 0)
        if self.textMargins().left() != margins[0] or self.textMargins().right() != margins[2]:
            self.setTextMargins(*margins)

    def _on_show_clicked(self) -> None:
        if self.is_shown:
            self.setEchoMode(QLineEdit.EchoMode.Password)
            self._show.render("eye", self.tr("Show password"))
        else:
            self.setEchoMode(QLineEdit.EchoMode.Normal)
            self._show.render("eye-off", self.tr("Hide password"))


class Field(QWidget):
    """Label, input, error.

    Args:
        label: what belongs here.
        placeholder: an example.
        password: hide what is typed, with a button to show it.
        help: what is asked for; an error stands in its place.
    """

    text_edited = Signal(str)
    """The person changed the text; argument: the text."""
    submitted = Signal()
    """Enter was pressed in the input."""
    left = Signal()
    """The input lost the focus: the moment to check it."""

    def __init__(
        self,
        label: str,
        *,
        placeholder: str = "",
        password: bool = False,
        help: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._label = Label(TextRole.HINT, label, tone="ink3")
        self.input = PasswordEdit() if password else QLineEdit()
        self.input.setPlaceholderText(placeholder)
        self.input.setAccessibleName(label)
        self._label.setBuddy(self.input)
        self._help = Label(TextRole.HINT, help, tone="ink3", wrap=True)
        self.input.setAccessibleDescription(help)
        self._error = ErrorLine()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for widget in (self._label, self.input, self._help, self._error):
            layout.addWidget(widget)
        self.setFocusProxy(self.input)
        self._show_below()
        self.input.textEdited.connect(self._on_text_edited)
        self.input.returnPressed.connect(self.submitted)
        self.input.editingFinished.connect(self.left)

    @property
    def text(self) -> str:
        """What is typed."""
        return self.input.text()

    @property
    def error(self) -> str:
        """The sentence below the input, "" for none."""
        return self._error.sentence

    def set_text(self, text: str) -> None:
        """Put a text into the input."""
        self.input.setText(text)

    def set_error(self, sentence: str) -> None:
        """Say what is wrong and what works, or take it away with ""."""
        if sentence == self._error.sentence:
            return
        self._error.render(sentence)
        self.input.setAccessibleDescription(sentence or self._help.text())
        self._show_below()
        self.input.setProperty("invalid", bool(sentence))
        self.input.style().unpolish(self.input)
        self.input.style().polish(self.input)

    def _show_below(self) -> None:
        helps = bool(self._help.text()) and not self._error.sentence
        self._help.setVisible(helps)
        self._error.setVisible(not helps)

    def _on_text_edited(self, text: str) -> None:
        self.set_error("")  # what is being mended should not be scolded
        self.text_edited.emit(text)
