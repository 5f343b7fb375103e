"""The server's settings: one frozen class, filled from the environment and one TOML file.

A value is looked for in this order: what the caller passes (command line), `CALLBOARD_<KEY>` in the
environment (`DATABASE_URL` and `REDIS_URL` too, since hosting platforms set them), the TOML file, the
default. In a variable, the entries of a list stand between commas.
A key nobody knows is refused, in the file and in the environment alike: a misspelt setting that is
silently ignored is found months later. No secret has a default.

`SettingsError` is the only error of this module; it says which key, where it stands and what is allowed.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import parse_qs, urlsplit

import platformdirs
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

ENV_PREFIX = "CALLBOARD_"
CONFIG_FILE_NAME = "callboard.toml"

# Variables of the same family that the server does not read: where its file lies, and what belongs
# to the desktop apps and to the test suite, which may share one environment with a server.
CONFIG_VARIABLE = "CALLBOARD_CONFIG"
_PATHS = {"data_dir", "tls_certificate", "tls_key"}
FOREIGN_PREFIXES = ("CALLBOARD_APP_", "CALLBOARD_TEST_")
PLATFORM_VARIABLES = {"DATABASE_URL": "database_url", "REDIS_URL": "redis_url"}


class SettingsError(Exception):
    """A setting is unknown, malformed or unreadable.

    key: the setting's name in the file's spelling, or None when the file as a whole is at fault.
    source: the variable, file or "command line" it was found in.
    allowed: what would be accepted.
    """

    def __init__(self, *, key: str | None, source: str, problem: str, allowed: str) -> None:
        self.key = key
        self.source = source
        self.problem = problem
        self.allowed = allowed
        subject = f"Setting {key!r} ({source})" if key else f"Settings ({source})"
        super().__init__(f"{subject}: {problem}; allowed is {allowed}.")


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """What a field accepts, in words for the person who typed something else."""

    words: str


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path.expanduser()))  # noqa: PTH100 - resolve() would follow links


def _plain_postgres_url(value: str | None) -> str | None:
    if value is None:
        return None
    scheme, separator, rest = value.partition("://")
    # SQLAlchemy's spelling is what people copy from other projects; psycopg wants it without a driver.
    if separator and scheme.split("+")[0] in ("postgresql", "postgres") and rest:
        return f"postgresql://{rest}"
    if not separator and "=" in value and ("host" in value or "service" in value):
        return value
    raise ValueError("not a PostgreSQL address")


def _absolute_or_none(path: Path | None) -> Path | None:
    return None if path is None else _absolute(path)


def _host_names(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if not re.fullmatch(r"[A-Za-z0-9_.:-]{1,253}", name) or "://" in name:
            raise ValueError(f"{name!r} is no host name or address")
    return names


def _listed(value: Any) -> Any:
    """A list in a variable of the environment is written with commas."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _redis_url(value: str | None) -> str | None:
    if value is None:
        return None
    parts = urlsplit(value)
    if parts.scheme not in ("redis", "rediss") or not parts.hostname:
        raise ValueError("not a Redis address")
    # redis-py takes these from an address: a connection that is encrypted to whoever answers.
    if parse_qs(parts.query).keys() & {"ssl_cert_reqs", "ssl_check_hostname"}:
        raise ValueError("the certificate is always verified")
    return value


def _origin(value: str) -> str:
    """An origin as browsers send it."""
    parts = urlsplit(value.strip().rstrip("/"))
    bare = parts.path == parts.query == parts.fragment == "" and "@" not in parts.netloc
    # "*" is none: whoever may call the API from a browser is named.
    if parts.scheme not in ("http", "https") or not parts.hostname or "*" in value or not bare:
        raise ValueError("not an origin")
    return f"{parts.scheme}://{parts.netloc.lower()}"


Origin = Annotated[str, AfterValidator(_origin)]


