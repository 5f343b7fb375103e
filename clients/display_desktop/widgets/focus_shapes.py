"""The measures of the focus panel in units: where arrow, token and counter lie in its three forms."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from clients.display_desktop.widgets.canvas import PANEL_RADIUS, TextStyle

_GAP = 24.0
_PADDING = 48.0


@dataclass(frozen=True, kw_only=True)
class CounterPlace:
    """Where "Counter" and its number stand, in units; heights are measured from the panel's top."""

    label_x: float
    label_y: float
    label_width: float
    number_x: float
    number_y: float
    number_width: float


@dataclass(frozen=True, kw_only=True)
class PanelShape:
    """One call's panel.

    Args:
        x: start edge.
        y: top.
        width: of the panel.
        height: of the panel.
        points_down: the arrow points down at the counter (upright boards), else towards the end.
        is_half: one of two calls.
        shaft: where the arrow's shaft ends, from the panel's start (top when pointing down).
        tip: how far its tip reaches beyond.
        padding: from the edge to the texts.
        token_width: room for token and labels.
        label_y: middle of the upper label.
        token_y: middle of the token.
        type_y: middle of the type's name below the token.
    """

    x: float
    y: float
    width: float
    height: float
    points_down: bool
    is_half: bool
    shaft: float
    tip: float
    padding: float
    token_width: float
    label_y: float
    token_y: float
    type_y: float
    label: TextStyle
    type_label: TextStyle
    token: TextStyle
    counter_label: TextStyle
    counter_number: TextStyle
    counter: CounterPlace


def panel_shapes(width: float, height: float, calls: int, *, portrait: bool) -> list[PanelShape]:
    """The panels of one or two calls in a region of that size."""
    if calls > 1:
        half = (height - _GAP) / 2
        return [_sideways(width, half, y=index * (half + _GAP), half=True) for index in range(calls)]
    if portrait:
        return [_downwards(width, height)]
    return [_sideways(width, height, y=0, half=False)]


def _sideways(width: float, height: float, *, y: float, half: bool) -> PanelShape:
    """The drawing's 820 of 1240 units, in proportion on other widths."""
    shaft = width * 820 / 1240
    tip = 64.0 if half else 76.0
    number = 200.0 if half else 296.0
    beyond = shaft + tip * 0.73  # the middle of what is left of the panel, seen past the tip
    label_y = height * (30 / 248 if half else 82 / 520)
    token_y = height * (147 / 248 if half else 0.5)
    token_style = TextStyle(number, 700, spacing=-1, numeric=True)
    label_size = 36.0 if half else 44.0
    counter = CounterPlace(
        label_x=beyond,
        label_y=label_y,
        label_width=width - beyond,
        number_x=beyond + 36,
        number_y=token_y,
        number_width=width - beyond - 72,
    )
    return PanelShape(
        x=0,
        y=y,
        width=width,
        height=height,
        points_down=False,
        is_half=half,
        shaft=shaft,
        tip=tip,
        padding=_PADDING,
        token_width=shaft - _PADDING - 16,
        label_y=label_y,
        token_y=token_y,
        type_y=height * 440 / 520,
        label=TextStyle(label_size, 600),
        type_label=TextStyle(label_size, 500),
        token=token_style,
        counter_label=TextStyle(label_size, 600),
        counter_number=token_style,
        counter=counter,
    )


def _downwards(width: float, height: float) -> PanelShape:
    shaft, tip = height * 424 / 800, 56.0
    below = shaft + tip
    middle = height * 634 / 800
    number_width = 340.0
    counter = CounterPlace(
        label_x=_PADDING,
        label_y=middle,
        label_width=width - _PADDING * 2 - number_width,
        number_x=width - number_width + 43,
        number_y=max(middle, below + 312 * 0.4),
        number_width=number_width - 60,
    )
    return PanelShape(
        x=0,
        y=0,
        width=width,
        height=height,
        points_down=True,
        is_half=False,
        shaft=shaft,
        tip=tip,
        padding=_PADDING,
        token_width=width - 2 * _PADDING,
        label_y=63 * height / 800,
        token_y=258 * height / 800,
        type_y=0,
        label=TextStyle(44, 600),
        type_label=TextStyle(44, 400),
        token=TextStyle(344, 700, spacing=-1, numeric=True),
        counter_label=TextStyle(84, 600, spacing=-2.5),
        counter_number=TextStyle(312, 700, spacing=-1, numeric=True),
        counter=counter,
    )


def rounded_panel(shape: PanelShape) -> QPainterPath:
    """The panel's outline."""
    path = QPainterPath()
    path.addRoundedRect(QRectF(shape.x, shape.y, shape.width, shape.height), PANEL_RADIUS, PANEL_RADIUS)
    return path


def arrow_path(shape: PanelShape, arrived: float) -> QPainterPath:
    """The arrow, on its way in.

    Args:
        shape: whose arrow.
        arrived: 0 outside the panel, 1 in place.
    """
    reach = shape.shaft + shape.tip
    away = -reach * (1.0 - arrived)
    if shape.points_down:
        points = [
            QPointF(shape.x, shape.y + away),
            QPointF(shape.x + shape.width, shape.y + away),
            QPointF(shape.x + shape.width, shape.y + shape.shaft + away),
            QPointF(shape.x + shape.width / 2, shape.y + reach + away),
            QPointF(shape.x, shape.y + shape.shaft + away),
        ]
    else:
        points = [
            QPointF(shape.x + away, shape.y),
            QPointF(shape.x + shape.shaft + away, shape.y),
            QPointF(shape.x + reach + away, shape.y + shape.height / 2),
            QPointF(shape.x + shape.shaft + away, shape.y + shape.height),
            QPointF(shape.x + away, shape.y + shape.height),
        ]
    path = QPainterPath(points[0])
    for point in points[1:]:
        path.lineTo(point)
    path.closeSubpath()
    return path
