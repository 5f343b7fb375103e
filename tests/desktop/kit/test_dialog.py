"""Dialogs and menus: where the focus begins, what Enter and Esc do."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clients.qt_kit.widgets.dialog import Dialog
from clients.qt_kit.widgets.field import Field
from clients.qt_kit.widgets.menu import Menu


def opened(dialog: Dialog, qtbot: QtBot) -> Dialog:
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


class TestDialog:
    def test_begins_in_its_first_input_and_enter_is_the_verb(self, qtbot: QtBot) -> None:
        dialog = Dialog("Transfer A012", action="Transfer")
        field = Field("Reason")
        dialog.body.addWidget(field)
        opened(dialog, qtbot)
        assert QApplication.focusWidget() is field.input
        with qtbot.waitSignal(dialog.accepted):
            qtbot.keyClick(field.input, Qt.Key.Key_Return)

    def test_a_disabled_verb_is_not_given_by_enter(self, qtbot: QtBot) -> None:
        dialog = Dialog("Transfer A012", action="Transfer")
        field = Field("Reason")
        dialog.body.addWidget(field)
        dialog.action.setEnabled(False)
        opened(dialog, qtbot)
        with qtbot.assertNotEmitted(dialog.accepted):
            qtbot.keyClick(field.input, Qt.Key.Key_Return)

    def test_begins_on_cancel_where_the_verb_destroys(self, qtbot: QtBot) -> None:
        dialog = opened(Dialog("Revoke display?", action="Revoke display", kind="danger_primary"), qtbot)
        focus = QApplication.focusWidget()
        assert focus is not None
        with qtbot.waitSignal(dialog.rejected):
            qtbot.keyClick(focus, Qt.Key.Key_Return)

    def test_esc_cancels(self, qtbot: QtBot) -> None:
        dialog = opened(Dialog("Break", action="Start break"), qtbot)
        with qtbot.waitSignal(dialog.rejected):
            qtbot.keyClick(dialog, Qt.Key.Key_Escape)


class TestMenu:
    def test_has_round_corners(self, qtbot: QtBot) -> None:
        menu = Menu()
        qtbot.addWidget(menu)
        menu.addAction("Sign out")
        menu.ensurePolished()
        menu.resize(menu.sizeHint())
        image = menu.grab().toImage()
        assert image.pixelColor(0, 0).alpha() == 0
        assert image.pixelColor(image.width() // 2, 3).alpha() == 255
