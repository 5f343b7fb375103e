"""The colours of tokens.json keep the contrast that the visual language promises (WCAG 2.x)."""

import pytest

from clients.qt_kit.theme import ColourName, Theme, ThemeName, tokens

TEXT, EDGE, LOBBY = 4.5, 3.0, 7.0
DESKTOP: tuple[ThemeName, ...] = ("light", "dark", "contrast")
GROUNDS: tuple[ColourName, ...] = ("ground", "surface", "sunken")

# the "worst" columns of the colour table, over surface, ground and sunken
PROMISED: dict[ColourName, tuple[float, float, float]] = {
    "ink": (15.2, 13.8, 17.4),
    "ink2": (6.96, 8.39, 17.4),
    "ink3": (4.60, 5.55, 13.2),
}


def luminance(hex_colour: str) -> float:
    channels = (int(hex_colour[index : index + 2], 16) / 255 for index in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(theme: ThemeName, first: ColourName, second: ColourName) -> float:
    values = sorted((luminance(tokens()[theme][first]), luminance(tokens()[theme][second])))
    return (values[1] + 0.05) / (values[0] + 0.05)


class TestText:
    @pytest.mark.parametrize("name", PROMISED)
    @pytest.mark.parametrize("column", range(3))
    def test_keeps_the_promised_worst_case(self, name: ColourName, column: int) -> None:
        theme = DESKTOP[column]
        worst = min(ratio(theme, name, ground) for ground in GROUNDS)
        assert worst >= PROMISED[name][column] - 0.06

    @pytest.mark.parametrize("theme", DESKTOP)
    @pytest.mark.parametrize(
        ("ink", "ground"),
        [
            ("on_primary", "primary"),
            ("on_call", "call"),
            ("on_call", "call_hover"),
            ("on_call", "call_press"),
            ("ink", "tool_soft"),
            ("ink", "on_time_soft"),
            ("ink", "near_soft"),
            ("ink", "late_soft"),
            ("tool", "surface"),
            ("on_time", "surface"),
            ("near", "surface"),
            ("late", "surface"),
            ("late", "late_soft"),
            ("near", "tool_soft"),
            ("late", "tool_soft"),
            ("on_time", "tool_soft"),
        ],
    )
    def test_is_readable_on_its_ground(self, theme: ThemeName, ink: ColourName, ground: ColourName) -> None:
        assert ratio(theme, ink, ground) >= TEXT - 0.06

    @pytest.mark.parametrize(
        ("ink", "ground"),
        [("ink", "ground"), ("ink", "panel"), ("ink", "plate"), ("ink", "stale"), ("ink2", "panel"),
         ("ink2", "ground"), ("on_call", "call"), ("call", "panel"), ("call", "plate")],
    )  # fmt: skip
    def test_is_readable_across_a_lobby(self, ink: ColourName, ground: ColourName) -> None:
        assert ratio("display", ink, ground) >= LOBBY


class TestEdges:
    @pytest.mark.parametrize("theme", DESKTOP)
    @pytest.mark.parametrize("ground", ["ground", "surface"])
    def test_show_where_a_control_ends(self, theme: ThemeName, ground: ColourName) -> None:
        assert ratio(theme, "edge", ground) >= EDGE


class TestThemes:
    def test_have_the_same_roles(self) -> None:
        light, *others = (set(tokens()[name]) for name in DESKTOP)
        assert all(names == light for names in others)
        assert set(tokens()["display"]) == light | {"panel", "plate", "stale"}

    def test_refuse_an_unknown_role(self) -> None:
        with pytest.raises(KeyError):
            Theme(name="light").color("plate")
