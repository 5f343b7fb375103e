"""Every state of the staff window, drawn; the pictures lie in build/screens/staff for the eye."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clients.core.commands import Change
from clients.qt_kit.theme import apply_theme
from clients.qt_kit.widgets.skeleton import Skeleton
from clients.staff_desktop.list_view import Section
from clients.staff_desktop.no_shows import QUESTION
from clients.staff_desktop.widgets.new_token_dialog import NewTokenDialog
from clients.staff_desktop.widgets.park_dialog import ParkDialog
from clients.staff_desktop.widgets.transfer_dialog import TransferDialog
from shared.announcements import Urgency
from shared.commands import Answer
from shared.ids import Revision
from shared.problems import ProblemCode
from shared.tokens import ChoiceRule, Promise, TokenPage, Visitor, Why
from tests.desktop.staff.conftest import Desk, MakeDesk
from tests.desktop.staff.scene import (
    MARTA,
    announcement,
    called_token,
    counter_id,
    morning,
    no_show_token,
    parked_token,
    person_id,
    receipts,
    token_id,
    waiting_token,
)

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


def named(desk: Desk) -> None:
    """All that a visit can carry, the longest of it."""
    visitor = Visitor(
        name="Lucía Fernández de la Vega y Montenegro",
        phone="+34 600 000 000",
        notes="Parking permit for a new address. Brings the rental contract, and asks about the fee. " * 3,
    )
    token = called_token(called_s=230, served_s=204).model_copy(
        update={
            "visitor": visitor,
            "emergency": "Feels faint",
            "priority": 30,
            "promise": Promise(low_s=360, median_s=480, high_s=660),
            "why": Why(rule=ChoiceRule.STRICT, waiting=9, waited_s=516, passed_over=3, overtook=2),
        }
    )
    desk.show(morning(active=token))
    desk.presenter.draw()


def noted(desk: Desk) -> None:
    visitor = Visitor(name="Lucía Fernández", notes="Parking permit for a new address. Brings the contract.")
    token = called_token().model_copy(update={"visitor": visitor})
    desk.show(morning(active=token))


def undoable(desk: Desk) -> None:
    ready(desk)
    desk.presenter.ask(Change(token_id=token_id("A013"), changes={"priority": 10}))
    desk.link.answer(Answer(revision=Revision(100), token=waiting_token("A013", 9, priority=10)))


def on_break(desk: Desk) -> None:
    desk.show(morning(on_break="Lunch"))


def news(desk: Desk) -> None:
    told = [
        announcement("Fire drill at 11:00. Leave by the stairs, and take your visitors along.",
                     priority=Urgency.URGENT),
        announcement("The card reader at counter 5 is out of order."),
    ]  # fmt: skip
    desk.show(morning(news=told))


def parked(desk: Desk) -> None:
    set_aside = [
        parked_token("A003", reason="Filling in a form"),
        parked_token("B002", reason="Missing document, comes back after the bank", wakes_in_min=25),
        parked_token("R001", reason="Stepped out", wakes_in_min=5),
    ]
    desk.show(morning(parked=set_aside))
    desk.window.desk.waiting.show_section(Section.PARKED)
    QApplication.processEvents()
    desk.window.desk.waiting.list.select_first()


def no_shows(desk: Desk) -> None:
    desk.show()
    late = (no_show_token("A001", called_min=90), no_show_token("R002"))
    desk.link.tell_answered(QUESTION, TokenPage(items=late, next_cursor=None))
    desk.window.desk.waiting.show_section(Section.NO_SHOWS)
    desk.presenter.draw()


def special(desk: Desk) -> None:
    """Rows that say more than type and time."""
    omar = Visitor(name="Omar Haddad")
    long = Visitor(name="Maximiliane Freifrau von Hohenstein-Oberleiningen")
    desk.show(
        morning(
            waiting=[
                waiting_token("A017", 2).model_copy(update={"emergency": "Faint", "visitor": omar}),
                waiting_token("R012", 3).model_copy(update={"target_user_id": MARTA.id}),
                waiting_token("R007", 27).model_copy(update={"visitor": long}),
                waiting_token("R008", 22).model_copy(
                    update={"target_counter_id": counter_id("5"), "visitor": long}
                ),
                waiting_token("A013", 9),
                waiting_token("B005", 8).model_copy(update={"target_user_id": person_id("Jonas Beck")}),
            ]
        )
    )
    QApplication.processEvents()
    rows = desk.window.desk.waiting.list
    rows.setCurrentIndex(rows.rows.index(rows.rows.row_of(token_id("R008")) or 0))


def transferring(desk: Desk) -> None:
    desk.show(morning(active=called_token()))
    desk.window.dialogs.ask_transfer(called_token())
    dialog = desk.dialog(TransferDialog)
    dialog.targets._buttons[1].click()


def parking(desk: Desk) -> None:
    desk.show(morning(active=called_token()))
    desk.window.dialogs.ask_park(called_token())
    desk.dialog(ParkDialog).picker.kinds._buttons[1].click()


def noting(desk: Desk) -> None:
    noted(desk)
    desk.window.dialogs.ask_notes(called_token())


def prioritising(desk: Desk) -> None:
    desk.show()
    desk.window.dialogs.ask_priority(waiting_token("A013", 9))


def hurrying(desk: Desk) -> None:
    desk.show()
    desk.window.dialogs.ask_emergency(waiting_token("A013", 9))


def pausing(desk: Desk) -> None:
    desk.show()
    desk.window.dialogs.ask_break()


def new_token_refused(desk: Desk) -> None:
    desk.show()
    desk.window.open_new_token()
    dialog = desk.dialog(NewTokenDialog)
    dialog.is_emergency.click()
    dialog.emergency.set_text("Feels faint")
    dialog.has_visitor.click()
    dialog.create_button.click()
    desk.link.refuse(
        ProblemCode.CLOSED, customer_type="Quick service", next_opening="2025-10-14T14:00:00+02:00"
    )


STATES: dict[str, Callable[[Desk], None]] = {
    each.__name__: each
    for each in (
        ready, called, not_shown, serving, closed, offline, empty, crowded, signed_out, loading, new_token,
        cancelling, named, noted, undoable, on_break, news, parked, no_shows, special, transferring, parking,
        noting, prioritising, hurrying, pausing, new_token_refused,
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
