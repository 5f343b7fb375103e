"""The console's window with a link that a test speaks for."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from clients.admin_desktop.app import join
from clients.admin_desktop.pages import PAGES
from clients.admin_desktop.presenter import Presenter
from clients.admin_desktop.window import AdminWindow
from clients.core.messages import Fetch
from clients.core.queue_state import from_snapshot
from clients.qt_kit.link import Link
from clients.qt_kit.run_app import RunSettings, make_qt_app
from clients.qt_kit.store import Store
from clients.qt_kit.theme import apply_theme
from clients.qt_kit.widgets.label import Label
from shared.live import Snapshot
from tests.desktop.admin import sample
from tests.desktop.admin.fakes import FakeLink


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


@dataclass(kw_only=True)
class Desk:
    """A window, and the link behind it. `clock_s` is the presenter's monotonic clock."""

    window: AdminWindow
    link: FakeLink
    store: Store
    presenter: Presenter
    clock_s: list[float]

    def show(self, snapshot: Snapshot | None = None) -> None:
        """Sign Ines in and show a floor."""
        self.link.tell_signed_in()
        self.link.tell_live()
        self.link.tell_state(from_snapshot(snapshot or sample.snapshot()))
        self.link.queues_received.emit(sample.report())
        self.link.tell_fetched(Fetch.TODAY, sample.DAY)
        self.link.tell_fetched(Fetch.DEVICES, sample.DEVICES)
        self.presenter.show()

    def wait(self, seconds: float) -> None:
        """Let time pass, on every clock."""
        self.clock_s[0] += seconds
        self.link.now += sample.timedelta(seconds=seconds)
        self.presenter.tick()

    @property
    def floor(self):
        return self.window.console.page("floor")


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication) -> Iterator[Desk]:
    """A window at 1440 × 900, nobody signed in yet."""
    window = AdminWindow(PAGES)
    qtbot.addWidget(window)
    link = FakeLink()
    store = Store(cast(Link, link))
    clock_s = [1000.0]
    presenter = Presenter(
        cast(Link, link), store, server="http://callboard.example:8600", monotonic_s=lambda: clock_s[0]
    )
    join(presenter, window)
    presenter.resume()
    with qtbot.waitActive(window):  # shortcuts belong to the active window
        window.show()
        window.activateWindow()
    yield Desk(window=window, link=link, store=store, presenter=presenter, clock_s=clock_s)
    presenter.deleteLater()
    store.deleteLater()
    link.deleteLater()


def words_in(widget: QWidget) -> str:
    """All texts that are visible in a widget."""
    return " | ".join(
        label.text() for label in widget.findChildren(Label) if label.isVisible() and label.text()
    )
