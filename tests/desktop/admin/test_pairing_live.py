"""The displays page against a real server: a screen is paired, renamed and revoked."""

from typing import Any

import httpx
from pytestqt.qtbot import QtBot

from clients.admin_desktop.app import AdminApp
from shared.problems import ProblemCode
from tests.desktop.admin.test_admin_app import WITHIN_MS, House, MakeApp, house, make_app, signed_in

__all__ = ["house", "make_app"]  # fixtures


class Screen:
    """A screen without a key, at the real server."""

    def __init__(self, house: House) -> None:
        self.url = f"{house.server.url}/api/v1"
        opened = httpx.post(f"{self.url}/devices/pairings", json={"name": "LOBBY-2"}, timeout=20).json()
        self.code: str = opened["code"]
        self._secret = opened["secret"]

    def claim(self) -> dict[str, Any]:
        response = httpx.post(f"{self.url}/devices/pairings/claim", json={"secret": self._secret}, timeout=20)
        found: dict[str, Any] = response.json()
        return found

    def board(self, key: str) -> httpx.Response:
        return httpx.get(
            f"{self.url}/snapshot",
            params={"audience": "display"},
            headers={"Authorization": f"Bearer {key}"},
            timeout=20,
        )


def names(page: Any) -> list[str]:
    return [row.cells[0].text for row in page.model.rows]


def page_of(app: AdminApp, qtbot: QtBot) -> Any:
    app.presenter.open_page("displays")
    page = app.window.console.page("displays")
    qtbot.waitUntil(page.add.isEnabled, timeout=WITHIN_MS)
    return page


def test_a_screen_is_paired_renamed_and_revoked(house: House, make_app: MakeApp, qtbot: QtBot):
    app = signed_in(house, make_app, qtbot)
    page = page_of(app, qtbot)
    screen = Screen(house)

    page.add.click()
    qtbot.keyClicks(page.dialog.code.input, screen.code.lower())
    qtbot.waitUntil(page.dialog.found.isVisible, timeout=WITHIN_MS)
    page.dialog.name.set_value("Lobby, left")
    page.dialog.action.click()
    qtbot.waitUntil(lambda: page.dialog is None, timeout=WITHIN_MS)
    qtbot.waitUntil(lambda: names(page) == ["Lobby, left"], timeout=WITHIN_MS)
    key = screen.claim()["device_key"]
    assert screen.board(key).status_code == 200

    page.table.clicked.emit(page.shown.index(0, 0))
    qtbot.waitUntil(page.panel.isVisible, timeout=WITHIN_MS)
    page.form.fields["name"].input.selectAll()
    qtbot.keyClicks(page.form.fields["name"].input, "Window")
    page.panel.save.click()
    qtbot.waitUntil(lambda: names(page) == ["Window"], timeout=WITHIN_MS)
    app.window.toast.undo_requested.emit()
    qtbot.waitUntil(lambda: names(page) == ["Lobby, left"], timeout=WITHIN_MS)

    qtbot.waitUntil(page.revoke.isEnabled, timeout=WITHIN_MS)
    page.revoke.click()
    page.dialog.action.click()
    qtbot.waitUntil(lambda: not page.model.rows, timeout=WITHIN_MS)
    refused = screen.board(key)
    assert (refused.status_code, refused.json()["code"]) == (401, ProblemCode.DEVICE_REVOKED)


def test_wrong_codes_are_refused_after_five(house: House, make_app: MakeApp, qtbot: QtBot):
    app = signed_in(house, make_app, qtbot)
    page = page_of(app, qtbot)
    page.add.click()
    field = page.dialog.code
    for letter in "BCDFG":
        field.input.selectAll()
        qtbot.keyClicks(field.input, f"ZZZZZZZ{letter}")
        qtbot.waitUntil(lambda: field.error.startswith("No screen shows this code"), timeout=WITHIN_MS)
    field.input.selectAll()
    qtbot.keyClicks(field.input, Screen(house).code)
    qtbot.waitUntil(lambda: field.error.startswith("Too many codes were wrong."), timeout=WITHIN_MS)
