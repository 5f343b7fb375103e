"""A token for a visitor: type, head start, and then the number to tell them."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from clients.admin_desktop import words
from clients.admin_desktop.view_state import CreatedToken, NewTokenView, TypeChoice
from clients.admin_desktop.words import tr
from clients.qt_kit.paint import END, draw_text, elided, fill_rounded, mirrored, text_width
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.base import PaintedFrame, is_restyling
from clients.qt_kit.widgets.command_button import CommandState
from clients.qt_kit.widgets.dialog import Dialog
from clients.qt_kit.widgets.key_cap import key_cap_width, paint_key_cap
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.segments import Segment, Segments
from clients.qt_kit.widgets.token_label import TokenLabel
from clients.qt_kit.widgets.type_chip import paint_type_chip, type_chip_width

_ROW, _RADIUS, _PADDING, _GAP = 48, 8, 12, 12
_SHOWN_ROWS = 6
_KEYS = 9


class TypeButton(QAbstractButton):
    """One type to choose: chip, name, how many wait, its key."""

    focus_radius = _RADIUS

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice: TypeChoice | None = None
        self._key = ""
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def render(self, choice: TypeChoice, key: str) -> None:
        """Show a type; `key` chooses it, "" for none."""
        self.choice, self._key = choice, key
        self.setAccessibleName(f"{choice.name}, {words.tr('{count} waiting').format(count=choice.waiting)}")
        self.setToolTip(tr("Choose {name} ({key})").format(name=choice.name, key=key) if key else "")
        self.update()

    def sizeHint(self) -> QSize:
        """One row."""
        return QSize(0, current_theme().px(_ROW))

    def changeEvent(self, event: QEvent) -> None:
        """Measure and paint again after a change of theme, text size or direction."""
        super().changeEvent(event)
        if is_restyling(event):
            self.updateGeometry()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the row; the chosen one has an ink border."""
        if self.choice is None:
            return
        theme = current_theme()
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        painter = QPainter(self)
        bounds = self.rect().toRectF()
        chosen = self.isChecked()
        fill = theme.color("sunken" if self.underMouse() and not chosen else "surface")
        edge, width = (theme.color("ink"), 2.0) if chosen else (theme.color("line"), 1.0)
        fill_rounded(painter, bounds, _RADIUS, fill, border=edge, border_width=width)
        side = theme.px(24)
        chip = QRectF(
            _PADDING, bounds.center().y() - side / 2, type_chip_width(self.choice.prefix, theme), side
        )
        paint_type_chip(painter, mirrored(chip, bounds, rtl), self.choice.prefix, theme)
        end = bounds.width() - _PADDING
        if self._key:
            cap = key_cap_width(self._key, theme)
            height = theme.px(20)
            rect = QRectF(end - cap, bounds.center().y() - height / 2, cap, height)
            paint_key_cap(
                painter,
                mirrored(rect, bounds, rtl),
                self._key,
                theme,
                ink=theme.color("ink2"),
                edge=theme.color("line"),
            )
            end -= cap + _GAP
        waiting = tr("{count} waiting").format(count=self.choice.waiting)
        small = theme.font(TextRole.SMALL)
        room = text_width(small, waiting)
        rect = QRectF(end - room, 0, room, bounds.height())
        draw_text(
            painter,
            mirrored(rect, bounds, rtl),
            waiting,
            small,
            theme.color("ink2"),
            align=END,
            right_to_left=rtl,
        )
        name = QRectF(chip.right() + _GAP, 0, rect.left() - _GAP - chip.right() - _GAP, bounds.height())
        font = theme.font(TextRole.BODY_STRONG)
        cut = elided(font, self.choice.name, name.width())
        draw_text(painter, mirrored(name, bounds, rtl), cut, font, theme.color("ink"), right_to_left=rtl)


