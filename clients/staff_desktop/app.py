"""The staff app, put together."""

import functools

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from clients.core.settings import ClientSettings
from clients.qt_kit.choices import languages
from clients.qt_kit.person_app import PersonApp
from clients.qt_kit.remote import Remote
from clients.qt_kit.run_app import RunningApp, RunSettings
from clients.staff_desktop.choices import Choices
from clients.staff_desktop.presenter import Presenter
from clients.staff_desktop.widgets.person_menu import PersonMenu
from clients.staff_desktop.widgets.staff_window import StaffWindow
from shared.ids import Audience

FIRST_SIZE = (1366, 768)


class StaffApp(PersonApp):
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
        self.window = StaffWindow()
        self._kept = running.keep_window_state(self.window)
        self._own_choices = Choices(self._kept, settings)
        self._first_counter = settings.counter
        super().__init__(
            running,
            settings,
            audience=Audience.STAFF,
            host=self.window,
            choices=self._own_choices,
            parent=parent,
        )
        self.window.server_change_requested.connect(self.change_server)
        self.window.menu_requested.connect(self._on_menu)
        self._remote = self._make_remote(settings)
        self.presenter.begin(sign_in)

    def place(self) -> None:
        """Put the window where the settings say, or where it was."""
        if self._settings.geometry is not None:
            self.window.setGeometry(*self._settings.geometry)
        elif not self._kept.restore():
            self.window.resize(*FIRST_SIZE)

    def _connect(self) -> QObject:
        # The counter that the settings name is this server's, and none of another's.
        counter_label, self._first_counter = self._first_counter, None
        self.presenter = presenter = Presenter(
            link=self.link,
            store=self.store,
            choices=self._own_choices,
            server=self._settings.server,
            counter_label=counter_label,
            parent=self,
        )
        join(presenter, self.window)
        return presenter

    def _begin_again(self) -> None:
        self.presenter.begin(None)

    def _rebuild(self) -> None:
        self.window.rebuild()

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

    def _on_menu(self, menu: PersonMenu) -> None:
        look = self._running.look
        menu.render(
            self.window.view.top,
            self.window.desk.top.break_action,
            languages=languages(),
            theme=look.choice,
            text_size=look.theme.text_scale,
            language=self._choices.language or "en",
        )
        menu.theme_chosen.connect(lambda choice: self._choices.choose_theme(look, choice))
        menu.text_size_chosen.connect(lambda scale: self._choices.choose_text_scale(look, scale))
        menu.language_chosen.connect(self.choose_language)
        menu.close_counter_requested.connect(self.presenter.close_counter)
        menu.account_requested.connect(self.open_account)
        menu.sign_out_requested.connect(self.presenter.sign_out)


def join(presenter: Presenter, window: StaffWindow) -> None:
    """Views to the window, intents to the presenter; Qt drops the connections of what is deleted."""
    presenter.view_changed.connect(window.render)
    presenter.take_over_asked.connect(window.dialogs.ask_take_over)
    window.sign_in_requested.connect(presenter.sign_in)
    window.password_change_requested.connect(presenter.signing_in.change_password)
    window.leave_requested.connect(presenter.signing_in.leave)
    window.open_requested.connect(presenter.open_counter)
    window.take_over_confirmed.connect(presenter.take_over)
    window.call_next_requested.connect(presenter.call_next)
    window.call_requested.connect(presenter.call_this_one)
    window.recall_requested.connect(presenter.recall)
    window.start_requested.connect(presenter.start)
    window.complete_requested.connect(presenter.complete)
    window.no_show_requested.connect(presenter.no_show)
    window.return_requested.connect(presenter.send_back)
    window.resume_requested.connect(presenter.resume)
    window.park_confirmed.connect(presenter.park)
    window.break_confirmed.connect(presenter.take_break)
    window.work_resumed.connect(presenter.end_break)
    window.undo_requested.connect(presenter.undo)
    window.command_confirmed.connect(presenter.ask)
    window.token_panel_opened.connect(presenter.begin_token)
    window.no_shows_requested.connect(presenter.ask_no_shows)


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