class Settings(BaseSettings):
    """Everything that can be set about one server. Times are in the unit their name ends with.

    `Settings(...)` reads nothing from the machine, which is what tests want; `load_settings` joins
    the sources.
    """

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix=ENV_PREFIX, validate_default=True
    )

    data_dir: Annotated[Path, AfterValidator(_absolute), Allowed(words="the path of a folder")] = Field(
        default_factory=lambda: platformdirs.user_data_path("callboard", appauthor=False)
    )
    """Where the embedded database, the master key and generated files live."""

    host: Annotated[str, Field(min_length=1, max_length=255), Allowed(words="an address or host name")] = (
        "127.0.0.1"
    )
    port: Annotated[
        int,
        Field(ge=0, le=65535),
        Allowed(words="a whole number from 0 to 65535, 0 meaning any free port"),
    ] = 8600

    database_url: Annotated[
        str | None,
        AfterValidator(_plain_postgres_url),
        Field(repr=False),
        Allowed(
            words="postgresql://user:password@host:port/database, or nothing for the embedded PostgreSQL"
        ),
    ] = None
    """None: the embedded PostgreSQL under `data_dir`."""

    database_pool_size: Annotated[int, Field(ge=2, le=500), Allowed(words="a whole number from 2 to 500")] = (
        10
    )
    embedded_port: Annotated[
        int,
        Field(ge=0, le=65535),
        Allowed(words="a whole number from 0 to 65535, 0 meaning any free port"),
    ] = 0
    """The embedded PostgreSQL's port on 127.0.0.1."""

    database_tls: Annotated[
        Literal["required", "off"], Allowed(words="required, or off for a network that nobody else is in")
    ] = "required"
    """`off` lets the connection to a database of another machine go unencrypted, if its address says so."""

    tls: Annotated[
        Literal["auto", "own", "off"],
        Allowed(words="auto, own (with tls_certificate and tls_key), or off (behind a proxy)"),
    ] = "auto"
    """auto: a certificate by this server's own authority, whenever it listens beyond this machine."""

    tls_certificate: Annotated[
        Path | None, AfterValidator(_absolute_or_none), Allowed(words="the path of a PEM file")
    ] = None
    """For `own`: the certificate and those that signed it, in this order; read again when it changes."""

    tls_key: Annotated[
        Path | None, AfterValidator(_absolute_or_none), Allowed(words="the path of a PEM file")
    ] = None
    tls_names: Annotated[
        tuple[str, ...],
        BeforeValidator(_listed),
        AfterValidator(_host_names),
        Allowed(words="host names and addresses without scheme or port"),
    ] = ()
    """For `auto`: what else apps call this server by, beside the machine's own names and addresses."""

    worker: Annotated[Literal["inside", "off"], Allowed(words="inside or off")] = "inside"
    """Whether `serve` does the background work too; `callboard-server worker` always does."""

    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Allowed(words="debug, info, warning or error")
    ] = "info"
    log_format: Annotated[Literal["json", "console"], Allowed(words="json or console")] = "json"

    master_key: Annotated[
        SecretStr | None, Allowed(words="32 bytes in base64 or hexadecimal, or nothing for the key file")
    ] = None
    """None: the file `master.key` (0600) in `data_dir`, made at the first start."""

    former_master_key: Annotated[
        SecretStr | None, Allowed(words="32 bytes in base64 or hexadecimal, or nothing")
    ] = None
    """What `master_key` was before it was changed; opens what is not sealed anew yet."""

    access_ttl_s: Annotated[int, Field(ge=60, le=604_800), Allowed(words="60 to 604800 seconds")] = 86_400
    refresh_ttl_s: Annotated[int, Field(ge=300, le=7_776_000), Allowed(words="300 to 7776000 seconds")] = (
        604_800
    )
    heartbeat_s: Annotated[float, Field(ge=0.1, le=300), Allowed(words="0.1 to 300 seconds")] = 30
    """Each side sends one on an idle socket this often; screens are stale for at most as long."""

    idempotency_keep_h: Annotated[int, Field(ge=1, le=720), Allowed(words="1 to 720 hours")] = 24
    audit_keep_days: Annotated[
        int | None, Field(ge=30, le=36_500), Allowed(words="30 to 36500 days, or nothing to keep it for ever")
    ] = None
    no_show_after_s: Annotated[float, Field(ge=0, le=3600), Allowed(words="0 to 3600 seconds")] = 60

    redis_url: Annotated[
        str | None,
        AfterValidator(_redis_url),
        Field(repr=False),
        Allowed(
            words="redis://user:password@host:port/number, rediss:// for TLS (with ?ssl_ca_certs=file for an"
            " authority of your own; the certificate is always verified), or nothing"
        ),
    ] = None
    """What several servers of one database share their counts through. None: each counts for itself."""

    trusted_proxies: Annotated[
        tuple[IPv4Network | IPv6Network, ...],
        BeforeValidator(_listed),
        Allowed(words="a list of addresses or networks, like 10.0.0.5 or 10.0.0.0/8"),
    ] = ()
    """Who is believed about whom they speak for (X-Forwarded-For, X-Forwarded-Proto). None: nobody."""

    cors_origins: Annotated[
        tuple[Origin, ...],
        BeforeValidator(_listed),
        Allowed(words="a list of origins, like https://intranet.example.org"),
    ] = ()
    """Pages of these origins may call the API and the sockets from a browser."""

    # Callers without credentials, by address (an IPv6 client by its /64); design §8.
    limit_window_s: Annotated[int, Field(ge=1, le=86_400), Allowed(words="1 to 86400 seconds")] = 900
    limit_anonymous: Annotated[int, Field(ge=1, le=10_000_000), Allowed(words="1 to 10000000 requests")] = 100
    limit_anonymous_tokens: Annotated[
        int, Field(ge=1, le=10_000_000), Allowed(words="1 to 10000000 requests")
    ] = 20
    limit_failed_sign_ins: Annotated[int, Field(ge=1, le=10_000), Allowed(words="1 to 10000 tries")] = 5
    """Of one user name from one address. Good ones are not counted."""
    limit_failed_sign_ins_per_address: Annotated[
        int, Field(ge=1, le=1_000_000), Allowed(words="1 to 1000000 tries")
    ] = 100

    # Signed-in people and displays, each on their own. A hurried desk sends about twenty commands a
    # minute and a script that creates a token a second sixty; an app that comes back asks some ten
    # questions at once. Beyond these nobody works: a program runs wild.
    limit_person_commands_per_min: Annotated[
        int, Field(ge=1, le=1_000_000), Allowed(words="1 to 1000000 requests")
    ] = 300
    limit_person_reads_per_min: Annotated[
        int, Field(ge=1, le=1_000_000), Allowed(words="1 to 1000000 requests")
    ] = 1200
    limit_device_requests_per_min: Annotated[
        int, Field(ge=1, le=1_000_000), Allowed(words="1 to 1000000 requests")
    ] = 300

    sockets_per_address: Annotated[int, Field(ge=1, le=100_000), Allowed(words="1 to 100000 sockets")] = 200
    sockets_per_credential: Annotated[int, Field(ge=1, le=100_000), Allowed(words="1 to 100000 sockets")] = 20
    """Of one person or display."""
    sockets_without_hello: Annotated[int, Field(ge=1, le=100_000), Allowed(words="1 to 100000 sockets")] = 500
    """Of all addresses together; each has five seconds to say who it is."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take values only from who constructs it."""
        # Only what is passed: load_settings reads file and environment itself, because it must know
        # where each value came from to say so in an error.
        return (init_settings,)


