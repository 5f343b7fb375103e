"""Type: weights, optical sizes, tabular digits, limits of the text size, Arabic."""

import pytest
from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF, QImage, QPainter

from clients.qt_kit.text import (
    TextRole,
    effective_scale,
    line_height,
    lobby_font,
    make_font,
)
from clients.qt_kit.theme import Theme


def advance(font: QFont, text: str) -> float:
    return QFontMetricsF(font).horizontalAdvance(text)


def ink_on(font: QFont, text: str) -> int:
    image = QImage(400, 80, QImage.Format.Format_Grayscale8)
    image.fill(255)
    painter = QPainter(image)
    painter.setFont(font)
    painter.drawText(10, 50, text)
    painter.end()
    return sum(255 - value for value in bytes(image.constBits()))


class TestMakeFont:
    def test_uses_the_bundled_family(self) -> None:
        assert QFontInfo(make_font(TextRole.BODY)).family() == "Inter"

    @pytest.mark.parametrize(
        "role", [TextRole.BODY, TextRole.TIMER, TextRole.COUNT, TextRole.TOKEN_S, TextRole.SMALL]
    )
    def test_digits_are_equally_wide(self, role: TextRole) -> None:
        assert advance(make_font(role), "1111") == advance(make_font(role), "0000")

    def test_a_hyphen_is_not_torn_apart(self) -> None:
        word = Theme().font_for(TextRole.BODY, "No-show")
        assert advance(word, "-") < advance(make_font(TextRole.BODY), "-") * 0.8
        assert word.isFeatureSet(QFont.Tag("tnum"))  # set to 0, or the widget's own font would fill it in

    def test_weight_is_drawn_by_the_axis(self) -> None:
        light, strong = (
            ink_on(make_font(TextRole.BODY), "Callboard"),
            ink_on(make_font(TextRole.BODY_STRONG), "Callboard"),
        )
        assert strong > light * 1.15

    def test_large_text_uses_the_display_cut(self) -> None:
        axis = QFont.Tag("opsz")
        assert make_font(TextRole.TITLE).variableAxisValue(axis) == 32
        assert make_font(TextRole.BODY).variableAxisValue(axis) == 14
        # at 200 % the body is large text
        assert make_font(TextRole.BODY, scale=200).variableAxisValue(axis) == 32

    def test_arabic_is_never_set_tight_but_numbers_are(self) -> None:
        assert make_font(TextRole.HERO_ACTION).letterSpacing() == pytest.approx(97.5)
        assert make_font(TextRole.HERO_ACTION, right_to_left=True).letterSpacing() in (
            0,
            100,
        )
        assert make_font(TextRole.HERO_NUMBER, right_to_left=True).letterSpacing() == pytest.approx(97)

    def test_arabic_letters_are_drawn(self) -> None:
        # a missing glyph would be the same box for both words of equal length
        font = make_font(TextRole.TITLE)
        assert advance(font, "نداء") != advance(font, "مفتو")


class TestScale:
    def test_grows_every_role_but_the_huge_ones_to_a_limit(self) -> None:
        assert make_font(TextRole.BODY, scale=200).pixelSize() == 28
        assert make_font(TextRole.HERO_NUMBER, scale=200).pixelSize() == round(176 * 1.3)
        assert line_height(TextRole.BODY, scale=150) == 30

    @pytest.mark.parametrize(("asked", "given"), [(50, 100), (100, 100), (300, 200)])
    def test_stays_between_100_and_200(self, asked: int, given: int) -> None:
        assert effective_scale(TextRole.BODY, asked) == given


class TestLobbyFont:
    def test_has_open_digits(self) -> None:
        plain = make_font(TextRole.TOKEN_L)
        lobby = lobby_font(36, 700, spacing=-2, numeric=True)
        assert QFont.Tag("ss01") in lobby.featureTags()
        assert QFont.Tag("ss01") not in plain.featureTags()
        assert lobby.featureValue(QFont.Tag("tnum")) == 0
        assert ink_on(lobby, "3") != ink_on(plain, "3")
