"""The small widgets: what they show, what they tell, and that nothing is cut at 200 %."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from clients.qt_kit.gallery import Gallery
from clients.qt_kit.icons import UnknownIcon, icon_names, icon_pixmap
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import Theme, apply_theme
from clients.qt_kit.widgets.avatar import initials
from clients.qt_kit.widgets.base import PaintedWidget
from clients.qt_kit.widgets.command_button import CommandButton
from clients.qt_kit.widgets.elided_label import ElidedLabel
from clients.qt_kit.widgets.field import Field, PasswordEdit
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.plate import Plate
from clients.qt_kit.widgets.segments import Segment, Segments
from clients.qt_kit.widgets.service_mark import ServiceLevel
from clients.qt_kit.widgets.sign_in import SignIn, SignInState
from clients.qt_kit.widgets.toast import Toast
from clients.qt_kit.widgets.token_label import TokenLabel
from clients.qt_kit.widgets.undo_lane import UndoLane, UndoLaneState


@pytest.fixture
def shown(qtbot: QtBot) -> QWidget:
    holder = QWidget()
    holder.resize(600, 400)
    qtbot.addWidget(holder)
    holder.show()
    return holder


def unlikeness(first: QImage, second: QImage) -> float:
    """Share of the ink that lies elsewhere, 0 to 2; smoothing differs by a few steps of grey."""
    alphas = [
        (first.pixelColor(x, y).alpha(), second.pixelColor(x, y).alpha())
        for x in range(first.width())
        for y in range(first.height())
    ]
    return sum(abs(one - other) for one, other in alphas) / sum(one for one, _ in alphas)


class TestGallery:
    @pytest.mark.parametrize("scale", [100, 200])
    @pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
    def test_nothing_is_cut(
        self,
        scale: int,
        direction: Qt.LayoutDirection,
        qtbot: QtBot,
        qapp: QApplication,
    ) -> None:
        qapp.setLayoutDirection(direction)
        apply_theme(qapp, "light", text_scale=scale)
        gallery = Gallery()
        qtbot.addWidget(gallery)
        gallery.show()
        gallery.adjustSize()
        gallery.grab()
        cut = [
            label.text()
            for label in gallery.findChildren(Label)
            if label.is_cut and not isinstance(label, ElidedLabel)
        ]
        squeezed = [
            widget
            for kind in (PaintedWidget, CommandButton)
            for widget in gallery.findChildren(kind)
            if widget.isVisible()
            and (
                widget.width() < widget.minimumSizeHint().width()
                or widget.height() < widget.minimumSizeHint().height()
            )
        ]
        assert cut == []
        assert squeezed == []

    def test_every_control_has_a_name_for_a_screen_reader(self, qtbot: QtBot) -> None:
        gallery = Gallery()
        qtbot.addWidget(gallery)
        gallery.show()
        controls = [
            *gallery.findChildren(CommandButton),
            *gallery.findChildren(PasswordEdit),
        ]
        nameless = [control for control in controls if control.isVisible() and not control.accessibleName()]
        assert controls
        assert nameless == []


class TestIcons:
    @pytest.mark.parametrize("name", icon_names())
    def test_is_drawn_in_the_colour_asked_for(self, name: str, qapp: QApplication) -> None:
        image = icon_pixmap(name, 24, Theme().color("late"), 2.0).toImage()
        assert image.width() == 48
        opaque = [
            image.pixelColor(x, y)
            for x in range(48)
            for y in range(48)
            if image.pixelColor(x, y).alpha() == 255
        ]
        assert opaque
        assert {colour.name() for colour in opaque} == {"#860a36"}

    def test_arrows_turn_around_from_right_to_left_and_others_do_not(self, qapp: QApplication) -> None:
        ink = Theme().color("ink")
        arrow, cup = (
            icon_pixmap("arrow-right", 24, ink).toImage(),
            icon_pixmap("coffee", 24, ink).toImage(),
        )
        qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        turned = icon_pixmap("arrow-right", 24, ink).toImage()
        assert unlikeness(turned, arrow.flipped(Qt.Orientation.Horizontal)) < 0.05
        assert unlikeness(turned, arrow) > 0.2
        assert icon_pixmap("coffee", 24, ink).toImage() == cup

    def test_unknown_is_refused(self, qapp: QApplication) -> None:
        with pytest.raises(UnknownIcon, match="unicorn"):
            icon_pixmap("unicorn", 24, Theme().color("ink"))


class TestServiceLevel:
    @pytest.mark.parametrize(
        ("waited_s", "level"),
        [
            (0, ServiceLevel.ON_TIME),
            (449, ServiceLevel.ON_TIME),
            (450, ServiceLevel.NEAR),
            (600, ServiceLevel.NEAR),
            (601, ServiceLevel.LATE),
        ],
    )
    def test_changes_at_75_per_cent_and_beyond_the_limit(self, waited_s: float, level: ServiceLevel) -> None:
        assert ServiceLevel.of(waited_s, 600) is level

    def test_without_a_limit_nobody_is_late(self) -> None:
        assert ServiceLevel.of(9_999, 0) is ServiceLevel.ON_TIME


class TestLabels:
    def test_a_name_is_elided_and_tells_it(self, qtbot: QtBot) -> None:
        label = ElidedLabel(TextRole.BODY, "A very long name of a customer type")
        qtbot.addWidget(label)
        label.resize(80, 20)
        label.grab()
        assert label.is_cut
        label.resize(label.sizeHint())
        label.grab()
        assert not label.is_cut

    def test_a_paragraph_takes_the_height_of_its_lines(self, qtbot: QtBot) -> None:
        label = Label(TextRole.BODY, "One two three four five six seven eight nine ten", wrap=True)
        qtbot.addWidget(label)
        wide, narrow = label.heightForWidth(800), label.heightForWidth(120)
        assert wide == 20
        assert narrow >= 60
        assert narrow % 20 == 0

    def test_a_token_number_is_never_narrower_than_its_digits(self, qtbot: QtBot) -> None:
        label = TokenLabel(TextRole.HERO_NUMBER, "A012")
        qtbot.addWidget(label)
        assert label.minimumSizeHint() == label.sizeHint()
        assert label.sizeHint().height() == 176

    def test_two_digits_fit_on_a_plate(self, qtbot: QtBot) -> None:
        plate = Plate("12", side=40)
        qtbot.addWidget(plate)
        plate.resize(40, 40)
        image = plate.grab().toImage()
        white_columns = [
            x for x in range(40) if any(image.pixelColor(x, y).name() == "#ffffff" for y in range(10, 30))
        ]
        assert white_columns
        assert min(white_columns) >= 5
        assert max(white_columns) <= 35

    @pytest.mark.parametrize(
        ("name", "letters"),
        [("Marta Ruiz", "MR"), ("Cher", "C"), ("", ""), ("Ana de la Cruz", "AC")],
    )
    def test_initials(self, name: str, letters: str) -> None:
        assert initials(name) == letters


class TestUndoLane:
    def test_lapses_by_itself_and_then_refuses_its_key(self, shown: QWidget, qtbot: QtBot) -> None:
        lane = UndoLane(parent=shown)
        lane.resize(600, 48)
        lane.show()
        with qtbot.waitSignal(lane.undo_lapsed, timeout=5_000):
            lane.render(
                UndoLaneState(
                    text="A012 called",
                    undo_left_ms=120,
                    last_text="Last: A012 called at 10:43",
                )
            )
            assert lane.can_undo
        assert not lane.can_undo
        assert lane.accessibleName() == "Last: A012 called at 10:43"
        with qtbot.assertNotEmitted(lane.undo_requested):
            qtbot.keyClick(shown, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)

    def test_keeps_its_height_in_every_state(self, qtbot: QtBot) -> None:
        lane = UndoLane()
        qtbot.addWidget(lane)
        heights = {lane.sizeHint().height()}
        lane.render(UndoLaneState(text="A012 called", undo_left_ms=9_000))
        heights.add(lane.sizeHint().height())
        lane.render(UndoLaneState(last_text="Last: A011 completed at 10:39"))
        heights.add(lane.sizeHint().height())
        assert heights == {48}

    def test_the_same_state_again_does_not_give_more_time(self, shown: QWidget, qtbot: QtBot) -> None:
        lane = UndoLane(parent=shown)
        lane.show()
        state = UndoLaneState(text="A012 called", undo_left_ms=5_000)
        lane.render(state)
        ends_at = lane._ends_at
        lane.render(state)
        assert lane._ends_at == ends_at

    def test_undo_is_told(self, shown: QWidget, qtbot: QtBot) -> None:
        lane = UndoLane(parent=shown)
        lane.resize(600, 48)
        lane.show()
        lane.render(UndoLaneState(text="A012 called", undo_left_ms=9_000))
        with qtbot.waitSignal(lane.undo_requested):
            qtbot.mouseClick(lane.findChild(CommandButton), Qt.MouseButton.LeftButton)


class TestToast:
    def test_floats_in_the_bottom_start_corner(self, shown: QWidget) -> None:
        toast = Toast(shown)
        toast.render(UndoLaneState(text="Counter 4 was closed", undo_left_ms=9_000))
        assert toast.isVisible()
        assert toast.geometry().left() == 24
        assert toast.geometry().bottom() == 400 - 24 - 1
        toast.render(None)
        assert not toast.isVisible()


class TestSegments:
    def test_arrow_keys_move_the_choice(self, shown: QWidget, qtbot: QtBot) -> None:
        segments = Segments(look="list", parent=shown)
        segments.render([Segment(key=key, text=key) for key in ("all", "A", "B")], "all")
        segments.show()
        first = segments._buttons[0]
        first.setFocus()
        with qtbot.waitSignal(segments.segment_chosen) as told:
            qtbot.keyClick(first, Qt.Key.Key_Right)
        assert told.args == ["A"]
        assert segments.chosen == "A"

    def test_a_new_figure_keeps_the_choice_and_is_silent(self, shown: QWidget, qtbot: QtBot) -> None:
        segments = Segments(parent=shown)
        segments.render(
            [
                Segment(key="A", text="A", figure="5"),
                Segment(key="B", text="B", figure="3"),
            ],
            "B",
        )
        with qtbot.assertNotEmitted(segments.segment_chosen):
            segments.render(
                [
                    Segment(key="A", text="A", figure="6"),
                    Segment(key="B", text="B", figure="3"),
                ],
                "B",
            )
        assert segments.chosen == "B"

    def test_parts_may_come_and_go(self, shown: QWidget) -> None:
        segments = Segments(look="list", parent=shown)
        segments.render([Segment(key=key, text=key) for key in "ABC"], "C")
        segments.render([Segment(key=key, text=key) for key in "AB"], "A")
        assert segments.chosen == "A"
        assert len(segments._buttons) == 2


class TestField:
    def test_an_error_is_shown_and_goes_while_typing(self, shown: QWidget, qtbot: QtBot) -> None:
        field = Field("Letter", parent=shown)
        field.show()
        field.set_error("B is used by Information. W is free.")
        assert field.error == "B is used by Information. W is free."
        assert field.input.accessibleDescription() == field.error
        height = field.sizeHint().height()
        qtbot.keyClicks(field.input, "W")
        assert field.error == ""
        assert field.sizeHint().height() == height

    def test_a_long_error_is_wrapped_not_cut(self, shown: QWidget, qtbot: QtBot) -> None:
        field = Field("Letter", parent=shown)
        field.resize(160, 200)
        field.show()
        one_line = field.heightForWidth(160)
        field.set_error("B is used by Information. W is free, and so are X, Y and Z.")
        assert field.heightForWidth(160) > one_line
        field.grab()
        assert not any(label.is_cut for label in field.findChildren(Label))

    def test_a_password_can_be_shown_by_keyboard(self, shown: QWidget, qtbot: QtBot) -> None:
        field = Field("Password", password=True, parent=shown)
        field.show()
        assert isinstance(field.input, PasswordEdit)
        assert field.input.echoMode() == QLineEdit.EchoMode.Password
        qtbot.keyClick(field.input._show, Qt.Key.Key_Space)
        assert field.input.is_shown
        qtbot.keyClick(field.input._show, Qt.Key.Key_Space)
        assert not field.input.is_shown


class TestSignIn:
    @pytest.fixture
    def form(self, qtbot: QtBot) -> SignIn:
        form = SignIn(SignInState(server="callboard.example:8443", title="Staff counter"))
        qtbot.addWidget(form)
        form.resize(900, 640)
        form.show()
        return form

    def test_sends_both_fields_by_enter(self, form: SignIn, qtbot: QtBot) -> None:
        qtbot.keyClicks(form.username.input, " marta ")
        qtbot.keyClicks(form.password.input, "correct horse ")
        with qtbot.waitSignal(form.sign_in_requested) as told:
            qtbot.keyClick(form.password.input, Qt.Key.Key_Return)
        assert told.args == [
            "marta",
            "correct horse ",
        ]  # a password's spaces belong to it

    def test_asks_for_what_is_missing(self, form: SignIn, qtbot: QtBot) -> None:
        with qtbot.assertNotEmitted(form.sign_in_requested):
            qtbot.keyClicks(form.username.input, "marta")
            qtbot.keyClick(form.username.input, Qt.Key.Key_Return)
        assert form.password.error == "Enter your password."
        assert form.username.error == ""

    def test_sends_once_while_busy(self, form: SignIn, qtbot: QtBot) -> None:
        form.username.set_text("marta")
        form.password.set_text("x")
        form.render(SignInState(server="callboard.example:8443", busy=True))
        with qtbot.assertNotEmitted(form.sign_in_requested):
            qtbot.keyClick(form.password.input, Qt.Key.Key_Return)

    def test_a_refusal_keeps_the_name_and_selects_the_password(self, form: SignIn, qtbot: QtBot) -> None:
        form.username.set_text("marta")
        form.password.set_text("wrong")
        form.render(
            SignInState(
                server="s",
                error="User name or password is wrong.",
                password_is_wrong=True,
            )
        )
        assert form.username.text == "marta"
        assert form.password.input.selectedText() != ""
