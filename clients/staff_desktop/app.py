"""The staff app, put together."""

import functools

from pydantic import ValidationError
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from clients.core.from_settings import client_config, credential_store
from clients.core.settings import ClientSettings
from clients.qt_kit.link import Link
from clients.qt_kit.remote import Remote
from clients.qt_kit.run_app import TRANSLATIONS, RunningApp, RunSettings, set_language
from clients.qt_kit.store import Store
from clients.staff_desktop.choices import Choices
from clients.staff_desktop.presenter import Presenter
from clients.staff_desktop.widgets.person_menu import PersonMenu
from clients.staff_desktop.widgets.server_dialog import ServerDialog
from clients.staff_desktop.widgets.staff_window import StaffWindow
from shared.ids import Audience

LANGUAGES = {"en": "English", "es": "Español", "fr": "Français", "ar": "العربية"}
FIRST_SIZE = (1366, 768)


class StaffApp(QObject):
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
        self.window = StaffWindow()
        self._kept = running.keep_window_state(self.window)
        self._choices = Choices(self._kept, settings)
        self._choices.apply_look(running.look)
        if (language := self._choices.language) != settings.language:
            self._use_language(language)
        self._settings = self._choices.with_server(settings)
        self.window.server_change_requested.connect(self._on_server_change)
        self.window.menu_requested.connect(self._on_menu)
        self._join(counter_label=settings.counter)
        self._remote = self._make_remote(settings)
        self.presenter.begin(sign_in)

    def place(self) -> None:
        """Put the window where the settings say, or where it was."""
        if self._settings.geometry is not None:
            self.window.setGeometry(*self._settings.geometry)
        elif not self._kept.restore():
            self.window.resize(*FIRST_SIZE)

    def stop(self) -> None:
        """Close the connection and keep what is known for the next start."""
        self.link.stop()

    # One server's part, made again for another server

    def _join(self, *, counter_label: str | None = None) -> None:
        settings = self._settings
        self.link = Link(
            client_config(settings, Audience.STAFF), credential_store(settings, Audience.STAFF), self
        )
        self.store = Store(self.link, self)
        self.presenter = presenter = Presenter(
            link=self.link,
            store=self.store,
            choices=self._choices,
            server=settings.server,
            counter_label=counter_label,
            parent=self,
        )
        join(presenter, self.window)

    def _part(self) -> None:
        self.link.stop()
        for part in (self.presenter, self.store, self.link):
            part.deleteLater()

    def _make_remote(self, settings: ClientSettings) -> Remote | None:
        if settings.demo_socket is None:
            return None
        # By name: the presenter is another one after a change of server.
        presses = {
            name: functools.partial(self._press, name)
            for name in ("call_next", "recall", "start", "complete", "no_show")
        }
        return Remote(settings.demo_socket, self.window, presses, self)

    def _press(self, name: str) -> None:
        getattr(self.presenter, name)()

    # What concerns more than the presenter

    def _on_menu(self, menu: PersonMenu) -> None:
        look = self._running.look
        menu.render(
            self.window.view.top,
            languages=languages(),
            theme=look.choice,
            text_size=look.theme.text_scale,
            language=self._choices.language or "en",
        )
        menu.theme_chosen.connect(lambda choice: self._choices.choose_theme(look, choice))
        menu.text_size_chosen.connect(lambda scale: self._choices.choose_text_scale(look, scale))
        menu.language_chosen.connect(self._on_language)
        menu.close_counter_requested.connect(self.presenter.close_counter)
        menu.sign_out_requested.connect(self.presenter.sign_out)

    def _on_language(self, code: str) -> None:
        self._choices.keep_language(code)
        self._use_language(code)
        self.window.rebuild()

    def _use_language(self, code: str | None) -> None:
        set_language(self._running.qt, code)
        self._running.look.refresh()

    def _on_server_change(self) -> None:
        dialog = ServerDialog(self._settings.server, refuse=self._refuse_server, parent=self.window)
        dialog.accepted.connect(lambda: self._use_server(dialog.address.text.strip()))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _refuse_server(self, address: str) -> str:
        try:
            self._choices.with_address(self._settings, address)
        except ValidationError:
            return self.tr("This is no address. http://callboard.example:8600 would be one.")
        return ""

    def _use_server(self, address: str) -> None:
        self._settings = self._choices.with_address(self._settings, address)
        self._choices.keep_server(self._settings.server)
        self._part()
        self._join()
        self.presenter.begin(None)


def join(presenter: Presenter, window: StaffWindow) -> None:
    """Views to the window, intents to the presenter; Qt drops the connections of what is deleted."""
    presenter.view_changed.connect(window.render)
    presenter.take_over_asked.connect(window.ask_take_over)
    window.sign_in_requested.connect(presenter.sign_in)
    window.open_requested.connect(presenter.open_counter)
    window.take_over_confirmed.connect(presenter.take_over)
    window.call_next_requested.connect(presenter.call_next)
    window.call_requested.connect(presenter.call_this_one)
    window.recall_requested.connect(presenter.recall)
    window.start_requested.connect(presenter.start)
    window.complete_requested.connect(presenter.complete)
    window.no_show_requested.connect(presenter.no_show)
    window.cancel_confirmed.connect(presenter.cancel)
    window.token_panel_opened.connect(presenter.begin_token)
    window.create_requested.connect(presenter.create)


def languages() -> dict[str, str]:
    """The languages that can be chosen, code -> own name: English, and those that are translated."""
    return {
        code: name
        for code, name in LANGUAGES.items()
        if code == "en" or (TRANSLATIONS / f"callboard_{code}.qm").is_file()
    }


def run_settings(settings: ClientSettings) -> RunSettings:
    """How the staff app starts."""
    return RunSettings(
        app="staff",
        title="Callboard Staff",
        profile=settings.profile,
        theme=settings.theme,
        text_scale=settings.text_scale,
        language=settings.language,
    )


def build_window(running: RunningApp, settings: ClientSettings, sign_in: tuple[str, str] | None) -> QWidget:
    """The window, connected; everything ends when the app does."""
    app = StaffApp(running, settings, sign_in, parent=running.qt)
    running.qt.aboutToQuit.connect(app.stop)
    app.place()
    return app.window
