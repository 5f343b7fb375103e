"""What the pages show that edit what an admin decides, as values."""

from dataclasses import dataclass

from clients.admin_desktop.forms.editor_view import Edited


@dataclass(frozen=True, kw_only=True)
class SettingsView:
    """The settings page."""

    edited: Edited
