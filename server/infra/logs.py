"""One stream of log lines on stderr, JSON or for people, with nothing secret in it.

Our own loggers (structlog), uvicorn's and every other library's (logging) go through the same pipe, and
its last station before the text is `redact`: credentials are hidden by the name of their field and by
their look, wherever they stand, tracebacks included. Names, phone numbers and notes of visitors MUST not
be logged in the first place; no filter could tell them from other words.

    configure_logging(settings.log_level, settings.log_format)      # then uvicorn.run(..., log_config=None)
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping
from typing import IO, Any, Literal

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "[hidden]"
LONGEST_TEXT = 20_000  # a deep traceback fits; a request body somebody logs by mistake does not

_SECRET_FIELD = re.compile(
    r"pass(?:word|wd|phrase)|secret|credential|authorization|cookie|jwt|bearer|api[_-]?key"
    r"|(?:device|master|private|signing|recovery|access|session)[_-]?key",
    re.IGNORECASE,
)
# Every pattern begins at the edge of a word: from the middle of one, a long word would be scanned once for
# each of its letters.
_SECRET_TEXTS: tuple[tuple[re.Pattern[str], str], ...] = (
    # A JWT: header and payload are JSON objects, so both begin with "eyJ" in base64.
    (re.compile(r"(?<![\w-])eyJ[\w-]+\.eyJ[\w-]+(?:\.[\w-]*)?"), HIDDEN),
    (re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{6,}", re.IGNORECASE), rf"\1 {HIDDEN}"),
    # scheme://user:password@host
    (re.compile(r"((?<!\w)\w+://[^\s:/@]*:)[^\s@/]+(?=@)"), rf"\1{HIDDEN}"),
    # password=…, "refresh_jwt": "…", PGPASSWORD=…
    (
        re.compile(
            r"((?<![\w-])[\w-]*(?:password|passwd|secret|jwt|credential|device_key|master_key)[\"']?\s*[=:]\s*)"
            r"(\"[^\"]*\"|'[^']*'|[^\s,;&)}]+)",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"(authorization[\"']?\s*[=:]\s*)[^\r\n]+", re.IGNORECASE), rf"\1{HIDDEN}"),
    # Device keys and other random strings: long, and with capitals, small letters and digits mixed, as
    # base64 is. Digests in hexadecimal, UUIDs and words stay readable.
    (re.compile(r"(?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?=[\w-]*\d)[A-Za-z0-9_-]{40,}={0,2}"), HIDDEN),
)
_DEPTH_LIMIT = 8


def configure_logging(
    level: Literal["debug", "info", "warning", "error"],
    format: Literal["json", "console"],
    *,
    stream: IO[str] | None = None,
) -> None:
    """Send every logger of the process through one pipe; may be called again.

    level: what is below it is dropped. stream: None means stderr, so that stdout stays free for results.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_common(), processors=_endings(format, handler.stream)
        )
    )
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())
    _adopt_uvicorn()
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_common(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The structlog processor that hides credentials in every field of one event."""
    return {name: _redacted_field(name, value, 0) for name, value in event.items()}


def redact_text(text: str) -> str:
    """The text without what looks like a credential, and at most LONGEST_TEXT characters of it."""
    if len(text) > LONGEST_TEXT:
        text = text[:LONGEST_TEXT] + " … [cut]"
    for pattern, replacement in _SECRET_TEXTS:
        text = pattern.sub(replacement, text)
    return text


def _redacted_field(name: str, value: Any, depth: int) -> Any:
    # Counts and flags ("password_attempts": 3) are no secrets.
    if _SECRET_FIELD.search(name) and value is not None and not isinstance(value, bool | int | float):
        return HIDDEN
    return _redacted(value, depth)


def _redacted(value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return redact_text(value)
    if depth >= _DEPTH_LIMIT:
        return HIDDEN
    if isinstance(value, Mapping):
        return {str(key): _redacted_field(str(key), inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted(inner, depth + 1) for inner in value]
    # Anything else is turned into text here: the renderer would do it after the last look.
    return redact_text(repr(value) if isinstance(value, BaseException | bytes) else str(value))


def _common() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.stdlib.PositionalArgumentsFormatter(),
    ]


def _endings(format: str, stream: IO[str]) -> list[Processor]:
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if format == "json"
        else structlog.dev.ConsoleRenderer(colors=stream.isatty())
    )
    return [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.StackInfoRenderer(),
        # Before redact, so that a traceback is text when it is looked through.
        structlog.processors.format_exc_info,
        redact,
        renderer,
    ]


def _adopt_uvicorn() -> None:
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.NOTSET)  # the root alone decides what is heard
    # At its debug level a websocket's frames are logged, names and mistyped passwords included.
    frames = logging.getLogger("uvicorn.error")
    frames.setLevel(max(logging.INFO, logging.getLogger().level))
