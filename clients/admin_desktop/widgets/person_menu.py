"""The person's menu: how the console looks, which language, and the way out."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from clients.admin_desktop.words import tr
from clients.qt_kit.icons import make_icon
from clients.qt_kit.theme import current_theme

TEXT_SCALES = (100, 125, 150, 175, 200)


class PersonMenu(QMenu):
    """Look, text size, language, my account, sign out.

    Args:
        theme: what is chosen now; `text_scale` and `language` likewise.
        languages: what can be chosen: code -> its own name.
        is_remembered: whether the next start needs no password.
    """

    theme_chosen = Signal(str)
    """A look; argument: "system", "light", "dark" or "contrast"."""
    text_scale_chosen = Signal(int)
    """A text size; argument: per cent."""
    language_chosen = Signal(str)
    """A language; argument: its code."""
    account_chosen = Signal()
    """Who I am, and my password."""
    sign_out_chosen = Signal()
    """Leave."""

    def __init__(
        self,
        *,
        theme: str,
        text_scale: int,
        language: str,
        languages: Mapping[str, str],
        is_remembered: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        themes = {
            "system": tr("As the system"),
            "light": tr("Light"),
            "dark": tr("Dark"),
            "contrast": tr("High contrast"),
        }
        scales = {str(scale): tr("{scale} %").format(scale=scale) for scale in TEXT_SCALES}
        self._add_choice(tr("Look"), themes, theme, self.theme_chosen.emit)
        self._add_choice(
            tr("Text size"), scales, str(text_scale), lambda key: self.text_scale_chosen.emit(int(key))
        )
        self._add_choice(tr("Language"), languages, language, self.language_chosen.emit)
        self.addSeparator()
        if not is_remembered:
            # Without a keyring nothing is kept: better known before the next start than at it.
            self.addAction(tr("This computer does not remember you")).setEnabled(False)
        account = self.addAction(tr("My account…"))
        account.setIcon(make_icon("user", current_theme().color("ink2"), 16))
        account.triggered.connect(self.account_chosen)
        leave = self.addAction(tr("Sign out"))
        leave.setIcon(make_icon("log-out", current_theme().color("ink2"), 16))
        leave.triggered.connect(self.sign_out_chosen)

    def _add_choice(
        self, title: str, choices: Mapping[str, str], chosen: str, choose: Callable[[str], object]
    ) -> None:
        menu = self.addMenu(title)
        group = QActionGroup(menu)
        for key, text in choices.items():
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(key == chosen)
            action.setData(key)
            group.addAction(action)
        group.triggered.connect(lambda action: choose(action.data()))
