"""Taking a token for a visitor: type, head start, and then the number in large."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QRadioButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from clients.qt_kit import formats
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.command_button import CommandButton, CommandState
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.segments import Segment, Segments
from clients.staff_desktop.view_state import NewTokenView, TypeView
from clients.staff_desktop.widgets.command_state import command_state
from clients.staff_desktop.widgets.fitted_token import FittedToken
from shared.ids import TypeKey

_WIDTH, _PADDING = 480, 24


class NewTokenDialog(QDialog):
    """Keys 1 to 9 choose the type, Enter takes the token, Esc closes."""

    create_requested = Signal(object, int)
    """Arguments: TypeKey, head start in minutes."""
    another_requested = Signal()
    """After a token was taken: one more."""

    def __init__(self, view: NewTokenView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("New token"))
        self.setModal(True)
        self._view = view
        self._shown_types: tuple[TypeView, ...] = ()
        self._group = QButtonGroup(self)
        self.types: list[QRadioButton] = []
        self._list = QVBoxLayout()
        self.levels = Segments()
        self._level = "0"
        self._error = Label(TextRole.SMALL_MEDIUM, tone="late", wrap=True)
        self.create_button = CommandButton(kind="primary", key="Return", key_is_shown_only=True)
        self.number = FittedToken()
        self.about = Label(TextRole.BODY_STRONG)
        self.estimate = Label(TextRole.BODY, tone="ink2", wrap=True)
        self.done_button = CommandButton(kind="primary", key="Return", key_is_shown_only=True)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._form())
        self._stack.addWidget(self._result())
        self.levels.segment_chosen.connect(self._on_level_chosen)
        self.create_button.clicked.connect(self._on_create_clicked)
        self.setFixedWidth(max(_WIDTH, current_theme().px(_WIDTH * 3 // 4)))
        self.render(view)

    def render(self, view: NewTokenView) -> None:
        """Show the form, or the token that was taken."""
        self._view = view
        self._show_types(view.types)
        levels = [Segment(key=str(level), text=self._level_word(level)) for level in view.levels]
        if self._level not in {segment.key for segment in levels} and levels:
            self._level = levels[0].key
        self.levels.render(levels, self._level)
        self._error.setText(view.error)
        self._error.setVisible(bool(view.error))
        self.create_button.render(command_state(self.tr("Create token"), view.create))
        self.number.render(view.number)
        self.about.setText(view.type_name)
        self.estimate.setText(self._estimate(view))
        self._show_page(1 if view.number else 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits choose the type, Enter goes on."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                (self.done_button if self._stack.currentIndex() else self.create_button).click()
            return
        index = event.key() - Qt.Key.Key_1
        if 0 <= index < min(9, len(self.types)) and not self._stack.currentIndex():
            self.types[index].setChecked(True)
            self.types[index].setFocus()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Surface instead of the window's ground."""
        QPainter(self).fillRect(self.rect(), current_theme().color("surface"))

    def _show_page(self, index: int) -> None:
        if index == self._stack.currentIndex() and self.isVisible():
            return
        self._stack.setCurrentIndex(index)
        if index:
            self.done_button.setFocus()
        elif self.types:
            chosen = self._group.checkedButton() or self.types[0]
            chosen.setFocus()

    def _show_types(self, types: tuple[TypeView, ...]) -> None:
        if types == self._shown_types:
            return
        self._shown_types = types
        for button in self.types:
            button.hide()
            button.deleteLater()
        self.types = []
        for index, each in enumerate(types):
            button = QRadioButton(f"{each.prefix}  {each.name}".replace("&", "&&"))
            if index < 9:
                button.setToolTip(self.tr("Key {key}").format(key=index + 1))
            self._group.addButton(button, index)
            self._list.addWidget(button)
            self.types.append(button)
        if self.types:
            self.types[0].setChecked(True)

    def _chosen_type(self) -> TypeKey | None:
        index = self._group.checkedId()
        return self._shown_types[index].key if 0 <= index < len(self._shown_types) else None

    def _on_create_clicked(self) -> None:
        key = self._chosen_type()
        if key is not None and self._view.create.is_enabled and not self._view.create.is_busy:
            self.create_requested.emit(key, int(self._level))

    def _on_level_chosen(self, key: str) -> None:
        self._level = key

    def _level_word(self, level: int) -> str:
        return self.tr("{minutes} min").format(minutes=level) if level else self.tr("None")

    def _estimate(self, view: NewTokenView) -> str:
        if view.estimate_s is None:
            return self.tr("Give the visitor this number.")
        bounds = formats.MinuteRange.from_seconds(*view.estimate_s)
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        time = formats.minute_range(bounds, right_to_left=rtl)
        return self.tr("Give the visitor this number. The wait is {time}.").format(time=time)

    def _form(self) -> QWidget:
        page = QWidget()
        layout = _padded(page)
        layout.addWidget(Label(TextRole.TITLE, self.tr("New token")))
        layout.addSpacing(16)
        layout.addWidget(Label(TextRole.HINT, self.tr("Customer type, keys 1 to 9"), tone="ink3"))
        layout.addSpacing(4)
        layout.addLayout(self._list)
        layout.addSpacing(12)
        layout.addWidget(Label(TextRole.HINT, self.tr("Head start"), tone="ink3"))
        layout.addSpacing(4)
        layout.addWidget(self.levels, 0, Qt.AlignmentFlag.AlignLeading)
        layout.addSpacing(4)
        layout.addWidget(
            Label(TextRole.HINT, self.tr("Counts as if taken that much earlier."), tone="ink3", wrap=True)
        )
        layout.addSpacing(8)
        layout.addWidget(self._error)
        layout.addStretch(1)
        layout.addSpacing(16)
        away = CommandButton(self.tr("Cancel"))
        away.clicked.connect(self.reject)
        layout.addLayout(_buttons(away, self.create_button))
        return page

    def _result(self) -> QWidget:
        page = QWidget()
        layout = _padded(page)
        layout.addWidget(Label(TextRole.TITLE, self.tr("Token taken")))
        layout.addStretch(1)
        layout.addWidget(self.number)
        layout.addSpacing(8)
        layout.addWidget(self.about)
        layout.addWidget(self.estimate)
        layout.addStretch(1)
        layout.addSpacing(16)
        another = CommandButton(self.tr("Another token"), key="Ctrl+N")
        another.clicked.connect(self.another_requested)
        self.done_button.render(CommandState(text=self.tr("Done")))
        self.done_button.clicked.connect(self.accept)
        layout.addLayout(_buttons(another, self.done_button))
        return page


def _padded(page: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout(page)
    layout.setContentsMargins(_PADDING, _PADDING, _PADDING, _PADDING)
    layout.setSpacing(0)
    return layout


def _buttons(*buttons: CommandButton) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addStretch(1)
    for button in buttons:
        row.addWidget(button)
    return row
