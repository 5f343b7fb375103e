"""One app's whole network side: signing in, the live channel, commands, what is remembered.

Lives in one event loop, knows no Qt; everything it has to say goes through `emit`, in order.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from clients.core.cache import SnapshotCache
from clients.core.clock import ServerClock, elapsed_s
from clients.core.commands import Command
from clients.core.connection import Phase, backoff
from clients.core.credentials import CredentialStore
from clients.core.errors import AuthorityUnknown, ClientError, Refusal
from clients.core.http_api import HttpApi
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
    OwnDeed,
    OwnDeedDone,
    OwnDeedFailed,
    PasswordDue,
    PersonSignedIn,
    PersonSignedOut,
    SignInRefused,
    SignOutReason,
)
from clients.core.pairing import Pairing, PairingReason
from clients.core.questions import AskAccounts, AskDevices, Question
from clients.core.queue_state import QueueState, from_snapshot, to_snapshot
from clients.core.session import Session, SessionConfig
from clients.core.session_actions import Delivery, StateChanged, StatusChanged
from clients.core.socket import LiveSocket, socket_address
from clients.core.tasks import Tasks
from clients.core.trust import PinStore, Trust, Vouched
from shared.frames import ShownReceipt, SpokenReceipt
from shared.ids import Audience, RequestId
from shared.problems import Problem, ProblemCode
from shared.setup import SetUp
from shared.users import SignedIn, UserPage

CACHE_EVERY_S = 10.0
RENEW_AFTER = 0.8  # of an access JWT's life: a fifth is left to try again in
DEVICE_SILENCE_S = 10.0  # then a board is not current (design, the live channel)
PERSON_SILENCE_S = 20.0  # pings every 3 s: six are lost before a clerk reads "no connection"
DEVICE_RETRY_REFUSED_S = 60.0
FOLLOW_EVERY_S = 6 * 3600.0  # an authority is announced a month before it takes over
FOLLOW_AGAIN_S = 60.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class ClientConfig:
    """Whom an app talks to, and as what.

    Args:
        server: "http://host:port", or "https:".
        cache_directory: where the last snapshot is kept; None: nowhere.
        vouched: what IT says of the server's authority.
        trust_directory: where confirmed and announced authorities are kept; None: nowhere.
    """

    server: str
    audience: Audience
    app_version: str
    cache_directory: Path | None = None
    vouched: Vouched = field(default_factory=Vouched)
    trust_directory: Path | None = None

    @property
    def is_device(self) -> bool:
        """Whether a wall screen, with a key, or a person, with a sign-in."""
        return self.audience is Audience.DISPLAY


class Client:
    """One app's network side.

    Args:
        credentials: what is remembered between starts; None: nothing.
        emit: told everything, in this loop's thread.
    """

    def __init__(
        self,
        *,
        config: ClientConfig,
        credentials: CredentialStore | None,
        emit: Callable[[Message], None],
    ) -> None:
        self._config = config
        self._credentials = credentials
        self._emit = emit
        self._trust = Trust(
            server=config.server,
            vouched=config.vouched,
            store=PinStore(directory=config.trust_directory, server=config.server)
            if config.trust_directory
            else None,
            offer=self._on_offer,
        )
        self._offered: str | None = None
        self._api = HttpApi(server=config.server, trust=self._trust, on_signed_in=self._on_signed_in)
        self._session: Session | None = None
        self._socket: LiveSocket | None = None
        self._cache: SnapshotCache | None = None
        self._uncached: QueueState | None = None
        self._resuming: asyncio.Task[None] | None = None
        self._renewing: asyncio.Task[None] | None = None
        self._pairing: asyncio.Task[None] | None = None
        self._machine = ""
        self.tasks = Tasks()
        """What runs beside the rest; it ends with the client."""
        # Until a server is heard, this machine's clock is the best guess.
        self._clock = ServerClock.from_this_machine(elapsed=elapsed_s(), now=datetime.now(UTC))

    @property
    def clock(self) -> ServerClock:
        """The server's clock as it was last heard; may be read from any thread."""
        session = self._session
        return session.clock if session is not None else self._clock

    # Signing in

    async def sign_in(self, username: str, password: str) -> None:
        """Sign a person in and go live."""
        await self._sign_in_by(lambda: self._api.sign_in(username, password))

    async def set_up(self, body: SetUp) -> None:
        """Set an empty server up, sign its first super admin in and go live."""
        await self._sign_in_by(lambda: self._api.set_up(body))

    async def _sign_in_by(self, ask: Callable[[], Awaitable[SignedIn]]) -> None:
        self._stop_resuming()
        self._offered = None
        await self._go_offline()  # whoever was here: their socket must not get another's credential
        try:
            signed_in = await ask()
        except ClientError as error:
            self._emit(SignInRefused(error=error))
            return
        await self._begin(signed_in)

    def resume(self) -> None:
        """Sign in by what is remembered; goes on trying while the server cannot be reached."""
        self._stop_resuming()
        self._offered = None
        self._resuming = self.tasks.start(self._resume())

    async def _resume(self) -> None:
        remembered = await self._remembered()
        if remembered is None:
            self._emit(PersonSignedOut(reason=SignOutReason.NOT_REMEMBERED))
            # Before a person types their password: they may have to say first that this is their server.
            if (distrust := await self._trust.meet()) is not None:
                self._emit(SignInRefused(error=distrust))
            return
        for pause_s in backoff(random.random):
            try:
                signed_in = await self._api.resume(remembered)
            except Refusal as refusal:
                await self._forget()
                self._emit(SignInRefused(error=refusal))
                return
            except AuthorityUnknown as error:
                self._emit(SignInRefused(error=error))
                return  # whoever confirms it begins again
            except ClientError as error:
                self._emit(SignInRefused(error=error))
                await asyncio.sleep(pause_s)
            else:
                await self._begin(signed_in)
                return

    def _stop_resuming(self) -> None:
        task, self._resuming = self._resuming, None
        if task is not None and task is not asyncio.current_task():
            task.cancel()

    async def sign_out(self) -> None:
        """End the session here and on the server, and forget it."""
        self._stop_resuming()
        await self._go_offline()
        await self._forget()
        try:
            await self._api.sign_out()
        except ClientError as error:
            log.info("the server was not told of the sign-out: %s", error)
        self._emit(PersonSignedOut(reason=SignOutReason.ASKED))

    async def start_device(self, key: str | None = None, *, machine: str = "") -> None:
        """Go live as a wall screen; without a key by the one that is remembered, or by pairing.

        Args:
            machine: what this machine is called, for who pairs it; without it there is no pairing.
        """
        self._machine = machine
        used = key or await self._remembered()
        if used is not None:
            await self._follow_as_device(used)
            return
        self._emit(PersonSignedOut(reason=SignOutReason.NOT_REMEMBERED))
        self._pair(PairingReason.NEW)

    async def _follow_as_device(self, key: str) -> None:
        await self._go_offline()
        self._api.use_device_key(key)
        # Whose organization it is only the server knows, but one key is one screen.
        self._go_live(holder=key)

    def _pair(self, reason: PairingReason) -> None:
        """Show a code until an admin has typed it, or the old key is good again after all."""
        if self._machine and self._pairing is None:
            self._pairing = self.tasks.start(self._be_paired(reason))

    async def _be_paired(self, reason: PairingReason) -> None:
        pairing = Pairing(self._api, machine=self._machine, reason=reason, tell=self._emit)
        key = await pairing.key()
        if not await self._remember(key):
            log.warning(
                "the device key cannot be kept: this screen must be paired again after its next start"
            )
        self._pairing = None
        await self._follow_as_device(key)

    def _stop_pairing(self) -> None:
        pairing, self._pairing = self._pairing, None
        if pairing is not None and pairing is not asyncio.current_task():
            pairing.cancel()

    async def _on_device_refused(self, problem: Problem | None) -> None:
        """The server does not take this screen's key."""
        if problem is None or problem.code is not ProblemCode.DEVICE_REVOKED:
            # It may be another server for the moment, or an old backup of ours. The key is kept and tried
            # again, and whoever stands here can pair the screen anew.
            self._pair(PairingReason.UNKNOWN)
            return
        revoked, cache = self._api.credential, self._cache
        await self._go_offline()
        if cache is not None:
            cache.forget()
        self._emit(PersonSignedOut(reason=SignOutReason.REVOKED))
        remembered = await self._remembered()
        if remembered is not None and remembered != revoked:
            # A key that was given at the start is out of use; the one from pairing since then is not.
            await self._follow_as_device(remembered)
            return
        await self._forget()
        self._pair(PairingReason.REVOKED)

    async def _remembered(self) -> str | None:
        return await self._credentials.read() if self._credentials else None

    async def change_password(self, current: str, new: str) -> None:
        """Give the person who signed in another password; where that was due, go live then."""
        try:
            signed_in = await self._api.change_password(current, new)
        except ClientError as error:
            self._emit(OwnDeedFailed(deed=OwnDeed.CHANGE_PASSWORD, error=error))
            return
        self._emit(OwnDeedDone(deed=OwnDeed.CHANGE_PASSWORD))
        if self._socket is None:
            await self._begin(signed_in)

    async def sign_out_elsewhere(self) -> None:
        """Sign the person's other devices out."""
        try:
            await self._api.sign_out_elsewhere()
        except ClientError as error:
            self._emit(OwnDeedFailed(deed=OwnDeed.SIGN_OUT_ELSEWHERE, error=error))
        else:
            self._emit(OwnDeedDone(deed=OwnDeed.SIGN_OUT_ELSEWHERE))

    async def _begin(self, signed_in: SignedIn) -> None:
        if signed_in.me.must_change_password:
            # Not remembered: who leaves now begins again with the password they were given.
            self._emit(PasswordDue(me=signed_in.me))
            return
        is_remembered = await self._remember(signed_in.refresh_jwt)
        self._emit(PersonSignedIn(me=signed_in.me, is_remembered=is_remembered))
        self._go_live(holder=str(signed_in.me.organization_id))

    async def _remember(self, refresh_jwt: str) -> bool:
        return await self._credentials.write(refresh_jwt) if self._credentials else False

    async def _remember_again(self, refresh_jwt: str) -> None:
        # Its predecessor is used up; what the keyring held is worth nothing now.
        await self._remember(refresh_jwt)

    async def _forget(self) -> None:
        if self._credentials:
            await self._credentials.forget()

    def _on_signed_in(self, signed_in: SignedIn) -> None:
        """Each new pair of JWTs: keep it, use it, and plan the next."""
        if self._socket is not None:
            self._socket.renew(signed_in.access_jwt)
            self.tasks.start(self._remember_again(signed_in.refresh_jwt))
        if self._renewing is not None and self._renewing is not asyncio.current_task():
            self._renewing.cancel()
        self._renewing = self.tasks.start(self._renew_later(signed_in.access_expires_in_s * RENEW_AFTER))

    async def _renew_later(self, wait_s: float) -> None:
        await asyncio.sleep(wait_s)
        for pause_s in backoff(random.random):
            try:
                await self._api.refresh()
            except Refusal:
                return  # the server ends the socket when the JWT ends, and the app is told then
            except ClientError:
                await asyncio.sleep(pause_s)
            else:
                return

    # Trust

    def _on_offer(self, fingerprint: str) -> None:
        if fingerprint != self._offered:  # each try to connect would ask the same again
            self._offered = fingerprint
            self._emit(AuthorityOffered(server=self._config.server, fingerprint=fingerprint))

    def trust_authority(self, fingerprint: str) -> None:
        """A person has compared this fingerprint with the server's; what waits for it goes on."""
        self._trust.accept(fingerprint)
        self.retry_now()

    async def _keep_trust(self) -> None:
        """Hear of the authority that follows the present one before it takes over."""
        socket = self._socket
        while self._socket is socket:
            could_ask = await self._trust.follow()
            await asyncio.sleep(FOLLOW_EVERY_S if could_ask else FOLLOW_AGAIN_S)

    # The live channel

    def _go_live(self, *, holder: str) -> None:
        config = self._config
        if config.cache_directory is not None:
            self._cache = SnapshotCache(
                directory=config.cache_directory,
                server=config.server,
                holder=holder,
                audience=config.audience,
            )
        cached = self._cache.read() if self._cache else None
        known = from_snapshot(cached) if cached else None
        self._session = Session(
            config=SessionConfig(
                app_version=config.app_version,
                silence_s=DEVICE_SILENCE_S if config.is_device else PERSON_SILENCE_S,
                can_renew=not config.is_device,
                retry_refused_s=DEVICE_RETRY_REFUSED_S if config.is_device else None,
            ),
            clock=self.clock,
            random=random.random,
            state=known,
            is_whole=config.audience is Audience.DISPLAY,  # whose tokens never had a visitor
            heard_at=self._elapsed_at(cached.now) if cached else None,
        )
        self._socket = LiveSocket(
            address=socket_address(config.server, config.audience),
            session=self._session,
            fetch_snapshot=lambda: self._api.snapshot(config.audience),
            renew_credential=self._fresh_credential,
            deliver=self._on_delivery,
            trust=self._trust,
        )
        if known is not None:
            self._emit(StateChanged(state=known, is_replaced=True))
        self._socket.start(self._api.credential)
        self.tasks.start(self._keep_cache())
        if self._trust.context is not None:
            self.tasks.start(self._keep_trust())

    def _elapsed_at(self, moment: datetime) -> float:
        """Where the stopwatch stood at a moment, perhaps before it began."""
        now = elapsed_s()
        return now - (self.clock.at(now) - moment).total_seconds()

    async def _go_offline(self) -> None:
        socket, self._socket = self._socket, None
        if socket is not None:
            await socket.stop()
        self._write_cache()
        self._clock = self.clock
        self._cache = self._session = None

    async def _fresh_credential(self) -> str:
        return (await self._api.refresh()).access_jwt

    def _on_delivery(self, delivery: Delivery) -> None:
        if isinstance(delivery, StateChanged):
            self._uncached = delivery.state
        self._emit(delivery)
        if not isinstance(delivery, StatusChanged):
            return
        status = delivery.status
        if status.is_live and self._config.is_device:
            self._stop_pairing()
        elif status.phase is Phase.REFUSED:
            is_device = self._config.is_device
            self.tasks.start(self._on_device_refused(status.problem) if is_device else self._end())

    async def _end(self) -> None:
        """The server takes neither this person's credential nor its renewal."""
        await self._go_offline()
        await self._forget()
        self._emit(PersonSignedOut(reason=SignOutReason.ENDED))

    def confirm(self, receipt: ShownReceipt | SpokenReceipt) -> None:
        """Tell the server that a call was painted or spoken."""
        if self._socket is not None:
            self._socket.act(lambda session: session.confirm(receipt))

    def retry_now(self) -> None:
        """Connect at once instead of when planned."""
        self._offered = None
        if self._socket is not None:
            self._socket.retry_now()

    # Asking

    async def send(self, command: Command, request_id: RequestId) -> None:
        """Have a command done, and tell how it went."""
        self._emit(await self._outcome(command, request_id))

    async def _outcome(self, command: Command, request_id: RequestId) -> Message:
        try:
            answer = await self._api.send(command, request_id)
        except Refusal as refusal:
            return CommandRefused(request_id=request_id, problem=refusal.problem)
        except ClientError as error:
            return CommandFailed(request_id=request_id, sentence=str(error))
        return CommandSucceeded(request_id=request_id, answer=answer)

    async def fetch(self, kind: Fetch) -> None:
        """Ask for something beside the live state, and tell what came."""
        try:
            value = await self._value(kind)
        except ClientError as error:
            self._emit(FetchFailed(kind=kind, sentence=str(error)))
        else:
            self._emit(Fetched(kind=kind, value=value))

    async def ask(self, question: Question) -> None:
        """Ask a question, and tell what came back."""
        try:
            value = await self._answer(question)
        except Refusal as refusal:
            self._emit(AskingFailed(question=question, sentence=str(refusal), problem=refusal.problem))
        except ClientError as error:
            self._emit(AskingFailed(question=question, sentence=str(error)))
        else:
            self._emit(Answered(question=question, value=value))

    async def _value(self, kind: Fetch) -> object:
        match kind:
            case Fetch.QUEUES:
                return await self._api.queues()
            case Fetch.TODAY:
                return await self._api.today()
            case Fetch.MY_DAY:
                return await self._api.my_day()
            case Fetch.COUNTERS:
                return await self._api.counters()
            case Fetch.USERS:
                page: UserPage = await self._answer(AskAccounts())
                return page.items
            case Fetch.DEVICES:
                return await self._answer(AskDevices())

    async def _answer(self, question: Question) -> Any:
        """The whole answer to a question, however many pages it has."""
        value: Any = await self._api.ask(question)
        while (more := question.more(value)) is not None:
            value = question.joined(value, await self._api.ask(more))
        return value

    # What is kept on disk

    def _write_cache(self) -> None:
        state, self._uncached = self._uncached, None
        if state is not None and self._cache is not None:
            self._cache.write(to_snapshot(state, now=self.clock.at(elapsed_s())))

    async def _keep_cache(self) -> None:
        socket = self._socket
        while self._socket is socket:
            await asyncio.sleep(CACHE_EVERY_S)
            state, self._uncached = self._uncached, None
            if state is not None and self._cache is not None and self._socket is socket:
                snapshot = to_snapshot(state, now=self.clock.at(elapsed_s()))
                await asyncio.to_thread(self._cache.write, snapshot)

    # Ending

    async def aclose(self) -> None:
        """Stop everything; what is remembered stays remembered."""
        await self._go_offline()
        await self.tasks.cancel_all()
        await self._api.aclose()
