"""No counter is open: choose one, and what it serves."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.card import RADIUS_HERO, Card
from clients.qt_kit.widgets.command_button import ButtonSize, CommandButton, CommandState
from clients.qt_kit.widgets.elided_label import ElidedLabel
from clients.qt_kit.widgets.label import Label
from clients.staff_desktop.view_parts import TypeView
from clients.staff_desktop.view_state import ClosedView, CounterView
from clients.staff_desktop.widgets.counter_tile import CounterTile
from shared.ids import CounterId, TypeKey

_PADDING, _NARROWEST, _GAP, _CHECK_WIDTH = 32, 232, 12, 200
_LIST_LOWEST = 84  # not scaled: at large text in a low window the button below must stay in sight


class ClosedPanel(Card):
    """The hero zone without a counter."""

    open_requested = Signal(object, object)
    """Arguments: CounterId, tuple of TypeKey (empty: all it may serve)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(padding=(_PADDING, 24), radius=RADIUS_HERO, parent=parent)
        self._view: ClosedView | None = None
        self._chosen: CounterId | None = None
        self._shown_types: tuple[TypeView, ...] = ()
        self.tiles: list[CounterTile] = []
        self.checks: dict[TypeKey, QCheckBox] = {}
        self._tile_grid, self._check_grid = QGridLayout(), QGridLayout()
        self._shape = (0, 0)
        self._hint = ElidedLabel(TextRole.SMALL, tone="ink2")
        self.open = CommandButton(
            kind="primary", size=ButtonSize.COMMAND, key="Return", key_is_shown_only=True
        )
        self.open.clicked.connect(self._on_open_clicked)
        self._build()

    @property
    def chosen_types(self) -> tuple[TypeKey, ...]:
        """What is checked; empty when everything is."""
        checked = tuple(key for key, check in self.checks.items() if check.isChecked())
        return () if len(checked) == len(self.checks) else checked

    def render(self, view: ClosedView) -> None:
        """Show the counters; what the person has chosen stays chosen."""
        is_new = self._view is None or [c.id for c in self._view.counters] != [c.id for c in view.counters]
        self._view = view
        if is_new:
            self._make_tiles(view)
        for tile, counter in zip(self.tiles, view.counters, strict=True):
            tile.render(counter)
        if self._counter() is None and view.counters:
            self._choose(_first_choice(view), view.suggested_types)
        self._show_open()

    def begin_again(self) -> None:
        """Forget what was chosen: the panel was left by opening a counter, or by another person."""
        self._chosen = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.open.click()
            return
        super().keyPressEvent(event)

    def take_focus(self) -> None:
        """Begin at the chosen counter."""
        for tile in self.tiles:
            if tile.isChecked():
                tile.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many columns as fit."""
        super().resizeEvent(event)
        self._arrange()

    def _counter(self) -> CounterView | None:
        counters = self._view.counters if self._view else ()
        return next((each for each in counters if each.id == self._chosen), None)

    def _choose(self, counter_id: CounterId, types: tuple[TypeKey, ...] = ()) -> None:
        self._chosen = counter_id
        for tile in self.tiles:
            if tile.view.id == counter_id and not tile.isChecked():
                tile.setChecked(True)
        counter = self._counter()
        self._make_checks(counter.types if counter else (), types)
        self._show_open()

    def _show_open(self) -> None:
        counter, view = self._counter(), self._view
        if counter is None or view is None:
            self.open.render(
                CommandState(text=self.tr("Open counter"), enabled=False, reason=self.tr("Choose one"))
            )
            return
        nothing = bool(self.checks) and not any(check.isChecked() for check in self.checks.values())
        word = self.tr("Take over {counter}") if counter.person else self.tr("Open {counter}")
        reason = view.open.reason or (self.tr("Choose at least one type.") if nothing else "")
        self.open.render(
            CommandState(
                text=word.format(counter=counter.name),
                enabled=view.open.is_enabled and not nothing,
                reason=reason,
                busy=view.open.is_busy,
            )
        )
        self._hint.setText(reason or self._about(counter))

    def _about(self, counter: CounterView) -> str:
        if counter.person:
            return self.tr("{person} has it open. You will be asked before it is taken over.").format(
                person=counter.person
            )
        if counter.number:
            return self.tr("{number} is still there; you go on with this visit.").format(
                number=counter.number
            )
        return self.tr("It stays open until you close it.")

    def _on_open_clicked(self) -> None:
        counter = self._counter()
        if counter is not None and self.open.isEnabled():
            self.open_requested.emit(counter.id, self.chosen_types)

    def _make_tiles(self, view: ClosedView) -> None:
        for tile in self.tiles:
            tile.hide()
            tile.deleteLater()
        self.tiles = [CounterTile(counter) for counter in view.counters]
        for tile in self.tiles:
            tile.clicked.connect(lambda _checked=False, tile=tile: self._choose(tile.view.id))
            tile.toggled.connect(lambda on, tile=tile: self._on_toggled(tile, on=on))
        self._chosen = None
        self._shape = (0, 0)
        self._arrange()

    def _on_toggled(self, tile: CounterTile, *, on: bool) -> None:
        if on and tile.view.id != self._chosen:
            self._choose(tile.view.id)  # moved by the arrow keys

    def _make_checks(self, types: tuple[TypeView, ...], chosen: tuple[TypeKey, ...]) -> None:
        if types != self._shown_types or not self.checks:
            for check in self.checks.values():
                check.hide()
                check.deleteLater()
            self.checks = {each.key: QCheckBox(_check_text(each)) for each in types}
            self._shown_types = types
            for check in self.checks.values():
                check.toggled.connect(self._show_open)
            self._shape = (0, 0)
            self._arrange()
        known = [key for key in chosen if key in self.checks]
        for key, check in self.checks.items():
            check.setChecked(not known or key in known)

    def _arrange(self) -> None:
        theme, room = current_theme(), self.width() - 2 * _PADDING
        columns = max(1, (room + _GAP) // (theme.px(_NARROWEST) + _GAP))
        across = max(1, room // theme.px(_CHECK_WIDTH))
        if (columns, across) == self._shape:
            return
        self._shape = (columns, across)
        for index, tile in enumerate(self.tiles):
            self._tile_grid.addWidget(tile, index // columns, index % columns)
        for index, check in enumerate(self.checks.values()):
            self._check_grid.addWidget(check, index // across, index % across)
        for column in range(self._check_grid.columnCount() + 1):
            # Side by side, not spread.
            self._check_grid.setColumnStretch(column, int(column == min(across, len(self.checks))))

    def _build(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(0)
        self._tile_grid.setSpacing(_GAP)
        self._check_grid.setHorizontalSpacing(24)
        self._check_grid.setVerticalSpacing(4)
        column.addLayout(self._tile_grid)
        column.addSpacing(20)
        column.addWidget(Label(TextRole.HEADING, self.tr("Serves")))
        column.addSpacing(4)
        column.addLayout(self._check_grid)
        column.addStretch(1)
        # What is chosen from may scroll; the button that opens stays in sight.
        area = QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setMinimumHeight(_LIST_LOWEST)
        footer = QHBoxLayout()
        footer.setSpacing(24)
        footer.addWidget(self.open)
        footer.addWidget(self._hint, 1, Qt.AlignmentFlag.AlignVCenter)
        body = self.body
        body.setSpacing(0)
        body.addWidget(Label(TextRole.TITLE, self.tr("Choose your counter")))
        body.addSpacing(16)
        body.addWidget(area, 1)
        body.addSpacing(16)
        body.addLayout(footer)


def _check_text(each: TypeView) -> str:
    name = each.name.replace("&", "&&")  # one would underline the next letter
    return f"{each.prefix}  {name}"


def _first_choice(view: ClosedView) -> CounterId:
    ids = [counter.id for counter in view.counters]
    if view.suggested in ids and view.suggested is not None:
        return view.suggested
    free = [counter.id for counter in view.counters if not counter.person]
    return (free or ids)[0]
