"""A name that may be cut: names are elided, numbers never."""

from PySide6.QtWidgets import QWidget

from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import ColourName
from clients.qt_kit.widgets.label import Label


class ElidedLabel(Label):
    """One line that ends in an ellipsis where its place is too narrow; the tooltip has the whole."""

    def __init__(
        self,
        role: TextRole = TextRole.BODY,
        text: str = "",
        *,
        tone: ColourName = "ink",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(role, text, tone=tone, elide=True, parent=parent)
