"""`callboard-server`: serve, worker, setup, migrate, device add, user add, keys, tls, audit."""

import asyncio
import sys
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from server.infra.crypto import FORMER_KEY_FILE, MasterKey, MasterKeyError, change_key_file
from server.infra.embedded_postgres import PostgresStartError, guard
from server.infra.embedded_postgres.lifecycle import GUARD_COMMAND
from server.infra.logs import configure_logging
from server.settings import Settings, SettingsError, load_settings
from shared.ids import UserRole

if TYPE_CHECKING:
    from server.infra.tls_files import Kept
    from server.store.engine import Conninfo, Database

app = typer.Typer(help="The Callboard server.", no_args_is_help=True, pretty_exceptions_enable=False)
device_app = typer.Typer(help="Lobby displays.", no_args_is_help=True)
user_app = typer.Typer(help="People.", no_args_is_help=True)
app.add_typer(device_app, name="device")
app.add_typer(user_app, name="user")
audit_app = typer.Typer(help="The audit.", no_args_is_help=True)
app.add_typer(audit_app, name="audit")
keys_app = typer.Typer(help="The keys that sign and seal.", no_args_is_help=True)
app.add_typer(keys_app, name="keys")
tls_app = typer.Typer(help="The authority that vouches for this server.", no_args_is_help=True)
app.add_typer(tls_app, name="tls")

_T = TypeVar("_T")

ConfigOption = Annotated[Path | None, typer.Option("--config", help="A TOML file of settings.")]
DataDirOption = Annotated[
    Path | None, typer.Option("--data-dir", help="Where the database and keys are kept.")
]
PasswordOption = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]
OneOrAllOption = Annotated[
    str | None, typer.Option("--organization", help="Its name; all of them where it is left out.")
]
HeadsOption = Annotated[
    Path | None,
    typer.Option(
        "--heads",
        exists=True,
        dir_okay=False,
        help="A copy of audit-heads.json that was kept elsewhere, to compare with.",
    ),
]
OrganizationOption = Annotated[
    str | None,
    typer.Option("--organization", help="Its name; may be left out where there is only one."),
]


@app.command()
def serve(
    config: ConfigOption = None,
    data_dir: DataDirOption = None,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port; 0 takes any free one.")] = None,
) -> None:
    """Serve until Ctrl-C, on the embedded PostgreSQL or the one that DATABASE_URL names."""
    settings = _settings(config, data_dir=data_dir, host=host, port=port)
    # Imported late: `--help` and a wrong setting should answer at once.
    from server import serving

    serving.serve(settings)


@app.command()
def worker(config: ConfigOption = None, data_dir: DataDirOption = None) -> None:
    """Do the background work alone until Ctrl-C; `serve` does it by itself unless CALLBOARD_WORKER=off."""
    settings = _settings(config, data_dir=data_dir)
    from server import serving

    serving.work(settings)


@app.command()
def migrate(config: ConfigOption = None, data_dir: DataDirOption = None) -> None:
    """Bring the database to this version's schema; `serve` does it by itself."""
    from server.hosting import hosted_database

    with hosted_database(_settings(config, data_dir=data_dir)):
        typer.echo("The database has this version's schema.")


