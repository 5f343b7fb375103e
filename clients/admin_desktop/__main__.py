"""callboard-admin: the admin console."""

import os
import sys

from clients.admin_desktop.app import build_window, run_settings
from clients.core.settings import SettingsError, load_settings
from clients.qt_kit.run_app import run_app


def main() -> int:
    """Start the console; gives the exit code, 2 for settings that cannot be used."""
    try:
        settings = load_settings("admin", sys.argv[1:], environment=os.environ)
        sign_in = settings.given_sign_in()
    except SettingsError as error:
        sys.stderr.write(f"callboard-admin: {error}\n")
        return 2
    return run_app(run_settings(settings), lambda running: build_window(running, settings, sign_in))


if __name__ == "__main__":
    sys.exit(main())
