"""A link without a network: it tells what a test makes it tell, and keeps what it was asked."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from PySide6.QtCore import QObject, Signal

from clients.core.commands import AnyAnswer, Command
from clients.core.connection import ConnectionStatus, Phase
from clients.core.errors import ClientError
from clients.core.messages import (
    Answered,
    AskingFailed,
    CommandFailed,
    CommandRefused,
    CommandSucceeded,
    Fetch,
    Fetched,
    FetchFailed,
    PersonSignedIn,
    SignOutReason,
)
from clients.core.questions import Question
from clients.core.queue_state import QueueState, apply
from clients.core.session_actions import EventsApplied
from shared.events import Event
from shared.ids import OrganizationId, RequestId, UserId, UserRole
from shared.problems import Problem, ProblemCode
from shared.roles import MATRIX
from shared.setup import SetUp
from shared.users import Me
from tests.desktop.admin.sample import NOW, an_id


def me(name: str = "Ines Kovač", role: UserRole = UserRole.ADMIN) -> Me:
    """A person who signed in."""
    return Me(
        id=UserId(an_id("person", name)),
        username=name.split(maxsplit=1)[0].lower(),
        display_name=name,
        organization_id=OrganizationId(an_id("org")),
        organization_name="City Hall",
        role=role,
        permissions=tuple(MATRIX[role]),
    )


class FakeLink(QObject):
    """The surface of `Link` that the console uses."""

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
    command_succeeded = Signal(object)
    command_refused = Signal(object)
    command_failed = Signal(object)
    fetched = Signal(object)
    fetch_failed = Signal(object)
    answered = Signal(object)
    asking_failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = NOW
        self.sent: list[tuple[RequestId, Command]] = []
        self.fetches: list[Fetch] = []
        self.asked: list[Question] = []
        self.sign_ins: list[tuple[str, str]] = []
        self.password_changes: list[tuple[str, str]] = []
        self.signed_out_elsewhere = 0
        self.set_ups: list[SetUp] = []
        self.resumed = 0
        self.sign_outs = 0
        self.state: QueueState | None = None

    # What the console asks

    def sign_in(self, username: str, password: str) -> None:
        self.sign_ins.append((username, password))

    def set_up(self, body: SetUp) -> None:
        self.set_ups.append(body)

    def resume(self) -> None:
        self.resumed += 1

    def sign_out(self) -> None:
        self.sign_outs += 1
        self.signed_out.emit(SignOutReason.ASKED)

    def change_password(self, current: str, new: str) -> None:
        self.password_changes.append((current, new))

    def sign_out_elsewhere(self) -> None:
        self.signed_out_elsewhere += 1

    def send(self, command: Command) -> RequestId:
        request_id = RequestId(uuid4())
        self.sent.append((request_id, command))
        return request_id

    def fetch(self, kind: Fetch) -> None:
        self.fetches.append(kind)

    def ask(self, question: Question) -> None:
        self.asked.append(question)

    def server_now(self) -> datetime:
        return self.now

    # What a test makes happen

    def tell_signed_in(self, who: Me | None = None, *, is_remembered: bool = True) -> None:
        self.signed_in.emit(PersonSignedIn(me=who or me(), is_remembered=is_remembered))

    def tell_refused(self, error: ClientError) -> None:
        self.sign_in_refused.emit(error)

    def tell_live(self) -> None:
        self.connection_changed.emit(ConnectionStatus(phase=Phase.LIVE, since=self.now, heard_at=self.now))

    def tell_offline(self) -> None:
        self.connection_changed.emit(ConnectionStatus(phase=Phase.OFFLINE, since=self.now, heard_at=self.now))

    def tell_state(self, state: QueueState) -> None:
        self.state = state
        self.state_changed.emit(state)

    def tell_event(self, event: Event) -> None:
        assert self.state is not None
        self.tell_state(apply(self.state, event))
        self.events_applied.emit(
            EventsApplied(
                epoch=self.state.epoch,
                revision=event.revision,
                events=(event,),
                ages_s=(0.0,),
                is_replayed=False,
            )
        )

    def tell_fetched(self, kind: Fetch, value: object) -> None:
        self.fetched.emit(Fetched(kind=kind, value=value))

    def tell_not_fetched(self, kind: Fetch, sentence: str) -> None:
        self.fetch_failed.emit(FetchFailed(kind=kind, sentence=sentence))

    def tell_answered(self, question: Question, value: object) -> None:
        self.answered.emit(Answered(question=question, value=value))

    def tell_not_answered(self, question: Question, sentence: str, problem: Problem | None = None) -> None:
        self.asking_failed.emit(AskingFailed(question=question, sentence=sentence, problem=problem))

    def answer(self, answer: AnyAnswer) -> None:
        """Answer the last command."""
        self.command_succeeded.emit(CommandSucceeded(request_id=self.sent[-1][0], answer=answer))

    def refuse(self, code: ProblemCode, title: str = "Refused.", **more: Any) -> None:
        """Refuse the last command; `more` as `Problem` has it."""
        problem = Problem(title=title, status=409, code=code, **more)
        self.command_refused.emit(CommandRefused(request_id=self.sent[-1][0], problem=problem))

    def fail(self, sentence: str) -> None:
        """Leave the last command without an answer."""
        self.command_failed.emit(CommandFailed(request_id=self.sent[-1][0], sentence=sentence))
