"""The link between the network and the screen: one asyncio thread, and Qt signals on the UI thread.

Signals, all on the UI thread, each with one argument (frozen values, see `clients.core`):

- `state_changed(QueueState)`      the newest state; a burst within one UI turn is told once
- `events_applied(EventsApplied)`  each frame's events, none left out, after the state that holds them
- `connection_changed(ConnectionStatus)`
- `receipts_received(Receipts)`    on how many screens a call was shown
- `queues_received(QueueReport)`   figures and estimates; a person's link asks for them whenever it goes live
- `signed_in(PersonSignedIn)`      `.me`, `.is_remembered`
- `sign_in_refused(ClientError)`   a `Refusal` (`.problem`), or `ServerUnreachable`
- `password_due(Me)`              signed in with a one-time password, and good for nothing but changing it
- `own_deed_done(OwnDeedDone)`, `own_deed_failed(OwnDeedFailed)`  `.deed`, and `.error`
- `signed_out(SignOutReason)`
- `authority_offered(AuthorityOffered)`  `.server`, `.fingerprint`; `trust_authority` if a person confirms it
- `command_succeeded(CommandSucceeded)`  `.request_id`, `.answer`; the state follows by itself
- `command_refused(CommandRefused)`      `.request_id`, `.problem`
- `command_failed(CommandFailed)`        `.request_id`, `.sentence`; it may have happened
- `pairing_changed(PairingShown)`  of a screen without a key, until it goes live
- `fetched(Fetched)`, `fetch_failed(FetchFailed)`  `.kind`, and `.value` or `.sentence`

MUST: no method waits for the network. MUST: credentials are never logged.
"""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any
from uuid import uuid4

from PySide6.QtCore import QObject, Qt, Signal, Slot

from clients.core.client import Client, ClientConfig
from clients.core.clock import elapsed_s
from clients.core.commands import Command
from clients.core.credentials import CredentialStore
from clients.core.messages import (
    Answered,
    AskingFailed,
    AuthorityOffered,
    CommandFailed,
    CommandRefused,
    CommandSucceeded,
    Fetch,
    Fetched,
    FetchFailed,
    Message,
    OwnDeedDone,
    OwnDeedFailed,
    PasswordDue,
    PersonSignedIn,
    PersonSignedOut,
    SignInRefused,
)
from clients.core.pairing import PairingShown
from clients.core.questions import Question
from clients.core.session_actions import (
    EventsApplied,
    SideFactHeard,
    StateChanged,
    StatusChanged,
)
from shared.frames import QueuesFrame, Receipts, ShownReceipt, SpokenReceipt
from shared.ids import Audience, RequestId, Revision
from shared.queues import QueueReport
from shared.setup import SetUp

STOP_TIMEOUT_S = 5.0  # a socket closes within 1 s, a keyring is given 3

log = logging.getLogger(__name__)


