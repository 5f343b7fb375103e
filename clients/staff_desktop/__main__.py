"""callboard-staff: the staff counter app."""

import os
import sys

from clients.core.settings import SettingsError, load_settings
from clients.qt_kit.run_app import run_app
from clients.staff_desktop.app import build_window, run_settings


def main() -> int:
    """Start the staff app; gives the exit code, 2 for settings that cannot be used."""
    try:
        settings = load_settings("staff", sys.argv[1:], environment=os.environ)
        sign_in = settings.given_sign_in()
    except SettingsError as error:
        sys.stderr.write(f"callboard-staff: {error}\n")
        return 2
    return run_app(run_settings(settings), lambda running: build_window(running, settings, sign_in))


if __name__ == "__main__":
    sys.exit(main())
