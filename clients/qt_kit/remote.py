"""A way for a demonstration to look at a running window: grab it, press in it, hear when it painted.

Off unless an app is started with `--demo-socket NAME`; then only this user's processes on this machine
reach it. One JSON object a line, each answered by one:

- `{"grab": PATH}`     saves the window as it is now as a PNG
- `{"read": true}`     what a screen reader would say of the window: names and texts of what is visible
- `{"press": NAME}`    does what the app registered under that name
- `{"notes": true}`    what happened since the last time this was asked: `{"kind", "at_ns", …}` each,
                       `at_ns` on the machine-wide monotonic clock, so that processes compare
- `{"quit": true}`     closes the app
"""

import json
import logging
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QTimer
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QLabel, QWidget

KEPT_NOTES = 10_000

log = logging.getLogger(__name__)


class Remote(QObject):
    """Listens on a local socket and answers for one window.

    Args:
        name: of the socket: a plain name, or a path.
        presses: what may be pressed, by name.
    """

    def __init__(
        self,
        name: str,
        window: QWidget,
        presses: Mapping[str, Callable[[], object]] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent or window)
        self._window = window
        self._presses = dict(presses or {})
        self._notes: deque[dict[str, Any]] = deque(maxlen=KEPT_NOTES)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)
        QLocalServer.removeServer(name)  # left behind by one that was killed
        if not self._server.listen(name):
            log.warning("the demo socket %s: %s", name, self._server.errorString())

    @property
    def is_listening(self) -> bool:
        """Whether somebody can reach it."""
        return self._server.isListening()

    def note(self, kind: str, **facts: object) -> None:
        """Remember that something happened now."""
        self._notes.append({"kind": kind, "at_ns": time.monotonic_ns(), **facts})

    def _on_connection(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.readyRead.connect(lambda socket=socket: self._on_lines(socket))
            socket.disconnected.connect(socket.deleteLater)
            self._on_lines(socket)  # what came before we listened

    def _on_lines(self, socket: QLocalSocket) -> None:
        while socket.canReadLine():
            answer = self._answer(bytes(socket.readLine().data()))
            socket.write(json.dumps(answer).encode() + b"\n")
            socket.flush()

    def _answer(self, line: bytes) -> dict[str, object]:
        try:
            asked = json.loads(line)
        except ValueError:
            return {"error": "not JSON"}
        match asked:
            case {"grab": str(path)}:
                answer: dict[str, object] = {"grabbed": self._window.grab().save(path, "PNG")}
            case {"read": True}:
                answer = {"read": _readable(self._window)}
            case {"press": str(name)} if name in self._presses:
                self.note("pressed", name=name)
                self._presses[name]()
                answer = {"pressed": name}
            case {"notes": True}:
                answer = {"notes": list(self._notes)}
                self._notes.clear()
            case {"quit": True}:
                # After the answer is on its way.
                QTimer.singleShot(0, QCoreApplication.quit)
                answer = {"quitting": True}
            case _:
                answer = {"error": f"unknown; presses are {sorted(self._presses)}"}
        return answer


def _readable(window: QWidget) -> list[str]:
    """Accessible names, and the texts of labels, of all that is visible."""
    visible = [each for each in window.findChildren(QWidget) if each.isVisible()]
    said = [each.accessibleName() or (each.text() if isinstance(each, QLabel) else "") for each in visible]
    return [text for text in said if text]
