"""What the apps that people sign in to have in common: look, language, and one server at a time."""

from pydantic import ValidationError
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from clients.core.from_settings import client_config, credential_store
from clients.core.messages import AuthorityOffered
from clients.core.settings import ClientSettings
from clients.qt_kit.choices import Choices
from clients.qt_kit.link import Link
from clients.qt_kit.own_account import OwnAccount
from clients.qt_kit.run_app import RunningApp, set_language
from clients.qt_kit.store import Store
from clients.qt_kit.widgets.account_dialog import AccountDialog
from clients.qt_kit.widgets.authority_dialog import AuthorityDialog
from clients.qt_kit.widgets.server_dialog import ServerDialog
from shared.ids import Audience


class PersonApp(QObject):
    """Owns what stands behind a window, until `stop`. Apps say what they connect, and how they begin.

    Args:
        host: the window.
        choices: what the person chose here before; put in force at once.
    """

    def __init__(
        self,
        running: RunningApp,
        settings: ClientSettings,
        *,
        audience: Audience,
        host: QWidget,
        choices: Choices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._running = running
        self._audience = audience
        self._host = host
        self._choices = choices
        choices.apply_look(running.look)
        if (language := choices.language) != settings.language:
            self._use_language(language)
        self._settings = choices.with_server(settings)
        self._join()

    def stop(self) -> None:
        """Close the connection and keep what is known for the next start."""
        self.link.stop()

    def change_server(self) -> None:
        """Ask for another server's address, and go there."""
        dialog = ServerDialog(self._settings.server, refuse=self._refuse_server, parent=self._host)
        dialog.accepted.connect(lambda: self._use_server(dialog.address.text.strip()))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def open_account(self) -> AccountDialog:
        """Show who is signed in, and let them change their password."""
        account = OwnAccount(self.link, self.store)
        dialog = AccountDialog(account.view(), parent=self._host)
        account.setParent(dialog)
        account.changed.connect(lambda: dialog.render(account.view()))
        dialog.password_change_requested.connect(account.change_password)
        dialog.sign_out_elsewhere_requested.connect(account.sign_out_elsewhere)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def choose_language(self, code: str) -> None:
        """Speak another language from now on."""
        self._choices.keep_language(code)
        self._use_language(code)
        self._rebuild()

    def _connect(self) -> QObject:
        """Make the presenter of the present link and store, and join it to the window."""
        raise NotImplementedError

    def _begin_again(self) -> None:
        """Sign in at another server by what is remembered there."""
        raise NotImplementedError

    def _rebuild(self) -> None:
        """Make the window's texts anew."""
        raise NotImplementedError

    # One server's part, made again for another server

    def _join(self) -> None:
        settings, audience = self._settings, self._audience
        self.link = Link(client_config(settings, audience), credential_store(settings, audience), self)
        self.link.authority_offered.connect(self._on_authority_offered)
        self.store = Store(self.link, self)
        self._joined = self._connect()

    def _part(self) -> None:
        self.link.stop()
        for part in (self._joined, self.store, self.link):
            part.deleteLater()

    def _on_authority_offered(self, offered: AuthorityOffered) -> None:
        """Ask whether this is the person's server. Until they say so, nothing is sent to it."""
        link = self.link
        dialog = AuthorityDialog(server=offered.server, fingerprint=offered.fingerprint, parent=self._host)
        dialog.accepted.connect(lambda: self._trust(link, offered.fingerprint))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _trust(self, link: Link, fingerprint: str) -> None:
        if link is not self.link:
            return  # the question was about another server
        link.trust_authority(fingerprint)
        if self.store.me is None:
            self._begin_again()

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
        self._begin_again()

    def _use_language(self, code: str | None) -> None:
        set_language(self._running.qt, code)
        self._running.look.refresh()
