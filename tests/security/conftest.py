"""What the parts share: how long the run is, and one line of each part's result."""

import os
from collections.abc import Callable, Generator
from dataclasses import dataclass, field

import pytest

Say = Callable[[str], None]


@dataclass(kw_only=True)
class Results:
    """What each part said, and whether it passed, in the order of the run."""

    said: dict[str, str] = field(default_factory=dict)
    verdicts: dict[str, str] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """One line a part."""
        return [
            f"{verdict:8} {name}: {self.said.get(name, 'see above')}"
            for name, verdict in self.verdicts.items()
            # A part that tests the others' eyes says nothing while they see.
            if name in self.said or verdict != "ok"
        ]


_RESULTS = pytest.StashKey[Results]()
_VERDICTS = {"passed": "ok", "failed": "FINDING", "skipped": "not run"}


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_RESULTS] = Results()


@pytest.fixture(scope="session")
def is_release() -> bool:
    """Whether this is the long form, run before a release."""
    return os.environ.get("CALLBOARD_TEST_SECURITY") == "release"


@pytest.fixture
def say(request: pytest.FixtureRequest) -> Say:
    """Say a part's result in one line; it is shown at the end, whatever comes of the part."""
    results = request.config.stash[_RESULTS]

    def keep(sentence: str) -> None:
        results.said[_part(request.node)] = sentence

    return keep


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    results = item.config.stash[_RESULTS]
    if report.when == "call" or not report.passed:
        results.verdicts[_part(item)] = _VERDICTS[report.outcome]
    if report.skipped and isinstance(report.longrepr, tuple):
        results.said[_part(item)] = report.longrepr[2].removeprefix("Skipped: ")
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """One line a part."""
    results = config.stash[_RESULTS]
    if results.verdicts:
        terminalreporter.section("security")
        for line in results.lines():
            terminalreporter.write_line(line)


def _part(item: pytest.Item) -> str:
    return item.name.removeprefix("test_").replace("_", " ")
