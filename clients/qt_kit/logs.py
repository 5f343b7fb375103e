"""Logs of a desktop app: one JSON object a line, in a file that rotates, Qt's own messages included."""

import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

import structlog
from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

_FILE_BYTES = 2_000_000  # a busy day of a staff app is about 300 kB
_KEPT_FILES = 5
_HANDLER_NAME = "callboard"
_QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def start_logs(folder: Path, app_name: str, *, level: int = logging.INFO) -> Path:
    """Send the root logger and Qt's messages to `folder/app_name.log`; answers that file.

    A folder that cannot be written is reported on stderr, and the log goes there instead: a full or
    read-only disk must not keep a counter closed.

    Args:
        folder: made if missing.
        app_name: the file's stem.
        level: of the standard library's logging.
    """
    path = folder / f"{app_name}.log"
    handler: logging.Handler
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=_FILE_BYTES, backupCount=_KEPT_FILES, encoding="utf-8")
    except OSError as error:
        sys.stderr.write(f"The log cannot be written to {path}: {error.strerror}.\n")
        handler = logging.StreamHandler()
    handler.setFormatter(_json_formatter())
    root = logging.getLogger()
    for old in [known for known in root.handlers if known.get_name() == _HANDLER_NAME]:
        root.removeHandler(old)
        old.close()
    handler.set_name(_HANDLER_NAME)  # ours, so that a second start replaces it
    root.addHandler(handler)
    root.setLevel(level)
    qInstallMessageHandler(_on_qt_message)
    return path


def _json_formatter() -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
    )


def _on_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    logging.getLogger("qt").log(_QT_LEVELS.get(kind, logging.INFO), "%s", message)