class Link(QObject):
    """One app's link to the server, from its construction to `stop`."""

    state_changed = Signal(object)
    events_applied = Signal(object)
    connection_changed = Signal(object)
    receipts_received = Signal(object)
    queues_received = Signal(object)
    signed_in = Signal(object)
    sign_in_refused = Signal(object)
    password_due = Signal(object)
    own_deed_done = Signal(object)
    own_deed_failed = Signal(object)
    signed_out = Signal(object)
    authority_offered = Signal(object)
    command_succeeded = Signal(object)
    command_refused = Signal(object)
    command_failed = Signal(object)
    fetched = Signal(object)
    fetch_failed = Signal(object)
    answered = Signal(object)
    asking_failed = Signal(object)
    pairing_changed = Signal(object)

    _woken = Signal()  # from the network thread: the inbox holds something

    def __init__(
        self,
        config: ClientConfig,
        credentials: CredentialStore | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.audience = config.audience
        self._inbox: deque[Message] = deque()
        self._is_waking = threading.Event()
        self._woken.connect(self._drain, Qt.ConnectionType.QueuedConnection)
        self._tell: dict[type[Message], Callable[[Any], None]] = {
            EventsApplied: self.events_applied.emit,
            StatusChanged: self._tell_status,
            SideFactHeard: self._tell_side_fact,
            PersonSignedIn: self.signed_in.emit,
            SignInRefused: self._tell_sign_in_refused,
            PasswordDue: self._tell_password_due,
            OwnDeedDone: self.own_deed_done.emit,
            OwnDeedFailed: self.own_deed_failed.emit,
            PersonSignedOut: self._tell_signed_out,
            AuthorityOffered: self.authority_offered.emit,
            CommandSucceeded: self.command_succeeded.emit,
            CommandRefused: self.command_refused.emit,
            CommandFailed: self.command_failed.emit,
            Fetched: self._tell_fetched,
            FetchFailed: self.fetch_failed.emit,
            Answered: self.answered.emit,
            AskingFailed: self.asking_failed.emit,
            PairingShown: self.pairing_changed.emit,
        }
        self._network = _NetworkThread(config, credentials, self._receive)

    # What the app asks for

    def sign_in(self, username: str, password: str) -> None:
        """Sign a person in; `signed_in` or `sign_in_refused` follows."""
        self._network.run(lambda client: client.sign_in(username, password))

    def set_up(self, body: SetUp) -> None:
        """Set an empty server up; `signed_in` as its first super admin, or `sign_in_refused`, follows."""
        self._network.run(lambda client: client.set_up(body))

    def resume(self) -> None:
        """Sign in by what is remembered; without anything, `signed_out` with *not remembered*."""
        self._network.call(Client.resume)

    def sign_out(self) -> None:
        """Sign out here and on the server; `signed_out` follows."""
        self._network.run(Client.sign_out)

    def change_password(self, current: str, new: str) -> None:
        """Another password for who is signed in; `own_deed_done` or `own_deed_failed` follows.

        Where it was due, `signed_in` follows as well.
        """
        self._network.run(lambda client: client.change_password(current, new))

    def sign_out_elsewhere(self) -> None:
        """Sign this person's other devices out; `own_deed_done` or `own_deed_failed` follows."""
        self._network.run(Client.sign_out_elsewhere)

    def start_device(self, device_key: str | None = None, *, machine: str = "") -> None:
        """Go live as a wall screen; without a key by the remembered one, or `signed_out`: none is.

        Args:
            machine: what this machine is called; with it `pairing_changed` follows until there is a key.
        """
        self._network.run(lambda client: client.start_device(device_key, machine=machine))

    def trust_authority(self, fingerprint: str) -> None:
        """Take the server of the authority that was offered for the real one, now and at each start."""
        self._network.call(lambda client: client.trust_authority(fingerprint))

    def retry_now(self) -> None:
        """Connect at once instead of when planned."""
        self._network.call(Client.retry_now)

    def send(self, command: Command) -> RequestId:
        """Have a command done exactly once; the signals about it carry the id given here."""
        request_id = RequestId(uuid4())
        self._network.run(lambda client: client.send(command, request_id))
        return request_id

    def fetch(self, kind: Fetch) -> None:
        """Ask for something beside the live state; `fetched` or `fetch_failed` follows."""
        self._network.run(lambda client: client.fetch(kind))

    def ask(self, question: Question) -> None:
        """Ask a question; `answered` or `asking_failed` follows."""
        self._network.run(lambda client: client.ask(question))

    def confirm_shown(self, revision: Revision) -> None:
        """Tell the server that the call announced by this revision was painted."""
        self._network.call(lambda client: client.confirm(ShownReceipt(revision=revision)))

    def confirm_spoken(self, revision: Revision) -> None:
        """Tell the server that the call announced by this revision was spoken."""
        self._network.call(lambda client: client.confirm(SpokenReceipt(revision=revision)))

    def server_now(self) -> datetime:
        """The server's time, by which every age is measured; aware, in UTC."""
        return self._network.client.clock.at(elapsed_s())

    def stop(self) -> None:
        """Close the connections and end the thread; nothing is signalled afterwards."""
        self._network.stop()
        self._inbox.clear()

    # From the network thread to the UI thread

    def _receive(self, message: Message) -> None:
        """On the network thread. Wakes the UI once a burst, not once a message."""
        self._inbox.append(message)
        if not self._is_waking.is_set():
            self._is_waking.set()
            self._woken.emit()

    @Slot()
    def _drain(self) -> None:
        # Cleared before looking: what comes while we look wakes us again.
        self._is_waking.clear()
        burst = [self._inbox.popleft() for _ in range(len(self._inbox))]
        group: list[Message] = []
        for message in burst:
            if isinstance(message, PersonSignedIn | PersonSignedOut):
                # One person's state is never joined with the next one's.
                self._tell_group(group)
                self._tell[type(message)](message)
                group = []
            else:
                group.append(message)
        self._tell_group(group)

    def _tell_group(self, group: list[Message]) -> None:
        states = [message.state for message in group if isinstance(message, StateChanged)]
        if states:
            # First, so that whoever hears of an event finds it in the state.
            self.state_changed.emit(states[-1])
        for message in group:
            if not isinstance(message, StateChanged):
                self._tell[type(message)](message)

    def _tell_sign_in_refused(self, message: SignInRefused) -> None:
        self.sign_in_refused.emit(message.error)

    def _tell_password_due(self, message: PasswordDue) -> None:
        self.password_due.emit(message.me)

    def _tell_signed_out(self, message: PersonSignedOut) -> None:
        self.signed_out.emit(message.reason)

    def _tell_status(self, message: StatusChanged) -> None:
        self.connection_changed.emit(message.status)
        if message.status.is_live and self.audience is not Audience.DISPLAY:
            # The next figures may be seconds away. A screen's key opens nothing but its channel.
            self.fetch(Fetch.QUEUES)

    def _tell_side_fact(self, message: SideFactHeard) -> None:
        match message.frame:
            case Receipts() as receipts:
                self.receipts_received.emit(receipts)
            case QueuesFrame(report=report):
                self.queues_received.emit(report)

    def _tell_fetched(self, message: Fetched) -> None:
        if isinstance(message.value, QueueReport):
            self.queues_received.emit(message.value)
        self.fetched.emit(message)


class _NetworkThread:
    """An event loop with a `Client` in it, in a thread of its own."""

    def __init__(
        self,
        config: ClientConfig,
        credentials: CredentialStore | None,
        emit: Callable[[Message], None],
    ) -> None:
        self._loop = asyncio.new_event_loop()
        self.client = self._loop.run_until_complete(_made(config, credentials, emit))
        self._thread = threading.Thread(target=self._run, name="network", daemon=True)
        self._thread.start()

    def call(self, ask: Callable[[Client], None]) -> None:
        """Have something begun; from any thread, without waiting."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(ask, self.client)

    def run(self, ask: Callable[[Client], Coroutine[None, None, None]]) -> None:
        """Have something done; from any thread, without waiting."""

        def begin(client: Client) -> None:
            client.tasks.start(ask(client))

        self.call(begin)

    def stop(self) -> None:
        if self._loop.is_closed():
            return
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(STOP_TIMEOUT_S)
        if self._thread.is_alive():
            log.warning("the network thread did not end within %s s", STOP_TIMEOUT_S)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
            self._loop.run_until_complete(self.client.aclose())
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        finally:
            self._loop.close()


async def _made(
    config: ClientConfig,
    credentials: CredentialStore | None,
    emit: Callable[[Message], None],
) -> Client:
    return Client(config=config, credentials=credentials, emit=emit)
