"""Changing the look: every widget follows at once, and the sheet leaves nothing to chance."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QTemporaryDir
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import (
    Theme,
    ThemeName,
    ThemeProvider,
    apply_theme,
    current_theme,
    make_style_sheet,
    system_theme,
    write_sheet_icons,
)
from clients.qt_kit.widgets.card import Card
from clients.qt_kit.widgets.label import Label

NAMES: tuple[ThemeName, ...] = ("light", "dark", "contrast", "display")


class TestStyleSheet:
    @pytest.mark.parametrize("name", NAMES)
    def test_has_every_role_filled_in(self, name: ThemeName) -> None:
        folder = QTemporaryDir()
        theme = Theme(name=name)
        sheet = make_style_sheet(theme, write_sheet_icons(theme, folder))
        assert "@" not in sheet
        inks = {theme.color("ink2").name(), theme.color("on_primary").name()}
        drawings = [Path(file).read_text() for file in re.findall(r'url\("([^"]+)"\)', sheet)]
        assert len(drawings) == 2
        assert all(any(ink in drawing for ink in inks) for drawing in drawings)

    def test_sets_no_font(self) -> None:
        theme = Theme()
        assert "font" not in make_style_sheet(theme, write_sheet_icons(theme, QTemporaryDir()))

    def test_grows_with_the_text(self, qtbot: QtBot, qapp: QApplication) -> None:
        line = QLineEdit()
        qtbot.addWidget(line)
        line.show()
        before = line.sizeHint().height()
        apply_theme(qapp, "light", text_scale=200)
        assert before == 40
        assert line.sizeHint().height() == 78  # 2 × 38 and two borders


class TestSwitch:
    def test_repaints_what_is_open(self, qtbot: QtBot, qapp: QApplication) -> None:
        card = Card("Waiting")
        qtbot.addWidget(card)
        card.resize(200, 100)
        card.show()
        seen = set()
        for name in ("light", "dark", "contrast"):
            apply_theme(qapp, name)  # type: ignore[arg-type]
            seen.add(card.grab().toImage().pixelColor(100, 80).name())
        assert seen == {"#ffffff", "#171b21", "#000000"}

    def test_needs_no_hand_to_repaint(self, qtbot: QtBot, qapp: QApplication) -> None:
        painted: list[str] = []

        class Watched(Card):
            def paintEvent(self, event: QPaintEvent) -> None:
                super().paintEvent(event)
                painted.append(self.theme.name)

        card = Watched("Waiting")
        qtbot.addWidget(card)
        card.show()
        qtbot.waitUntil(lambda: "light" in painted)
        apply_theme(qapp, "dark")
        qtbot.waitUntil(lambda: "dark" in painted)

    def test_tells_it(self, qtbot: QtBot, qapp: QApplication) -> None:
        with qtbot.waitSignal(ThemeProvider.of(qapp).theme_changed) as told:
            apply_theme(qapp, "dark", text_scale=150)
        assert told.args == [Theme(name="dark", text_scale=150)]
        assert current_theme() == Theme(name="dark", text_scale=150)

    def test_follows_the_desktop(self, qapp: QApplication) -> None:
        apply_theme(qapp, "dark")
        provider = apply_theme(qapp, "system")
        assert provider.theme.name == system_theme()

    def test_a_choice_outlasts_a_change_of_the_desktop(self, qapp: QApplication) -> None:
        apply_theme(qapp, "dark")
        qapp.styleHints().colorSchemeChanged.emit(qapp.styleHints().colorScheme())
        assert current_theme().name == "dark"

    def test_refuses_an_unknown_name(self, qapp: QApplication) -> None:
        with pytest.raises(ValueError, match="sepia"):
            ThemeProvider.of(qapp).set_choice("sepia")  # type: ignore[arg-type]

    def test_labels_take_the_new_size(self, qtbot: QtBot, qapp: QApplication) -> None:
        label = Label(TextRole.BODY, "Nobody is waiting")
        qtbot.addWidget(label)
        label.show()
        before = label.sizeHint()
        apply_theme(qapp, "light", text_scale=200)
        assert label.font().pixelSize() == 28
        assert label.sizeHint().height() == before.height() * 2
