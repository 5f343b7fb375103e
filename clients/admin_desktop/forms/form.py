"""Fields by name, one below the other, in sections; those for experts are folded away."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, cast

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from clients.admin_desktop.forms.editor_view import EditorView
from clients.qt_kit.icons import paint_icon
from clients.qt_kit.paint import draw_text, mirrored
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.base import is_restyling
from clients.qt_kit.widgets.divider import Divider
from clients.qt_kit.widgets.form_field import FormField
from clients.qt_kit.widgets.label import Label

_SPACING, _SECTION_SPACING = 14, 20


class _ManyErrors(Protocol):
    """A field of many parts: it shows each part's error beside the part."""

    def set_errors(self, errors: Mapping[str, str]) -> None: ...


class Fold(QAbstractButton):
    """A heading that opens what is below it."""

    focus_radius = 6

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(title)
        self.setAccessibleName(title)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(0, current_theme().px(32))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens it, as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Measure and paint again after a change of theme, text size or direction."""
        super().changeEvent(event)
        if is_restyling(event):
            self.updateGeometry()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw chevron and title."""
        theme = current_theme()
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        painter = QPainter(self)
        bounds = self.rect().toRectF()
        side = theme.px(16)
        icon = QRectF(0, bounds.center().y() - side / 2, side, side)
        closed = "chevron-left" if rtl else "chevron-right"
        paint_icon(
            painter,
            mirrored(icon, bounds, rtl),
            "chevron-down" if self.isChecked() else closed,
            theme.color("ink2"),
        )
        words = bounds.adjusted(side + 8, 0, 0, 0)
        font = theme.font(TextRole.BODY_STRONG)
        draw_text(
            painter, mirrored(words, bounds, rtl), self.text(), font, theme.color("ink"), right_to_left=rtl
        )


class Form(QWidget):
    """Shows values and errors by field, and tells what is edited. It keeps nothing but what is typed."""

    edited = Signal(str)
    """The person changed a field; argument: its name."""
    left = Signal(str)
    """A field lost the focus; argument: its name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: dict[str, FormField] = {}
        self._folds: dict[str, Fold] = {}  # by the name of a field inside
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(_SPACING)
        self._into = self._column
        self._fold: Fold | None = None

    # Building

    def section(self, title: str, text: str = "") -> None:
        """Begin a section; what is added from now on stands below its heading."""
        self._end_fold()
        self._column.addSpacing(_SECTION_SPACING - _SPACING)
        self._column.addWidget(Divider())
        self._column.addWidget(Label(TextRole.HEADING, title, wrap=True))
        if text:
            self._column.addWidget(Label(TextRole.SMALL, text, tone="ink2", wrap=True))

    def folded(self, title: str, text: str = "") -> None:
        """Begin a section that is closed at first."""
        self._end_fold()
        self._column.addSpacing(_SECTION_SPACING - _SPACING)
        self._column.addWidget(Divider())
        fold = self._fold = Fold(title)
        holder = QWidget()
        holder.hide()
        self._into = QVBoxLayout(holder)
        self._into.setContentsMargins(0, 0, 0, 0)
        self._into.setSpacing(_SPACING)
        if text:
            self._into.addWidget(Label(TextRole.SMALL, text, tone="ink2", wrap=True))
        fold.toggled.connect(holder.setVisible)
        self._column.addWidget(fold)
        self._column.addWidget(holder)

    def add(self, name: str, field: FormField) -> FormField:
        """Put a field below the others."""
        self._adopt(name, field)
        self._into.addWidget(field)
        return field

    def add_row(self, fields: Sequence[tuple[str, FormField]]) -> None:
        """Put fields side by side."""
        row = QHBoxLayout()
        row.setSpacing(16)
        for name, field in fields:
            self._adopt(name, field)
            row.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
        self._into.addLayout(row)

    def add_widget(self, widget: QWidget) -> None:
        """Put something that is no field below the others."""
        self._into.addWidget(widget)

    def finish(self) -> None:
        """All fields are there: what room is left stays below them."""
        self._end_fold()
        self._column.addStretch(1)

    # Showing

    def values(self) -> dict[str, Any]:
        """What is entered, by field."""
        return {name: field.value() for name, field in self.fields.items()}

    def render(self, view: EditorView) -> list[str]:
        """Show values and errors; answers the sentences that belong to no field here."""
        for name, field in self.fields.items():
            if name in view.values and field.value() != view.values[name]:
                field.set_value(view.values[name])
            field.set_read_only(bool(view.read_only))
            self._render_errors(name, field, view.errors)
        return [said for name, said in view.errors.items() if self._field_of(name) is None]

    def focus_first_error(self) -> None:
        """Bring the first field that is wrong into view, and the caret into it."""
        for name, field in self.fields.items():
            if field.error:
                if fold := self._folds.get(name):
                    fold.setChecked(True)
                field.setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def open_fold_of(self, name: str) -> None:
        """Open the section that a field is folded away in."""
        if fold := self._folds.get(name):
            fold.setChecked(True)

    def _field_of(self, name: str) -> str | None:
        """The field that a dotted name lies in; fields may have dots in their own names."""
        return next((field for field in self.fields if name == field or name.startswith(f"{field}.")), None)

    @staticmethod
    def _render_errors(name: str, field: FormField, errors: Mapping[str, str]) -> None:
        inside = {
            key.removeprefix(f"{name}."): said for key, said in errors.items() if key.startswith(f"{name}.")
        }
        if hasattr(field, "set_errors"):
            cast(_ManyErrors, field).set_errors(inside)
            field.set_error(errors.get(name, ""))
        else:
            field.set_error(errors.get(name) or next(iter(inside.values()), ""))

    def _adopt(self, name: str, field: FormField) -> None:
        self.fields[name] = field
        if self._fold is not None:
            self._folds[name] = self._fold
        field.edited.connect(lambda: self.edited.emit(name))
        field.left.connect(lambda: self.left.emit(name))

    def _end_fold(self) -> None:
        self._into, self._fold = self._column, None
