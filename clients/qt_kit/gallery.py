"""All widgets in their states, for the eye and for the tests.

python -m clients.qt_kit.gallery --theme dark --out gallery.png
"""

import argparse
import os
import sys
from datetime import time
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from clients.qt_kit.run_app import RunSettings, make_qt_app
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import ThemeChoice
from clients.qt_kit.widgets.avatar import Avatar
from clients.qt_kit.widgets.button_colours import ButtonKind
from clients.qt_kit.widgets.card import CALL_BAR, Card
from clients.qt_kit.widgets.choices_field import ChoicesField
from clients.qt_kit.widgets.command_button import (
    ButtonSize,
    CommandButton,
    CommandState,
)
from clients.qt_kit.widgets.connection_badge import Connection, ConnectionBadge
from clients.qt_kit.widgets.divider import Divider
from clients.qt_kit.widgets.empty_state import EmptyState, EmptyStateState
from clients.qt_kit.widgets.field import Field
from clients.qt_kit.widgets.figures_field import FiguresField
from clients.qt_kit.widgets.gauge import Gauge, GaugeState
from clients.qt_kit.widgets.icon_button import IconButton
from clients.qt_kit.widgets.key_cap import KeyCap
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.moment_fields import TimeField
from clients.qt_kit.widgets.number_field import NumberField
from clients.qt_kit.widgets.offline_bar import OfflineBar
from clients.qt_kit.widgets.plate import Plate
from clients.qt_kit.widgets.product_mark import ProductMark
from clients.qt_kit.widgets.radio_field import ExplainedOption, RadioField
from clients.qt_kit.widgets.segments import Segment, Segments
from clients.qt_kit.widgets.select_field import Option
from clients.qt_kit.widgets.service_gauge import ServiceGauge, ServiceGaugeState
from clients.qt_kit.widgets.service_mark import (
    ServiceLevel,
    ServiceLevelLabel,
    ServiceMark,
)
from clients.qt_kit.widgets.sign_in import SignIn, SignInState
from clients.qt_kit.widgets.skeleton import Skeleton
from clients.qt_kit.widgets.status_pill import PillKind, StatusPill, StatusPillState
from clients.qt_kit.widgets.switch import SwitchField
from clients.qt_kit.widgets.text_field import TextField
from clients.qt_kit.widgets.token_label import TokenLabel
from clients.qt_kit.widgets.type_chip import TypeChip
from clients.qt_kit.widgets.undo_lane import UndoLane, UndoLaneState


class Gallery(QWidget):
    """Three columns of widgets."""

    def __init__(self) -> None:
        super().__init__()
        columns = QHBoxLayout(self)
        columns.setContentsMargins(24, 24, 24, 24)
        columns.setSpacing(24)
        for blocks in (
            (_top_bar(), _hero(), _serving(), _lanes()),
            (_type_cards(), _pills(), _buttons(), _fields(), _form(), _standard()),
            (_sign_in(), _empty()),
        ):
            column = QVBoxLayout()
            column.setSpacing(16)
            for block in blocks:
                column.addWidget(block)
            column.addStretch(1)
            columns.addLayout(column, 1)


def _row(*widgets: QWidget, spacing: int = 12) -> QWidget:
    holder = QWidget()
    layout = QHBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch(1)
    return holder


def _top_bar() -> QWidget:
    card = Card(padding=(24, 12))
    card.body.addWidget(
        _row(
            Plate("3"),
            Label(TextRole.HEADING, "Counter 3"),
            StatusPill(StatusPillState(kind=PillKind.OPEN, text="Open")),
            Divider(Qt.Orientation.Vertical),
            Label(TextRole.SMALL, "Serves", tone="ink2"),
            *(TypeChip(prefix) for prefix in "ABR"),
            ConnectionBadge(Connection.LIVE),
            CommandButton("New token", icon="ticket-plus", key="Ctrl+N"),
            Avatar("Marta Ruiz"),
        )
    )
    return card


def _hero() -> QWidget:
    card = Card(padding=(0, 0), radius=16, flush=True)
    card.body.setSpacing(0)
    card.body.addWidget(CommandButton("Call next", kind="call", size=ButtonSize.HERO, key="F2"))
    next_row = _row(
        Label(TextRole.SMALL, "Next", tone="ink2"),
        TokenLabel(TextRole.TOKEN_L, "R007"),
        Label(TextRole.BODY, "Oldest of 14. Waited 27 min.", tone="ink2"),
        StatusPill(StatusPillState(kind=PillKind.LATE, text="Late")),
    )
    strip = QVBoxLayout()
    strip.setContentsMargins(40, 24, 40, 24)
    strip.addWidget(next_row)
    card.body.addLayout(strip)
    return card


