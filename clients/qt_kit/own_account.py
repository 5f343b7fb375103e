"""What a person does with their own account while they are signed in, and how it stands.

MUST: no password is kept here. It passes through, from the dialog to the link.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from clients.core.messages import OwnDeed, OwnDeedDone, OwnDeedFailed
from clients.qt_kit.account_words import Refused, change_refused
from clients.qt_kit.link import Link
from clients.qt_kit.store import Store
from shared.users import Me

TICK_MS = 1_000


@dataclass(frozen=True, kw_only=True)
class OwnAccountView:
    """What the dialog shows.

    Args:
        me: who is signed in; None closes it.
        busy: what is under way.
        done: what was done last.
        error: why something was not done; current_error and new_error stand beside their fields.
        waits: whether no password is looked at for a while; the error says for how long.
    """

    me: Me | None
    is_live: bool = True
    busy: OwnDeed | None = None
    done: OwnDeed | None = None
    error: str = ""
    current_error: str = ""
    new_error: str = ""
    waits: bool = False


class OwnAccount(QObject):
    """Speaks for one opening of the dialog.

    Args:
        monotonic_s: a clock that never jumps.
    """

    changed = Signal()
    """The view is new."""

    def __init__(
        self,
        link: Link,
        store: Store,
        *,
        monotonic_s: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._link, self._store, self._monotonic_s = link, store, monotonic_s
        self._busy: OwnDeed | None = None
        self._done: OwnDeed | None = None
        self._refused: Refused | None = None
        self._wait_until_s = 0.0
        self._countdown = QTimer(self, interval=TICK_MS)
        self._countdown.timeout.connect(self.tick)
        store.changed.connect(self.changed)
        link.own_deed_done.connect(self._on_done)
        link.own_deed_failed.connect(self._on_failed)

    def view(self) -> OwnAccountView:
        """What is to be seen now."""
        refused = self._refused
        field = refused.field if refused is not None else ""
        said = refused.said(self._left_s()) if refused is not None else ""
        return OwnAccountView(
            me=self._store.me,
            is_live=self._store.is_live,
            busy=self._busy,
            done=self._done,
            error="" if field else said,
            current_error=said if field == "current" else "",
            new_error=said if field == "new" else "",
            waits=self._left_s() > 0,
        )

    def change_password(self, current: str, new: str) -> None:
        """Another password; the other devices are signed out."""
        if self._begins(OwnDeed.CHANGE_PASSWORD):
            self._link.change_password(current, new)

    def sign_out_elsewhere(self) -> None:
        """Sign the other devices out."""
        if self._begins(OwnDeed.SIGN_OUT_ELSEWHERE):
            self._link.sign_out_elsewhere()

    def tick(self) -> None:
        """Time passed: a wait is shorter, or over."""
        if not self._left_s():
            self._refused = None
            self._countdown.stop()
        self.changed.emit()

    def _begins(self, deed: OwnDeed) -> bool:
        if self._busy is not None or self._left_s() or not self._store.is_live:
            return False
        self._busy, self._done, self._refused = deed, None, None
        self.changed.emit()
        return True

    def _on_done(self, done: OwnDeedDone) -> None:
        self._busy, self._done = None, done.deed
        self.changed.emit()

    def _on_failed(self, failed: OwnDeedFailed) -> None:
        self._busy, self._refused = None, change_refused(failed.error)
        if self._refused.wait_s:
            self._wait_until_s = self._monotonic_s() + self._refused.wait_s
            self._countdown.start()
        self.changed.emit()

    def _left_s(self) -> int:
        if self._refused is None or not self._refused.wait_s:
            return 0
        return max(0, math.ceil(self._wait_until_s - self._monotonic_s()))
