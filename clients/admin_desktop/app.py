"""The admin console, put together."""

from pydantic import ValidationError
from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QWidget

from clients.admin_desktop.choices import Choices
from clients.admin_desktop.pages import PAGES
from clients.admin_desktop.presenter import Presenter
from clients.admin_desktop.widgets.person_menu import PersonMenu
from clients.admin_desktop.widgets.server_dialog import ServerDialog
from clients.admin_desktop.window import AdminWindow
from clients.admin_desktop.words import tr
from clients.core.from_settings import client_config, credential_store
from clients.core.settings import ClientSettings
from clients.qt_kit.link import Link
from clients.qt_kit.remote import Remote
from clients.qt_kit.run_app import TRANSLATIONS, RunningApp, RunSettings, set_language
from clients.qt_kit.store import Store
from shared.ids import Audience

LANGUAGES = {"en": "English", "es": "Español", "fr": "Français", "ar": "العربية"}


class AdminApp(QObject):
    """Owns the window and everything behind it, until `stop`.

    Args:
        sign_in: a user name and password that the settings gave; None: what is remembered, or the form.
    """

    def __init__(
        self,
        running: RunningApp,
        settings: ClientSettings,
        sign_in: tuple[str, str] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._running = running
        self.window = AdminWindow(PAGES)
        self._kept = running.keep_window_state(self.window)
        self._choices = Choices(self._kept, settings)
        self._choices.apply_look(running.look)
        if (language := self._choices.language) != settings.language:
            self._use_language(language)
        self._settings = self._choices.with_server(settings)
        self.window.server_change_requested.connect(self._on_server_change)
        self.window.menu_requested.connect(self._on_menu)
        self._join()
        self._remote = self._make_remote(settings)
        if sign_in is not None:
            self.presenter.sign_in(*sign_in, typed=False)
        else:
            self.presenter.resume()

    def place(self) -> None:
        """Put the window where the settings say, or where it was."""
        if self._settings.geometry is not None:
            self.window.setGeometry(*self._settings.geometry)
        else:
            self._kept.restore()

    def stop(self) -> None:
        """Close the connection and keep what is known for the next start."""
        self.link.stop()

    # One server's part, made again for another server

    def _join(self) -> None:
        settings = self._settings
        self.link = Link(
            client_config(settings, Audience.ADMIN), credential_store(settings, Audience.ADMIN), self
        )
        self.store = Store(self.link, self)
        self.presenter = presenter = Presenter(self.link, self.store, server=settings.server, parent=self)
        presenter.not_remembered.connect(self._on_not_remembered)
        join(presenter, self.window)

    def _part(self) -> None:
        self.link.stop()
        for part in (self.presenter, self.store, self.link):
            part.deleteLater()

    def _make_remote(self, settings: ClientSettings) -> Remote | None:
        if settings.demo_socket is None:
            return None
        presses = {page.key: lambda key=page.key: self.presenter.open_page(key) for page in PAGES}
        return Remote(settings.demo_socket, self.window, presses, self)

    # What concerns more than the presenter

    def _on_server_change(self) -> None:
        dialog = ServerDialog(self._settings.server, refuse=self._refuse_server, parent=self.window)
        dialog.accepted.connect(lambda: self._use_server(dialog.address.text.strip()))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _refuse_server(self, address: str) -> str:
        try:
            self._choices.with_address(self._settings, address)
        except ValidationError:
            return tr("This is no address. http://callboard.example:8600 would be one.")
        return ""

    def _use_server(self, address: str) -> None:
        self._settings = self._choices.with_address(self._settings, address)
        self._choices.keep_server(self._settings.server)
        self._part()
        self._join()
        self.presenter.resume()

    def _on_not_remembered(self) -> None:
        self.window.tell(tr("This computer does not remember you: the next start asks again."))

    def _on_menu(self) -> None:
        look = self._running.look
        console = self.presenter.view().console
        menu = PersonMenu(
            theme=look.choice,
            text_scale=look.theme.text_scale,
            language=self._choices.language or "en",
            languages=languages(),
            is_remembered=console is None or console.is_remembered,
            parent=self.window,
        )
        menu.theme_chosen.connect(lambda choice: self._choices.choose_theme(look, choice))
        menu.text_scale_chosen.connect(lambda scale: self._choices.choose_text_scale(look, scale))
        menu.language_chosen.connect(self._on_language)
        menu.sign_out_chosen.connect(self.presenter.sign_out)
        menu.aboutToHide.connect(menu.deleteLater)
        person = self.window.console.sidebar.person
        menu.popup(person.mapToGlobal(QPoint(0, -menu.sizeHint().height() - 4)))

    def _on_language(self, code: str) -> None:
        self._choices.keep_language(code)
        self._use_language(code)
        self.window.rebuild()

    def _use_language(self, code: str | None) -> None:
        set_language(self._running.qt, code)
        self._running.look.refresh()


def join(presenter: Presenter, window: AdminWindow) -> None:
    """Let a window show what a presenter knows, and a presenter hear what a person does.

    It lasts as long as the presenter: Qt drops the connections of what is deleted.
    """
    presenter.view_changed.connect(window.render)
    window.sign_in_requested.connect(presenter.sign_in)
    window.page_chosen.connect(presenter.open_page)
    window.new_token_requested.connect(presenter.new_token)
    window.create_requested.connect(presenter.create_token)
    window.new_token_closed.connect(presenter.close_new_token)
    window.retry_requested.connect(presenter.try_again)


def languages() -> dict[str, str]:
    """The languages that can be chosen, code -> own name: English, and those that are translated."""
    return {
        code: name
        for code, name in LANGUAGES.items()
        if code == "en" or (TRANSLATIONS / f"callboard_{code}.qm").is_file()
    }


def run_settings(settings: ClientSettings) -> RunSettings:
    """How the console starts."""
    return RunSettings(
        app="admin",
        title="Callboard Admin",
        profile=settings.profile,
        theme=settings.theme,
        text_scale=settings.text_scale,
        language=settings.language,
    )


def build_window(running: RunningApp, settings: ClientSettings, sign_in: tuple[str, str] | None) -> QWidget:
    """The window, connected; everything ends when the app does."""
    app = AdminApp(running, settings, sign_in, parent=running.qt)
    running.qt.aboutToQuit.connect(app.stop)
    app.place()
    return app.window
