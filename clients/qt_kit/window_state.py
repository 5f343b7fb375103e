"""Where a window stood and which parts of it were open, kept across a crash.

QSettings writes an INI file through a temporary file and a rename, so that a power cut leaves the old
file or the new one. It is written shortly after each move, not only at the end.
"""

from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QObject, QSettings, QTimer
from PySide6.QtWidgets import QWidget

_SETTLED_MS = 800  # a drag sends a move per frame: write once it rests


class WindowState(QObject):
    """Restores a window's place, and keeps the file up to date.

    Args:
        window: the top-level window.
        path: the INI file; its folder is made if missing.
        name: the group inside the file, so that an app's windows share one.
    """

    def __init__(self, window: QWidget, path: Path, name: str = "main") -> None:
        super().__init__(window)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._window = window
        self._name = name
        self._settings = QSettings(str(path), QSettings.Format.IniFormat)
        self._settings.setAtomicSyncRequired(True)
        self._writing = QTimer(self, singleShot=True, interval=_SETTLED_MS)
        self._writing.timeout.connect(self.save)
        window.installEventFilter(self)

    def restore(self) -> bool:
        """Put the window where it was; False if nothing usable is kept (first start, damaged file).

        Qt itself brings a window back that would lie on a screen that is gone.
        """
        kept = self._settings.value(f"{self._name}/geometry")
        return isinstance(kept, QByteArray) and self._window.restoreGeometry(kept)

    def value(self, key: str, default: str = "") -> str:
        """A remembered text, such as the chosen segment."""
        return str(self._settings.value(f"{self._name}/{key}", default))

    def set_value(self, key: str, value: str) -> None:
        """Remember a text."""
        self._settings.setValue(f"{self._name}/{key}", value)
        self._writing.start()

    def save(self) -> None:
        """Write now."""
        self._settings.setValue(f"{self._name}/geometry", self._window.saveGeometry())
        self._settings.sync()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Write when the window has come to rest, and when it closes."""
        if event.type() in (
            QEvent.Type.Move,
            QEvent.Type.Resize,
            QEvent.Type.WindowStateChange,
        ):
            self._writing.start()
        elif event.type() in (QEvent.Type.Close, QEvent.Type.Hide):
            self._writing.stop()
            self.save()
        return False
