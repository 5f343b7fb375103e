"""The ring comes with the keyboard and goes with the mouse."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from clients.qt_kit.focus_ring import FocusRing
from clients.qt_kit.theme import Theme
from clients.qt_kit.widgets.command_button import CommandButton


@pytest.fixture
def ring(qapp: QApplication) -> Iterator[FocusRing]:
    made = FocusRing(qapp)
    yield made
    qapp.focusChanged.disconnect(made._on_focus_changed)
    made.deleteLater()


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    layout = QVBoxLayout(made)
    layout.setContentsMargins(24, 24, 24, 24)
    for word in ("Start", "Transfer", "Park"):
        layout.addWidget(CommandButton(word))
    layout.addWidget(QLineEdit())
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def tool_pixels(window: QWidget) -> int:
    image = window.grab().toImage()
    tool = Theme().color("tool").rgb()
    return sum(image.pixel(x, y) == tool for x in range(image.width()) for y in range(image.height()))


class TestFocusRing:
    def test_is_drawn_after_the_tab_key_only(self, ring: FocusRing, window: QWidget, qtbot: QtBot) -> None:
        first, second, third = window.findChildren(CommandButton)
        qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
        assert ring.target is None
        assert tool_pixels(window) == 0
        qtbot.keyClick(first, Qt.Key.Key_Tab)
        assert ring.target is second
        assert tool_pixels(window) > 2 * (second.width() + second.height())
        qtbot.mouseClick(third, Qt.MouseButton.LeftButton)
        assert ring.target is None
        assert tool_pixels(window) == 0

    def test_is_not_drawn_for_a_focus_that_nobody_moved_by_key(
        self, ring: FocusRing, window: QWidget, qtbot: QtBot
    ) -> None:
        first, second, _third = window.findChildren(CommandButton)
        qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
        second.setFocus()
        assert QApplication.focusWidget() is second
        assert ring.target is None

    def test_goes_when_the_mouse_presses_the_same_button(
        self, ring: FocusRing, window: QWidget, qtbot: QtBot
    ) -> None:
        first, second, _third = window.findChildren(CommandButton)
        first.setFocus()
        qtbot.keyClick(first, Qt.Key.Key_Tab)
        qtbot.mouseClick(second, Qt.MouseButton.LeftButton)
        assert ring.target is None

    def test_follows_the_button(self, ring: FocusRing, window: QWidget, qtbot: QtBot) -> None:
        first, second, _third = window.findChildren(CommandButton)
        first.setFocus()
        qtbot.keyClick(first, Qt.Key.Key_Tab)
        window.resize(500, 400)
        qtbot.waitUntil(lambda: second.width() > 400)
        assert ring._overlay is not None
        assert ring._overlay.geometry() == second.geometry().adjusted(-4, -4, 4, 4)

    def test_leaves_inputs_their_own_border(self, ring: FocusRing, window: QWidget, qtbot: QtBot) -> None:
        last = window.findChildren(CommandButton)[-1]
        last.setFocus()
        qtbot.keyClick(last, Qt.Key.Key_Tab)
        assert isinstance(QApplication.focusWidget(), QLineEdit)
        assert ring.target is None

    def test_survives_the_end_of_its_window(self, ring: FocusRing, window: QWidget, qtbot: QtBot) -> None:
        other = QWidget()
        layout = QVBoxLayout(other)
        area = QScrollArea()
        inner = QWidget()
        inner_layout = QVBoxLayout(inner)
        button, next_button = CommandButton("A"), CommandButton("B")
        inner_layout.addWidget(button)
        inner_layout.addWidget(next_button)
        area.setWidget(inner)
        layout.addWidget(area)
        other.show()
        other.activateWindow()
        qtbot.waitUntil(other.isActiveWindow)
        button.setFocus()
        qtbot.keyClick(button, Qt.Key.Key_Tab)
        assert ring.target is next_button
        assert ring._overlay is not None
        assert ring._overlay.parentWidget() is area.viewport()
        with qtbot.waitSignal(other.destroyed):
            other.deleteLater()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        first, second, _third = window.findChildren(CommandButton)
        first.setFocus()
        qtbot.keyClick(first, Qt.Key.Key_Tab)
        assert ring.target is second
