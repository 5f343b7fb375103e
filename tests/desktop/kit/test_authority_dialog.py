"""Confirming a server by its fingerprint: what is shown, and that no reflex confirms it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from clients.qt_kit.widgets.authority_dialog import COMMAND, AuthorityDialog
from shared.authorities import fingerprint

SHOWN = fingerprint(b"an authority")


def opened(qtbot: QtBot) -> AuthorityDialog:
    dialog = AuthorityDialog(server="https://queue.city.example:8600", fingerprint=SHOWN)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def groups(dialog: AuthorityDialog) -> list[QLabel]:
    return dialog.fingerprint.findChildren(QLabel)


class TestAuthorityDialog:
    def test_all_groups_can_be_read_in_order(self, qtbot: QtBot) -> None:
        dialog = opened(qtbot)
        assert [label.text() for label in groups(dialog)] == SHOWN.split()
        places = [(label.y(), label.x()) for label in groups(dialog)]
        assert places == sorted(places)
        assert len({y for y, _ in places}) == 4
        words = " ".join(label.text() for label in dialog.findChildren(QLabel))
        assert "https://queue.city.example:8600" in words
        assert COMMAND in words

    def test_they_read_from_left_to_right_in_arabic_too(self, qtbot: QtBot) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        try:
            dialog = opened(qtbot)
            places = [(label.y(), label.x()) for label in groups(dialog)]
        finally:
            app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        assert places == sorted(places)

    def test_enter_and_escape_trust_nobody(self, qtbot: QtBot) -> None:
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
            dialog = opened(qtbot)
            focus = QApplication.focusWidget()
            assert focus is not None
            with qtbot.assertNotEmitted(dialog.accepted), qtbot.waitSignal(dialog.rejected):
                qtbot.keyClick(focus, key)
        dialog = opened(qtbot)
        with qtbot.assertNotEmitted(dialog.accepted, wait=100):
            qtbot.keyClick(dialog, Qt.Key.Key_Return)

    def test_only_its_own_button_confirms(self, qtbot: QtBot) -> None:
        dialog = opened(qtbot)
        with qtbot.waitSignal(dialog.accepted):
            dialog.action.click()
