"""A command's view as the kit's button takes it."""

from clients.qt_kit.widgets.command_button import CommandState
from clients.staff_desktop.view_parts import CommandView


def command_state(text: str, view: CommandView) -> CommandState:
    """The state of a button with this verb."""
    return CommandState(text=text, enabled=view.is_enabled, reason=view.reason, busy=view.is_busy)
