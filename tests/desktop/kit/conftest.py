"""The kit's tests draw offscreen, with our fonts and the light theme unless they say otherwise."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from clients.qt_kit.run_app import RunSettings, make_qt_app
from clients.qt_kit.theme import apply_theme

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Qt's offscreen plugin warns of a hint that only a window manager would use."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.qt_log_ignore("propagateSizeHints"))


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """pytest-qt's fixture, started as our apps start."""
    return make_qt_app(RunSettings(app="tests", title="Tests", theme="light", language="en"))


@pytest.fixture(autouse=True)
def light_theme(qapp: QApplication) -> Iterator[QApplication]:
    """Every test begins and ends in the light theme at 100 %, left to right."""
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    apply_theme(qapp, "light", text_scale=100)
    yield qapp
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    apply_theme(qapp, "light", text_scale=100)
