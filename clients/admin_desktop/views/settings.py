"""The organization's settings."""

from clients.admin_desktop.edit_views import SettingsView
from clients.admin_desktop.facts import Facts
from clients.admin_desktop.forms.editor_view import Edited
from clients.admin_desktop.subjects.organization import SETTINGS


def settings_view(facts: Facts) -> SettingsView:
    """The settings page."""
    return SettingsView(edited=facts.edited.get(SETTINGS, Edited(items=None)))
