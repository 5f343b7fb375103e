"""Signed in, and the queue is on its way: the desk's shape in quiet blocks."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clients.qt_kit.widgets.offline_bar import OfflineBar
from clients.qt_kit.widgets.skeleton import Skeleton
from clients.staff_desktop.view_state import StaffView

_MARGIN = 24


class Loading(QWidget):
    """Blocks where the desk will be, and the offline bar where there is no connection."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.offline = OfflineBar()
        self.setAccessibleName(self.tr("Loading"))
        blocks = QHBoxLayout()
        blocks.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        blocks.setSpacing(_MARGIN)
        left = QVBoxLayout()
        left.setSpacing(16)
        for height in (256, 144, 120, 48):
            left.addWidget(Skeleton(height=height, radius=12))
        left.addStretch(1)
        right = QVBoxLayout()
        right.addWidget(Skeleton(width=432, height=560, radius=12))
        right.addStretch(1)
        blocks.addLayout(left, 1)
        blocks.addLayout(right)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.offline)
        layout.addLayout(blocks, 1)

    def render(self, view: StaffView) -> None:
        """Say what is missing."""
        self.offline.render(view.offline)
