"""The button table: which colours a kind has at rest, hovered, pressed and disabled."""

from dataclasses import dataclass
from typing import Literal

from PySide6.QtGui import QColor

from clients.qt_kit.theme import ColourName, Theme, faded

ButtonKind = Literal[
    "call",
    "primary",
    "secondary",
    "bar",
    "quiet",
    "danger",
    "danger_primary",
    "link",
    "inverse",
]
_HOVER, _PRESS = 0.92, 0.84  # strength of a solid fill over the surface


@dataclass(frozen=True, kw_only=True)
class ButtonColours:
    """What to paint with; None leaves a part out."""

    fill: QColor | None
    border: QColor | None
    ink: QColor
    key_ink: QColor
    key_edge: QColor


def button_colours(
    kind: ButtonKind, theme: Theme, *, enabled: bool, hovered: bool, pressed: bool
) -> ButtonColours:
    """The colours of a button.

    Args:
        kind: its kind.
        theme: the look.
        enabled: False gives the disabled column of the table, whatever else is true.
        hovered: the pointer is over it.
        pressed: held down.
    """
    if not enabled:
        return _disabled(kind, theme)
    if kind == "call":
        fill = theme.color("call_press" if pressed else "call_hover" if hovered else "call")
        edge = theme.color("call_edge") if not theme.is_dark else None
        return _solid(fill, theme.color("on_call"), edge)
    if kind in ("primary", "danger_primary"):
        base = theme.color("primary" if kind == "primary" else "late")
        ink = theme.color("on_primary") if kind == "primary" else theme.color("surface")
        strength = _PRESS if pressed else _HOVER if hovered else 1.0
        return _solid(faded(base, theme.color("surface"), strength), ink, None)
    if kind == "inverse":
        return _inverse(theme, hovered=hovered, pressed=pressed)
    return _plain(kind, theme, hovered=hovered, pressed=pressed)


def _disabled(kind: ButtonKind, theme: Theme) -> ButtonColours:
    ink = theme.color("ink3")
    solid = kind in ("call", "primary", "danger_primary")
    bare = solid or kind in ("quiet", "link")
    return ButtonColours(
        fill=theme.color("sunken") if solid else None,
        border=None if bare and not theme.high_contrast else theme.color("line"),
        ink=ink,
        key_ink=ink,
        key_edge=theme.color("edge" if solid else "line"),
    )


def _solid(fill: QColor, ink: QColor, border: QColor | None) -> ButtonColours:
    return ButtonColours(fill=fill, border=border, ink=ink, key_ink=ink, key_edge=faded(ink, fill, 0.45))


def _inverse(theme: Theme, *, hovered: bool, pressed: bool) -> ButtonColours:
    """A button on an ink ground."""
    ink, ground = theme.color("surface"), theme.color("ink")
    fill = faded(ink, ground, 0.2 if pressed else 0.12) if hovered or pressed else None
    edge = faded(ink, ground, 0.45)
    return ButtonColours(fill=fill, border=edge, ink=ink, key_ink=ink, key_edge=edge)


def _plain(kind: ButtonKind, theme: Theme, *, hovered: bool, pressed: bool) -> ButtonColours:
    rest = theme.color("surface") if kind in ("secondary", "bar", "danger") else None
    over = theme.color("late_soft" if kind == "danger" else "tool_soft" if kind == "link" else "sunken")
    fill = (
        theme.color("line")
        if pressed and kind in ("secondary", "bar", "quiet")
        else over
        if hovered or pressed
        else rest
    )
    ink = theme.color("late" if kind == "danger" else "tool" if kind == "link" else "ink")
    edges: dict[str, ColourName] = {"secondary": "edge", "danger": "edge", "bar": "line"}
    return ButtonColours(
        fill=fill,
        border=theme.color(edges[kind]) if kind in edges else None,
        ink=ink,
        key_ink=theme.color("ink2"),
        key_edge=theme.color("line"),
    )