class _CreatedPanel(PaintedFrame):
    """The number, large, and what to tell the visitor."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number = TokenLabel(TextRole.TOKEN_L)
        self.note = Label(TextRole.BODY, tone="ink2", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 12, 20, 14)
        column.setSpacing(2)
        column.addWidget(self.number)
        column.addWidget(self.note)

    def render(self, created: CreatedToken) -> None:
        self.number.render(created.number)
        self.note.setText(words.created_note(created))

    def paintEvent(self, event: QPaintEvent) -> None:
        edge = self.theme.color("line") if self.theme.high_contrast else None
        fill_rounded(QPainter(self), self.rect().toRectF(), 12, self.theme.color("sunken"), border=edge)


class NewTokenDialog(Dialog):
    """Stays open after a token, for the next visitor; Esc closes it."""

    create_requested = Signal(str, int)
    """A token is to be made; arguments: the type's key, the head start in minutes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("New token"), action=tr("Create token"), cancel=tr("Close"), parent=parent)
        self.buttons: list[TypeButton] = []
        self._group = QButtonGroup(self)
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        self._list.setContentsMargins(0, 0, 0, 0)
        self.created = _CreatedPanel()
        self.error = Label(TextRole.BODY_MEDIUM, tone="late", wrap=True)
        self.head_start = Segments()
        self.head_start.setAccessibleName(tr("Head start"))
        self._chosen_start = 0
        self.head_start.segment_chosen.connect(self._on_head_start)
        self._build()

    def render(self, view: NewTokenView) -> None:
        """Show the types, and what came of the last press."""
        while len(self.buttons) < len(view.types):
            self._add_button()
        for place, button in enumerate(self.buttons):
            button.setVisible(place < len(view.types))
            if place < len(view.types):
                button.render(view.types[place], str(place + 1) if place < _KEYS else "")
        if self._group.checkedButton() is None and view.types:
            self.buttons[0].setChecked(True)
        self._fit_list(len(view.types))
        self.created.setVisible(view.created is not None)
        if view.created is not None:
            self.created.render(view.created)
        self.error.setText(view.error)
        self.error.setVisible(bool(view.error))
        if self._chosen_start not in view.levels:
            self._chosen_start = view.levels[0]
        self.head_start.render(_head_starts(view.levels), str(self._chosen_start))
        self._start.setVisible(len(view.levels) > 1)
        self.action.render(self._command(view))
        self.adjustSize()  # the number and the error come and go

    def accept(self) -> None:
        """Create, and stay."""
        chosen = self._group.checkedButton()
        if isinstance(chosen, TypeButton) and chosen.choice is not None and self.action.isEnabled():
            self.create_requested.emit(chosen.choice.key, self._chosen_start)

    def _build(self) -> None:
        holder = QWidget()
        holder.setLayout(self._list)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(holder)
        self.body.addWidget(self.created)
        self.body.addWidget(self.error)
        self.body.addWidget(self._scroll)
        hint = Label(TextRole.HINT, tr("Head start: counts as taken that much earlier"), tone="ink3")
        self._start = QWidget()
        start = QVBoxLayout(self._start)
        start.setContentsMargins(0, 0, 0, 0)
        start.setSpacing(4)
        start.addWidget(hint)
        start.addWidget(self.head_start, 0, Qt.AlignmentFlag.AlignLeading)
        self.body.addWidget(self._start)
        for place in range(_KEYS):
            shortcut = QShortcut(QKeySequence(str(place + 1)), self)
            shortcut.activated.connect(lambda place=place: self._choose(place))
        self.action.set_key("Return")
        keypad = QShortcut(QKeySequence("Enter"), self)
        keypad.activated.connect(self.accept)

    def _add_button(self) -> None:
        button = TypeButton()
        self._group.addButton(button)
        self.buttons.append(button)
        self._list.addWidget(button)

    def _fit_list(self, count: int) -> None:
        shown = max(1, min(_SHOWN_ROWS, count))
        height = shown * current_theme().px(_ROW) + (shown - 1) * self._list.spacing()
        self._scroll.setFixedHeight(height)

    def _choose(self, place: int) -> None:
        if place < len(self.buttons) and not self.buttons[place].isHidden():
            self.buttons[place].setChecked(True)
            self._scroll.ensureWidgetVisible(self.buttons[place])

    def _on_head_start(self, key: str) -> None:
        self._chosen_start = int(key)

    @staticmethod
    def _command(view: NewTokenView) -> CommandState:
        text = tr("Create another") if view.created is not None else tr("Create token")
        if not view.is_live:
            return CommandState(text=text, enabled=False, reason=tr("There is no connection to the server"))
        if not view.types:
            return CommandState(text=text, enabled=False, reason=tr("No customer type takes tokens now"))
        return CommandState(text=text, busy=view.busy)


def _head_starts(levels: tuple[int, ...]) -> tuple[Segment, ...]:
    return tuple(
        Segment(key=str(minutes), text=tr("{minutes} min").format(minutes=minutes) if minutes else tr("None"))
        for minutes in levels
    )
