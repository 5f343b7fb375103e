"""What a fresh machine meets first: make's list, the search for a Python, the lock file."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from installers.setup import system_libraries

REPOSITORY = Path(__file__).resolve().parents[2]
SETUP = REPOSITORY / "installers" / "setup" / "setup.sh"


@pytest.mark.skipif(sys.platform == "win32", reason="make and sh are POSIX")
class TestMake:
    def test_alone_it_lists_every_target(self) -> None:
        makefile = (REPOSITORY / "Makefile").read_text()
        targets = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
        assert targets is not None
        listed = subprocess.run(["make"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
        for target in targets[1].split():
            assert re.search(rf"^  make {target}\s+\S", listed, re.MULTILINE), target


@pytest.mark.skipif(sys.platform == "win32", reason="make and sh are POSIX")
class TestFindingPython:
    def run(self, path: Path, tmp_path: Path) -> subprocess.CompletedProcess[str]:
        # A copy far from our .venv, which would otherwise be found in the end.
        script = tmp_path / "checkout" / "installers" / "setup" / "setup.sh"
        script.parent.mkdir(parents=True)
        script.write_text(SETUP.read_text())
        return subprocess.run(
            ["/bin/sh", str(script)], env={"PATH": str(path)}, capture_output=True, text=True, check=False
        )

    def stub(self, folder: Path, name: str, lines: str) -> None:
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(f"#!/bin/sh\n{lines}\n")
        (folder / name).chmod(0o755)

    def test_an_old_python_is_named_and_refused(self, tmp_path: Path) -> None:
        bin_dir = tmp_path / "bin"
        self.stub(bin_dir, "dirname", 'echo "${2%/*}"')
        self.stub(bin_dir, "python3", 'case "$*" in *platform*) echo "Python 3.9.2";; *) exit 1;; esac')
        done = self.run(bin_dir, tmp_path)
        assert done.returncode == 1
        assert "needs Python 3.11 or newer; this machine has Python 3.9.2" in done.stderr

    def test_a_newer_one_beside_an_old_one_is_taken(self, tmp_path: Path) -> None:
        bin_dir = tmp_path / "bin"
        self.stub(bin_dir, "dirname", 'echo "${2%/*}"')
        self.stub(bin_dir, "python3", "exit 1")
        self.stub(bin_dir, "python3.12", 'case "$*" in *bootstrap.py*) echo "taken: $*";; esac')
        done = self.run(bin_dir, tmp_path)
        assert done.returncode == 0
        assert done.stdout.startswith("taken: -I -S ")


class TestSystemLibraries:
    def test_a_library_that_is_not_there_is_missing(self) -> None:
        wanted = {"libcallboard-no-such-thing.so.1": "libcallboard1", "libc.so.6": "libc6"}
        expected = {"libcallboard-no-such-thing.so.1": "libcallboard1"} if sys.platform == "linux" else {}
        assert system_libraries.missing_libraries(wanted) == expected

    @pytest.mark.skipif(sys.platform != "linux", reason="apt is Linux's")
    def test_the_advice_is_one_line(self) -> None:
        command = system_libraries.install_command(["libgl1", "libegl1"])
        assert command.endswith("apt-get install -y libgl1 libegl1")
        assert "\n" not in command


class TestLockFile:
    def test_everything_is_pinned_and_hashed_and_no_index_is_named(self) -> None:
        text = (REPOSITORY / "requirements.lock").read_text()
        assert "://" not in text
        entries = re.split(r"\n(?=\S)", text.strip())
        assert len(entries) > 50
        for entry in entries:
            assert re.match(r"[a-z0-9._-]+==\S+", entry), entry.splitlines()[0]
            assert "--hash=sha256:" in entry, entry.splitlines()[0]

    def test_every_direct_requirement_is_in_it(self) -> None:
        project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
        extras = project["optional-dependencies"].values()
        wanted = [*project["dependencies"], *itertools.chain.from_iterable(extras)]
        names = {re.split(r"[\[<>=~; ]", requirement)[0] for requirement in wanted} - {"callboard"}
        locked = set(re.findall(r"^([a-z0-9._-]+)==", (REPOSITORY / "requirements.lock").read_text(), re.M))
        assert names <= locked
