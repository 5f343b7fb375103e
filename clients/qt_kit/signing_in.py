"""How signing in stands, for the form of each app: tries, waits, and a password that has to be changed.

MUST: no password is kept here. It passes through, from the form to the link.
"""

import math
import time
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from clients.core.errors import ClientError
from clients.core.messages import OwnDeed, OwnDeedFailed
from clients.qt_kit.account_words import Refused, change_refused, sign_in_refused
from clients.qt_kit.link import Link
from clients.qt_kit.sign_in_state import NewPasswordState, SignInState
from shared.users import Me

TICK_MS = 1_000  # a countdown is read in seconds


class SigningIn(QObject):
    """Follows one link from the form until somebody is signed in.

    Args:
        server: the address, as the form shows it.
        monotonic_s: a clock that never jumps.
    """

    changed = Signal()
    """What the form shows is new."""

    def __init__(
        self,
        link: Link,
        *,
        server: str,
        monotonic_s: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._link, self._monotonic_s = link, monotonic_s
        self._state = SignInState(server=server)
        self._refused: Refused | None = None  # while it has to be waited for
        self._wait_until_s = 0.0
        self._countdown = QTimer(self, interval=TICK_MS)
        self._countdown.timeout.connect(self.tick)
        link.sign_in_refused.connect(self._on_refused)
        link.password_due.connect(self._on_password_due)
        link.own_deed_failed.connect(self._on_deed_failed)
        link.signed_in.connect(self._on_signed_in)
        link.signed_out.connect(self._on_signed_out)

    @property
    def state(self) -> SignInState:
        """What the form shows now."""
        refused, left_s = self._refused, self._left_s()
        if refused is None or not left_s:
            return self._state
        said = replace(self._state, wait_s=left_s, wait_for=self._waiting_name(refused))
        return replace(said, error=refused.said(left_s))

    # What a person does

    def resume(self) -> None:
        """Try what is remembered."""
        self._show(busy=True, error="")
        self._link.resume()

    def sign_in(self, username: str, password: str) -> None:
        """Try a user name and a password."""
        if self.state.waits(username):
            return
        self._stop_waiting()
        self._show(username=username, busy=True, error="", password_is_wrong=False)
        self._link.sign_in(username, password)

    def change_password(self, current: str, new: str) -> None:
        """Choose another password for the one-time one."""
        due = self._state.new_password
        if due is None or self._state.busy or self._left_s():
            return
        self._show(busy=True, error="", new_password=NewPasswordState(person=due.person))
        self._link.change_password(current, new)

    def leave(self) -> None:
        """Not now: back to user name and password."""
        self._link.sign_out()

    def refuse(self, sentence: str) -> None:
        """Say why the app lets nobody in, until the next try."""
        self._show(error=sentence)

    def tick(self) -> None:
        """Time passed: a wait is shorter, or over."""
        if self._refused is not None and not self._left_s():
            self._stop_waiting()
        self.changed.emit()

    # What the link tells

    def _on_refused(self, error: ClientError) -> None:
        refused = sign_in_refused(error)
        self._wait_for(refused)
        self._show(
            busy=False,
            error="" if refused.wait_s else refused.sentence,
            password_is_wrong=refused.is_wrong_password,
        )

    def _on_password_due(self, me: Me) -> None:
        self._show(
            busy=False, error="", username=me.username, new_password=NewPasswordState(person=me.display_name)
        )

    def _on_deed_failed(self, failed: OwnDeedFailed) -> None:
        due = self._state.new_password
        if failed.deed is not OwnDeed.CHANGE_PASSWORD or due is None:
            return
        refused = change_refused(failed.error)
        self._wait_for(refused)
        by_field = {f"{refused.field}_error": refused.sentence} if refused.field else {}
        self._show(
            busy=False,
            error="" if by_field or refused.wait_s else refused.sentence,
            new_password=replace(due, **by_field),
        )

    def _on_signed_in(self) -> None:
        self._stop_waiting()
        self._show(busy=False, error="", password_is_wrong=False, new_password=None)

    def _on_signed_out(self) -> None:
        self._show(busy=False, new_password=None)

    # Waiting

    def _wait_for(self, refused: Refused) -> None:
        self._stop_waiting()
        if refused.wait_s:
            self._refused = refused
            self._wait_until_s = self._monotonic_s() + refused.wait_s
            self._countdown.start()

    def _stop_waiting(self) -> None:
        self._refused = None
        self._countdown.stop()

    def _left_s(self) -> int:
        if self._refused is None:
            return 0
        return max(0, math.ceil(self._wait_until_s - self._monotonic_s()))

    def _waiting_name(self, refused: Refused) -> str:
        return self._state.username if refused.waits_by_name else ""

    def _show(self, **changes: object) -> None:
        self._state = replace(self._state, **changes)  # type: ignore[arg-type]  # of the fields' own types
        self.changed.emit()
