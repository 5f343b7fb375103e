"""What stands around an app's event loop: unexpected errors are logged and told, signals end it cleanly."""

import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QObject, QSocketNotifier, Signal
from PySide6.QtWidgets import QApplication

_log = logging.getLogger(__name__)
_ENDING_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")  # SIGHUP is missing on Windows


class ErrorGuard(QObject):
    """Logs what nobody caught, in any thread, and says so once.

    Python calls `sys.excepthook` for an exception that leaves a slot; Qt goes on, and so do we.
    """

    error_occurred = Signal(str)
    """An exception reached the event loop or ended a thread; argument: its class name."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._previous = sys.excepthook
        self._previous_in_threads = threading.excepthook
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception

    def remove(self) -> None:
        """Put the former hooks back."""
        sys.excepthook = self._previous
        threading.excepthook = self._previous_in_threads

    def _on_exception(
        self,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType | None,
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            app = QApplication.instance()
            if app is not None:
                app.quit()
            return
        _log.critical("unexpected error", exc_info=(kind, error, trace))
        self.error_occurred.emit(kind.__name__)

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is None or issubclass(args.exc_type, SystemExit):
            return
        name = args.thread.name if args.thread is not None else "?"
        _log.critical(
            "thread %s ended",
            name,
            exc_info=(args.exc_type, args.exc_value, args.exc_traceback),
        )
        self.error_occurred.emit(args.exc_type.__name__)  # a queued call: the slots live in the UI thread


class SignalGuard(QObject):
    """Turns SIGINT, SIGTERM and SIGHUP into a call from the event loop.

    A Python signal handler runs only when the interpreter does, which an idle Qt loop never does: the
    wake-up descriptor makes the loop turn.
    """

    def __init__(self, on_signal: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._on_signal = on_signal
        self._receiving, self._sending = socket.socketpair()
        for end in (self._receiving, self._sending):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._receiving.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_woken)
        self._previous_fd = signal.set_wakeup_fd(self._sending.fileno())
        self._previous = {
            number: signal.signal(number, _do_nothing)
            for number in (getattr(signal, name, None) for name in _ENDING_SIGNALS)
            if number is not None
        }

    def remove(self) -> None:
        """Put the former handlers back."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._previous_fd)
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        self._receiving.close()
        self._sending.close()

    def _on_woken(self) -> None:
        numbers = self._receiving.recv(64)
        if any(number in self._previous for number in numbers):
            self._on_signal()


def _do_nothing(_number: int, _frame: object) -> None:
    """The wake-up descriptor has told the loop already."""
