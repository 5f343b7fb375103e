"""Bandit over everything that ships, and over what installs it.

Ruff runs the same rules under the same numbers (S608 is B608), but not all of them and not all alike. What it
has been told, with a reason, counts here too: nobody waives one line twice.
"""

import fnmatch
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.security.conftest import Say

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("server", "shared", "clients", "installers")

NOT_ASKED = {
    # To import a module starts no program; where one is started B602 to B607 look.
    "B404",
}

pytestmark = pytest.mark.security


def bandit(*paths: str | Path) -> list[dict[str, Any]]:
    """The findings in these files and folders."""
    done = subprocess.run(
        [sys.executable, "-m", "bandit", "--quiet", "--recursive", "--format", "json",
         "--skip", ",".join(sorted(NOT_ASKED)), *map(str, paths)],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    # 1: it found something.
    assert done.returncode in {0, 1}, done.stderr
    said = json.loads(done.stdout)
    assert said["errors"] == []
    assert said["metrics"]["_totals"]["loc"] > 0, "it looked at nothing"
    findings: list[dict[str, Any]] = said["results"]
    return findings


class Waivers:
    """What ruff was told to leave alone: everywhere, in some files, on a line."""

    def __init__(self, pyproject: Path) -> None:
        lint = tomllib.loads(pyproject.read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
        self._everywhere: set[str] = set(lint["ignore"])
        self._files: dict[str, set[str]] = {
            pattern: set(codes) for pattern, codes in lint["per-file-ignores"].items()
        }

    def cover(self, finding: dict[str, Any]) -> bool:
        """Whether a finding was looked at, and waived with a reason."""
        code = "S" + finding["test_id"].removeprefix("B")
        path = finding["filename"].removeprefix("./")
        if code in self._everywhere:
            return True
        if any(code in codes and fnmatch.fnmatch(path, pattern) for pattern, codes in self._files.items()):
            return True
        lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
        waiver = re.compile(rf"# noqa: [A-Z0-9, ]*\b{code}\b[A-Z0-9, ]* - \S")
        return any(waiver.search(lines[number - 1]) for number in finding["line_range"])


class TestBandit:
    def test_code(self, say: Say) -> None:
        waivers = Waivers(ROOT / "pyproject.toml")
        found = bandit(*FOLDERS)
        left = [each for each in found if not waivers.cover(each)]
        say(f"{len(left)} findings by bandit; {len(found) - len(left)} more were waived with a reason")
        assert [
            f"{each['filename']}:{each['line_number']} {each['test_id']} {each['issue_text']}"
            for each in left
        ] == []

    def test_waivers(self, say: Say) -> None:
        # `# nosec B105 # why`: bandit itself reads the words after the number as names of tests.
        reasoned = re.compile(r"# nosec B\d{3}(?:,B\d{3})* # \S")
        count, bare = 0, []
        for folder in FOLDERS:
            for path in (ROOT / folder).rglob("*.py"):
                for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                    if re.search(r"#\s*nosec", line):
                        count += 1
                        if not reasoned.search(line):
                            bare.append(f"{path.relative_to(ROOT)}:{number}")
        say(f"{count} lines are marked nosec, {len(bare)} of them without a reason")
        assert bare == []

    def test_a_bad_line_is_found(self, tmp_path: Path) -> None:
        bad = tmp_path / "bad.py"
        bad.write_text("import subprocess\nsubprocess.run('ls ' + name, shell=True)\n")
        [finding] = bandit(bad)
        assert finding["test_id"] == "B602"
        assert not Waivers(ROOT / "pyproject.toml").cover(finding)
