"""The staff window with a link that a test speaks for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from clients.core.commands import Command
from clients.core.messages import Fetch
from clients.core.queue_state import QueueState
from clients.core.settings import ClientSettings
from clients.qt_kit.link import Link
from clients.qt_kit.run_app import RunSettings, make_qt_app
from clients.qt_kit.store import Store
from clients.qt_kit.theme import apply_theme
from clients.qt_kit.window_state import WindowState
from clients.staff_desktop.app import join
from clients.staff_desktop.choices import Choices
from clients.staff_desktop.presenter import Presenter
from clients.staff_desktop.widgets.staff_window import StaffWindow
from tests.desktop.staff.fakes import FakeLink
from tests.desktop.staff.scene import DAY, MARTA, REPORT, morning

Dialog = TypeVar("Dialog", bound=QDialog)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen platform warns of every window of a fixed size, which our dialogs are."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
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
    """A window, and the link behind it."""

    window: StaffWindow
    link: FakeLink
    store: Store
    presenter: Presenter
    choices: Choices

    def show(self, state: QueueState | None = None) -> None:
        """Sign Marta in and show a state."""
        self.link.tell_signed_in(MARTA)
        self.link.tell_live()
        self.link.tell_state(state or morning())
        self.link.queues_received.emit(REPORT)
        self.link.tell_fetched(Fetch.MY_DAY, DAY)
        self.presenter.draw()

    @property
    def asked(self) -> list[Command]:
        """The commands that were sent."""
        return [command for _, command in self.link.sent]

    @property
    def lane(self) -> str:
        """What can be read in the lane."""
        return self.window.desk.lane.text

    def settle(self) -> None:
        """Let layouts and paints happen."""
        for _ in range(3):
            QApplication.processEvents()

    def focused(self) -> QWidget:
        """Where keys go."""
        found = QApplication.focusWidget()
        assert found is not None
        return found

    def dialog(self, kind: type[Dialog]) -> Dialog:
        """The dialog in front."""
        self.settle()
        found = QApplication.activeModalWidget()
        assert isinstance(found, kind)
        return found

    def says(self, text: str) -> bool:
        """Whether a text can be read in the window or the dialog in front of it."""
        self.settle()
        front = QApplication.activeModalWidget() or self.window
        return any(label.isVisible() and label.text() == text for label in front.findChildren(QLabel))


MakeDesk = Callable[..., Desk]


@pytest.fixture
def make_desk(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[MakeDesk]:
    made: list[Desk] = []

    def make(*, size: tuple[int, int] = (1366, 768), counter_label: str | None = None) -> Desk:
        window = StaffWindow()
        choices = Choices(WindowState(window, tmp_path / "staff.ini"), ClientSettings())
        link = FakeLink()
        store = Store(cast(Link, link))
        presenter = Presenter(
            link=cast(Link, link),
            store=store,
            choices=choices,
            server="callboard.city.example:8443",
            counter_label=counter_label,
        )
        join(presenter, window)
        window.resize(*size)
        presenter.begin(None)
        window.show()
        qtbot.waitExposed(window)
        window.activateWindow()  # shortcuts belong to the active window
        qtbot.waitUntil(window.isActiveWindow)
        desk = Desk(window=window, link=link, store=store, presenter=presenter, choices=choices)
        made.append(desk)
        return desk

    yield make
    for desk in made:
        desk.window.close()
        for part in (desk.presenter, desk.store, desk.link, desk.window):
            part.deleteLater()
    # Now, not when some event loop runs: each window left would be styled again with every theme.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    """The window at 1366 × 768, nobody signed in yet."""
    return make_desk()
