"""Is this our server? A person compares a fingerprint, once for each server."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from clients.qt_kit.paint import fill_rounded
from clients.qt_kit.text import TextRole
from clients.qt_kit.widgets.base import PaintedFrame
from clients.qt_kit.widgets.dialog import Dialog
from clients.qt_kit.widgets.label import Label

translate = QCoreApplication.translate

COMMAND = "callboard-server tls fingerprint"
_IN_A_ROW = 4


class AuthorityDialog(Dialog):
    """Shows the fingerprint of the authority that signed a server's certificate, and asks.

    Neither Enter nor the first button in reach confirms: who does has to mean it.

    Args:
        server: its address.
        fingerprint: 64 digits in groups of four.
    """

    def __init__(self, *, server: str, fingerprint: str, parent: QWidget | None = None) -> None:
        super().__init__(
            translate("AuthorityDialog", "Is this your server?"),
            translate(
                "AuthorityDialog",
                "This computer does not know {server} yet. Nothing was sent to it. "
                "Compare this fingerprint with the one that IT gave you:",
            ).format(server=server),
            action=translate("AuthorityDialog", "They are the same"),
            cancel=translate("AuthorityDialog", "They differ"),
            parent=parent,
        )
        self.body.setContentsMargins(0, 8, 0, 0)
        self.fingerprint = Fingerprint(fingerprint)
        self.body.addWidget(self.fingerprint)
        self.body.addWidget(
            Label(
                TextRole.SMALL,
                translate(
                    "AuthorityDialog",
                    "On the server, {command} prints it. If a single group differs, somebody else answers "
                    "in its place: do not sign in, and tell IT.",
                ).format(command=COMMAND),
                tone="ink2",
                wrap=True,
            )
        )

    def showEvent(self, event: QShowEvent) -> None:
        """Begin on the button that trusts nobody."""
        super().showEvent(event)
        if self._away is not None:
            self._away.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter is for the button that has the focus, which takes it itself, and for no other."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)


class Fingerprint(PaintedFrame):
    """A fingerprint in rows of four groups, read from left to right in every language."""

    def __init__(self, fingerprint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = fingerprint
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.setAccessibleName(fingerprint)
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 12, 16, 12)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        for index, group in enumerate(fingerprint.split()):
            label = Label(TextRole.HEADING, group)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            grid.addWidget(label, index // _IN_A_ROW, index % _IN_A_ROW)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A quiet panel around the groups."""
        ground, line = self.theme.color("sunken"), self.theme.color("line")
        fill_rounded(QPainter(self), self.rect().toRectF(), 8, ground, border=line)
