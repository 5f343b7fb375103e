"""A model of the server's floor: the rules in their plainest form, independent of what the apps do.

It keeps every token and call for ever and works each snapshot out from them, so that "snapshot +
events = snapshot" compares two different ways of knowing the same thing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from shared import events
from shared.counters import LiveCounter
from shared.events import Event
from shared.frames import Events
from shared.ids import (
    LIVE_STATUSES,
    Audience,
    CallId,
    CallOutcome,
    CounterId,
    Epoch,
    OrganizationId,
    Revision,
    TokenId,
    TokenSource,
    TokenStatus,
    TypeKey,
    UserId,
)
from shared.live import RECENT_CALLS, LiveOrganization, Snapshot
from shared.queues import CustomerType
from shared.tokens import ChoiceRule, LiveToken, RecentCall, Why
from shared.users import Person

SPACE = UUID("6f1c1d0a-0000-4000-8000-00000000c0de")
FIRST_EPOCH = Epoch(uuid5(SPACE, "epoch 1"))
CLERK = UserId(uuid5(SPACE, "clerk"))
TYPES = (
    CustomerType(
        key=TypeKey("instant"),
        name="Quick service",
        prefix="A",
        position=0,
        wait_limit_min=15,
    ),
    CustomerType(
        key=TypeKey("browser"),
        name="Information",
        prefix="B",
        position=1,
        wait_limit_min=20,
    ),
    CustomerType(
        key=TypeKey("retail"),
        name="Sales & payments",
        prefix="R",
        position=2,
        wait_limit_min=30,
    ),
)


def counter_id(position: int) -> CounterId:
    """The id of the counter at this position (0 is "1")."""
    return CounterId(uuid5(SPACE, f"counter {position}"))


@dataclass
class Floor:
    """One organization, changed by commands, each of which is one event."""

    now: datetime = datetime(2026, 10, 14, 8, 43, tzinfo=UTC)
    epoch: Epoch = FIRST_EPOCH
    revision: int = 0
    time_zone: str = "Europe/Vienna"
    log: list[Event] = field(default_factory=list)
    tokens: dict[TokenId, LiveToken] = field(default_factory=dict)
    calls: dict[CallId, RecentCall] = field(default_factory=dict)
    counters: dict[CounterId, LiveCounter] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for position in range(6):
            counter = LiveCounter(
                id=counter_id(position),
                label=str(position + 1),
                name=f"Counter {position + 1}",
                position=position,
            )
            self.counters[counter.id] = counter

    @property
    def organization(self) -> LiveOrganization:
        organization_id = OrganizationId(uuid5(SPACE, "city hall"))
        return LiveOrganization(id=organization_id, name="City Hall", time_zone=self.time_zone)

    # What is told

    def snapshot(self, audience: Audience) -> Snapshot:
        """The live state, worked out from everything that ever happened."""
        sees_all = audience is not Audience.DISPLAY
        live = [token for token in self.tokens.values() if token.status in LIVE_STATUSES]
        newest = sorted(self.calls.values(), key=lambda call: -call.announced_revision)
        return Snapshot(
            audience=audience,
            epoch=self.epoch,
            revision=Revision(self.revision),
            now=self.now,
            organization=self.organization,
            customer_types=TYPES,
            counters=tuple(
                counter if sees_all else counter.for_display() for counter in self.counters.values()
            ),
            tokens=tuple(
                token if sees_all else token.for_display()
                for token in sorted(live, key=lambda token: token.id)
            ),
            recent_calls=tuple(newest[:RECENT_CALLS]),
            people=(Person(id=CLERK, display_name="Maria Keller"),) if sees_all else (),
        )

    def frame(self, audience: Audience, after: int, upto: int | None = None) -> Events:
        """All that happened after one revision up to another, as this audience sees it."""
        upto = self.revision if upto is None else upto
        seen = tuple(events.project(event, audience) for event in self.log[after:upto])
        return Events(after=Revision(after), revision=Revision(upto), events=seen)

    def restore(self) -> None:
        """The database comes back from a backup: another epoch, fewer events."""
        self.epoch = Epoch(uuid5(SPACE, f"{self.epoch} restored"))

    # Commands

    def create(self, type_index: int = 0) -> LiveToken:
        number = len(self.tokens) + 1
        kind = TYPES[type_index % len(TYPES)]
        token = LiveToken(
            # Not in order of creation: an id's order must not pass for it by accident.
            id=TokenId(uuid5(SPACE, f"token {number}")),
            number=f"{kind.prefix}{number:03}",
            customer_type=kind.key,
            status=TokenStatus.WAITING,
            created_at=self.now,
            priority=0,
            place_at=self.now,
            source=TokenSource.STAFF,
        )
        self._append(lambda at: events.TokenCreated(**at, token=token))
        return token

    def call(self, token: LiveToken, counter: CounterId) -> RecentCall:
        call = RecentCall(
            id=CallId(uuid5(SPACE, f"call {self.revision + 1}")),
            token_id=token.id,
            number=token.number,
            customer_type=token.customer_type,
            counter_id=counter,
            called_at=self.now,
            announced_at=self.now,
            announced_revision=Revision(self.revision + 1),
        )
        changed = self._changed(
            token,
            status=TokenStatus.CALLED,
            counter_id=counter,
            call_id=call.id,
            called_at=self.now,
            announced_revision=call.announced_revision,
            why=Why(rule=ChoiceRule.OLDEST, waiting=1, waited_s=60),
        )
        self._append(lambda at: events.TokenCalled(**at, token=changed, call=call))
        return call

    def recall(self, token: LiveToken) -> RecentCall:
        before = self.calls[self._call_of(token)]
        again = {
            "announced_at": self.now,
            "announced_revision": Revision(self.revision + 1),
            "recall_count": before.recall_count + 1,
        }
        call = before.model_copy(update=again)
        changed = self._changed(
            token,
            announced_revision=call.announced_revision,
            recall_count=call.recall_count,
        )
        self._append(lambda at: events.TokenRecalled(**at, token=changed, call=call))
        return call

    def start(self, token: LiveToken) -> None:
        changed = self._changed(token, status=TokenStatus.SERVING, served_at=self.now)
        call = self.calls[self._call_of(token)]
        self._append(lambda at: events.ServiceStarted(**at, token=changed, call=call))

    def complete(self, token: LiveToken) -> None:
        self._end(token, TokenStatus.COMPLETED, CallOutcome.COMPLETED, events.ServiceCompleted)

    def no_show(self, token: LiveToken) -> None:
        self._end(token, TokenStatus.NO_SHOW, CallOutcome.NO_SHOW, events.TokenNoShow)

    def cancel(self, token: LiveToken) -> None:
        changed = self._changed(token, status=TokenStatus.CANCELLED, counter_id=None)
        call = self.calls.get(token.call_id) if token.call_id else None
        if call is not None:
            ended = {"outcome": CallOutcome.CANCELLED, "withdrawn": True}
            call = call.model_copy(update=ended)
        self._append(lambda at: events.TokenCancelled(**at, token=changed, call=call, reason="left"))

    def open(self, counter: CounterId) -> LiveCounter:
        opened = {"opened_at": self.now, "opened_by": CLERK}
        changed = self.counters[counter].model_copy(update=opened)
        self._append(lambda at: events.CounterOpened(**at, counter=changed))
        return changed

    def close(self, counter: CounterId) -> LiveCounter:
        changed = self.counters[counter].model_copy(update={"opened_at": None, "opened_by": None})
        self._append(lambda at: events.CounterClosed(**at, counter=changed))
        return changed

    def step(self, choice: int) -> Event:
        """Some legal command: which, a number decides; the same number, the same command."""
        live = sorted(
            (token for token in self.tokens.values() if token.status in LIVE_STATUSES),
            key=lambda token: token.number,
        )
        doable = [lambda: self.create(choice)]
        if live:
            token = live[choice // 7 % len(live)]
            doable += self._doable(token, counter_id(choice % 6))
        some_counter = counter_id(choice // 3 % 6)
        doable += [lambda: self.open(some_counter), lambda: self.close(some_counter)]
        doable[choice % len(doable)]()
        return self.log[-1]

    def _doable(self, token: LiveToken, counter: CounterId) -> list[Callable[[], object]]:
        if token.status is TokenStatus.WAITING:
            return [lambda: self.call(token, counter), lambda: self.cancel(token)]
        if token.status is TokenStatus.CALLED:
            return [
                lambda: self.recall(token),
                lambda: self.start(token),
                lambda: self.no_show(token),
                lambda: self.cancel(token),
            ]
        return [lambda: self.complete(token)]

    def _end(self, token: LiveToken, status: TokenStatus, outcome: CallOutcome, event: type) -> None:
        changed = self._changed(token, status=status)
        call = self.calls[self._call_of(token)].model_copy(update={"outcome": outcome})
        self._append(lambda at: event(**at, token=changed, call=call))

    def _call_of(self, token: LiveToken) -> CallId:
        call_id = self.tokens[token.id].call_id
        assert call_id is not None, f"{token.number} was never called"
        return call_id

    def _changed(self, token: LiveToken, **update: object) -> LiveToken:
        return self.tokens[token.id].model_copy(update=update)

    def _append(self, make: Callable[[dict], Event]) -> None:
        self.revision += 1
        event = make({"revision": Revision(self.revision), "at": self.now})
        self.log.append(event)
        self.now += timedelta(seconds=1)
        if event.token:
            self.tokens[event.token.id] = event.token
        if event.call:
            self.calls[event.call.id] = event.call
        if event.counter:
            self.counters[event.counter.id] = event.counter