def _serving() -> QWidget:
    card = Card(padding=(44, 24), radius=16)
    card.set_call_bar(CALL_BAR)
    card.body.addWidget(
        _row(
            StatusPill(StatusPillState(kind=PillKind.CALLED, text="Called")),
            Label(TextRole.BODY, "Quick service", tone="ink2"),
        )
    )
    card.body.addWidget(TokenLabel(TextRole.HERO_NUMBER, "A012"))
    card.body.addWidget(Label(TextRole.TITLE, "Lucía Fernández"))
    card.body.addWidget(TokenLabel(TextRole.TIMER, "3:24"))
    gauge = ServiceGauge(
        ServiceGaugeState(
            elapsed_s=204,
            usual_low_s=180,
            usual_high_s=360,
            scale_s=600,
            low_label="3",
            high_label="6",
        )
    )
    card.body.addWidget(gauge)
    complete = CommandButton("Complete", kind="primary", size=ButtonSize.COMMAND, key="F5")
    transfer = CommandButton("Transfer", size=ButtonSize.COMMAND, key="F8")
    no_show = CommandButton("No-show", size=ButtonSize.COMMAND, key="F6")
    no_show.render(CommandState(text="No-show", enabled=False, reason="Only before service starts."))
    busy = CommandButton("Park", size=ButtonSize.COMMAND, key="F7")
    busy.render(CommandState(text="Park", busy=True))
    card.body.addWidget(_row(complete, transfer, busy, no_show, spacing=8))
    return card


def _lanes() -> QWidget:
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(16)
    offer, quiet, offline = UndoLane(), UndoLane(key=""), OfflineBar()
    offer.render(UndoLaneState(text="A012 called to counter 3", undo_left_ms=4_000))
    quiet.render(UndoLaneState(last_text="Last: A011 completed at 10:39"))
    offline.render("No connection since 10:42. Trying again. You can read, not call.")
    for widget in (offer, quiet, offline):
        layout.addWidget(widget)
    return holder


def _type_cards() -> QWidget:
    cards = []
    for prefix, name, count, longest_s, limit_s in (
        ("A", "Quick service", "5", 540, 600),
        ("B", "Information", "3", 600, 900),
        ("R", "Sales & payments", "6", 1620, 1200),
    ):
        level = ServiceLevel.of(longest_s, limit_s)
        card = Card(padding=(16, 16))
        head = _row(
            TypeChip(prefix),
            Label(TextRole.BODY_STRONG, name),
            ServiceLevelLabel(level),
            spacing=8,
        )
        card.body.addWidget(head)
        card.body.addWidget(
            _row(
                TokenLabel(TextRole.COUNT, count),
                Label(TextRole.SMALL, "waiting", tone="ink2"),
            )
        )
        card.body.addWidget(Gauge(GaugeState(value_s=longest_s, limit_s=limit_s, scale_s=1800, level=level)))
        card.body.addWidget(Label(TextRole.HINT, "A new arrival waits 7–12 min", tone="ink3"))
        cards.append(card)
    return _row(*cards, spacing=16)


def _pills() -> QWidget:
    words = {
        PillKind.OPEN: "Open",
        PillKind.BREAK: "Break",
        PillKind.CLOSED: "Closed",
        PillKind.SERVING: "Serving",
        PillKind.CALLED: "Called",
        PillKind.PARKED: "Parked",
        PillKind.LATE: "Late",
        PillKind.NEAR: "Near limit",
    }
    card = Card("Status")
    card.set_heading("Status", figure="8", hint="Shape, word and colour")
    card.body.addWidget(
        _row(
            *(StatusPill(StatusPillState(kind=kind, text=text)) for kind, text in words.items()),
            spacing=8,
        )
    )
    card.body.addWidget(
        _row(
            *(ServiceMark(level) for level in ServiceLevel),
            KeyCap("Ctrl+F"),
            ProductMark(),
            Plate("12"),
            Plate("6", dimmed=True),
            ConnectionBadge(Connection.OFFLINE),
            IconButton("pencil", "Edit"),
        )
    )
    segments = Segments(look="list")
    segments.render(
        [
            Segment(key=key, text=key, figure=figure)
            for key, figure in (("All", "14"), ("A", "5"), ("B", "3"))
        ],
        "All",
    )
    track = Segments()
    track.render([Segment(key=key, text=key) for key in ("Day", "Week", "Month")], "Week")
    card.body.addWidget(_row(segments, track))
    return card


