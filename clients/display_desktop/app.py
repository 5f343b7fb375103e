"""The display app, put together."""

import platform

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from clients.core.client import ClientConfig
from clients.core.credentials import CredentialStore
from clients.core.from_settings import client_config, credential_store
from clients.core.settings import ClientSettings
from clients.display_desktop.keep_awake import KeepAwake
from clients.display_desktop.pairing import PairingPresenter, Place
from clients.display_desktop.presenter import Presenter
from clients.display_desktop.widgets.board_state import BoardState
from clients.display_desktop.window import DisplayWindow, chosen_screen
from clients.qt_kit.link import Link
from clients.qt_kit.remote import Remote
from clients.qt_kit.run_app import RunningApp, RunSettings
from clients.qt_kit.store import Store
from shared.ids import Audience


class DisplayApp(QObject):
    """Owns the window and everything behind it, until `stop`.

    Args:
        device_key: None: the remembered one, and without one the screen is paired.
    """

    def __init__(
        self,
        settings: ClientSettings,
        *,
        config: ClientConfig,
        credentials: CredentialStore | None,
        device_key: str | None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        machine = platform.node() or self.tr("This screen")
        place = Place(machine=machine, screen=self._screen_words(), server=settings.server)
        self.window = DisplayWindow(settings)
        self.link = Link(config, credentials, self)
        self.store = Store(self.link, self)
        self.presenter = Presenter(link=self.link, store=self.store, server=settings.server, parent=self)
        self.pairing = PairingPresenter(link=self.link, place=place, parent=self)
        self._awake = KeepAwake(self)
        self._remote = (
            Remote(settings.demo_socket, self.window, parent=self) if settings.demo_socket else None
        )
        self.window.board.set_reduced_motion(bool(settings.reduced_motion))
        self.presenter.board_changed.connect(self._on_board)
        self.pairing.changed.connect(self.window.show_pairing)
        self.window.board.painted.connect(self._on_painted)
        self.link.connection_changed.connect(self._on_connection)
        self.link.start_device(device_key, machine=machine)

    def stop(self) -> None:
        """Close the connection and keep what is known for the next start."""
        self.link.stop()

    def _on_board(self, board: BoardState) -> None:
        self.window.board.render(board)

    def _on_connection(self) -> None:
        if self.store.is_live:
            self.pairing.end()
            self.window.show_board()

    def _on_painted(self, revision: int) -> None:
        self.presenter.on_painted(revision)
        if self._remote is not None:
            self._remote.note("painted", revision=revision)

    def _screen_words(self) -> str:
        screen = chosen_screen(self._settings.monitor)
        if screen is None:
            return ""
        width, height = screen.size().width(), screen.size().height()
        shape = self.tr("portrait") if height > width else self.tr("landscape")
        return f"{shape}, {width} × {height}"


def run_settings(settings: ClientSettings) -> RunSettings:
    """How the display starts: its own look, and no message that a hand would have to close."""
    return RunSettings(
        app="display",
        title="Callboard Display",
        profile=settings.profile,
        theme="display",
        language=settings.language,
        tells_errors=False,
    )


def build_window(running: RunningApp, settings: ClientSettings, device_key: str | None) -> QWidget:
    """The window, shown and connected; everything ends when the app does."""
    app = DisplayApp(
        settings,
        config=client_config(settings, Audience.DISPLAY),
        credentials=credential_store(settings, Audience.DISPLAY),
        device_key=device_key,
        parent=running.qt,
    )
    running.qt.aboutToQuit.connect(app.stop)
    app.window.place()
    return app.window
