"""What the log says, and what it never says."""

from __future__ import annotations

import io
import json
import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from server.infra.logs import LONGEST_TEXT, configure_logging, redact_text

JWT = "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiIxMjM0NSJ9.c2lnbmF0dXJlLXNpZ25hdHVyZQ"
DEVICE_KEY = "Zk3v9QpL0sXw7RtYb2NcM5hJ8dFgA1eUiOoPqWmT4xC"


class Log:
    """The stream that was configured, and what is in it."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def log() -> Iterator[Log]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    log = Log()
    configure_logging("info", "json", stream=log.stream)
    yield log
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


class TestConfigureLogging:
    def test_our_line_is_json_with_level_logger_and_time(self, log: Log) -> None:
        structlog.get_logger("callboard.calling").info("token_called", token="A012", counter=3)
        (line,) = log.lines
        assert line["event"] == "token_called"
        assert (line["token"], line["counter"], line["level"]) == ("A012", 3, "info")
        assert line["logger"] == "callboard.calling"
        assert line["at"].endswith("Z")

    def test_other_libraries_and_uvicorn_take_the_same_way(self, log: Log) -> None:
        logging.getLogger("uvicorn.error").info("Started server process [%d]", 7)
        logging.getLogger("psycopg.pool").warning("slow", extra={"waiting": 2})
        started, slow = log.lines
        assert started["event"] == "Started server process [7]"
        assert (slow["level"], slow["waiting"]) == ("warning", 2)

    def test_frames_of_sockets_are_not_logged_at_any_level(self, log: Log) -> None:
        configure_logging("debug", "json", stream=log.stream)
        logging.getLogger("uvicorn.error").debug("< TEXT 'my password'")
        assert log.text == ""
        configure_logging("error", "json", stream=log.stream)
        logging.getLogger("uvicorn.error").info("Started server process [%d]", 7)
        assert log.text == ""

    def test_lines_below_the_level_are_dropped(self, log: Log) -> None:
        structlog.get_logger("x").debug("quiet")
        logging.getLogger("x").debug("quiet")
        assert log.text == ""

    def test_configured_twice_writes_once(self, log: Log) -> None:
        configure_logging("info", "json", stream=log.stream)
        structlog.get_logger("x").info("once")
        assert len(log.lines) == 1

    def test_console_format_is_for_people(self, log: Log) -> None:
        configure_logging("info", "console", stream=log.stream)
        structlog.get_logger("x").info("hello", password="hunter2")
        assert "hello" in log.text
        assert "hunter2" not in log.text
        assert "\x1b" not in log.text


class TestSecrets:
    @pytest.mark.parametrize(
        ("fields", "secret"),
        [
            ({"password": "hunter2"}, "hunter2"),
            ({"headers": {"Authorization": "Bearer abcdef123456"}}, "abcdef123456"),
            ({"headers": [("authorization", "Basic dXNlcjpwYXNz")]}, "dXNlcjpwYXNz"),
            ({"body": {"deep": [{"refresh_jwt": "short"}]}}, "short"),
            ({"note": f"got {JWT} from a client"}, JWT.split(".")[2]),
            ({"note": f"device {DEVICE_KEY} connected"}, DEVICE_KEY),
            ({"device_key": "abc"}, "abc"),
            ({"url": "postgresql://callboard:s3cret@127.0.0.1:5432/x"}, "s3cret"),
            ({"note": '{"password": "with space", "x": 1}'}, "with space"),
            ({"note": "PGPASSWORD=s3cret psql"}, "s3cret"),
            ({"error": ValueError("password=s3cret")}, "s3cret"),
            ({"body": b"password=s3cret"}, "s3cret"),
        ],
    )
    def test_are_hidden_in_any_field(self, log: Log, fields: dict[str, Any], secret: str) -> None:
        structlog.get_logger("x").info("event", **fields)
        assert secret not in log.text
        assert "[hidden]" in log.text

    def test_are_hidden_in_messages_of_libraries(self, log: Log) -> None:
        logging.getLogger("httpx").info("header %s: %s", "Authorization", f"Bearer {JWT}")
        logging.getLogger("x").info("connecting", extra={"dsn": "postgresql://u:s3cret@h/d"})
        assert JWT not in log.text
        assert "s3cret" not in log.text

    def test_are_hidden_in_tracebacks(self, log: Log) -> None:
        try:
            raise RuntimeError(f"bad credential {JWT}")
        except RuntimeError:
            structlog.get_logger("x").exception("failed")
        assert JWT not in log.text
        assert "RuntimeError" in log.text

    def test_endless_nesting_ends(self, log: Log) -> None:
        loop: dict[str, Any] = {}
        loop["loop"] = loop
        structlog.get_logger("x").info("event", value=loop)
        assert len(log.lines) == 1

    @pytest.mark.parametrize(
        "text",
        [
            "token A012 called to counter 4",
            "request 7b0e9a52-3f7e-4c1d-9a64-0f5d1c0f6b7e took 12 ms",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "http://127.0.0.1:8600/api/v1/tokens?after=12",
            "server.infra.embedded_postgres.lifecycle",
            "wrong password for user 12",
        ],
    )
    def test_ordinary_text_stays(self, text: str) -> None:
        assert redact_text(text) == text

    @pytest.mark.parametrize(
        "piece",
        ["a", "eyJ", "eyJa.", "A1b", "password", "a://", "a-", "a:b@", "Basic ", "password='", "jwt = "],
    )
    def test_long_hostile_text_takes_no_time(self, piece: str) -> None:
        started = time.perf_counter()
        assert len(redact_text(piece * 200_000)) < 2 * LONGEST_TEXT
        assert time.perf_counter() - started < 1  # some milliseconds; quadratic work would take ten seconds
