"""Every state of the staff window, drawn; the pictures lie in build/screens/staff for the eye."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clients.qt_kit.theme import apply_theme
from clients.qt_kit.widgets.skeleton import Skeleton
from tests.desktop.staff.conftest import Desk, MakeDesk
from tests.desktop.staff.scene import MARTA, called_token, morning, receipts, token_id, waiting_token

SCREENS = Path("build/screens/staff")


def ready(desk: Desk) -> None:
    desk.show()
    QApplication.processEvents()
    rows = desk.window.desk.waiting.list
    rows.setCurrentIndex(rows.rows.index(rows.rows.row_of(token_id("A013")) or 0))


def called(desk: Desk) -> None:
    token = called_token()
    desk.show(morning(active=token))
    desk.link.tell_receipts(receipts(token))
    desk.presenter.draw()


def not_shown(desk: Desk) -> None:
    desk.link.tell_live(since=desk.link.now.replace(hour=1))
    desk.show(morning(active=called_token(called_s=12)))
    desk.link.tell_live(since=desk.link.now.replace(hour=1))
    desk.presenter.draw()


def serving(desk: Desk) -> None:
    token = called_token(called_s=230, served_s=204)
    desk.show(morning(active=token))
    desk.link.tell_receipts(receipts(token))
    desk.presenter.draw()


def closed(desk: Desk) -> None:
    desk.show(morning(mine=None))


def offline(desk: Desk) -> None:
    desk.show()
    desk.link.tell_offline()
    desk.presenter.draw()


def empty(desk: Desk) -> None:
    desk.show(morning(waiting=()))


def crowded(desk: Desk) -> None:
    tokens = [waiting_token(f"{'ABR'[n % 3]}{n:03}", 40 - n / 60) for n in range(2000)]
    desk.show(morning(waiting=tokens))


def signed_out(desk: Desk) -> None:
    desk.link.tell_ended()


def loading(desk: Desk) -> None:
    desk.link.tell_signed_in(MARTA)
    desk.presenter.draw()


def new_token(desk: Desk) -> None:
    desk.show()
    desk.window.open_new_token()


def cancelling(desk: Desk) -> None:
    desk.show()
    desk.window.dialogs.ask_cancel(waiting_token("A013", 9))


STATES: dict[str, Callable[[Desk], None]] = {
    each.__name__: each
    for each in (
        ready, called, not_shown, serving, closed, offline, empty, crowded, signed_out, loading, new_token,
        cancelling,
    )
}  # fmt: skip
LOOKS = {
    "light": ("light", 100, (1366, 768), False),
    "dark": ("dark", 100, (1366, 768), False),
    "contrast": ("contrast", 100, (1366, 768), False),
    "arabic": ("light", 100, (1366, 768), True),
    "small": ("light", 100, (900, 640), False),
    "medium": ("light", 100, (1180, 1020), False),
    "large": ("light", 100, (1920, 1080), False),
    "text200": ("light", 200, (1366, 768), False),
    "text150": ("light", 150, (1920, 1080), False),
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("state", STATES)
def test_is_drawn(look: str, state: str, make_desk: MakeDesk, qapp: QApplication, qtbot: QtBot) -> None:
    theme, scale, size, rtl = LOOKS[look]
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft if rtl else Qt.LayoutDirection.LeftToRight)
    apply_theme(qapp, theme, text_scale=scale)  # type: ignore[arg-type]
    desk = make_desk(size=size)
    STATES[state](desk)
    desk.settle()
    if state == "loading":
        blocks = desk.window.loading.findChildren(Skeleton)
        qtbot.waitUntil(lambda: all(block.is_drawn for block in blocks))
    target: object = desk.window
    if (dialog := qapp.activeModalWidget()) is not None:
        target = dialog
    image = target.grab().toImage()  # type: ignore[attr-defined]
    SCREENS.mkdir(parents=True, exist_ok=True)
    image.save(str(SCREENS / f"{state}-{look}.png"))
    assert colours(image) > 1
    if dialog is not None:
        dialog.close()


def colours(image: QImage) -> int:
    step = max(1, image.width() // 60)
    found = {image.pixel(x, y) for x in range(0, image.width(), step) for y in range(0, image.height(), step)}
    return len(found)
