"""The person's menu: look, text size, language, the counter, signing out."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from clients.qt_kit.widgets.menu import Menu
from clients.staff_desktop.view_state import TopBarView

TEXT_SIZES = (100, 125, 150, 175, 200)


class PersonMenu(Menu):
    """Made anew each time it opens, so that it shows what is chosen now."""

    theme_chosen = Signal(str)
    """Argument: system, light, dark or contrast."""
    text_size_chosen = Signal(int)
    """Argument: per cent."""
    language_chosen = Signal(str)
    """Argument: a code."""
    close_counter_requested = Signal()
    account_requested = Signal()
    sign_out_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setToolTipsVisible(True)
        self.setAccessibleName(self.tr("Person"))

    def render(
        self,
        view: TopBarView,
        take_break: QAction,
        *,
        languages: dict[str, str],
        theme: str,
        text_size: int,
        language: str,
    ) -> None:
        """Fill the menu.

        Args:
            view: what the bar shows.
            take_break: the bar's own action; invisible where it makes no sense.
            languages: codes on offer, by their own names.
            theme: the chosen one.
            text_size: per cent.
            language: the code of the present one.
        """
        if not view.is_remembered:
            self.addAction(self.tr("Not remembered here: no keyring on this computer")).setEnabled(False)
            self.addSeparator()
        themes = {
            "system": self.tr("As the system"),
            "light": self.tr("Light"),
            "dark": self.tr("Dark"),
            "contrast": self.tr("High contrast"),
        }
        self._add_choice(self.tr("Theme"), themes, theme, self.theme_chosen.emit)
        sizes = {str(size): f"{size} %" for size in TEXT_SIZES}
        self._add_choice(
            self.tr("Text size"), sizes, str(text_size), lambda size: self.text_size_chosen.emit(int(size))
        )
        if len(languages) > 1:
            self._add_choice(self.tr("Language"), languages, language, self.language_chosen.emit)
        self.addSeparator()
        if view.counter_name and take_break.isVisible():
            self.addAction(take_break)
        if view.counter_name:
            close = self.addAction(self.tr("Close {counter}").format(counter=view.counter_name))
            close.setEnabled(view.close.is_enabled and not view.close.is_busy)
            close.setToolTip(view.close.reason)
            close.triggered.connect(self.close_counter_requested)
        account = self.addAction(self.tr("My account…"))
        account.triggered.connect(self.account_requested)
        leave = self.addAction(self.tr("Sign out"))
        leave.setShortcut(QKeySequence("Ctrl+Shift+Q"))
        leave.triggered.connect(self.sign_out_requested)

    def _add_choice(
        self, title: str, choices: dict[str, str], chosen: str, tell: Callable[[str], object]
    ) -> None:
        menu = Menu(title, self)
        self.addMenu(menu)
        group = QActionGroup(menu)
        for key, word in choices.items():
            action = menu.addAction(word)
            action.setCheckable(True)
            action.setChecked(key == chosen)
            action.triggered.connect(lambda _checked=False, key=key: tell(key))
            group.addAction(action)