@app.command()
def setup(
    organization: Annotated[str, typer.Option(help="The name of the site.")],
    admin: Annotated[str, typer.Option(help="The user name of its first super admin.")],
    name: Annotated[str | None, typer.Option(help="That person's name.")] = None,
    time_zone: Annotated[str, typer.Option(help="An IANA name, like Europe/Madrid.")] = "UTC",
    counters: Annotated[int, typer.Option(min=1, max=500, help="How many counters.")] = 6,
    password_stdin: PasswordOption = False,
    config: ConfigOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Set up an organization with three customer types, its counters and a super admin."""
    from server.usecases import setting_up

    settings = _settings(config, data_dir=data_dir)
    new = setting_up.NewOrganization(
        name=organization,
        time_zone=_time_zone(time_zone),
        counters=counters,
        people=(
            setting_up.NewPerson(
                username=admin,
                display_name=name or admin,
                password=_password(password_stdin),
                role=UserRole.SUPER_ADMIN,
            ),
        ),
    )
    _with_database(settings, lambda database: setting_up.set_up(database, new))
    typer.echo(f"{organization} is set up. Sign in as {admin}.")


@device_app.command("add")
def device_add(
    name: Annotated[str, typer.Argument(help="Where it hangs, like 'Lobby, left'.")],
    organization: OrganizationOption = None,
    config: ConfigOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Add a lobby display and print its key, this once."""
    from server.usecases import setting_up

    async def add(database: "Database") -> str:
        found = await setting_up.find_organization(database, organization)
        return await setting_up.add_device(database, found.id, name)

    typer.echo(_with_database(_settings(config, data_dir=data_dir), add))


@user_app.command("add")
def user_add(
    username: Annotated[str, typer.Argument(help="What they sign in with.")],
    name: Annotated[str | None, typer.Option(help="Their name.")] = None,
    role: Annotated[UserRole, typer.Option(help="What they may do.")] = UserRole.STAFF,
    password_stdin: PasswordOption = False,
    organization: OrganizationOption = None,
    config: ConfigOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Add a person to an organization."""
    from server.usecases import setting_up

    person = setting_up.NewPerson(
        username=username,
        display_name=name or username,
        password=_password(password_stdin),
        role=role,
    )

    async def add(database: "Database") -> None:
        found = await setting_up.find_organization(database, organization)
        await setting_up.add_person(database, found.id, person)

    _with_database(_settings(config, data_dir=data_dir), add)
    typer.echo(f"{username} may sign in as {role.value.replace('_', ' ')}.")


@keys_app.command("change")
def keys_change(
    compromised: Annotated[
        bool,
        typer.Option("--compromised", help="A key may be in other hands: everybody signs in again."),
    ] = False,
    config: ConfigOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Change the key that signs sign-ins; nobody notices, unless it was compromised."""
    from server.usecases import signing_keys

    settings = _settings(config, data_dir=data_dir)
    master_key = MasterKey.load_or_create(settings)

    async def change(database: "Database") -> None:
        if compromised:
            await signing_keys.replace_all(database, master_key)
            return
        signed_for = timedelta(seconds=settings.refresh_ttl_s)
        await signing_keys.change(database, master_key, signed_for=signed_for, if_older_than=timedelta(0))

    _with_database(settings, change)
    if compromised:
        typer.echo(
            f"All are replaced. Within {signing_keys.LOOKED_FOR_EVERY_S:.0f} s everybody signs in again."
        )
    else:
        minutes = signing_keys.ANNOUNCED_FOR.total_seconds() / 60
        typer.echo(
            f"A new key is announced. It signs in {minutes:.0f} minutes; the old ones verify until then."
        )


@keys_app.command("new-master")
def keys_new_master(config: ConfigOption = None, data_dir: DataDirOption = None) -> None:
    """Make a new master key; the server takes it at its next start, and seals everything anew."""
    settings = _settings(config, data_dir=data_dir)
    changed = change_key_file(settings)
    typer.echo(f"{changed.origin} holds a new key, {settings.data_dir / FORMER_KEY_FILE} the one before it.")
    typer.echo("Start the server anew. Keep the former key as long as backups of its time are kept.")


@keys_app.command("status")
def keys_status(config: ConfigOption = None, data_dir: DataDirOption = None) -> None:
    """Say what is not sealed with the present master key yet."""
    from server.usecases import resealing

    settings = _settings(config, data_dir=data_dir)
    master_key = MasterKey.load_or_create(settings)
    left = _with_database(settings, lambda database: resealing.left_to_reseal(database, master_key))
    for name, values in left.items():
        typer.echo(f"{name}: {values} with another key" if values else f"{name}: all with the present key")


@tls_app.command("fingerprint")
def tls_fingerprint(config: ConfigOption = None, data_dir: DataDirOption = None) -> None:
    """Print the authority's fingerprint, which people compare and `ca_fingerprint` of the apps holds."""
    _tell_authority(_kept_authority(config, data_dir))


@tls_app.command("show-ca")
def tls_show_ca(config: ConfigOption = None, data_dir: DataDirOption = None) -> None:
    """Print the authority's certificate (PEM), for `ca_file` of the apps and for other programs."""
    typer.echo(_kept_authority(config, data_dir).authority.certificate_pem, nl=False)


@tls_app.command("renew-ca")
def tls_renew_ca(
    at_once: Annotated[
        bool, typer.Option("--at-once", help="Take over now instead of in 30 days; apps follow all the same.")
    ] = False,
    distrust: Annotated[
        bool,
        typer.Option(
            "--distrust-old",
            help="The old key is in wrong hands: announce nothing; every app asks for the new fingerprint.",
        ),
    ] = False,
    config: ConfigOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Make a new authority, which the present one announces; a server that runs notices within a minute."""
    from server.infra.tls_files import OVERLAP, Home
    from server.infra.tls_keeping import MachineNames, asked_names

    settings = _settings(config, data_dir=data_dir)
    home, now = Home(settings.data_dir), datetime.now(UTC)
    names = asked_names(settings) | MachineNames().now()
    if distrust:
        kept = home.replace_authority(names, now=now)
    else:
        kept = home.renew_authority(names, now=now, overlap=timedelta(0) if at_once else OVERLAP)
    _tell_authority(kept)


def _kept_authority(config: Path | None, data_dir: Path | None) -> "Kept":
    from server.infra.tls import TlsError
    from server.infra.tls_files import Home

    settings = _settings(config, data_dir=data_dir)
    kept = Home(settings.data_dir).look(now=datetime.now(UTC))
    if kept is None:
        raise TlsError(
            "There is no authority yet. It is made when the server first listens beyond this machine,"
            " for instance with --host 0.0.0.0."
        )
    return kept


def _tell_authority(kept: "Kept") -> None:
    typer.echo(kept.authority.fingerprint)
    if kept.following is not None and kept.following_from is not None:
        typer.echo(f"from {kept.following_from:%Y-%m-%d %H:%M} UTC on: {kept.following.fingerprint}")


@audit_app.command("verify")
def audit_verify(
    organization: OneOrAllOption = None,
    heads: HeadsOption = None,
    config: ConfigOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Compute the seals over the audit anew. Exit code 1 where a row or seal is changed or missing."""
    from server.infra import audit_heads
    from server.verifying import verify

    settings = _settings(config, data_dir=data_dir)
    known = audit_heads.read(heads or settings.data_dir / audit_heads.FILE)
    intact = _with_database(settings, lambda database: verify(database, known, organization, say=typer.echo))
    raise typer.Exit(0 if intact else 1)


@audit_app.command("accept")
def audit_accept(
    organization: OneOrAllOption = None,
    config: ConfigOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """After a backup was restored: take the audit as it is, and say so in it."""
    from server.infra import audit_heads
    from server.verifying import accept

    settings = _settings(config, data_dir=data_dir)
    path = settings.data_dir / audit_heads.FILE
    known = audit_heads.read(path)
    kept = _with_database(settings, lambda database: accept(database, known, organization, say=typer.echo))
    dropped = known.keys() - kept.keys()
    if dropped:
        # Read again: a server that runs may have written it since.
        now = audit_heads.read(path).items()
        audit_heads.write(path, {scope: head for scope, head in now if scope not in dropped})


def main() -> None:
    """Run a command; what goes wrong is one sentence and an exit code other than 0."""
    # A packaged server has no interpreter to run the guard of its PostgreSQL with.
    if sys.argv[1:2] == [GUARD_COMMAND]:
        raise SystemExit(guard.main(sys.argv[2:]))
    from server.domain.errors import Refusal
    from server.infra.audit_heads import AuditHeadsUnreadable
    from server.infra.tls import TlsError
    from server.serving import NoDatabaseToJoin, PortTaken
    from server.store.errors import DatabaseUnavailable, DatabaseUnusable

    try:
        app()
    except SettingsError as error:
        _give_up(str(error), 2)
    except Refusal as error:
        _give_up(str(error), 1)
    except (
        PortTaken, NoDatabaseToJoin, PostgresStartError, DatabaseUnusable, DatabaseUnavailable,
        MasterKeyError, TlsError, AuditHeadsUnreadable,
    ) as error:  # fmt: skip
        _give_up(str(error), 1)
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        _give_up(f"{error.strerror or error}{where}.", 1)


def _give_up(sentence: str, code: int) -> None:
    typer.echo(f"callboard-server: {sentence}", err=True)
    raise SystemExit(code)


def _settings(config: Path | None, **overrides: Any) -> Settings:
    settings = load_settings(config=config, overrides=overrides)
    configure_logging(settings.log_level, settings.log_format)
    return settings


def _with_database(settings: Settings, work: Any) -> Any:
    """Run one piece of work on the configured database, joining a server that runs."""
    from server.hosting import hosted_database
    from server.store.engine import Database

    async def run(conninfo: "Conninfo") -> Any:
        database = Database(conninfo, size=2)
        await database.open()
        try:
            return await work(database)
        finally:
            await database.close()

    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with hosted_database(settings, join_running=True) as conninfo:
        return _run(run(conninfo))


def _run(work: Coroutine[Any, Any, _T]) -> _T:
    if sys.platform == "win32":
        # psycopg's async connections refuse the default loop there.
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            return runner.run(work)
    return asyncio.run(work)


def _time_zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise typer.BadParameter(f"{name} is no time zone; try Europe/Madrid or UTC.") from error


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


if __name__ == "__main__":
    main()
