"""The packages that Callboard stands on: their licences, and what is known against them."""

import json
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.security.conftest import Say

ROOT = Path(__file__).resolve().parents[2]
LOCK_FILE = ROOT / "requirements.lock"

pytestmark = pytest.mark.security

# What docs/licences.md says of shipping binaries: notices alone are owed. In the spellings of the packages.
MAY_SHIP = {
    "MIT", "MIT License", "MIT-0", "BSD License", "BSD-2-Clause", "BSD-3-Clause", "Apache Software License",
    "Apache-2.0", "ISC License (ISCL)", "PSF-2.0",
}  # fmt: skip

_QT = "LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only"
SHIP_BY_NAME = {
    # LGPL, as libraries of their own that a user can replace.
    "psycopg": "LGPL-3.0-only",
    "psycopg-binary": "LGPL-3.0-only",
    "psycopg-pool": "LGPL-3.0-only",
    "pyside6": _QT,
    "pyside6-addons": _QT,
    "pyside6-essentials": _QT,
    "shiboken6": _QT,
    # Unmodified, and its source is the package itself.
    "certifi": "Mozilla Public License 2.0 (MPL 2.0)",
    # Fonts, not sold by themselves.
    "fontpkg-inter": "OFL-1.1",
    "fontpkg-noto-sans-arabic": "OFL-1.1",
}
SHIP_ELSEWHERE = {
    # In the lock file for other systems or Pythons, and not installed here; looked up by hand.
    "async-timeout": "Apache-2.0",
    "colorama": "BSD-3-Clause",
    "macholib": "MIT",
    "pefile": "MIT",
    "pyside6-pdf": _QT,
    "pyside6-webengine": _QT,
    "pywin32-ctypes": "BSD-3-Clause",
}

# Development alone: nothing of it leaves the house.
MAY_DEVELOP = MAY_SHIP | {
    "MPL-2.0", "Mozilla Public License 2.0 (MPL 2.0)", "Python Software Foundation License", "DFSG approved",
}  # fmt: skip
DEVELOP_BY_NAME = {
    # GPL with an exception that leaves the programs it builds free.
    "pyinstaller": "GNU General Public License v2 (GPLv2)",
    "pyinstaller-hooks-contrib": "Apache Software License; GNU General Public License v2 (GPLv2)",
}


def installed_for(*extras: str) -> set[str]:
    """The installed packages that Callboard asks for, itself and through others."""
    found: set[str] = set()
    asked = [("callboard", frozenset(extras))]
    seen = set()
    while asked:
        name, wanted = asked.pop()
        if (name, wanted) in seen:
            continue
        seen.add((name, wanted))
        found.add(name)
        for requirement in map(Requirement, requirements_of(name)):
            marker = requirement.marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in wanted or {""}):
                asked.append((canonicalize_name(requirement.name), frozenset(requirement.extras)))
    return found - {"callboard"}


def requirements_of(name: str) -> list[str]:
    """What a package asks for; Callboard itself by this checkout's word, not the installed one's."""
    if name != "callboard":
        return metadata.requires(name) or []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = [
        f'{line}{" and " if ";" in line else "; "}extra == "{extra}"'
        for extra, lines in project["optional-dependencies"].items()
        for line in lines
    ]
    return [*project["dependencies"], *optional]


def licences() -> dict[str, str]:
    """The licence of each installed package, in its own words."""
    done = subprocess.run(
        [Path(sys.executable).with_name("pip-licenses"), f"--python={sys.executable}", "--with-system",
         "--from=mixed", "--format=json"],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return {canonicalize_name(each["Name"]): each["License"] for each in json.loads(done.stdout)}


def fits(licence: str, allowed: set[str]) -> bool:
    """Whether a licence is allowed: one of those between which one may choose, all of those that bind."""
    choices = licence.split(" OR ")
    return any(all(part in allowed for part in re.split("; | AND ", choice)) for choice in choices)


def unfitting(names: set[str], allowed: set[str], by_name: dict[str, str]) -> list[str]:
    """The packages whose licence is neither allowed to all nor to them."""
    known = licences()
    return sorted(
        f"{name}: {known[name]}"
        for name in names
        if by_name.get(name) != known[name] and not fits(known[name], allowed)
    )


class TestLicences:
    def test_licences_of_what_ships(self, say: Say) -> None:
        names = installed_for("server", "desktop")
        wrong = unfitting(names, MAY_SHIP, SHIP_BY_NAME)
        say(f"{len(names)} packages, {len(wrong)} under a licence that we may not ship")
        assert len(names) > 50
        assert wrong == []
        assert set(SHIP_BY_NAME) - names == set(), "exceptions for packages that nobody asks for"

    def test_licences_of_development_tools(self, say: Say) -> None:
        names = installed_for("dev") - installed_for("server", "desktop")
        wrong = unfitting(names, MAY_DEVELOP, DEVELOP_BY_NAME)
        say(f"{len(names)} packages, {len(wrong)} under a licence that was not looked at")
        assert wrong == []
        assert set(DEVELOP_BY_NAME) - names == set(), "exceptions for packages that nobody asks for"

    def test_licences_of_other_systems(self, say: Say) -> None:
        locked = {
            canonicalize_name(name)
            for name in re.findall("^([A-Za-z0-9_.-]+)==", LOCK_FILE.read_text(encoding="utf-8"), re.M)
        }
        elsewhere = locked - installed_for("dev")
        unknown = elsewhere - set(SHIP_ELSEWHERE)
        say(f"{len(elsewhere)} locked packages are for other systems, {len(unknown)} of them unknown")
        assert unknown == set()

    def test_a_licence_that_binds(self) -> None:
        assert fits("Apache-2.0 OR GPL-3.0-only", MAY_SHIP)
        assert not fits("MIT; GNU General Public License v3 (GPLv3)", MAY_SHIP)
        assert not fits("MIT AND AGPL-3.0-only", MAY_SHIP)
        assert not fits("UNKNOWN", MAY_SHIP)


UNREACHABLE = re.compile(r"ConnectionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError")


def weaknesses(report: str) -> list[str]:
    """What pip-audit's report says, a line a package and weakness."""
    packages: list[dict[str, Any]] = json.loads(report)["dependencies"]
    return [
        f"{package['name']} {package['version']}: {weakness['id']},"
        f" mended in {', '.join(weakness['fix_versions']) or 'no version yet'}"
        for package in packages
        for weakness in package.get("vulns", [])
    ]


class TestKnownWeaknesses:
    def test_known_weaknesses(self, say: Say) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "pip_audit", "--requirement", str(LOCK_FILE), "--require-hashes",
             "--disable-pip", "--vulnerability-service", "osv", "--format", "json", "--timeout", "15",
             "--progress-spinner", "off"],
            capture_output=True, text=True, timeout=900, check=False,
        )  # fmt: skip
        if not done.stdout.strip():
            assert UNREACHABLE.search(done.stderr), done.stderr[-3000:]
            pytest.skip("NOTICE: api.osv.dev cannot be reached from here, so nobody asked what is known")
        found = weaknesses(done.stdout)
        say(f"{len(found)} known weaknesses in the locked packages")
        assert found == []

    def test_a_weakness_is_read(self) -> None:
        weakness = {"id": "PYSEC-2020-1", "fix_versions": ["1.1"], "aliases": [], "description": ""}
        report = {"dependencies": [{"name": "leaky", "version": "1.0", "vulns": [weakness]}], "fixes": []}
        [line] = weaknesses(json.dumps(report))
        assert line == "leaky 1.0: PYSEC-2020-1, mended in 1.1"
