"""A choice of one among a few, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from clients.qt_kit.paint import draw_text, fill_rounded, mirrored, text_width
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.base import PaintedFrame, is_restyling

SegmentLook = Literal["list", "track"]
_HEIGHT, _PADDING, _GAP = 28, 10, 7


@dataclass(frozen=True, kw_only=True)
class Segment:
    """One part.

    Args:
        key: what `segment_chosen` tells.
        text: its word.
        figure: a number behind it, "" for none.
    """

    key: str
    text: str
    figure: str = ""


class _SegmentButton(QAbstractButton):
    focus_radius = 7

    def __init__(self, segment: Segment, look: SegmentLook, parent: QWidget) -> None:
        super().__init__(parent)
        self.segment = segment
        self._look: SegmentLook = look
        self.setCheckable(True)
        self.setAutoExclusive(True)  # Qt then moves with the arrow keys
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{segment.text} {segment.figure}".strip())

    def sizeHint(self) -> QSize:
        theme = current_theme()
        font = theme.font_for(TextRole.SMALL_STRONG, self.segment.text)
        width = text_width(font, self.segment.text) + 2 * theme.px(_PADDING)
        if self.segment.figure:
            width += text_width(font, self.segment.figure) + theme.px(_GAP)
        return QSize(round(width + 0.5), theme.px(_HEIGHT))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if is_restyling(event):
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        bounds = self.rect().toRectF()
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        chosen = self.isChecked()
        if chosen:
            solid = self._look == "list"
            border = theme.color("line") if not solid else None
            fill_rounded(
                painter,
                bounds,
                7,
                theme.color("primary" if solid else "surface"),
                border=border,
            )
        elif self.underMouse():
            fill_rounded(
                painter,
                bounds,
                7,
                theme.color("sunken" if self._look == "list" else "line"),
            )
        on_solid = chosen and self._look == "list"
        ink = theme.color("on_primary" if on_solid else "ink" if chosen else "ink2")
        figure_ink = theme.color("on_primary" if on_solid else "ink2" if chosen else "ink3")
        font = theme.font_for(TextRole.SMALL_STRONG, self.segment.text)
        words = bounds.adjusted(theme.px(_PADDING), 0, 0, 0)
        draw_text(
            painter,
            mirrored(words, bounds, rtl),
            self.segment.text,
            font,
            ink,
            right_to_left=rtl,
        )
        figure = words.adjusted(text_width(font, self.segment.text) + theme.px(_GAP), 0, 0, 0)
        draw_text(
            painter,
            mirrored(figure, bounds, rtl),
            self.segment.figure,
            font,
            figure_ink,
            right_to_left=rtl,
        )


class Segments(PaintedFrame):
    """One chosen part among several; arrow keys move the choice.

    Args:
        look: "track" lies in a sunken track; "list" fills the chosen part with ink.
    """

    segment_chosen = Signal(str)
    """The person chose another part; argument: its key."""

    def __init__(self, *, look: SegmentLook = "track", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look: SegmentLook = look
        self._segments: tuple[Segment, ...] = ()
        self._buttons: list[_SegmentButton] = []
        self._row = QHBoxLayout(self)
        margin = 2 if look == "track" else 0
        self._row.setContentsMargins(margin, margin, margin, margin)
        self._row.setSpacing(4 if look == "list" else 0)
        if look == "list":
            self._row.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

    @property
    def chosen(self) -> str:
        """Key of the chosen part, "" without any."""
        return next((button.segment.key for button in self._buttons if button.isChecked()), "")

    def render(self, segments: Sequence[Segment], chosen: str) -> None:
        """Show parts.

        Args:
            segments: from start to end.
            chosen: key of the chosen one.
        """
        if [part.key for part in self._segments] != [part.key for part in segments]:
            self._rebuild(segments)
        self._segments = tuple(segments)
        for button, segment in zip(self._buttons, segments, strict=True):
            if button.segment != segment:
                button.segment = segment
                button.setAccessibleName(f"{segment.text} {segment.figure}".strip())
                button.updateGeometry()
            if segment.key == chosen and not button.isChecked():
                button.setChecked(True)
            button.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the track."""
        if self._look == "track":
            fill_rounded(QPainter(self), self.rect().toRectF(), 9, self.theme.color("sunken"))

    def _rebuild(self, segments: Sequence[Segment]) -> None:
        for button in self._buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = [_SegmentButton(segment, self._look, self) for segment in segments]
        for index, button in enumerate(self._buttons):
            button.clicked.connect(self._on_clicked)
            self._row.insertWidget(index, button)
        self.updateGeometry()

    def _on_clicked(self) -> None:
        self.segment_chosen.emit(self.chosen)
