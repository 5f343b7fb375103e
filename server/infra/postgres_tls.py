"""The connection to a PostgreSQL of another machine is encrypted, whatever its address leaves unsaid."""

import os
from collections.abc import Mapping

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from server.infra.tls_keeping import is_loopback
from server.settings import SettingsError

_ALWAYS_ENCRYPTED = {"require", "verify-ca", "verify-full"}


def encrypted(
    address: str, *, may_be_plain: bool = False, environment: Mapping[str, str] | None = None
) -> str:
    """The address with an `sslmode` for another machine's database, where it names none.

    That is `verify-full` where a root certificate is named (`sslrootcert`), else `require`: what travels
    is safe from listeners then, but not from somebody who takes the database's place. Addresses of this
    machine, of sockets and of service files are left as they are.

    Args:
        may_be_plain: take an address that may go unencrypted at its word.
        environment: whose PGSSLMODE and PGSSLROOTCERT count like libpq counts them; None: os.environ.

    Raises:
        SettingsError: the connection may go unencrypted, or the address cannot be read.
    """
    environment = os.environ if environment is None else environment
    try:
        parts = conninfo_to_dict(address)
    except ProgrammingError as error:
        # Without the driver's words, which may quote the password.
        raise _refused("cannot be read", "postgresql://user:password@host:port/database") from error
    if not _is_remote(str(parts.get("hostaddr") or parts.get("host") or environment.get("PGHOST") or "")):
        return address
    mode = parts.get("sslmode") or environment.get("PGSSLMODE")
    if mode is None:
        root = parts.get("sslrootcert") or environment.get("PGSSLROOTCERT")
        return make_conninfo(address, sslmode="verify-full" if root else "require")
    if mode not in _ALWAYS_ENCRYPTED and not may_be_plain:
        raise _refused(
            f"would let the connection to another machine go unencrypted (sslmode={mode})",
            "sslmode=require, verify-ca or verify-full, or database_tls = off where nobody listens",
        )
    return address


def _is_remote(hosts: str) -> bool:
    """Whether any of libpq's hosts is another machine; "" and paths are sockets of this one."""
    named = [host.strip() for host in hosts.split(",") if host.strip()]
    return any(not host.startswith(("/", "@")) and not is_loopback(host) for host in named)


def _refused(problem: str, allowed: str) -> SettingsError:
    return SettingsError(
        key="database_url", source="DATABASE_URL or the settings file", problem=problem, allowed=allowed
    )
