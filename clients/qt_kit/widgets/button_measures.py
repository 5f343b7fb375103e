"""Sizes of a command button, by where it stands."""

from dataclasses import dataclass
from enum import Enum

from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.key_cap import HEIGHT, HEIGHT_HERO


@dataclass(frozen=True, kw_only=True)
class ButtonMeasures:
    """Measures of a size of button, logical pixels at 100 %."""

    height: int
    padding: int
    radius: int
    gap: int
    key_height: int
    role: TextRole
    primary_role: TextRole


class ButtonSize(Enum):
    """Where a button stands."""

    ROW = ButtonMeasures(
        height=28,
        padding=11,
        radius=6,
        gap=8,
        key_height=HEIGHT,
        role=TextRole.SMALL_STRONG,
        primary_role=TextRole.SMALL_STRONG,
    )
    BAR = ButtonMeasures(
        height=36,
        padding=13,
        radius=8,
        gap=8,
        key_height=HEIGHT,
        role=TextRole.BODY_STRONG,
        primary_role=TextRole.BODY_STRONG,
    )
    COMMAND = ButtonMeasures(
        height=52,
        padding=13,
        radius=10,
        gap=10,
        key_height=HEIGHT,
        role=TextRole.BODY_STRONG,
        primary_role=TextRole.HEADING,
    )
    HERO = ButtonMeasures(
        height=160,
        padding=41,
        radius=16,
        gap=16,
        key_height=HEIGHT_HERO,
        role=TextRole.HERO_ACTION,
        primary_role=TextRole.HERO_ACTION,
    )
