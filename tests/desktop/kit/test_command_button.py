"""The command button: what it says while it is busy or refused, and who can press it."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from clients.qt_kit.theme import ThemeProvider
from clients.qt_kit.widgets.command_button import (
    BUSY_SHOWN_AFTER_MS,
    ButtonSize,
    CommandButton,
    CommandState,
)
from clients.qt_kit.widgets.key_cap import key_text


@pytest.fixture
def button(qtbot: QtBot) -> CommandButton:
    made = CommandButton("Complete", kind="primary", size=ButtonSize.COMMAND, key="F5")
    qtbot.addWidget(made)
    made.show()
    return made


class TestBusy:
    def test_keeps_the_width(self, button: CommandButton, qtbot: QtBot) -> None:
        before = button.sizeHint()
        button.render(CommandState(text="Complete", busy=True))
        qtbot.waitUntil(lambda: button.shows_busy)
        assert button.sizeHint() == before
        assert button.grab().size() == before

    def test_looks_different_only_after_a_while(self, button: CommandButton, qtbot: QtBot) -> None:
        rest = button.grab().toImage()
        button.render(CommandState(text="Complete", busy=True))
        assert button.grab().toImage() == rest
        qtbot.waitUntil(lambda: button.shows_busy, timeout=BUSY_SHOWN_AFTER_MS * 20)
        assert button.grab().toImage() != rest

    def test_a_quick_answer_never_shows_it(self, button: CommandButton, qtbot: QtBot) -> None:
        button.render(CommandState(text="Complete", busy=True))
        button.render(CommandState(text="Complete"))
        with qtbot.assertNotEmitted(button._busy_turns.timeout, wait=2 * BUSY_SHOWN_AFTER_MS):
            pass
        assert not button.shows_busy

    def test_a_second_press_does_nothing(self, button: CommandButton, qtbot: QtBot) -> None:
        presses: list[bool] = []
        button.clicked.connect(lambda: presses.append(True))
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        button.render(CommandState(text="Complete", busy=True))
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        qtbot.keyClick(button, Qt.Key.Key_Space)
        qtbot.keyClick(button, Qt.Key.Key_Return)
        assert len(presses) == 1


class TestRefused:
    def test_says_why(self, button: CommandButton) -> None:
        button.render(CommandState(text="Complete", enabled=False, reason="Only before service starts."))
        assert not button.isEnabled()
        assert button.toolTip() == "Only before service starts."
        assert button.accessibleDescription() == "Only before service starts."

    def test_forgets_the_reason_when_it_is_free_again(self, button: CommandButton) -> None:
        button.render(CommandState(text="Complete", enabled=False, reason="No connection."))
        button.render(CommandState(text="Complete"))
        assert button.isEnabled()
        assert button.toolTip() == ""

    def test_call_next_writes_it_below(self, qtbot: QtBot) -> None:
        hero = CommandButton("Call next", kind="call", size=ButtonSize.HERO, key="F2")
        qtbot.addWidget(hero)
        hero.resize(860, hero.sizeHint().height())
        hero.render(CommandState(text="Call next", enabled=False))
        silent = hero.grab().toImage()
        hero.render(
            CommandState(
                text="Call next",
                enabled=False,
                reason="Nobody is waiting for your types.",
            )
        )
        assert hero.grab().toImage() != silent


class TestKeyboard:
    @pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter])
    def test_a_focused_button_is_pressed_by(self, key: Qt.Key, button: CommandButton, qtbot: QtBot) -> None:
        with qtbot.waitSignal(button.clicked):
            qtbot.keyClick(button, key)

    def test_its_own_key_presses_it_from_anywhere_in_the_window(self, qtbot: QtBot) -> None:
        window = QWidget()
        qtbot.addWidget(window)
        layout = QVBoxLayout(window)
        button, other = CommandButton("Start", key="F4"), CommandButton("Other")
        layout.addWidget(button)
        layout.addWidget(other)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        other.setFocus()
        clicks: list[str] = []
        button.clicked.connect(lambda: clicks.append(button.state.text))
        qtbot.keyClick(other, Qt.Key.Key_F4)
        assert clicks == ["Start"]  # at once: a command does not wait for an animation
        button.set_key("F5")
        qtbot.keyClick(other, Qt.Key.Key_F5)
        assert clicks == ["Start", "Start"]

    @pytest.mark.parametrize(
        ("key", "text"),
        [("Ctrl+N", "Ctrl N"), ("F2", "F2"), ("Return", "Enter"), ("Del", "Del")],
    )
    def test_the_cap_reads_as_the_keyboard_does(self, key: str, text: str) -> None:
        assert key_text(key) == text


class TestPainting:
    def test_primary_is_ink_and_turns_white_in_the_dark(self, qtbot: QtBot, qapp: QApplication) -> None:
        button = CommandButton("Complete", kind="primary", size=ButtonSize.COMMAND)
        qtbot.addWidget(button)  # not shown, so that no pointer hovers over it
        button.resize(button.sizeHint())
        inside = QPoint(6, button.height() // 2)
        assert button.grab().toImage().pixelColor(inside).name() == "#14181f"
        ThemeProvider.of(qapp).set_choice("dark")
        assert button.grab().toImage().pixelColor(inside).name() == "#f2f4f6"

    def test_mirrors_from_right_to_left(self, button: CommandButton) -> None:
        before = button.grab().toImage()
        button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        after = button.grab().toImage()
        assert after != before
        assert after.size() == before.size()
