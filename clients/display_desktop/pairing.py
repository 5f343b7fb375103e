"""What a screen without a key shows, from what the link tells of its pairing and the time that passes.

`pairing_state` is pure; `PairingPresenter` has the timer for the time left and the clock.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from clients.core.clock import elapsed_s
from clients.core.messages import AuthorityOffered
from clients.core.pairing import PairingPhase, PairingReason, PairingShown, PairingTrouble
from clients.display_desktop.widgets.board_state import PairingState, PairingStep
from clients.qt_kit.formats import clock
from clients.qt_kit.link import Link
from clients.qt_kit.setup_watch import SetupWatch
from clients.qt_kit.widgets.authority_dialog import COMMAND

TICK_MS = 500  # twice a second, so that no second of the time left is skipped


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where this screen is: its machine's name, what kind of screen, and the server it talks to."""

    machine: str
    screen: str
    server: str


def pairing_state(shown: PairingShown, place: Place, *, elapsed: float, now: datetime) -> PairingState:
    """What the screen shows.

    Args:
        elapsed: the stopwatch by which a code ends.
        now: this machine's own time: there is no organization yet.
    """
    left_s = 0 if shown.ends_at is None else max(0, -int(-(shown.ends_at - elapsed) // 1))
    code = shown.code if left_s else ""
    title, text = _words(shown, has_code=bool(code))
    return _state(
        place,
        now,
        title=title,
        text=text,
        icon=_icon(shown),
        code=code,
        code_left_s=left_s,
        code_total_s=shown.lives_s,
        steps=_steps() if code else (),
        reaches_server=shown.trouble not in {PairingTrouble.UNREACHABLE, PairingTrouble.NOT_TRUSTED},
    )


def not_trusted_state(fingerprint: str, place: Place, *, now: datetime) -> PairingState:
    """What a screen shows before it knows its server.

    Nobody confirms anything at a wall: whoever sets the screen up writes the fingerprint down.

    Args:
        fingerprint: of the authority of whoever answers.
    """
    return _state(
        place,
        now,
        title=tr("Is this the right server?"),
        text=tr(
            "This screen does not know it yet, and has sent it nothing. "
            "Its authority has the fingerprint {fingerprint}"
        ).format(fingerprint=f"\u2066{fingerprint}\u2069"),  # in one piece, from left to right
        icon="circle-alert",
        steps=(
            PairingStep(title=tr("Compare it on the server"), text=COMMAND),
            PairingStep(title=tr("Write it into client.toml"), text='ca_fingerprint = "…"'),
            PairingStep(title=tr("Start this screen anew"), text="callboard-display"),
        ),
    )


def not_set_up_state(place: Place, *, now: datetime) -> PairingState:
    """What a screen shows while there is no organization that it could belong to."""
    return _state(
        place,
        now,
        title=tr("This server has not been set up yet"),
        text=tr("An admin does that first, in the admin console; then this screen can be connected."),
        icon="hourglass",
    )


def _state(place: Place, now: datetime, **shown: Any) -> PairingState:
    """What is shown here at this moment; `shown` are the fields that differ."""
    return PairingState(
        machine=place.machine, screen=place.screen, server=place.server, clock=clock(now), **shown
    )


def tr(text: str) -> str:
    """A text in the display's language."""
    return QCoreApplication.translate("Pairing", text)


def _words(shown: PairingShown, *, has_code: bool) -> tuple[str, str]:
    if shown.phase is PairingPhase.APPROVED:
        return tr("Approved"), tr("This screen is “{name}” now. The board follows.").format(name=shown.name)
    if shown.phase is PairingPhase.REFUSED:
        return tr("Not connected"), tr(
            "An admin said that this screen is not theirs. A new code appears in a minute."
        )
    title, what_to_do = {
        PairingReason.NEW: (
            tr("Connect this screen"),
            tr("Type this code once in the admin app. It stays connected from then on."),
        ),
        PairingReason.REVOKED: (
            tr("This screen was disconnected"),
            tr("An admin took it out of use. To use it again, type this code in the admin app."),
        ),
        PairingReason.UNKNOWN: (
            tr("This screen is not known"),
            tr("The server does not take its key. Type this code in the admin app to connect it again."),
        ),
    }[shown.reason]
    return title, what_to_do if has_code else _waiting_words(shown.trouble)


def _icon(shown: PairingShown) -> str:
    if shown.phase is PairingPhase.APPROVED:
        return "circle-check"
    if shown.phase is PairingPhase.REFUSED:
        return "circle-x"
    return {
        PairingTrouble.UNREACHABLE: "cloud-off",
        PairingTrouble.NOT_TRUSTED: "circle-alert",
        PairingTrouble.NOT_OURS: "circle-alert",
    }.get(shown.trouble or PairingTrouble.TOO_MANY, "hourglass")


def _waiting_words(trouble: PairingTrouble | None) -> str:
    match trouble:
        case PairingTrouble.UNREACHABLE:
            return tr("The server does not answer. A code appears as soon as it does.")
        case PairingTrouble.NOT_TRUSTED:
            return tr("The certificate of the server is not trusted on this machine.")
        case PairingTrouble.TOO_MANY:
            return tr("Too many screens wait to be connected. A code appears when there is room.")
        case PairingTrouble.NOT_OURS:
            return tr("What answers at this address cannot connect screens. Check the address.")
        case None:
            return tr("A code is on its way.")


def _steps() -> tuple[PairingStep, ...]:
    return (
        PairingStep(title=tr("Open Displays"), text=tr("in the admin app")),
        PairingStep(title=tr("Choose Pair a display"), text=tr("and type the code")),
        PairingStep(title=tr("Name this screen"), text=tr("and choose Connect")),
    )


class PairingPresenter(QObject):
    """Keeps the pairing screen right while it is shown."""

    changed = Signal(object)
    """The screen looks different now; argument: PairingState."""

    def __init__(self, *, link: Link, place: Place, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._place = place
        self._shown: PairingShown | None = None
        self._fingerprint: str | None = None
        self._state: PairingState | None = None
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self._show)
        self._setup = SetupWatch(link, self)
        self._setup.changed.connect(self._show)
        link.pairing_changed.connect(self._on_pairing)
        link.authority_offered.connect(self._on_authority)

    def end(self) -> None:
        """The board is shown: there is nothing to count down any more."""
        self._tick.stop()
        self._setup.stop()
        self._shown = self._state = self._fingerprint = None

    def _on_pairing(self, shown: PairingShown) -> None:
        self._shown = shown
        self._tick.start()
        self._setup.begin()
        self._show()

    def _on_authority(self, offered: AuthorityOffered) -> None:
        self._fingerprint = offered.fingerprint
        self._tick.start()
        self._show()

    def _show(self) -> None:
        state = self._present_state()
        if state is not None and state != self._state:
            self._state = state
            self.changed.emit(state)

    def _present_state(self) -> PairingState | None:
        now, shown = datetime.now().astimezone(), self._shown
        is_trusted = shown is not None and shown.trouble is not PairingTrouble.NOT_TRUSTED
        if self._fingerprint is not None and not is_trusted:
            return not_trusted_state(self._fingerprint, self._place, now=now)
        if shown is not None and self._setup.state is not None:
            return not_set_up_state(self._place, now=now)
        return pairing_state(shown, self._place, elapsed=elapsed_s(), now=now) if shown else None
