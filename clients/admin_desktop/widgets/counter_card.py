"""A counter on the floor: its plate, who works there, and the token it has called or serves."""

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedLayout, QWidget

from clients.admin_desktop import words
from clients.admin_desktop.view_state import CounterCard, CounterState
from clients.admin_desktop.widgets.icon_line import IconLine
from clients.admin_desktop.words import tr
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.card import CALL_BAR_NARROW, Card
from clients.qt_kit.widgets.elided_label import ElidedLabel
from clients.qt_kit.widgets.icon_button import IconButton
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.plate import Plate
from clients.qt_kit.widgets.token_label import TokenLabel

STATE_ICONS = {
    CounterState.CLOSED: "moon",
    CounterState.READY: "circle-dashed",
    CounterState.CALLED: "bell-ring",
    CounterState.SERVING: "play",
    CounterState.BREAK: "coffee",
}

_NOTE_HEIGHT = 20


class CounterCardWidget(Card):
    """One counter, and a button for what can be done there.

    Args:
        dense: the smaller card of a floor with many counters.
    """

    menu_requested = Signal(object)
    """What can be done there is asked for; argument: where on the screen, a QPoint."""

    def __init__(self, *, dense: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(padding=(16, 12) if dense else (20, 16), parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._dense = dense
        self._shown: tuple[CounterCard, datetime] | None = None
        self._plate = Plate(side=28 if dense else 32)
        self._person = ElidedLabel(TextRole.SMALL if dense else TextRole.BODY)
        self._token = TokenLabel(TextRole.TOKEN_CARD)
        self._word = ElidedLabel(TextRole.HEADING if dense else TextRole.FIGURE_S, tone="ink2")
        self._note = IconLine()
        self._timer = Label(TextRole.SMALL, tone="ink2")
        self.more = IconButton("chevron-down", "", side=24, icon_px=16)
        self.more.clicked.connect(self._on_more)
        self._build()

    @property
    def card(self) -> CounterCard | None:
        """What it shows."""
        return self._shown[0] if self._shown else None

    def render(self, card: CounterCard, now: datetime) -> None:
        """Show a counter.

        Args:
            card: what happens there.
            now: the organization's clock, by which past moments are worded.
        """
        if self._shown == (card, now):
            return
        self._shown = (card, now)
        closed = card.state is CounterState.CLOSED
        self.more.render("chevron-down", tr("What can be done at {counter}").format(counter=card.name))
        self.more.setVisible(not closed)
        active = bool(card.number)
        self._plate.render(card.label, dimmed=closed)
        self._person.setText(words.card_person(card))
        self._person.set_tone("ink2" if closed else "ink")
        self._token.render(card.number)
        self._word.setText(words.card_headline(card))
        self._word.set_tone("ink3" if closed else "ink2")
        self._headline.setCurrentWidget(self._token if active else self._word)
        self._note.render(
            STATE_ICONS[card.state],
            words.card_note(card, now, dense=self._dense),
            tone="ink" if active else "ink2",
            role=TextRole.SMALL_STRONG if active else TextRole.SMALL,
        )
        self._note.setVisible(bool(self._note.text))
        self._timer.setText(words.card_timer(card, dense=self._dense))
        self.set_call_bar(CALL_BAR_NARROW if card.state is CounterState.CALLED else 0)
        self.set_ground("ground" if closed else "surface")
        self.setAccessibleName(words.card_spoken(card))
        self.setToolTip(words.card_spoken(card))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The same by the other mouse button, or the menu key."""
        if not self.more.isHidden():
            self.menu_requested.emit(event.globalPos())

    def _on_more(self) -> None:
        self.menu_requested.emit(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(self._plate)
        top.addWidget(self._person, 1)
        top.addWidget(self.more)
        headline = QWidget()
        self._headline = QStackedLayout(headline)
        for widget in (self._token, self._word):
            self._headline.addWidget(widget)
        headline.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        bottom = QHBoxLayout()
        bottom.setSpacing(8)
        bottom.addStrut(current_theme().px(_NOTE_HEIGHT))
        bottom.addWidget(self._note, 1)
        bottom.addWidget(self._timer)
        self.body.setSpacing(4 if self._dense else 8)
        self.body.addLayout(top)
        self.body.addStretch(1)
        self.body.addWidget(headline)
        self.body.addLayout(bottom)
