"""Where the parts of the board lie. Pure: numbers in, rectangles out, in units of the 1080p drawing.

The drawing is 1920 × 1080 (1080 × 1920 upright). Another shape of screen keeps the drawing's scale along
its tighter side and gives what is left to the focus panel and the rows.
"""

from dataclasses import dataclass

MARGIN = 40.0
GAP = 24.0
HEADER_HEIGHT = 80.0
TOP = 144.0  # where the panels begin
RECENT_WIDTH = 576.0
RECENT_HEAD = 74.0


@dataclass(frozen=True, kw_only=True)
class Box:
    """A rectangle in units, measured from the start edge (the right one in Arabic)."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True)
class BoardLayout:
    """The board's parts.

    Args:
        scale: logical pixels per unit.
        portrait: upright.
        width: of the whole board in units.
        height: of the whole board in units.
    """

    scale: float
    portrait: bool
    width: float
    height: float
    header: Box
    focus: Box
    recent: Box
    recent_rows: int
    types: Box
    ticker: Box


def board_layout(width_px: float, height_px: float) -> BoardLayout:
    """The layout for a screen of that size in logical pixels; taller than wide is portrait."""
    if height_px > width_px:
        return _portrait(width_px, height_px)
    return _landscape(width_px, height_px)


def _landscape(width_px: float, height_px: float) -> BoardLayout:
    scale = max(0.05, min(width_px / 1920, height_px / 1080))
    width, height = width_px / scale, height_px / scale
    spare = height - 1080
    left = width - 2 * MARGIN - GAP - RECENT_WIDTH
    focus_height = 520 + spare * 0.8
    types_y = TOP + focus_height + GAP
    ticker_y = height - 88
    recent_height = ticker_y - GAP - TOP
    return BoardLayout(
        scale=scale,
        portrait=False,
        width=width,
        height=height,
        header=Box(x=MARGIN, y=40, width=width - 2 * MARGIN, height=HEADER_HEIGHT),
        focus=Box(x=MARGIN, y=TOP, width=left, height=focus_height),
        recent=Box(x=MARGIN + left + GAP, y=TOP, width=RECENT_WIDTH, height=recent_height),
        recent_rows=max(6, int((recent_height - RECENT_HEAD) // 125)),
        types=Box(x=MARGIN, y=types_y, width=left, height=ticker_y - GAP - types_y),
        ticker=Box(x=0, y=ticker_y, width=width, height=88),
    )


def _portrait(width_px: float, height_px: float) -> BoardLayout:
    scale = max(0.05, min(width_px / 1080, height_px / 1920))
    width, height = width_px / scale, height_px / scale
    spare = height - 1920
    inner = width - 2 * MARGIN
    focus_height = 800 + spare * 0.4
    recent_y = TOP + focus_height + GAP
    ticker_y = height - 100
    types_y = ticker_y - GAP - 216
    recent_height = types_y - GAP - recent_y
    return BoardLayout(
        scale=scale,
        portrait=True,
        width=width,
        height=height,
        header=Box(x=MARGIN, y=40, width=inner, height=HEADER_HEIGHT),
        focus=Box(x=MARGIN, y=TOP, width=inner, height=focus_height),
        recent=Box(x=MARGIN, y=recent_y, width=inner, height=recent_height),
        recent_rows=max(4, int((recent_height - RECENT_HEAD) // 128)),
        types=Box(x=MARGIN, y=types_y, width=inner, height=216),
        ticker=Box(x=0, y=ticker_y, width=width, height=100),
    )
