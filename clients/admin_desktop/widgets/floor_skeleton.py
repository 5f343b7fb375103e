"""The floor page before anything is known: blocks where the cards will be."""

from PySide6.QtWidgets import QGridLayout, QWidget

from clients.qt_kit.widgets.skeleton import Skeleton

_GAP = 24
_RADIUS = 12


class FloorSkeleton(QWidget):
    """Strip, counters, queues, and the right column."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(_GAP)
        grid.addWidget(Skeleton(height=104, radius=_RADIUS), 0, 0, 1, 2)
        for row, height in ((1, 356), (2, 296)):
            for column, stretch in ((0, 2), (1, 1)):
                grid.addWidget(Skeleton(height=height, radius=_RADIUS), row, column)
                grid.setColumnStretch(column, stretch)
        self.setAccessibleName(self.tr("Loading"))
