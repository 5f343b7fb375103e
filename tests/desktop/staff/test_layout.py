"""Who gets how much of the window: nothing that matters is ever cut, and nothing moves between states."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from clients.core.commands import Recall
from clients.qt_kit.theme import apply_theme
from clients.qt_kit.widgets.command_button import CommandButton
from clients.staff_desktop.widgets.fitted_token import FittedToken
from clients.staff_desktop.widgets.type_card import TypeCard
from tests.desktop.staff.conftest import Desk, MakeDesk
from tests.desktop.staff.scene import called_token, morning, token_id
from tests.desktop.staff.test_screens import STATES

SIZES = ((900, 640), (1100, 700), (1180, 1020), (1366, 768), (1920, 1080), (2560, 1440))


def cut(desk: Desk) -> list[str]:
    """What is drawn smaller than it has to be, or beyond the edge of what holds it."""
    return [
        f"{type(part).__name__} {part.accessibleName() or getattr(part, 'text', str)()!r} {part.size()}"
        for part in desk.window.desk.findChildren(QWidget)
        if isinstance(part, QLabel | CommandButton | FittedToken | TypeCard)
        and part.isVisible()
        and (is_squeezed(part) or is_outside(part))
    ]


def is_squeezed(part: QWidget) -> bool:
    # The one button that may be lower than it asks for says itself how much lower.
    least_height = part.minimumHeight() or part.minimumSizeHint().height()
    return part.height() < least_height or part.width() < part.minimumSizeHint().width()


def is_outside(part: QWidget) -> bool:
    """Beyond an edge; downwards a scroll area is allowed to hold more than it shows."""
    shape, holder = part.geometry(), part.parentWidget()
    while holder is not None and not holder.isWindow():
        room = holder.rect()
        if holder.objectName() == "qt_scrollarea_viewport":
            if shape.left() < 0 or shape.right() > room.right():
                return True
            shape = room
        if not room.contains(shape):
            return True
        shape, holder = shape.translated(holder.pos()), holder.parentWidget()
    return False


def place(widget: QWidget, desk: Desk) -> QRect:
    """Where something is, in the window."""
    return QRect(widget.mapTo(desk.window, QPoint(0, 0)), widget.size())


def resize(desk: Desk, size: tuple[int, int]) -> None:
    desk.window.resize(*size)
    desk.settle()


class TestRoom:
    @pytest.mark.parametrize("right_to_left", [False, True])
    @pytest.mark.parametrize("scale", [100, 150, 200])
    @pytest.mark.parametrize(
        "state",
        [
            "closed",
            "ready",
            "called",
            "not_shown",
            "serving",
            "offline",
            "empty",
            "named",
            "on_break",
            "news",
        ],
    )
    def test_nothing_is_cut(
        self, state: str, scale: int, right_to_left: bool, make_desk: MakeDesk, qapp: QApplication
    ) -> None:
        directions = Qt.LayoutDirection
        qapp.setLayoutDirection(directions.RightToLeft if right_to_left else directions.LeftToRight)
        apply_theme(qapp, "light", text_scale=scale)
        desk = make_desk()
        STATES[state](desk)
        for size in SIZES:
            resize(desk, size)
            assert cut(desk) == [], size
            lane = place(desk.window.desk.lane, desk)
            assert desk.window.rect().contains(lane), f"refusals cannot be read at {size}"

    @pytest.mark.parametrize("size", [(900, 640), (1180, 1020), (1366, 768), (1920, 1080)])
    def test_cards_are_whole(self, size: tuple[int, int], make_desk: MakeDesk) -> None:
        desk = make_desk(size=size)
        STATES["ready"](desk)
        desk.settle()
        cards = desk.window.desk.ready.types.cards
        assert len(cards) == 3
        assert all(card.height() >= 144 for card in cards)

    def test_in_a_low_window_two_rows_of_cards_leave_the_gauges_out(self, make_desk: MakeDesk) -> None:
        desk = make_desk(size=(1100, 700))
        STATES["ready"](desk)
        desk.settle()
        first, _, third = desk.window.desk.ready.types.cards
        assert third.y() > first.y()
        assert not desk.says("A new arrival waits 7–12 min")
        resize(desk, (1100, 1020))
        assert desk.says("A new arrival waits 7–12 min")

    @pytest.mark.parametrize("size", SIZES)
    def test_is_the_same_whatever_the_window_was_before(
        self, size: tuple[int, int], make_desk: MakeDesk
    ) -> None:
        at_once, later = make_desk(size=size), make_desk(size=(900, 640))
        for desk in (at_once, later):
            STATES["ready"](desk)
            desk.settle()
        resize(later, (2560, 1440))
        resize(later, size)
        for part in ("hero", "day", "lane"):
            first, second = (getattr(desk.window.desk, part) for desk in (at_once, later))
            assert first.isVisible() == second.isVisible(), part
            assert not first.isVisible() or place(first, at_once) == place(second, later), part

    def test_my_day_is_there_as_drawn(self, desk: Desk) -> None:
        desk.show()
        desk.settle()
        assert place(desk.window.desk.hero, desk) == QRect(24, 88, 862, 456)
        assert place(desk.window.desk.day, desk) == QRect(24, 560, 862, 120)
        assert place(desk.window.desk.lane, desk) == QRect(24, 696, 862, 48)

    @pytest.mark.parametrize("size", [(1180, 1020), (1366, 768), (1920, 1080)])
    def test_nothing_moves_between_the_states(self, size: tuple[int, int], make_desk: MakeDesk) -> None:
        desk = make_desk(size=size)
        places = []
        for state in (
            morning(),
            morning(active=called_token()),
            morning(active=called_token(called_s=230, served_s=204)),
        ):
            desk.show(state)
            desk.settle()
            below = desk.window.desk
            places.append([place(part, desk) for part in (below.hero, below.day, below.lane)])
        assert places[0] == places[1] == places[2]

    def test_fewer_types_are_arranged_anew(self, make_desk: MakeDesk) -> None:
        desk = make_desk(size=(1100, 700))
        desk.show()
        desk.settle()
        types = tuple(morning().customer_types)
        desk.show(morning(serves=types[:2]))
        desk.settle()
        cards = desk.window.desk.ready.types.cards
        assert len(cards) == 2
        assert cards[0].y() == cards[1].y()
        assert all(card.height() >= 144 for card in cards)


class TestKeyCaps:
    def test_a_key_whose_cap_has_no_room_works_and_is_told(
        self, make_desk: MakeDesk, qapp: QApplication, qtbot: QtBot
    ) -> None:
        apply_theme(qapp, "light", text_scale=200)
        desk = make_desk(size=(1366, 768))
        STATES["called"](desk)
        desk.settle()
        recall = desk.window.desk.active.commands.recall
        assert recall.toolTip() == "Recall (F3)"
        qtbot.keyClick(desk.focused(), Qt.Key.Key_F3)
        assert desk.asked == [Recall(token_id=token_id("A012"))]
        resize(desk, (1920, 1080))
        assert not recall.toolTip()


class TestVisitCommands:
    def test_where_one_row_is_too_narrow_the_later_ones_stand_below(
        self, make_desk: MakeDesk, qapp: QApplication
    ) -> None:
        desk = make_desk(size=(1366, 768))
        STATES["called"](desk)
        desk.settle()
        row = desk.window.desk.active.commands
        assert row.recall.y() == row.start.y()
        apply_theme(qapp, "light", text_scale=200)
        resize(desk, (900, 640))
        assert row.recall.y() > row.start.y()
        assert row.more.y() > row.recall.y()
        resize(desk, (1920, 1080))
        assert row.recall.y() == row.start.y()

    def test_commands_stay_in_sight_whatever_was_noted(self, make_desk: MakeDesk, qapp: QApplication) -> None:
        apply_theme(qapp, "light", text_scale=200)
        desk = make_desk(size=(1366, 768))
        STATES["named"](desk)
        desk.settle()
        complete = place(desk.window.desk.active.commands.complete, desk)
        assert complete.bottom() < place(desk.window.desk.lane, desk).top()