@dataclass(frozen=True, kw_only=True)
class _Found:
    value: Any
    source: str


def load_settings(
    *,
    config: Path | None = None,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> Settings:
    """Join command line, environment and file, or raise SettingsError.

    config: the TOML file; None looks at CALLBOARD_CONFIG, then at `<data_dir>/callboard.toml`.
    environ: None means os.environ.
    overrides: values from the command line; None values in it count as not given.
    """
    environ = os.environ if environ is None else environ
    given = {
        key: _Found(value=value, source="command line")
        for key, value in (overrides or {}).items()
        if value is not None
    }
    found = _from_environment(environ) | given
    found = _from_file(_config_file(config, environ, found)) | found
    return _validated(found)


def _config_file(config: Path | None, environ: Mapping[str, str], found: Mapping[str, _Found]) -> Path | None:
    named = config or (Path(environ[CONFIG_VARIABLE]) if environ.get(CONFIG_VARIABLE) else None)
    if named is not None:
        if not named.expanduser().is_file():
            raise SettingsError(
                key=None,
                source=str(named),
                problem="there is no such file",
                allowed="the path of a TOML file",
            )
        return _absolute(named)
    data_dir = found["data_dir"].value if "data_dir" in found else Settings().data_dir
    beside_data = _absolute(Path(data_dir)) / CONFIG_FILE_NAME
    return beside_data if beside_data.is_file() else None


def _from_environment(environ: Mapping[str, str]) -> dict[str, _Found]:
    found: dict[str, _Found] = {}
    for name, key in PLATFORM_VARIABLES.items():
        if environ.get(name):
            found[key] = _Found(value=environ[name], source=name)
    for name, value in environ.items():
        if not name.startswith(ENV_PREFIX) or name == CONFIG_VARIABLE or name.startswith(FOREIGN_PREFIXES):
            continue
        key = name.removeprefix(ENV_PREFIX).lower()
        _refuse_unknown(key, source=name, nearest=lambda known: ENV_PREFIX + known.upper())
        # An empty variable is how a unit file or a compose file says "not set".
        if value != "":
            found[key] = _Found(value=value, source=name)
    return found


def _from_file(path: Path | None) -> dict[str, _Found]:
    if path is None:
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            key=None,
            source=str(path),
            problem=f"cannot be read ({error.strerror})",
            allowed="a readable TOML file",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            key=None, source=str(path), problem=f"is not TOML ({error})", allowed="lines such as port = 8600"
        ) from error
    for key in values:
        _refuse_unknown(key, source=str(path), nearest=str)
    for key in _PATHS & values.keys():
        if isinstance(values[key], str):
            # A relative path in a file means "beside this file", wherever the server was started from.
            values[key] = path.parent / Path(values[key]).expanduser()
    return {key: _Found(value=value, source=str(path)) for key, value in values.items()}


