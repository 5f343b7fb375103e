"""Taking a token for a visitor: type, head start, emergency, who it is, and then the number in large."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from clients.core.commands import Create
from clients.qt_kit import formats
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.command_button import CommandButton, CommandState
from clients.qt_kit.widgets.field import Field
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.segments import Segment, Segments
from clients.staff_desktop.view_state import NewTokenView
from clients.staff_desktop.widgets.choice_list import Choice, ChoiceList
from clients.staff_desktop.widgets.command_state import command_state
from clients.staff_desktop.widgets.fitted_token import FittedToken
from clients.staff_desktop.widgets.form_area import FormArea
from clients.staff_desktop.widgets.reason_dialog import LONGEST_REASON
from clients.staff_desktop.widgets.visitor_form import VisitorForm
from shared.ids import TypeKey
from shared.tokens import Visitor

_WIDTH, _PADDING = 480, 24


class NewTokenDialog(QDialog):
    """Keys 1 to 9 choose the type, Enter takes the token, Esc closes."""

    create_requested = Signal(object)
    """Argument: Create."""
    another_requested = Signal()
    """After a token was taken: one more."""

    def __init__(self, view: NewTokenView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("New token"))
        self.setModal(True)
        self._view = view
        self.types = ChoiceList(self.tr("Customer type"), most_rows=6)
        self.levels = Segments()
        self._level = "0"
        self.is_emergency = QCheckBox(self.tr("Emergency: goes before all others"))
        self.emergency = Field(self.tr("Reason"), placeholder=self.tr("In a few words"))
        self.emergency.input.setMaxLength(LONGEST_REASON)
        self.has_visitor = QCheckBox(self.tr("Name, telephone and notes"))
        self.visitor = VisitorForm()
        self._area = FormArea()
        self._error = Label(TextRole.SMALL_MEDIUM, tone="late", wrap=True)
        self.anyway_button = CommandButton()
        self.create_button = CommandButton(kind="primary", key="Return", key_is_shown_only=True)
        self.number = FittedToken()
        self.about = Label(TextRole.BODY_STRONG)
        self.estimate = Label(TextRole.BODY, tone="ink2", wrap=True)
        self.another_button = CommandButton(key="Ctrl+N")
        self.done_button = CommandButton(kind="primary", key="Return", key_is_shown_only=True)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._form())
        self._stack.addWidget(self._result())
        self.levels.segment_chosen.connect(self._on_level_chosen)
        self.create_button.clicked.connect(lambda: self._create(override=False))
        self.anyway_button.clicked.connect(lambda: self._create(override=True))
        for more in (self.is_emergency, self.has_visitor):
            more.toggled.connect(self._on_more_toggled)
        self.setFixedWidth(max(_WIDTH, current_theme().px(_WIDTH * 3 // 4)))
        self.render(view)

    def render(self, view: NewTokenView) -> None:
        """Show the form, or the token that was taken."""
        self._view = view
        self.types.render(
            [Choice(key=each.key, text=f"{each.prefix}  {each.name}") for each in view.types],
            view.types[0].key if view.types else "",
        )
        levels = [Segment(key=str(level), text=self._level_word(level)) for level in view.levels]
        if self._level not in {segment.key for segment in levels} and levels:
            self._level = levels[0].key
        self.levels.render(levels, self._level)
        self._error.setText(view.error)
        self._error.setVisible(bool(view.error))
        self.create_button.render(command_state(self.tr("Create token"), view.create))
        self.anyway_button.render(command_state(self.tr("Take it anyway"), view.create))
        self.anyway_button.setVisible(view.can_override)
        self.create_button.set_key_cap_shown(not view.can_override)  # three words need its room
        self.number.render(view.number)
        self.about.setText(view.type_name)
        self.estimate.setText(self._estimate(view))
        self._show_page(1 if view.number else 0)

    def showEvent(self, event: QShowEvent) -> None:
        """As high as what is asked."""
        super().showEvent(event)
        self._area.updateGeometry()  # measured before the optional fields were hidden
        self.adjustSize()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits choose the type, Enter goes on."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                (self.done_button if self._stack.currentIndex() else self.create_button).click()
            return
        if not self._stack.currentIndex() and self.types.choose(event.key() - Qt.Key.Key_1):
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
        else:
            self.types.setFocus()

    def _create(self, *, override: bool) -> None:
        key = TypeKey(self.types.chosen)
        if not key or not self._view.create.is_enabled or self._view.create.is_busy or not self._check():
            return
        create = Create(
            customer_type=key,
            priority=int(self._level),
            emergency=self.emergency.text.strip() if self.is_emergency.isChecked() else None,
            visitor=self._visitor(),
            override=override,
        )
        self.create_requested.emit(create)

    def _check(self) -> bool:
        """Say what is missing, below its field."""
        needs_reason = self.is_emergency.isChecked() and not self.emergency.text.strip()
        self.emergency.set_error(self.tr("Say why in a few words.") if needs_reason else "")
        if needs_reason:
            self.emergency.input.setFocus()
        return not needs_reason and (not self.has_visitor.isChecked() or self.visitor.check())

    def _visitor(self) -> Visitor | None:
        if not self.has_visitor.isChecked() or self.visitor.is_empty:
            return None
        return Visitor.model_validate(self.visitor.values)

    def _on_more_toggled(self, on: bool) -> None:
        self.emergency.setVisible(self.is_emergency.isChecked())
        self.visitor.setVisible(self.has_visitor.isChecked())
        if on:
            (self.emergency if self.sender() is self.is_emergency else self.visitor).setFocus()
        self._area.updateGeometry()
        self.adjustSize()

    def _begin_anew(self) -> None:
        """The next visitor has another name, and is seldom an emergency."""
        self.is_emergency.setChecked(False)
        self.has_visitor.setChecked(False)
        self.emergency.set_text("")
        self.visitor.fill(None)
        self.another_requested.emit()

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
        layout.addWidget(self._area)
        layout.addSpacing(8)
        layout.addWidget(self._error)
        layout.addStretch(1)
        layout.addSpacing(16)
        away = CommandButton(self.tr("Cancel"))
        away.clicked.connect(self.reject)
        layout.addLayout(_buttons(away, self.anyway_button, self.create_button))
        self._fill_area()
        return page

    def _fill_area(self) -> None:
        rows = self._area.rows
        rows.addWidget(Label(TextRole.HINT, self.tr("Customer type, keys 1 to 9"), tone="ink3"))
        rows.addSpacing(4)
        rows.addWidget(self.types)
        rows.addSpacing(12)
        rows.addWidget(Label(TextRole.HINT, self.tr("Head start"), tone="ink3"))
        rows.addSpacing(4)
        rows.addWidget(self.levels, 0, Qt.AlignmentFlag.AlignLeading)
        rows.addSpacing(4)
        rows.addWidget(
            Label(TextRole.HINT, self.tr("Counts as if taken that much earlier."), tone="ink3", wrap=True)
        )
        rows.addSpacing(8)
        for widget in (self.is_emergency, self.emergency, self.has_visitor, self.visitor):
            rows.addWidget(widget)
        rows.addStretch(1)
        self.emergency.hide()
        self.visitor.hide()

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
        self.another_button.render(CommandState(text=self.tr("Another token")))
        self.another_button.clicked.connect(self._begin_anew)
        self.done_button.render(CommandState(text=self.tr("Done")))
        self.done_button.clicked.connect(self.accept)
        layout.addLayout(_buttons(self.another_button, self.done_button))
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
