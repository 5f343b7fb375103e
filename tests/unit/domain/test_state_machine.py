"""Any sequence of commands on several tokens and counters keeps the promises of the queue."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from server.domain import policy
from server.domain import tokens as rules
from server.domain.errors import NobodyWaiting, TokenNotInState
from server.domain.policy import LaneHead
from server.domain.tokens import ALLOWED, Token
from shared.ids import (
    ACTIVE_STATUSES,
    CallId,
    CounterId,
    Revision,
    TokenCommand,
    TokenId,
    TokenStatus,
    TypeKey,
)
from shared.tokens import ChoiceRule, Why
from tests.unit.domain.factories import NOW, PERSON, waiting_token

COUNTERS = [CounterId(UUID(int=number)) for number in range(1, 4)]
TYPES = [TypeKey("instant"), TypeKey("browser")]
LEVELS = [0, 10, 30]
ENDED = {TokenStatus.COMPLETED, TokenStatus.CANCELLED, TokenStatus.NO_SHOW}


@dataclass(frozen=True)
class Moved:
    before: Token
    after: Token


class Queue(RuleBasedStateMachine):
    """A queue in memory that keeps to the domain's functions alone."""

    tokens = Bundle("tokens")

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = NOW
        self.revision = 0
        self.live: dict[TokenId, Token] = {}
        self.moves: list[Moved] = []

    @rule(seconds=st.integers(0, 900))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(target=tokens, kind=st.sampled_from(TYPES), priority=st.sampled_from(LEVELS))
    def create(self, kind: TypeKey, priority: int) -> TokenId:
        token = waiting_token(
            id=TokenId(uuid4()),
            number=f"{kind[0].upper()}{len(self.live) + 1:03d}",
            customer_type=kind,
            priority=priority,
            created_at=self.now,
            place_at=self.now,
        )
        self.live[token.id] = token
        return token.id

    @rule(counter=st.sampled_from(COUNTERS))
    def call_next(self, counter: CounterId) -> None:
        if self._at(counter):
            return
        waiting = [token for token in self.live.values() if token.status is TokenStatus.WAITING]
        try:
            choice = policy.choose(_heads(waiting), multipliers={}, now=self.now)
        except NobodyWaiting:
            assert not waiting
            return
        chosen = self.live[choice.head.token_id]
        # Nobody is passed by anyone who came later than their head start.
        for other in waiting:
            passed = chosen.place_at - other.place_at
            assert passed <= timedelta(minutes=max(0, chosen.priority - other.priority))
        self._apply(
            chosen,
            rules.call(
                chosen,
                call_id=CallId(uuid4()),
                counter_id=counter,
                user_id=PERSON,
                why=Why(rule=ChoiceRule.OLDEST, waiting=len(waiting), waited_s=0),
                revision=self._next_revision(),
                now=self.now,
            ),
        )

    @rule(token_id=tokens)
    def recall(self, token_id: TokenId) -> None:
        self._try(token_id, TokenCommand.RECALL)

    @rule(token_id=tokens)
    def start(self, token_id: TokenId) -> None:
        self._try(token_id, TokenCommand.START)

    @rule(token_id=tokens)
    def complete(self, token_id: TokenId) -> None:
        self._try(token_id, TokenCommand.COMPLETE)

    @rule(token_id=tokens)
    def no_show(self, token_id: TokenId) -> None:
        self._try(token_id, TokenCommand.NO_SHOW)

    @rule(target=tokens, token_id=consumes(tokens))
    def cancel(self, token_id: TokenId) -> object:
        self._try(token_id, TokenCommand.CANCEL)
        return multiple(token_id)

    @invariant()
    def no_counter_has_two(self) -> None:
        held = [token.counter_id for token in self.live.values() if token.status in ACTIVE_STATUSES]
        assert len(held) == len(set(held))

    @invariant()
    def a_call_is_open_just_while_active(self) -> None:
        for token in self.live.values():
            is_open = token.call is not None and token.call.ended_at is None
            assert is_open == (token.status in ACTIVE_STATUSES)

    @invariant()
    def what_ended_stays_ended(self) -> None:
        assert all(move.before.status not in ENDED for move in self.moves)

    def _try(self, token_id: TokenId, command: TokenCommand) -> None:
        before = self.live[token_id]
        move = {
            TokenCommand.RECALL: lambda: rules.recall(before, revision=self._next_revision(), now=self.now),
            TokenCommand.START: lambda: rules.start(before, now=self.now),
            TokenCommand.COMPLETE: lambda: rules.complete(before, confirms_arrival=True, now=self.now),
            TokenCommand.NO_SHOW: lambda: rules.no_show(before, now=self.now),
            TokenCommand.CANCEL: lambda: rules.cancel(before, reason="left", now=self.now),
        }[command]
        if before.status in ALLOWED[command]:
            self._apply(before, move())
            return
        with pytest.raises(TokenNotInState) as refused:
            move()
        assert refused.value.status is before.status

    def _apply(self, before: Token, after: Token) -> None:
        assert replace(after, **_moving(before)) == before, "only what moves has changed"
        self.live[after.id] = after
        self.moves.append(Moved(before, after))

    def _at(self, counter: CounterId) -> list[Token]:
        return [
            token
            for token in self.live.values()
            if token.status in ACTIVE_STATUSES and token.counter_id == counter
        ]

    def _next_revision(self) -> Revision:
        self.revision += 1
        return Revision(self.revision)


def _moving(token: Token) -> dict[str, object]:
    """The fields that a command may change."""
    names = (
        "status", "called_at", "served_at", "completed_at", "cancelled_at", "counter_id", "served_by",
        "cancel_reason", "wait_s", "service_s", "why", "call",
    )  # fmt: skip
    return {name: getattr(token, name) for name in names}


def _heads(waiting: list[Token]) -> list[LaneHead]:
    lanes: dict[tuple[TypeKey, int], Token] = {}
    for token in sorted(waiting, key=lambda token: (token.place_at, token.number)):
        lanes.setdefault((token.customer_type, token.priority), token)
    return [
        LaneHead(
            token_id=token.id,
            number=token.number,
            customer_type=token.customer_type,
            priority=token.priority,
            place_at=token.place_at,
        )
        for token in lanes.values()
    ]


TestQueue = Queue.TestCase
TestQueue.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
