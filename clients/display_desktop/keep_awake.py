"""Keep the wall's screen from going dark. Best effort: where it cannot be asked for, it is only noted."""

import ctypes
import logging
import os
import shutil
import sys

from PySide6.QtCore import QObject, QProcess
from PySide6.QtDBus import QDBusConnection, QDBusMessage

_WINDOWS_CONTINUOUS = 0x80000000
_WINDOWS_SYSTEM_AND_DISPLAY = 0x00000001 | 0x00000002
_WHO, _WHY = "Callboard", "The lobby display shows calls"

log = logging.getLogger(__name__)


class KeepAwake(QObject):
    """The screen stays on while this lives; each system takes its wish back when the app ends."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        if sys.platform == "win32":
            self._ask_windows()
        elif sys.platform == "darwin":
            self._ask_macos()
        else:
            self._ask_session_bus()

    def _ask_windows(self) -> None:
        wish = _WINDOWS_CONTINUOUS | _WINDOWS_SYSTEM_AND_DISPLAY
        kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - exists on Windows alone
        if not kernel.SetThreadExecutionState(wish):
            log.warning("Windows does not keep the screen awake")

    def _ask_macos(self) -> None:
        program = shutil.which("caffeinate")
        if program is None:
            log.warning("there is no caffeinate; the screen may go dark")
            return
        # It ends by itself when this process does.
        QProcess.startDetached(program, ["-d", "-w", str(os.getpid())])

    def _ask_session_bus(self) -> None:
        bus = QDBusConnection.sessionBus()
        if not bus.isConnected():
            log.info("there is no session bus to ask to keep the screen awake")
            return
        service, path = "org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"
        message = QDBusMessage.createMethodCall(service, path, service, "Inhibit")
        message.setArguments([_WHO, _WHY])
        # Sent without waiting: a bus that does not answer must not hold the board up.
        if not bus.send(message):
            log.info("the session bus does not take the wish to keep the screen awake")
