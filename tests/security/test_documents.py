"""docs/security.md: each requirement once, and nothing that is not there any more."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.security.conftest import Say

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "security.md"

# OWASP ASVS 5.0.0.
REQUIREMENTS = {"1": 70, "2": 183}
STATES = {"met", "n/a", "not yet"}

pytestmark = pytest.mark.security


class TestSecurityPage:
    def test_requirements(self, say: Say) -> None:
        rows = re.findall(
            r"^\| (\d+\.\d+\.\d+) \| ([12]) \| (.+?) \| (.+?) \| (.+) \|$", PAGE.read_text("utf-8"), re.M
        )
        states = Counter(state for _, _, _, state, _ in rows)
        say(
            f"{len(rows)} of OWASP ASVS 5.0.0: "
            + ", ".join(f"{states[each]} {each}" for each in sorted(STATES))
        )
        assert len({number for number, *_ in rows}) == len(rows)
        assert Counter(level for _, level, *_ in rows) == REQUIREMENTS
        assert set(states) <= STATES
        total = f"Of {len(rows)} requirements {states['met']} are met, {states['n/a']} do not apply"
        assert total in PAGE.read_text("utf-8"), total

    def test_files_that_are_named(self, say: Say) -> None:
        named = set(
            re.findall(
                r"`((?:server|clients|shared|tests|docs)/[\w./-]+)(?:::(\w+))?`", PAGE.read_text("utf-8")
            )
        )
        gone = sorted(path for path, _ in named if not (ROOT / path).exists())
        without = sorted(
            f"{path}::{name}"
            for path, name in named
            if name and path not in gone and f"class {name}" not in (ROOT / path).read_text("utf-8")
        )
        say(f"{len(named)} files and tests are named, {len(gone + without)} of them are not there")
        assert gone + without == []
        assert len(named) > 50
