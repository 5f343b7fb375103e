"""An app's settings: command line over environment over the person's file over the machine's file.

The machine's file is where IT points 200 PCs at their server. Keys that nobody knows are refused, in
files and on the command line; variables of the environment are `CALLBOARD_APP_<KEY>`, so that they can
stand beside a server's own.

`SettingsError` says in one sentence which key, where it stands and what is wrong with it.
"""

import argparse
import json
import os
import stat
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn
from urllib.parse import urlsplit

import platformdirs
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
)

from clients.core.credentials import read_secret_file
from shared.authorities import tidy_fingerprint

ENV_PREFIX = "CALLBOARD_APP_"
FILE_NAME = "client.toml"


class SettingsError(Exception):
    """A setting cannot be used. Its text is a sentence for whoever set it."""


def _address(value: str) -> str:
    parts = urlsplit(value.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an address such as http://callboard.example:8600")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must hold no name, password or query")
    return f"{parts.scheme}://{parts.netloc}"


def _fingerprint(value: str | None) -> str | None:
    return None if value is None else tidy_fingerprint(value)


def _rectangle(value: Any) -> Any:
    return value.split(",") if isinstance(value, str) else value


Rectangle = Annotated[tuple[int, int, int, int], BeforeValidator(_rectangle)]


class ClientSettings(BaseModel):
    """Everything that can be set about one app.

    Args:
        server: "http://host:port".
        profile: apps of different profiles run side by side and remember apart.
        text_scale: per cent.
        language: None: the system's.
        monitor: a display's screen, by number from 1 or by name; None: the first.
        windowed: a display in a window instead of full screen.
        geometry: x, y, width, height of the window, in logical pixels.
        reduced_motion: no slide, pulse or scrolling; None: as the system says.
        ca_file: authorities that alone may vouch for the server, PEM.
        ca_fingerprint: SHA-256 of the one authority that may; `callboard-server tls fingerprint` prints it.
        device_key, device_key_file: what a display identifies itself by.
        username, password, sign_in_file: sign in without asking, for demonstrations and kiosks.
        counter: the label of the counter to open after signing in.
        demo_socket: a local socket by which a demonstration looks at the window; only on the
            command line.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    server: Annotated[str, AfterValidator(_address)] = "http://127.0.0.1:8600"
    profile: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,32}$")] = "default"
    theme: Literal["system", "light", "dark", "contrast"] = "system"
    text_scale: Annotated[int, Field(ge=100, le=200)] = 100
    language: Literal["en", "es", "fr", "ar"] | None = None
    monitor: str | None = None
    windowed: bool = False
    geometry: Rectangle | None = None
    reduced_motion: bool | None = None
    ca_file: Path | None = None
    ca_fingerprint: Annotated[str | None, AfterValidator(_fingerprint)] = None
    device_key: SecretStr | None = None
    device_key_file: Path | None = None
    username: str | None = None
    password: SecretStr | None = None
    sign_in_file: Path | None = None
    counter: str | None = None
    demo_socket: str | None = None

    def given_device_key(self) -> str | None:
        """The device key that was set, from its file if need be.

        Raises:
            SettingsError: there is a file to read, and no key in it.
        """
        if self.device_key is not None:
            return self.device_key.get_secret_value().strip() or None
        if self.device_key_file is None:
            return None
        key = read_secret_file(self.device_key_file)
        if key is None:
            raise SettingsError(f"There is no device key in {self.device_key_file}.")
        return key

    def given_sign_in(self) -> tuple[str, str] | None:
        """The user name and password that were set, from their file if need be.

        Raises:
            SettingsError: the file cannot be used, or others can read it.
        """
        if self.sign_in_file is not None:
            return _read_sign_in(self.sign_in_file)
        if self.username is None or self.password is None:
            return None
        return self.username, self.password.get_secret_value()


App = Literal["staff", "display", "admin"]

_HELP: dict[str, str] = {
    "server": "the server's address",
    "profile": "a name; apps of different profiles run side by side",
    "theme": "system, light, dark or contrast",
    "text_scale": "size of text in per cent, 100 to 200",
    "language": "en, es, fr or ar",
    "monitor": "the screen to fill, by number from 1 or by name",
    "windowed": "in a window instead of full screen",
    "geometry": "where the window stands and how large it is",
    "reduced_motion": "no slides, pulses or scrolling",
    "ca_file": "a file with the authorities that may vouch for the server (PEM)",
    "ca_fingerprint": "the fingerprint of the authority that may vouch for the server",
    "device_key_file": "a file that holds this display's device key",
    "username": "sign in as this person (the password comes by --password-stdin)",
    "sign_in_file": 'a file with {"username": …, "password": …} that only its owner can read',
    "counter": "the label of the counter to open after signing in",
}
_METAVARS = {
    "server": "URL",
    "text_scale": "PER_CENT",
    "language": "CODE",
    "geometry": "X,Y,W,H",
    "ca_file": "PATH",
    "ca_fingerprint": "SHA256",
    "device_key_file": "PATH",
    "sign_in_file": "PATH",
    "counter": "LABEL",
}
_FLAGS = frozenset({"windowed", "reduced_motion"})
_HIDDEN = frozenset({"demo_socket"})
_OF_APP: dict[str, frozenset[str]] = {
    "staff": frozenset({"theme", "text_scale", "counter", "username", "sign_in_file"}),
    "admin": frozenset({"theme", "text_scale", "username", "sign_in_file"}),
    "display": frozenset({"monitor", "windowed", "reduced_motion", "device_key_file"}),
}
_NOT_IN_FILES = frozenset({"password", "demo_socket"})


def machine_file() -> Path:
    """Where IT sets what holds for everybody on this machine."""
    if sys.platform == "win32":
        return Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / "Callboard" / FILE_NAME
    if sys.platform == "darwin":
        return Path("/Library/Application Support/Callboard") / FILE_NAME
    return Path("/etc/callboard") / FILE_NAME


def person_file() -> Path:
    """Where a person sets what holds for them."""
    return platformdirs.user_config_path("Callboard", appauthor=False) / FILE_NAME


def load_settings(
    app: App,
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str],
    files: Sequence[Path] | None = None,
    read_password: Callable[[], str] = sys.stdin.readline,
) -> ClientSettings:
    """Join all sources; `--help` prints and exits as argparse does.

    Args:
        arguments: the command line without the program's name.
        files: from the weakest to the strongest; None: the machine's, then the person's.
        read_password: gives the line asked for by `--password-stdin`.
    Raises:
        SettingsError: a key is unknown or a value cannot be used.
    """
    parsed = vars(_parser(app).parse_args(arguments))
    chosen_file = parsed.pop("config")
    if parsed.pop("password_stdin", False):
        parsed["password"] = read_password().rstrip("\r\n")
    if files is None:
        files = (machine_file(), person_file())
    if chosen_file is not None:
        files = (*files, chosen_file)
    values: dict[str, tuple[Any, str]] = {}
    for path in files:
        found = _from_file(path, must_exist=path == chosen_file)
        values |= {key: (value, str(path)) for key, value in found.items()}
    values |= _from_environment(environment)
    values |= {
        key: (value, f"--{key.replace('_', '-')}") for key, value in parsed.items() if value is not None
    }
    return _validated(values)


def _parser(app: App) -> argparse.ArgumentParser:
    parser = _Parser(prog=f"callboard-{app}", allow_abbrev=False)
    parser.add_argument(
        "--config", type=Path, metavar="PATH", help=f"a settings file beside {machine_file()}"
    )
    of_other_apps = frozenset().union(*_OF_APP.values()) - _OF_APP[app]
    for key in ClientSettings.model_fields:
        if key in of_other_apps or (key not in _HELP and key not in _HIDDEN):
            continue
        option = f"--{key.replace('_', '-')}"
        words = _HELP.get(key, argparse.SUPPRESS)
        if key in _FLAGS:
            parser.add_argument(option, action="store_true", default=None, help=words)
        else:
            parser.add_argument(option, metavar=_METAVARS.get(key, "NAME"), help=words)
    if app != "display":
        parser.add_argument(
            "--password-stdin",
            action="store_true",
            help="read the password from the first line of standard input",
        )
    return parser


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise SettingsError(f"Command line: {message}.")


def _from_file(path: Path, *, must_exist: bool) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if must_exist:
            raise SettingsError(f"There is no settings file {path}.") from None
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"The settings file {path} cannot be read: {error}.") from error
    allowed = ClientSettings.model_fields.keys() - _NOT_IN_FILES
    for key in values:
        if key not in allowed:
            raise SettingsError(f"{path}: {key!r} is not a setting; known are {_listed(allowed)}.")
    return values


def _from_environment(environment: Mapping[str, str]) -> dict[str, tuple[Any, str]]:
    found: dict[str, tuple[Any, str]] = {}
    allowed = ClientSettings.model_fields.keys() - _HIDDEN
    for name, value in environment.items():
        if not name.startswith(ENV_PREFIX):
            continue
        key = name.removeprefix(ENV_PREFIX).lower()
        if key not in allowed:
            raise SettingsError(f"{name} is not a setting; known are {_listed(allowed)}.")
        found[key] = (value, name)
    return found


def _validated(values: Mapping[str, tuple[Any, str]]) -> ClientSettings:
    try:
        return ClientSettings(**{key: value for key, (value, _) in values.items()})
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0])
        reason = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{values[key][1]}: {key} is not usable: {reason}.") from None


def _listed(names: Sequence[str] | frozenset[str] | set[str]) -> str:
    return ", ".join(sorted(names))


def _read_sign_in(path: Path) -> tuple[str, str]:
    try:
        mode = path.stat().st_mode
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The sign-in file {path} cannot be read: {error}.") from error
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SettingsError(f"Others can read {path}. Allow its owner only: chmod 600 {path}.")
    try:
        found = json.loads(content)
        return str(found["username"]), str(found["password"])
    except (ValueError, TypeError, KeyError) as error:
        raise SettingsError(f'{path} must hold {{"username": "…", "password": "…"}}.') from error
