"""What an app knows now: the newest state, how the connection is, the side facts.

Widgets and presenters read it; only the link writes it.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from PySide6.QtCore import QObject, Signal

from clients.core.connection import ConnectionStatus
from clients.core.messages import PersonSignedIn
from clients.core.queue_state import QueueState
from clients.qt_kit.link import Link
from shared.frames import Receipts
from shared.ids import CallId
from shared.queues import QueueReport
from shared.users import Me

KEPT_RECEIPTS = 64


class Store(QObject):
    """The newest of everything the link told.

    Attributes:
        state: None until the first snapshot, or after signing out.
        status: None until the first try to connect.
        queues: None until the first report.
        me: who is signed in; None for nobody, and on displays.
    """

    changed = Signal()
    """Something here is new."""

    def __init__(self, link: Link, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self.state: QueueState | None = None
        self.status: ConnectionStatus | None = None
        self.queues: QueueReport | None = None
        self.me: Me | None = None
        self._receipts: dict[CallId, Receipts] = {}
        link.state_changed.connect(self._on_state)
        link.connection_changed.connect(self._on_status)
        link.queues_received.connect(self._on_queues)
        link.receipts_received.connect(self._on_receipts)
        link.signed_in.connect(self._on_signed_in)
        link.signed_out.connect(self._on_signed_out)

    @property
    def is_live(self) -> bool:
        """Whether what is here follows the server, and commands can be sent."""
        return self.status is not None and self.status.is_live

    @property
    def receipts(self) -> Mapping[CallId, Receipts]:
        """On how many screens the newest calls were shown."""
        return MappingProxyType(self._receipts)

    def server_now(self) -> datetime:
        """The server's time; aware, in UTC."""
        return self._link.server_now()

    def _on_state(self, state: QueueState) -> None:
        self.state = state
        self.changed.emit()

    def _on_status(self, status: ConnectionStatus) -> None:
        self.status = status
        self.changed.emit()

    def _on_queues(self, report: QueueReport) -> None:
        if self.queues is None or report.at >= self.queues.at:
            self.queues = report
            self.changed.emit()

    def _on_receipts(self, receipts: Receipts) -> None:
        known = self._receipts.pop(receipts.call_id, None)
        if known is not None and known.announced_revision > receipts.announced_revision:
            receipts = known  # of an announcement before the last recall
        self._receipts[receipts.call_id] = receipts
        if len(self._receipts) > KEPT_RECEIPTS:
            del self._receipts[next(iter(self._receipts))]
        self.changed.emit()

    def _on_signed_in(self, signed_in: PersonSignedIn) -> None:
        self.me = signed_in.me
        self.changed.emit()

    def _on_signed_out(self) -> None:
        # Nothing of one person's stays for the next.
        self.state = self.status = self.queues = self.me = None
        self._receipts.clear()
        self.changed.emit()
