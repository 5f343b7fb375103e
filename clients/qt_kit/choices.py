"""What a person chose in an app, kept per profile: look, text size, language, server.

What the command line or IT's settings say wins: a choice fills only what they leave open.
"""

from typing import get_args

from clients.core.settings import ClientSettings
from clients.qt_kit.run_app import TRANSLATIONS
from clients.qt_kit.theme import ThemeChoice, ThemeProvider
from clients.qt_kit.window_state import WindowState

LANGUAGES = {"en": "English", "es": "Español", "fr": "Français", "ar": "العربية"}
_THEME, _TEXT_SCALE, _LANGUAGE, _SERVER = "theme", "text_scale", "language", "server"


class Choices:
    """One profile's choices; damaged or strange content counts as none.

    Args:
        kept: where they are kept.
        settings: what was set by whoever may.
    """

    def __init__(self, kept: WindowState, settings: ClientSettings) -> None:
        self._kept = kept
        self._settings = settings

    @property
    def language(self) -> str | None:
        """The language's code; None: the system's."""
        if self._is_open(_LANGUAGE) and (kept := self._kept.value(_LANGUAGE)):
            return kept
        return self._settings.language

    def keep_language(self, code: str) -> None:
        """Use a language at the next start too."""
        self._kept.set_value(_LANGUAGE, code)

    def apply_look(self, look: ThemeProvider) -> None:
        """Put the chosen look in force."""
        theme, scale = self._kept.value(_THEME), self._kept.value(_TEXT_SCALE)
        if self._is_open(_TEXT_SCALE) and scale.isdecimal():
            look.set_text_scale(int(scale))
        if self._is_open(_THEME) and theme in get_args(ThemeChoice):
            look.set_choice(theme)  # type: ignore[arg-type]  # it is one of them

    def choose_theme(self, look: ThemeProvider, choice: str) -> None:
        """Use a look from now on."""
        if choice in get_args(ThemeChoice):
            look.set_choice(choice)  # type: ignore[arg-type]  # it is one of them
            self._kept.set_value(_THEME, choice)

    def choose_text_scale(self, look: ThemeProvider, per_cent: int) -> None:
        """Use a text size from now on."""
        look.set_text_scale(per_cent)
        self._kept.set_value(_TEXT_SCALE, str(per_cent))

    def keep_server(self, server: str) -> None:
        """Go to this server at the next start too."""
        self._kept.set_value(_SERVER, server)

    def with_server(self, settings: ClientSettings) -> ClientSettings:
        """The settings, with the chosen server where none was set."""
        kept = self._kept.value(_SERVER)
        return self.with_address(settings, kept) if kept and self._is_open(_SERVER) else settings

    @staticmethod
    def with_address(settings: ClientSettings, address: str) -> ClientSettings:
        """The settings with another server's address.

        Raises:
            pydantic.ValidationError: it is no address.
        """
        return ClientSettings.model_validate({**settings.model_dump(exclude_unset=True), _SERVER: address})

    def _is_open(self, key: str) -> bool:
        return key not in self._settings.model_fields_set


def languages() -> dict[str, str]:
    """The languages that can be chosen, code -> own name: English, and those that are translated."""
    return {
        code: name
        for code, name in LANGUAGES.items()
        if code == "en" or (TRANSLATIONS / f"callboard_{code}.qm").is_file()
    }