def _refuse_unknown(key: str, *, source: str, nearest: Callable[[str], str]) -> None:
    if key in Settings.model_fields:
        return
    close = difflib.get_close_matches(key, Settings.model_fields, n=1, cutoff=0.5)
    hint = f"did you mean {nearest(close[0])}?" if close else "no setting has a similar name"
    raise SettingsError(
        key=key,
        source=source,
        problem=f"is not known ({hint})",
        allowed="one of " + ", ".join(sorted(Settings.model_fields)),
    )


def _validated(found: Mapping[str, _Found]) -> Settings:
    try:
        return Settings(**{key: entry.value for key, entry in found.items()})
    except ValidationError as error:
        # The first is enough: whoever mends it sees the next one a second later. The refused value
        # itself is left out, it may be a password.
        key = str(error.errors(include_input=False, include_url=False)[0]["loc"][0])
        raise SettingsError(
            key=key,
            source=found[key].source if key in found else "default",
            problem="has a value that does not fit",
            allowed=_allowed(key),
        ) from None


def _allowed(key: str) -> str:
    if key not in Settings.model_fields:
        return "one of " + ", ".join(sorted(Settings.model_fields))
    metadata = Settings.model_fields[key].metadata
    return next(item.words for item in metadata if isinstance(item, Allowed))
