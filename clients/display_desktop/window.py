"""The display's window: the board, or how to connect this screen; full screen, without a pointer.

MUST: nothing here takes input from the room.
"""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QStackedWidget, QWidget

from clients.core.settings import ClientSettings
from clients.display_desktop.widgets.board import Board
from clients.display_desktop.widgets.board_state import PairingState
from clients.display_desktop.widgets.pairing_screen import PairingScreen


class DisplayWindow(QStackedWidget):
    """Shows one of the two, on the screen that was chosen."""

    def __init__(self, settings: ClientSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("display_window")
        self.setWindowTitle("Callboard")
        self.board = Board()
        self.pairing = PairingScreen()
        self.addWidget(self.board)
        self.addWidget(self.pairing)
        self._settings = settings
        self._is_windowed = settings.windowed or settings.geometry is not None
        if not self._is_windowed:
            self.setCursor(Qt.CursorShape.BlankCursor)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            # A cable pulled and put back must not leave the board on the wrong screen.
            app.screenAdded.connect(lambda _screen: self.place())
            app.screenRemoved.connect(lambda _screen: self.place())

    def show_board(self) -> None:
        """Show the board."""
        self.setCurrentWidget(self.board)

    def show_pairing(self, state: PairingState) -> None:
        """Show how to connect this screen."""
        self.pairing.render(state)
        self.setCurrentWidget(self.pairing)

    def place(self) -> None:
        """Go where the settings say, and show."""
        if self._settings.geometry is not None:
            self.setGeometry(QRect(*self._settings.geometry))
            self.show()
        elif self._settings.windowed:
            self.resize(1280, 720)
            self.show()
        else:
            self._fill(chosen_screen(self._settings.monitor))

    def _fill(self, screen: QScreen | None) -> None:
        if screen is None:
            return  # every screen is unplugged; `screenAdded` brings us back
        self.setScreen(screen)
        self.setGeometry(screen.geometry())
        self.showFullScreen()


def chosen_screen(monitor: str | None) -> QScreen | None:
    """The screen by number from 1 or by name; the primary one where there is none such."""
    screens = QGuiApplication.screens()
    if monitor is not None and monitor.isdecimal() and 0 < int(monitor) <= len(screens):
        return screens[int(monitor) - 1]
    named = [screen for screen in screens if screen.name() == monitor]
    return named[0] if named else QGuiApplication.primaryScreen()
