"""The admin console, put together."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QWidget

from clients.admin_desktop.pages import PAGES
from clients.admin_desktop.presenter import Presenter
from clients.admin_desktop.widgets.person_menu import PersonMenu
from clients.admin_desktop.window import AdminWindow
from clients.admin_desktop.words import tr
from clients.core.settings import ClientSettings
from clients.qt_kit.choices import Choices, languages
from clients.qt_kit.person_app import PersonApp
from clients.qt_kit.remote import Remote
from clients.qt_kit.run_app import RunningApp, RunSettings
from clients.qt_kit.widgets.dialog import Dialog
from shared.ids import Audience


class AdminApp(PersonApp):
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
        self.window = AdminWindow(PAGES)
        self._kept = running.keep_window_state(self.window)
        super().__init__(
            running,
            settings,
            audience=Audience.ADMIN,
            host=self.window,
            choices=Choices(self._kept, settings),
            parent=parent,
        )
        self.window.server_change_requested.connect(self.change_server)
        self.window.menu_requested.connect(self._on_menu)
        self.window.may_close = self._may_close
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
        """End everything behind the window, which closes from now on without asking."""
        self.window.may_close = lambda: True
        super().stop()

    def _connect(self) -> QObject:
        self.presenter = presenter = Presenter(
            self.link, self.store, server=self._settings.server, parent=self
        )
        presenter.not_remembered.connect(self._on_not_remembered)
        join(presenter, self.window)
        return presenter

    def _begin_again(self) -> None:
        self.presenter.resume()

    def _rebuild(self) -> None:
        self.window.rebuild()

    def _make_remote(self, settings: ClientSettings) -> Remote | None:
        if settings.demo_socket is None:
            return None
        presses = {page.key: lambda key=page.key: self.presenter.open_page(key) for page in PAGES}
        return Remote(settings.demo_socket, self.window, presses, self)

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
        menu.language_chosen.connect(self.choose_language)
        menu.account_chosen.connect(self.open_account)
        menu.sign_out_chosen.connect(self._on_sign_out)
        menu.aboutToHide.connect(menu.deleteLater)
        person = self.window.console.sidebar.person
        menu.popup(person.mapToGlobal(QPoint(0, -menu.sizeHint().height() - 4)))

    def _on_sign_out(self) -> None:
        if self._nothing_is_lost(tr("Sign out without saving?"), tr("Sign out"), self.presenter.sign_out):
            self.presenter.sign_out()

    def _may_close(self) -> bool:
        return self._nothing_is_lost(tr("Close without saving?"), tr("Close"), self._close)

    def _close(self) -> None:
        self.window.may_close = lambda: True
        self.window.close()

    def _nothing_is_lost(self, question: str, action: str, then: Callable[[], object]) -> bool:
        """Whether everything is saved; where not, ask, and `then` if the person means it."""
        unsaved = self.presenter.unsaved
        if not unsaved:
            return True
        dialog = Dialog(
            question,
            tr("What you changed is not saved yet: {pages}.").format(pages=", ".join(unsaved)),
            action=action,
            kind="danger_primary",
            cancel=tr("Go on editing"),
            parent=self.window,
        )
        dialog.accepted.connect(then)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return False


def join(presenter: Presenter, window: AdminWindow) -> None:
    """Let a window show what a presenter knows, and a presenter hear what a person does.

    It lasts as long as the presenter: Qt drops the connections of what is deleted.
    """
    presenter.view_changed.connect(window.render)
    window.sign_in_requested.connect(presenter.sign_in)
    window.password_change_requested.connect(presenter.signing_in.change_password)
    window.leave_requested.connect(presenter.signing_in.leave)
    window.set_up_requested.connect(presenter.set_up)
    window.page_chosen.connect(presenter.open_page)
    window.new_token_requested.connect(presenter.new_token)
    window.create_requested.connect(presenter.create_token)
    window.new_token_closed.connect(presenter.close_new_token)
    window.retry_requested.connect(presenter.try_again)
    window.intended.connect(presenter.act)
    window.undo_requested.connect(presenter.undo)


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