def _buttons() -> QWidget:
    card = Card("Buttons")
    kinds: tuple[ButtonKind, ...] = (
        "primary",
        "secondary",
        "quiet",
        "danger",
        "danger_primary",
        "link",
    )
    card.body.addWidget(
        _row(
            *(CommandButton(kind.replace("_", " ").capitalize(), kind=kind) for kind in kinds),
            spacing=8,
        )
    )
    refused = CommandButton("Refused", kind="primary")
    refused.render(CommandState(text="Refused", enabled=False, reason="No connection."))
    row = CommandButton(
        "Call",
        kind="primary",
        size=ButtonSize.ROW,
        key="Return",
        key_is_shown_only=True,
    )
    card.body.addWidget(_row(refused, row, CommandButton("Announce", icon="megaphone"), spacing=8))
    return card


def _fields() -> QWidget:
    card = Card("Fields")
    plain, wrong, password = (
        Field("Name on screens", placeholder="Quick service"),
        Field("Letter"),
        Field("Password", password=True),
    )
    wrong.set_text("B")
    wrong.set_error("B is used by Information. W is free.")
    password.set_text("correct horse")
    card.body.addWidget(_row(plain, wrong, password))
    return card


def _form() -> QWidget:
    card = Card("Form fields")
    name, wrong = TextField("Name", help="Screens and staff read it."), NumberField("Wait limit", unit="min")
    name.set_value("Quick service")
    wrong.set_value(0)
    wrong.set_error("1 or more.")
    opens = TimeField("Opens")
    opens.set_value(time(9))
    on = SwitchField("Begin with 1 each day", help="Otherwise the series goes on.")
    on.set_value(True)
    types = ChoicesField("May serve", [Option(key="a", text="Quick service"), Option(key="r", text="Sales")])
    types.set_value(["a"])
    shares = FiguresField("Calls of a round", lambda key: f"{key} min", unit="calls")
    shares.set_value({"10": 1, "30": 3})
    mode = RadioField(
        "Who is next",
        [
            ExplainedOption(key="wait", text="Head start", help="Who has waited longest."),
            ExplainedOption(key="share", text="Shares", help="The levels take turns."),
        ],
    )
    mode.set_value("wait")
    card.body.addWidget(_row(name, wrong, opens))
    for field in (on, types, shares, mode):
        card.body.addWidget(field)
    return card


def _standard() -> QWidget:
    card = Card("Standard controls")
    combo, check, line = QComboBox(), QCheckBox("Play a sound"), QLineEdit("City Hall")
    combo.addItems(["English", "Español"])
    check.setChecked(True)
    primary, danger = QPushButton("Export"), QPushButton("Revoke display")
    primary.setProperty("kind", "primary")
    danger.setProperty("kind", "danger")
    card.body.addWidget(_row(combo, check, line, primary, danger, QLabel("Plain label")))
    card.body.addWidget(_row(Skeleton(width=160), Skeleton(width=80)))
    return card


def _sign_in() -> QWidget:
    return SignIn(
        SignInState(
            server="callboard.example:8443",
            title="Staff counter",
            username="marta",
            error="User name or password is wrong. Three tries are left.",
            note="Nothing is remembered on this machine: it has no keyring.",
        )
    )


def _empty() -> QWidget:
    card = Card()
    card.body.addWidget(
        EmptyState(
            EmptyStateState(
                icon="coffee",
                title="Nobody is waiting",
                text="You will hear a sound when someone arrives.",
                action="New token",
            )
        )
    )
    return card


def draw(path: Path, *, theme: ThemeChoice, text_scale: int = 100, language: str = "en") -> QApplication:
    """Render the gallery into a PNG file."""
    app = make_qt_app(
        RunSettings(
            app="gallery",
            title="Gallery",
            theme=theme,
            text_scale=text_scale,
            language=language,
        )
    )
    gallery = Gallery()
    gallery.show()
    gallery.adjustSize()
    app.processEvents()
    if not gallery.grab().save(str(path)):
        raise OSError(f"{path} cannot be written.")
    gallery.close()
    return app


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--theme", choices=["light", "dark", "contrast", "display"], default="light")
    parser.add_argument("--text-scale", type=int, default=100, help="per cent, 100 to 200")
    parser.add_argument("--language", default="en")
    parser.add_argument("--out", type=Path, required=True, help="PNG file to write")
    arguments = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # it only draws a file
    draw(
        arguments.out,
        theme=arguments.theme,
        text_scale=arguments.text_scale,
        language=arguments.language,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
