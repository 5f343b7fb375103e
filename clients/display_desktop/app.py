"""The display app, put together."""

import platform
from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from clients.core.client import ClientConfig
from clients.core.credentials import CredentialStore
from clients.core.from_settings import client_config, credential_store
from clients.core.settings import ClientSettings
from clients.display_desktop.keep_awake import KeepAwake
from clients.display_desktop.presenter import Presenter
from clients.display_desktop.widgets.board_state import BoardState, PairingState, PairingStep
from clients.display_desktop.window import DisplayWindow, chosen_screen
from clients.qt_kit.link import Link
from clients.qt_kit.remote import Remote
from clients.qt_kit.run_app import RunningApp, RunSettings
from clients.qt_kit.setup_watch import SetupWatch
from clients.qt_kit.store import Store
from clients.qt_kit.widgets.authority_dialog import COMMAND
from shared.ids import Audience

ADD_DEVICE = "callboard-server device add Lobby"


class DisplayApp(QObject):
    """Owns the window and everything behind it, until `stop`.

    Args:
        device_key: None: the remembered one.
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
        self.window = DisplayWindow(settings, self._not_connected())
        self.link = Link(config, credentials, self)
        self.store = Store(self.link, self)
        self.presenter = Presenter(link=self.link, store=self.store, server=settings.server, parent=self)
        self._awake = KeepAwake(self)
        self._remote = (
            Remote(settings.demo_socket, self.window, parent=self) if settings.demo_socket else None
        )
        self.window.board.set_reduced_motion(bool(settings.reduced_motion))
        self.presenter.board_changed.connect(self._on_board)
        self._setup = SetupWatch(self.link, self)
        self._setup.changed.connect(self._show_why)
        self._why: Callable[[], PairingState] | None = None
        self.presenter.refused.connect(lambda _problem: self._stand_outside(self._refused))
        self.presenter.no_key.connect(lambda: self._stand_outside(self._not_connected))
        self.window.board.painted.connect(self._on_painted)
        self.link.connection_changed.connect(self._on_connection)
        self.link.authority_offered.connect(
            lambda offered: self.window.show_pairing(self._not_trusted(offered.fingerprint))
        )
        self.link.start_device(device_key)

    def stop(self) -> None:
        """Close the connection and keep what is known for the next start."""
        self.link.stop()

    def _on_board(self, board: BoardState) -> None:
        self.window.board.render(board)

    def _on_connection(self) -> None:
        if self.store.is_live:
            self._why = None
            self._setup.stop()
            self.window.show_board()

    def _stand_outside(self, why: Callable[[], PairingState]) -> None:
        self._why = why
        self._setup.begin()
        self._show_why()

    def _show_why(self) -> None:
        """Say why there is no board, unless no screen could have one here."""
        if self._why is not None:
            is_empty = self._setup.state is not None
            self.window.show_pairing(self._not_set_up() if is_empty else self._why())

    def _on_painted(self, revision: int) -> None:
        self.presenter.on_painted(revision)
        if self._remote is not None:
            self._remote.note("painted", revision=revision)

    def _not_connected(self) -> PairingState:
        return self._pairing(
            title=self.tr("Connect this screen"),
            text=self.tr("It has no device key yet, so the server does not know whose calls to show here."),
            steps=(
                PairingStep(title=self.tr("On the server"), text=ADD_DEVICE),
                PairingStep(title=self.tr("Save the key in a file"), text="device-key.txt"),
                PairingStep(title=self.tr("Start with"), text="--device-key-file device-key.txt"),
            ),
        )

    def _not_trusted(self, fingerprint: str) -> PairingState:
        """Nobody confirms anything at a wall: whoever sets the screen up writes the fingerprint down."""
        return self._pairing(
            title=self.tr("Is this the right server?"),
            text=self.tr(
                "This screen does not know it yet, and has sent it nothing. "
                "Its authority has the fingerprint {fingerprint}"
            ).format(fingerprint=f"\u2066{fingerprint}\u2069"),  # in one piece, from left to right
            steps=(
                PairingStep(title=self.tr("Compare it on the server"), text=COMMAND),
                PairingStep(title=self.tr("Write it into client.toml"), text='ca_fingerprint = "…"'),
                PairingStep(title=self.tr("Start this screen anew"), text="callboard-display"),
            ),
        )

    def _not_set_up(self) -> PairingState:
        return self._pairing(
            title=self.tr("This server has not been set up yet"),
            text=self.tr(
                "An admin does that first, in the admin console; then this screen can be connected."
            ),
            steps=(),
        )

    def _refused(self) -> PairingState:
        return self._pairing(
            title=self.tr("This screen is not known here"),
            text=self.tr(
                "The server does not take its device key: it was revoked, or is another server's. "
                "It asks again every minute."
            ),
            steps=(
                PairingStep(title=self.tr("Make a new key on the server"), text=ADD_DEVICE),
                PairingStep(title=self.tr("Start with"), text="--device-key-file device-key.txt"),
            ),
        )

    def _pairing(self, *, title: str, text: str, steps: tuple[PairingStep, ...]) -> PairingState:
        return PairingState(
            title=title,
            text=text,
            steps=steps,
            machine=platform.node(),
            screen=self._screen_words(),
            server=self._settings.server,
        )

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
