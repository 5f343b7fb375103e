"""One running app per profile: a second start brings the first to the front and ends."""

import getpass
import hashlib
import logging
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_log = logging.getLogger(__name__)
_ANSWER_MS = 1_000  # the first instance may be busy painting
_RAISE = b"raise\n"


class SingleInstance(QObject):
    """The claim on a name; keep it as long as the app runs.

    Args:
        folder: where the lock file lies; made if missing.
        name: the app and its profile, "staff-default".
    """

    raise_requested = Signal()
    """Another start of the same app and profile asked for the window."""

    def __init__(self, folder: Path, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = QLockFile(str(folder / f"{name}.lock"))
        self._lock.setStaleLockTime(0)  # an app may run for weeks: only a dead process makes a lock stale
        # The socket's name is as short as every system allows, and differs per person and data folder.
        where = f"{getpass.getuser()}:{folder.resolve()}:{name}"
        self._socket_name = "callboard-" + hashlib.sha256(where.encode()).hexdigest()[:16]
        self._server: QLocalServer | None = None

    def claim(self) -> bool:
        """True if we are the first; otherwise the first was asked to come to the front."""
        if self._lock.tryLock(0):
            self._listen()
            return True
        self._ask_to_raise()
        return False

    def release(self) -> None:
        """Give the name back."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self._lock.unlock()

    def _listen(self) -> None:
        QLocalServer.removeServer(
            self._socket_name
        )  # of a killed process: we hold the lock, so nobody listens
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connected)
        if not self._server.listen(self._socket_name):
            # we are the first all the same; only bringing us to the front will not work
            _log.warning("cannot be brought to the front by a second start: %s", self._server.errorString())

    def _on_connected(self) -> None:
        while self._server is not None and (socket := self._server.nextPendingConnection()) is not None:
            socket.disconnected.connect(socket.deleteLater)
            socket.disconnectFromServer()
            self.raise_requested.emit()

    def _ask_to_raise(self) -> None:
        socket = QLocalSocket()
        socket.connectToServer(self._socket_name)
        if socket.waitForConnected(_ANSWER_MS):
            socket.write(_RAISE)
            socket.waitForBytesWritten(_ANSWER_MS)
            socket.disconnectFromServer()
