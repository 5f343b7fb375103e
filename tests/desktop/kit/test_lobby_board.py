"""The lobby board by what it shows: pixels, texts, and when it says that a call is on the screen."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clients.display_desktop.widgets.board import Board
from clients.display_desktop.widgets.board_state import (
    BoardState,
    FocusCall,
    PairingState,
    PairingStep,
    RecentRow,
    StaleInfo,
    TypeTile,
)
from clients.display_desktop.widgets.canvas import Canvas, TextStyle, lobby_color
from clients.display_desktop.widgets.layout import Box, board_layout
from clients.display_desktop.widgets.pairing_screen import PairingScreen

YELLOW, PLATE, STALE, WHITE = "#ffc629", "#262d37", "#39424e", "#ffffff"
CALL = FocusCall(call_id="1", token="A012", counter="3", type_name="Quick service", fresh=True)
SECOND = FocusCall(call_id="2", token="R007", counter="5", type_name="Sales & payments", fresh=True)
TYPES = (
    TypeTile(prefix="A", name="Quick service", waiting=5, estimate=(7, 12)),
    TypeTile(prefix="B", name="Information", waiting=3, estimate=(8, 14)),
    TypeTile(prefix="R", name="Sales & payments", waiting=6, estimate=(18, 26)),
)
ROWS = tuple(
    RecentRow(call_id=token, token=token, counter=counter)
    for token, counter in (
        ("R006", "5"),
        ("A011", "3"),
        ("B004", "2"),
        ("A010", "1"),
        ("R005", "6"),
        ("A009", "3"),
    )
)
BUSY = BoardState(
    revision=7,
    organization="City Hall",
    date="Tuesday 14 October",
    clock="10:43",
    focus=(CALL,),
    recent=ROWS,
    types=TYPES,
    ticker=("Counter 4 opens at 11:00.",),
)
SETTLED = replace(BUSY, focus=(replace(CALL, fresh=False),))
OLD = replace(BUSY, stale=StaleInfo(since="10:42"), clock="10:49")
SIZES = [(1280, 720), (1920, 1080), (3840, 2160), (1080, 1920), (1280, 1024), (960, 540)]

Texts = list[tuple[str, TextStyle, float]]
MakeBoard = Callable[..., Board]


@pytest.fixture
def make_board(qtbot: QtBot) -> MakeBoard:
    def make(state: BoardState, width: int = 1920, height: int = 1080, *, moves: bool = False) -> Board:
        board = Board()
        qtbot.addWidget(board)
        board.set_reduced_motion(not moves)
        board.resize(width, height)
        board.render(state)
        board.show()
        return board

    return make


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Texts:
    """Every text that is drawn: what was really put on the screen, its style, its height in units."""
    texts: Texts = []
    fitted = Canvas._fitted

    def record(self: Canvas, text: str, style: TextStyle, room: float) -> object:
        font, shown = fitted(self, text, style, room)
        texts.append((shown, style, font.pixelSize() / self.scale))
        return font, shown

    monkeypatch.setattr(Canvas, "_fitted", record)
    return texts


def picture(board: Board | PairingScreen) -> QImage:
    return board.grab().toImage()


def area(
    image: QImage, color: str, *, x: float = 0, y: float = 0, width: float = 1, height: float = 1
) -> float:
    """Share of a part of the picture (in shares of its sides) that has exactly a colour; every 4th pixel."""
    wanted = QColor(color).rgb()
    columns = range(int(image.width() * x), int(image.width() * (x + width)), 4)
    rows = range(int(image.height() * y), int(image.height() * (y + height)), 4)
    hits = sum(image.pixel(column, row) == wanted for column in columns for row in rows)
    return hits / (len(columns) * len(rows))


class TestFocus:
    def test_a_fresh_call_is_yellow_and_points_at_its_counter(self, make_board: MakeBoard) -> None:
        image = picture(make_board(BUSY))
        assert area(image, YELLOW, x=0.03, y=0.14, width=0.40, height=0.46) > 0.5
        tip, beyond = QPointF(925, 404), QPointF(950, 404)  # shaft 820, tip 76, margin 40
        assert image.pixelColor(tip.toPoint()).name() == YELLOW
        assert image.pixelColor(beyond.toPoint()).name() != YELLOW

    def test_a_settled_call_keeps_only_its_number_yellow(self, make_board: MakeBoard) -> None:
        image = picture(make_board(SETTLED))
        assert image.pixelColor(60, 400).name() == PLATE
        assert 0 < area(image, YELLOW) < 0.1

    def test_two_calls_are_both_shown(self, make_board: MakeBoard, drawn: Texts) -> None:
        image = picture(make_board(replace(BUSY, focus=(SECOND, CALL))))
        for top in (0.14, 0.39):
            assert area(image, YELLOW, x=0.03, y=top, width=0.40, height=0.2) > 0.4
        words = [text for text, _, _ in drawn]
        assert words.index("R007") < words.index("A012")

    @pytest.mark.parametrize("calls", [(CALL,), (CALL, SECOND)])
    def test_a_number_is_an_eighth_of_the_screen_high(
        self, calls: tuple[FocusCall, ...], make_board: MakeBoard
    ) -> None:
        image = picture(make_board(replace(BUSY, focus=calls)))
        ink = lobby_color("on_call").rgb()
        first_panel = range(200, 394 if len(calls) == 2 else 560)
        rows = [y for y in first_panel if any(image.pixel(x, y) == ink for x in range(90, 700))]
        assert max(rows) - min(rows) >= 1080 / 8

    def test_a_long_number_shrinks_and_is_never_cut(self, make_board: MakeBoard, drawn: Texts) -> None:
        call = replace(CALL, token="BRX10012", counter="128", type_name="A very long name " * 5)
        picture(make_board(replace(BUSY, focus=(call,))))
        words = [text for text, _, _ in drawn]
        assert "BRX10012" in words
        assert "128" in words
        assert any(text.endswith("…") and text.startswith("A very") for text in words)


class TestStale:
    @pytest.mark.parametrize("size", SIZES)
    def test_nothing_is_yellow(self, size: tuple[int, int], make_board: MakeBoard) -> None:
        image = picture(make_board(OLD, *size))
        assert area(image, YELLOW) == 0
        assert area(image, STALE) > 0.02

    @pytest.mark.parametrize("size", SIZES)
    def test_says_since_when_and_what_to_do(
        self, size: tuple[int, int], make_board: MakeBoard, drawn: Texts
    ) -> None:
        picture(make_board(OLD, *size))
        words = [text for text, _, _ in drawn]
        assert "Last call we know, 10:42" in words
        assert "Not updated since 10:42." in words
        assert "If your number is not here, please ask at any counter." in words
        assert "10:49" in words  # the clock runs on

    def test_estimates_give_way_to_their_time(self, make_board: MakeBoard, drawn: Texts) -> None:
        picture(make_board(OLD))
        words = [text for text, _, _ in drawn]
        assert words.count("at 10:42") == 3
        assert "7–12 min" not in words

    def test_comes_back_to_yellow(self, make_board: MakeBoard) -> None:
        board = make_board(OLD)
        board.render(BUSY)
        assert area(picture(board), YELLOW) > 0.1


class TestEmpty:
    def test_is_still_useful(self, make_board: MakeBoard, drawn: Texts) -> None:
        picture(make_board(replace(BUSY, focus=(), recent=(), ticker=())))
        words = [text for text, _, _ in drawn]
        assert "No calls yet" in words
        assert "Quick service" in words
        assert any("go to the counter" in text for text in words)

    def test_without_estimates_the_count_takes_their_place(self, make_board: MakeBoard, drawn: Texts) -> None:
        with_estimates = count_top(picture(make_board(BUSY)))
        drawn.clear()
        tiles = tuple(replace(tile, estimate=None) for tile in TYPES)
        without = count_top(picture(make_board(replace(BUSY, types=tiles))))
        assert not any("min" in text for text, _, _ in drawn)
        assert without > with_estimates + 20

    def test_loading_says_where_it_connects(self, make_board: MakeBoard, drawn: Texts) -> None:
        picture(make_board(BoardState(loading=True, connecting_to="callboard.example")))
        assert "Connecting to callboard.example" in [text for text, _, _ in drawn]


class TestPainted:
    def test_tells_a_revision_once_after_it_was_painted(self, make_board: MakeBoard, qtbot: QtBot) -> None:
        board = make_board(BUSY)
        with qtbot.waitSignal(board.painted) as told:
            pass
        assert told.args == [7]
        with qtbot.assertNotEmitted(board.painted, wait=50):
            board.render(replace(BUSY, clock="10:44"))
        with qtbot.waitSignal(board.painted, check_params_cb=lambda revision: revision == 8):
            board.render(replace(BUSY, revision=8, focus=(SECOND, CALL)))

    def test_is_silent_while_hidden(self, make_board: MakeBoard, qtbot: QtBot) -> None:
        board = make_board(BUSY)
        with qtbot.waitSignal(board.painted):
            pass
        board.hide()
        with qtbot.assertNotEmitted(board.painted, wait=50):
            board.render(replace(BUSY, revision=8))
        with qtbot.waitSignal(board.painted, check_params_cb=lambda revision: revision == 8):
            board.show()

    def test_is_silent_while_loading(self, make_board: MakeBoard, qtbot: QtBot) -> None:
        board = make_board(BoardState(loading=True))
        with qtbot.assertNotEmitted(board.painted, wait=50):
            board.update()


class TestMotion:
    def test_the_number_stands_there_before_its_arrow(
        self, make_board: MakeBoard, qtbot: QtBot, drawn: Texts
    ) -> None:
        board = make_board(replace(BUSY, focus=()), moves=True)
        qtbot.waitExposed(board)
        board.render(BUSY)
        board._focus._arrival.pause()
        board._focus._on_slide(0.0)
        drawn.clear()
        image = picture(board)
        assert "A012" in [text for text, _, _ in drawn]
        assert area(image, YELLOW, x=0.03, y=0.14, width=0.40, height=0.46) == 0
        assert area(image, WHITE, x=0.03, y=0.25, width=0.40, height=0.25) > 0.1

    def test_stands_still_after_sliding_and_two_pulses(self, make_board: MakeBoard, qtbot: QtBot) -> None:
        board = make_board(replace(BUSY, focus=()), moves=True)
        qtbot.waitExposed(board)
        board.render(BUSY)
        assert board._focus.is_moving
        qtbot.waitUntil(lambda: not board._focus.is_moving, timeout=10_000)
        assert picture(board).pixelColor(60, 400).name() == YELLOW

    def test_pulses_below_three_flashes_a_second(self, make_board: MakeBoard) -> None:
        board = make_board(BUSY, moves=True)
        pulse = board._focus._arrival.animationAt(1)
        brightness = []
        for step in range(241):
            board._focus._on_pulse(step / 240)
            brightness.append(board._focus._pulse)
        peaks = sum(
            before < here >= after
            for before, here, after in zip(brightness, brightness[1:], brightness[2:], strict=False)
        )
        assert peaks == 2
        assert peaks / (pulse.duration() / 1000) < 3
        assert brightness[-1] == pytest.approx(0)

    def test_reduced_motion_changes_at_once(self, make_board: MakeBoard) -> None:
        board = make_board(replace(BUSY, focus=()))
        board.render(BUSY)
        assert not board._focus.is_moving
        assert picture(board).pixelColor(60, 400).name() == YELLOW

    def test_a_state_again_does_not_announce_again(self, make_board: MakeBoard, qtbot: QtBot) -> None:
        board = make_board(replace(BUSY, focus=()), moves=True)
        qtbot.waitExposed(board)
        board.render(BUSY)
        board._focus._rest()
        board.render(replace(BUSY, clock="10:44"))
        assert not board._focus.is_moving

    def test_recent_calls_are_pushed_down(self, make_board: MakeBoard, qtbot: QtBot) -> None:
        board = make_board(BUSY, moves=True)
        qtbot.waitExposed(board)
        board.render(replace(BUSY, recent=(RecentRow(call_id="1", token="A012", counter="3"), *ROWS)))
        assert board._recent._progress < 1
        qtbot.waitUntil(lambda: board._recent._progress == 1)


class TestTicker:
    LONG = ("Passport requests: have your photo and your old passport ready. " * 4).strip()

    def test_scrolls_only_what_is_wider_than_the_screen(self, make_board: MakeBoard) -> None:
        assert not make_board(BUSY, moves=True)._ticker.is_scrolling
        assert make_board(replace(BUSY, ticker=(self.LONG,)), moves=True)._ticker.is_scrolling

    def test_moves_by_whole_pixels_and_comes_round(self, make_board: MakeBoard) -> None:
        board = make_board(replace(BUSY, ticker=(self.LONG,)), 1280, 720, moves=True)
        ticker = board._ticker
        seen = set()
        for _ in range(3_000):
            ticker._on_frame()
            seen.add(ticker._offset * ticker._scale)
        assert all(offset == pytest.approx(round(offset)) for offset in seen)
        assert 0 in seen

    def test_reduced_motion_shows_every_word_in_turn(self, make_board: MakeBoard, drawn: Texts) -> None:
        board = make_board(replace(BUSY, ticker=(self.LONG, "Counter 4 opens at 11:00.")))
        pieces = []
        for _ in range(8):
            drawn.clear()
            picture(board)
            pieces.append(drawn[-1][0])
            board._ticker._on_swap()
        said = " ".join(dict.fromkeys(pieces))
        assert "…" not in said
        assert "Counter 4 opens at 11:00." in said
        assert said.count("passport") >= 1


class TestSizes:
    @pytest.mark.parametrize("size", SIZES)
    @pytest.mark.parametrize(
        "state",
        [
            BUSY,
            OLD,
            replace(BUSY, focus=(CALL, SECOND)),
            replace(BUSY, types=TYPES + TYPES),
            replace(BUSY, types=TYPES[:1]),
        ],
        ids=["busy", "stale", "two calls", "six types", "one type"],
    )
    def test_no_text_is_below_32_units_and_no_number_is_cut(
        self, size: tuple[int, int], state: BoardState, make_board: MakeBoard, drawn: Texts
    ) -> None:
        picture(make_board(state, *size))
        assert drawn
        # fonts have whole pixels and are rounded down, so that small screens lose up to one of them
        step = 1 / board_layout(*size).scale
        assert [text for text, _, height in drawn if height < 32 - step] == []
        assert [text for text, style, _ in drawn if style.shrinks and "…" in text] == []

    @given(st.integers(320, 5000), st.integers(320, 5000))
    def test_parts_never_overlap_nor_leave_the_screen(self, width: int, height: int) -> None:
        layout = board_layout(width, height)
        boxes = [layout.header, layout.focus, layout.recent, layout.types, layout.ticker]
        for index, box in enumerate(boxes):
            assert box.width > 0
            assert box.height > 0
            assert box.x >= 0
            assert box.y >= 0
            assert (box.x + box.width) * layout.scale <= width + 0.5
            assert (box.y + box.height) * layout.scale <= height + 0.5
            for other in boxes[index + 1 :]:
                assert not overlaps(box, other)

    def test_more_types_than_places_take_turns(self, make_board: MakeBoard, drawn: Texts) -> None:
        many = tuple(
            TypeTile(prefix=chr(65 + index), name=f"Type {index}", waiting=index) for index in range(11)
        )
        board = make_board(replace(BUSY, types=many))
        picture(board)
        board._types._on_turn()
        picture(board)
        words = {text for text, _, _ in drawn}
        assert {f"Type {index}" for index in range(11)} <= words

    def test_the_board_wanders_inside_its_margin(self, make_board: MakeBoard) -> None:
        board = make_board(BUSY)
        places = set()
        for _ in range(20):
            board._on_wander()
            places.add(board._focus.pos().toTuple())
            assert board._header.geometry().left() >= 32
            assert board._recent.geometry().right() <= 1920 - 32
        assert len(places) > 4


class TestRightToLeft:
    def test_everything_is_mirrored_but_numbers(self, qtbot: QtBot, qapp: QApplication, drawn: Texts) -> None:
        qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        board = Board()
        qtbot.addWidget(board)
        board.set_reduced_motion(True)
        board.resize(1920, 1080)
        board.render(BUSY)
        board.show()
        image = picture(board)
        assert image.pixelColor(1920 - 60, 400).name() == YELLOW
        assert image.pixelColor(1920 - 925, 404).name() == YELLOW
        assert image.pixelColor(60, 400).name() != YELLOW
        assert "A012" in [text for text, _, _ in drawn]

    def test_arabic_words_stand_on_the_line_of_latin_ones(self, make_board: MakeBoard) -> None:
        arabic = replace(BUSY, organization="\u062f\u0627\u0631", date="", clock="")
        latin = replace(arabic, organization="H")
        tops = []
        for state in (arabic, latin):
            image = picture(make_board(state))
            rows = [
                y
                for y in range(40, 124)
                if any(image.pixelColor(x, y).lightness() > 150 for x in range(122, 300))
            ]
            tops.append((min(rows), max(rows)))
        (arabic_top, arabic_bottom), (latin_top, latin_bottom) = tops
        # alif is as high as a capital and stands on the baseline; ra goes below it
        assert abs(arabic_top - latin_top) < 8
        assert 0 <= arabic_bottom - latin_bottom < 16


class TestPairingScreen:
    STATE = PairingState(
        title="Connect this screen",
        text="Type this code once in the admin app. It stays connected from then on.",
        code="BCDF GHJK",
        code_left_s=384,
        steps=(PairingStep(title="Open Displays", text="in the admin app"),) * 3,
        machine="LOBBY-2",
        screen="landscape, 1920 × 1080",
        server="callboard.example",
        clock="10:43",
    )

    @pytest.mark.parametrize("size", SIZES)
    def test_shows_code_machine_and_server(self, size: tuple[int, int], qtbot: QtBot, drawn: Texts) -> None:
        screen = PairingScreen(self.STATE)
        qtbot.addWidget(screen)
        screen.resize(*size)
        picture(screen)
        words = [text for text, _, _ in drawn]
        assert [text for text in words if len(text) == 1 and text.isalpha()] == list("BCDFGHJK")
        assert "A new code appears in 6:24" in words
        assert "LOBBY-2, landscape, 1920 × 1080" in words
        assert "callboard.example" in words

    def test_says_that_the_server_is_out_of_reach(self, qtbot: QtBot, drawn: Texts) -> None:
        screen = PairingScreen(self.STATE)
        qtbot.addWidget(screen)
        screen.resize(1920, 1080)
        screen.render(replace(self.STATE, code="", reaches_server=False))
        picture(screen)
        assert "callboard.example not found, trying again" in [text for text, _, _ in drawn]

    def test_a_code_reads_from_left_to_right_in_arabic(self, qtbot: QtBot) -> None:
        screen = PairingScreen(replace(self.STATE, code="BBBB KKKK", steps=(), code_left_s=0))
        qtbot.addWidget(screen)
        screen.resize(1920, 1080)
        middle = QRectF(0.05, 0.4, 0.9, 0.25)
        plain = picture(screen)
        screen.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        mirrored = picture(screen)
        left = {"x": middle.x(), "y": middle.y(), "width": 0.4, "height": middle.height()}
        assert area(plain, WHITE, **left) == pytest.approx(area(mirrored, WHITE, **left), abs=0.005)


def count_top(image: QImage) -> int:
    """First white row below the chip in the first tile of a 1920 x 1080 board."""
    return next(
        y for y in range(770, 960) if any(image.pixelColor(x, y).name() == WHITE for x in range(64, 130))
    )


def overlaps(first: Box, second: Box) -> bool:
    slack = 0.01
    return (
        first.x + slack < second.x + second.width
        and second.x + slack < first.x + first.width
        and first.y + slack < second.y + second.height
        and second.y + slack < first.y + first.height
    )
