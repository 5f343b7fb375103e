"""callboard-display: the lobby display."""

import os
import sys

from clients.core.settings import SettingsError, load_settings
from clients.display_desktop.app import build_window, run_settings
from clients.qt_kit.run_app import run_app


def main() -> int:
    """Start the display; gives the exit code, 2 for settings that cannot be used."""
    try:
        settings = load_settings("display", sys.argv[1:], environment=os.environ)
        device_key = settings.given_device_key()
    except SettingsError as error:
        sys.stderr.write(f"callboard-display: {error}\n")
        return 2
    return run_app(run_settings(settings), lambda running: build_window(running, settings, device_key))


if __name__ == "__main__":
    sys.exit(main())
