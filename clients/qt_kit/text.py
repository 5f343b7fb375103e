"""Type: one role per row of the visual language's type table, and nothing else sets a font size.

Fonts come from the packages `fontpkg_inter` and `fontpkg_noto_sans_arabic`, never from the system, so
that a board looks the same on every machine. `load_fonts()` runs once, before the first widget.
"""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import fontpkg_inter
import fontpkg_noto_sans_arabic
from PySide6.QtGui import QFont, QFontDatabase

FAMILIES = ["Inter", "Noto Sans Arabic"]
DISPLAY_CUT_PX = 24  # from here up Inter's Display cut (opsz 32) is drawn, below it the text cut (opsz 14)
MIN_SCALE, MAX_SCALE = 100, 200  # per cent, the text sizes a person can choose
HUGE_SCALE_LIMIT = 130  # per cent: 176, 64 and 56 px are read from afar already, and would push the rest out

_WEIGHT_AXIS = QFont.Tag("wght")
_OPTICAL_SIZE_AXIS = QFont.Tag("opsz")
_TABULAR = QFont.Tag("tnum")
_CAPITAL_FORMS = QFont.Tag("case")
_OPEN_DIGITS = QFont.Tag("ss01")


class FontsMissing(Exception):
    """A bundled font could not be read.

    Args:
        path: the font file that Qt refused.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"The font {path.name} could not be loaded.")


@dataclass(frozen=True, kw_only=True)
class TextSpec:
    """One row of the type table: sizes in logical pixels at 100 %, spacing in per cent of the advance."""

    px: int
    line: int
    weight: int = 400
    spacing: float = 0.0
    numeric: bool = False  # digits and token numbers only: tight spacing holds in Arabic too
    tabular: bool = True  # digits of one width, so that counts and timers do not jitter
    huge: bool = False  # scales to HUGE_SCALE_LIMIT at most


class TextRole(Enum):
    """What a text is for; the value is its row of the type table.

    Large token numbers are proportional, as drawn: they change as a whole, and Inter's tabular 1 stands
    on a foot as wide as a 0.
    """

    HERO_NUMBER = TextSpec(px=176, line=176, weight=700, spacing=-3, numeric=True, tabular=False, huge=True)
    HERO_ACTION = TextSpec(px=64, line=72, weight=700, spacing=-2.5, huge=True)
    TIMER = TextSpec(px=56, line=60, weight=600, spacing=-2, numeric=True, huge=True)
    TOKEN_L = TextSpec(px=36, line=40, weight=700, spacing=-2, numeric=True, tabular=False)
    TOKEN_BAR = TextSpec(
        px=34, line=40, weight=700, spacing=-2, numeric=True, tabular=False
    )  # the compact bar's token
    TOKEN_CARD = TextSpec(
        px=28, line=36, weight=700, spacing=-2, numeric=True, tabular=False
    )  # the admin's counter grid
    COUNT = TextSpec(px=36, line=40, weight=600, spacing=-2, numeric=True)
    FIGURE = TextSpec(px=32, line=40, weight=600, spacing=-1.5)
    FIGURE_S = TextSpec(px=26, line=32, weight=600, spacing=-1.5)
    TITLE = TextSpec(px=24, line=32, weight=600, spacing=-1)
    KEY_HERO = TextSpec(px=24, line=32, weight=700, numeric=True, huge=True)  # the key-cap of Call next
    HEADING = TextSpec(px=16, line=24, weight=600)
    TOKEN_S = TextSpec(px=16, line=20, weight=600, numeric=True)
    BODY = TextSpec(px=14, line=20)
    BODY_MEDIUM = TextSpec(px=14, line=20, weight=500)
    BODY_STRONG = TextSpec(px=14, line=20, weight=600)
    SMALL = TextSpec(px=13, line=18)
    SMALL_MEDIUM = TextSpec(px=13, line=18, weight=500)
    SMALL_STRONG = TextSpec(px=13, line=18, weight=600)
    HINT = TextSpec(px=12, line=16)
    HINT_STRONG = TextSpec(px=12, line=16, weight=600)
    KEY_L = TextSpec(px=13, line=16, weight=600, numeric=True)  # the key-cap of Complete
    KEY = TextSpec(px=11, line=16, weight=600, numeric=True)


def load_fonts() -> None:
    """Register the bundled fonts with Qt; needs a QGuiApplication.

    Raises:
        FontsMissing: a font file is absent or unreadable.
    """
    for path in (
        fontpkg_inter.ROOT / "files" / "Inter[opsz,wght].ttf",
        fontpkg_noto_sans_arabic.ROOT / "files" / "NotoSansArabic[wdth,wght].ttf",
    ):
        if QFontDatabase.addApplicationFont(str(path)) < 0:
            raise FontsMissing(path)


def effective_scale(role: TextRole, scale: int) -> int:
    """The per cent by which `role` really grows when the person asked for `scale` per cent."""
    bounded = max(MIN_SCALE, min(MAX_SCALE, scale))
    return min(bounded, HUGE_SCALE_LIMIT) if role.value.huge else bounded


def make_font(
    role: TextRole,
    *,
    scale: int = 100,
    right_to_left: bool = False,
    tabular: bool = True,
) -> QFont:
    """The font of a role.

    Args:
        role: the row of the type table.
        scale: text size in per cent, 100 to 200.
        right_to_left: Arabic is never set tight; numeric roles, always Latin, stay as they are.
        tabular: digits of one width. Inter widens its hyphen with them, so words do without.
    """
    spec = role.value
    px = round(spec.px * effective_scale(role, scale) / 100)
    spacing = 0.0 if right_to_left and not spec.numeric else spec.spacing
    return _build(
        px=px,
        weight=spec.weight,
        spacing=spacing,
        numeric=spec.numeric,
        tabular=tabular and spec.tabular,
    )


def line_height(role: TextRole, *, scale: int = 100) -> int:
    """Line height of a role in logical pixels at `scale` per cent."""
    return round(role.value.line * effective_scale(role, scale) / 100)


def plate_font(side: float, digits: int, share: float = 0.6) -> QFont:
    """The numeral of a counter plate; two digits stand at 76 % of the size of one.

    Args:
        side: of the plate in logical pixels.
        digits: how many characters.
        share: of the side that one digit's font takes.
    """
    px = side * share * (1.0 if digits <= 1 else 0.76 if digits == 2 else 0.56)
    return _build(px=max(8, round(px)), weight=700, spacing=-1, numeric=True, tabular=False)


def sized_font(px: float, weight: int, *, spacing: float = 0.0) -> QFont:
    """A font for what is sized by its frame rather than by the text scale: avatars, chips, thumbnails.

    Args:
        px: size in logical pixels.
        weight: 100 to 900.
        spacing: per cent of the advance to add, negative for tighter.
    """
    return _build(px=max(8, round(px)), weight=weight, spacing=spacing, numeric=False, tabular=False)


def lobby_font(px: float, weight: int, *, spacing: float = 0.0, numeric: bool = False) -> QFont:
    """A font of the lobby board: Inter's Display cut with open digits (3, 6, 8, 9 apart from afar).

    Its digits are proportional: nothing counts seconds there, and Inter's open tabular 1 stands on a
    slab as wide as a 0, which would make "A011" a fifth wider than the drawing has room for.

    Args:
        px: size in device-independent pixels, already scaled to the board; rounded down, so that what
            fits in the drawing fits on every screen.
        weight: 100 to 900.
        spacing: per cent of the advance to add, negative for tighter.
        numeric: a token, counter or clock: capital-height punctuation.
    """
    font = _build(px=max(1, int(px)), weight=weight, spacing=spacing, numeric=numeric, tabular=False)
    font.setVariableAxis(_OPTICAL_SIZE_AXIS, 32)
    font.setFeature(_OPEN_DIGITS, 1)
    return font


def _build(*, px: int, weight: int, spacing: float, numeric: bool, tabular: bool = True) -> QFont:
    font = QFont(FAMILIES)
    font.setPixelSize(px)
    # The weight goes through the axis alone: Inter is one variable file that Qt lists as "Regular",
    # so setWeight(700) would thicken the outlines a second time (synthetic bold).
    font.setVariableAxis(_WEIGHT_AXIS, weight)
    font.setVariableAxis(_OPTICAL_SIZE_AXIS, 32 if px >= DISPLAY_CUT_PX else 14)
    # said either way: what a font leaves open it inherits from the widget it is used on
    font.setFeature(_TABULAR, int(tabular))
    if numeric:
        font.setFeature(_CAPITAL_FORMS, 1)
    if spacing:
        font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 100 + spacing)
    return font
