"""Says on standard output which screens there are, as JSON; fails where Qt can open none.

A program of its own, since Qt aborts the whole process when it cannot reach a screen.
"""

import json
import sys

from PySide6.QtGui import QGuiApplication


def main() -> int:
    """Print one [x, y, width, height] a screen, without task bars; the primary one first."""
    QGuiApplication(sys.argv)
    primary = QGuiApplication.primaryScreen()
    if primary is None:
        return 1
    others = [screen for screen in QGuiApplication.screens() if screen is not primary]
    areas = [screen.availableGeometry().getRect() for screen in (primary, *others)]
    sys.stdout.write(json.dumps(areas) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
