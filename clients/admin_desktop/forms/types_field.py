"""A form's choice of customer types: all of them, also those to come, or only these."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clients.admin_desktop.view_state import NamedType
from clients.admin_desktop.words import tr
from clients.qt_kit.widgets.choices_field import ChoicesField
from clients.qt_kit.widgets.form_field import FormField
from clients.qt_kit.widgets.segments import Segment, Segments
from clients.qt_kit.widgets.select_field import Option

_ALL, _SOME = "all", "some"


def type_options(types: Sequence[NamedType], chosen: Sequence[str] | None) -> tuple[Option, ...]:
    """What to offer: the types in use, and those switched off that are chosen already."""
    kept = set(chosen or ())
    off = tr("{name} (switched off)")
    return tuple(
        Option(key=each.key, text=each.name if each.is_active else off.format(name=each.name))
        for each in types
        if each.is_active or each.key in kept
    )


class TypesField(FormField):
    """Its value are keys; none means all types. Only these, and none of them, is None: nothing to save."""

    def __init__(self, label: str, *, help: str = "", parent: QWidget | None = None) -> None:
        super().__init__(label, help=help, parent=parent)
        self.scope = Segments()
        self.scope.setAccessibleName(label)
        self.scope.render(
            (Segment(key=_ALL, text=tr("All types")), Segment(key=_SOME, text=tr("Only these"))), _ALL
        )
        self.scope.segment_chosen.connect(self._on_scope)
        self.choices = ChoicesField(label)
        self.choices.label.hide()
        self.choices.edited.connect(self.edited)
        self.choices.left.connect(self.left)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(self.scope, 0, Qt.AlignmentFlag.AlignLeading)
        column.addWidget(self.choices)
        self.line.addLayout(column, 1)
        self.setFocusProxy(self.scope)
        self._show()

    def controls(self) -> tuple[QWidget, ...]:
        """The boxes."""
        return self.choices.controls()

    def set_options(self, options: Sequence[Option]) -> None:
        """Offer others; what is chosen stays chosen."""
        self.choices.set_options(options)

    def value(self) -> tuple[str, ...] | None:
        """The keys; () for all types, None where none is chosen yet."""
        return () if self.scope.chosen == _ALL else self.choices.value() or None

    def set_value(self, value: Sequence[str] | None) -> None:
        """Show what is chosen."""
        self._choose(_ALL if value is not None and not value else _SOME)
        self.choices.set_value(value or ())
        self._show()

    def set_read_only(self, read_only: bool) -> None:
        """Let it be seen and not changed."""
        self.scope.setEnabled(not read_only)
        self.choices.set_read_only(read_only)

    def _choose(self, scope: str) -> None:
        self.scope.render(
            (Segment(key=_ALL, text=tr("All types")), Segment(key=_SOME, text=tr("Only these"))), scope
        )

    def _on_scope(self) -> None:
        self._show()
        self.edited.emit()

    def _show(self) -> None:
        self.choices.setVisible(self.scope.chosen == _SOME)
