"""Any sequence of commands by several people at several counters, against a real database.

After every step the tables agree among themselves, every app that followed the events shows what a new
snapshot shows, and whoever was called is whom the rules, written out once more in their plainest form,
would have called. A refusal changes nothing anywhere. An undo brings back the exact token.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from clients.core.queue_state import QueueState, apply, from_snapshot, to_snapshot
from server.domain.errors import NobodyWaiting, Refusal
from server.domain.tokens import ALLOWED, Token
from server.store import counters as counter_store
from server.store import tokens as token_store
from server.usecases import cleaning
from shared.commands import Answer
from shared.events import EVENT_ADAPTER
from shared.ids import Audience, TokenCommand, TokenId, TokenStatus, UserRole
from shared.tokens import ChoiceRule
from tests.db.truths import everything, frames_after, require_truths, snapshot_of
from tests.site import Desk, Site

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
TYPES = ("instant", "retail")
LEVELS = (0, 10, 30)
STAFF = 3
WALKS, STEPS = 3, 200

Act = Callable[[], Awaitable[Answer]]
OnToken = Callable[[Desk, TokenId, int], Awaitable[Answer]]

COMMANDS: dict[str, tuple[TokenCommand, OnToken]] = {
    "call": (TokenCommand.CALL, lambda desk, id_, _: desk.call(id_)),
    "recall": (TokenCommand.RECALL, lambda desk, id_, _: desk.recall(id_)),
    "start": (TokenCommand.START, lambda desk, id_, _: desk.start(id_)),
    "complete": (TokenCommand.COMPLETE, lambda desk, id_, _: desk.complete(id_)),
    "no_show": (
        TokenCommand.NO_SHOW,
        lambda desk, id_, pick: desk.no_show(id_, wait_s=60 if pick % 4 == 0 else 0),
    ),
    "return": (TokenCommand.RETURN, lambda desk, id_, _: desk.return_to_lane(id_)),
    "park": (
        TokenCommand.PARK,
        lambda desk, id_, pick: desk.park(
            id_, wake_at=desk.site.now + timedelta(minutes=pick) if pick % 3 else None
        ),
    ),
    "resume": (TokenCommand.RESUME, lambda desk, id_, _: desk.resume(id_)),
    "reinstate": (TokenCommand.REINSTATE, lambda desk, id_, _: desk.reinstate(id_)),
    "cancel": (TokenCommand.CANCEL, lambda desk, id_, _: desk.cancel(id_)),
    "change": (TokenCommand.CHANGE, lambda desk, id_, pick: desk.change(id_, **CHANGES[pick % len(CHANGES)])),
    "transfer": (
        TokenCommand.TRANSFER,
        lambda desk, id_, pick: desk.transfer(
            id_, customer_type=TYPES[pick % 2], first_in_line=pick % 3 == 0
        ),
    ),
    "transfer_to_counter": (
        TokenCommand.TRANSFER,
        lambda desk, id_, pick: desk.transfer(
            id_, counter_id=desk.site.counter_ids[pick % (STAFF + 1)], first_in_line=pick % 5 == 0
        ),
    ),
    "transfer_to_person": (
        TokenCommand.TRANSFER,
        lambda desk, id_, pick: desk.transfer(
            id_, user_id=desk.person.actor.user_id, customer_type=TYPES[pick % 2]
        ),
    ),
}
CHANGES: list[dict[str, object]] = [
    {"priority": 30},
    {"priority": 0},
    {"emergency": "Faints"},
    {"emergency": None},
    {"visitor": {"notes": "Hm"}},
    {"visitor": None, "priority": 10},
]
EXTRAS: list[Any] = [{}, {}, {}, {"emergency": "Faints"}, {"visitor": {"name": "Ana"}}, "meant", {}]
WEIGHTS = {
    "take": 18, "call_next": 14, "start": 8, "complete": 6, "recall": 4, "no_show": 5, "reinstate": 5,
    "park": 6, "resume": 5, "return": 4, "transfer": 4, "transfer_to_counter": 4, "transfer_to_person": 3,
    "cancel": 2, "change": 5, "call": 4, "undo": 7, "undo_on_a_token": 5, "time_passes": 4,
    "the_server_tends": 3, "break_or_back": 1, "short_break": 2, "close_or_open": 2,
    "take_over_and_back": 2, "a_day_passes": 0.5,
    "cancel_the_waiting": 0.5, "close_the_day_and_reopen_it": 0.5,
}  # fmt: skip
"""What happens at a counter, and how often beside the others."""


class Queue:
    """People at counters, an admin beside, and the server's own acts; true dice say what happens next.

    Mostly a command goes to a token whose state allows it, by the person before whom it is: so a visitor
    gets as far as to be completed, or to be reinstated.
    """

    def __init__(self, site: Site, people: list[Desk], admin: Desk) -> None:
        self.site, self.people, self.admin = site, people, admin
        self.undoable: dict[TokenId, Token | None] = {}
        self.numbers: set[tuple[date, str]] = set()
        self.known: dict[Audience, QueueState] = {}
        self.name = ""
        self.done: set[str] = set()

    @classmethod
    async def open(cls, site: Site) -> "Queue":
        site.stop_clock(NOON)
        people = [await site.person_at(index) for index in range(STAFF)]
        admin = replace(people[0], person=await site.add_person(UserRole.ADMIN))
        await site.set_skills(people[2].person, "retail")
        await site.configure(reinstate_behind=1)
        queue = cls(site, people, admin)
        for audience in Audience:
            queue.known[audience] = from_snapshot(await snapshot_of(site, audience))
        return queue

    async def step(self, dice: Random) -> None:
        [name] = dice.choices(list(WEIGHTS), weights=list(WEIGHTS.values()))
        desk, pick, is_wild = dice.randrange(STAFF), dice.randrange(60), dice.random() < 0.15
        self.site.pass_time(seconds=1)
        self.name, person = name, self.people[desk]
        if name in COMMANDS:
            await self.command(name, person, pick, is_wild=is_wild)
        else:
            await getattr(self, name)(person, pick)

    # Commands on a token

    async def command(self, name: str, desk: Desk, pick: int, *, is_wild: bool) -> None:
        command, act = COMMANDS[name]
        all_tokens = await all_of(self.site)
        fitting = [token for token in all_tokens if token.status in ALLOWED[command]]
        choice = all_tokens if is_wild else fitting
        if not choice:
            await self.take(desk, pick)
            return
        before = choice[pick % len(choice)]
        if before.call is not None and not is_wild:
            desk = next((each for each in self.people if each.counter_id == before.counter_id), self.admin)
        answer = await self.attempt(lambda: act(desk, before.id, pick))
        if answer is None:
            return
        assert before.status in ALLOWED[command]
        assert answer.token is not None
        assert answer.token.id == before.id
        self.undoable[before.id] = before

    async def take(self, desk: Desk, pick: int) -> None:
        extra = EXTRAS[pick % len(EXTRAS)]
        more = {"counter_id": desk.counter_id} if extra == "meant" else extra
        answer = await self.attempt(lambda: desk.take(TYPES[pick % 2], LEVELS[pick % 3], **more))
        if answer is None or answer.token is None:
            return
        self.undoable[answer.token.id] = None
        given = ((await self.site.token(answer.token.id)).service_day, answer.token.number)
        assert given not in self.numbers, "no number is given twice in a day"
        self.numbers.add(given)

    async def call_next(self, desk: Desk, pick: int) -> None:
        if pick % 3:
            await self.attempt(desk.end_break)
        expected = await who_is_next(desk)
        before = await everything(self.site.database)
        try:
            answer = await desk.call_next()
        except Refusal as refused:
            is_nobody = isinstance(refused, NobodyWaiting)
        else:
            assert expected is not None
            called, chosen_by, overtook = expected
            assert answer.token.why is not None
            assert (answer.token.id, answer.token.why.overtook) == (called.id, overtook)
            assert answer.token.why.rule is chosen_by
            self.undoable[called.id] = called
            self.done.add(self.name)
            return
        assert not is_nobody or expected is None
        assert await everything(self.site.database) == before

    async def undo(self, desk: Desk, _pick: int) -> None:
        await self._undone(await self.attempt(desk.undo))

    async def undo_on_a_token(self, desk: Desk, pick: int) -> None:
        if self.undoable:
            token_id = list(self.undoable)[-1 - pick % min(3, len(self.undoable))]
            for each in (desk, *self.people, self.admin):
                await self._undone(await self.attempt(lambda each=each: each.undo_on(token_id)))

    async def _undone(self, answer: Answer | None) -> None:
        if answer is None or answer.token is None:
            return
        token_id = answer.token.id
        before, after = self.undoable.pop(token_id), await self.site.token(token_id)
        if before is None:
            assert after.status is TokenStatus.CANCELLED
            return
        assert exact(after) == exact(before)

    # Counters

    async def break_or_back(self, desk: Desk, _pick: int) -> None:
        if await self.attempt(desk.end_break) is None:
            await self.attempt(desk.begin_break)

    async def short_break(self, desk: Desk, _pick: int) -> None:
        if await self.attempt(desk.begin_break) is not None:
            await self.undo(desk, 0)
            await self.call_next(desk, 0)
            await self.attempt(desk.end_break)

    async def close_or_open(self, desk: Desk, pick: int) -> None:
        types = ((), ("instant",), ("retail",))[pick % 3]
        await self.attempt(desk.close)
        await self.attempt(lambda: desk.open(*types))

    async def take_over_and_back(self, desk: Desk, pick: int) -> None:
        other = self.people[pick % STAFF]
        await self.attempt(lambda: replace(desk, counter_id=other.counter_id).open(take_over=True))
        await self.undo(other, 0)
        for each in (desk, other):
            await self.attempt(lambda each=each: each.open(take_over=True))

    # Time, the server itself, and many at once

    async def time_passes(self, _desk: Desk, pick: int) -> None:
        self.site.pass_time(seconds=(5, 11, 61, 300, 600, 960)[pick % 6])

    async def the_server_tends(self, _desk: Desk, _pick: int) -> None:
        await cleaning.tend(self.site.commands, self.site.organization_id)
        assert await cleaning.tend(self.site.commands, self.site.organization_id) == 0
        for each in self.people:
            await self.attempt(each.open)

    async def a_day_passes(self, _desk: Desk, _pick: int) -> None:
        self.site.pass_time(days=1)
        await cleaning.end_days(self.site.commands, self.site.organization_id)

    async def cancel_the_waiting(self, _desk: Desk, pick: int) -> None:
        await self.site.cancel_waiting(self.admin.person, TYPES[pick % 2])

    async def close_the_day_and_reopen_it(self, desk: Desk, _pick: int) -> None:
        await self.site.close_day(self.admin.person)
        assert await self.attempt(desk.take) is None
        await self.site.reopen_day(self.admin.person)

    # What holds after every step

    async def require_promises(self) -> None:
        await require_truths(self.site.database)
        frames = await frames_after(self.site, self.known[Audience.STAFF].revision)
        for audience, texts in frames.items():
            for text in texts:
                self.known[audience] = apply(self.known[audience], EVENT_ADAPTER.validate_json(text))
            snapshot = await snapshot_of(self.site, audience)
            assert to_snapshot(self.known[audience], now=snapshot.now) == snapshot, audience

    # How a step is taken

    async def attempt(self, act: Act) -> Answer | None:
        """A command; where it is refused, nothing has changed anywhere."""
        before = await everything(self.site.database)
        try:
            answer = await act()
        except Refusal:
            assert await everything(self.site.database) == before
            return None
        self.done.add(self.name)
        return answer


async def all_of(site: Site) -> list[Token]:
    """Every token there ever was, by arrival."""
    async with site.database.unit_of_work() as tx:
        return await token_store.select(
            tx,
            "WHERE t.organization_id = %(id)s ORDER BY t.created_at, t.number",
            {"id": site.organization_id},
        )


def exact(token: Token) -> Token:
    """All of a token that an undo must bring back: not which event was the newest, nor where an
    announcement stands in the list of calls."""
    call = token.call and replace(token.call, announced_revision=0)
    return replace(token, revision=0, changed_by=None, call=call)


async def who_is_next(desk: Desk) -> tuple[Token, ChoiceRule, int] | None:
    """The rules of the design, in their plainest form, over all tokens there are."""
    site = desk.site
    async with site.database.unit_of_work() as tx:
        counter = await counter_store.load(tx, site.organization_id, desk.counter_id)
        live = await token_store.live(tx, site.organization_id)
    waiting = [token for token in live if token.status is TokenStatus.WAITING]

    def is_mine(token: Token) -> bool:
        target = token.target
        return bool(target) and (target.counter_id == counter.id or target.user_id == counter.opened_by)

    def is_common(token: Token) -> bool:
        return not token.target and counter.serves_now(token.customer_type)

    def by_place(token: Token) -> tuple[object, ...]:
        return (token.place_at, token.number)

    def by_head_start(token: Token) -> tuple[object, ...]:
        return (token.place_at - timedelta(minutes=token.priority), *by_place(token))

    strict = [token for token in waiting if token.emergency and (is_mine(token) or is_common(token))]
    mine = [token for token in waiting if is_mine(token)]
    common = [token for token in waiting if is_common(token)]
    if strict:
        chosen, chosen_by = min(strict, key=by_place), ChoiceRule.STRICT
    elif mine:
        chosen, chosen_by = min(mine, key=by_head_start), ChoiceRule.MEANT
    elif common:
        chosen = min(common, key=by_head_start)
        is_oldest = chosen.place_at == min(common, key=by_place).place_at
        chosen_by = ChoiceRule.OLDEST if is_oldest else ChoiceRule.HEAD_START
    else:
        return None
    earlier = [token for token in common if not token.emergency and token.place_at < chosen.place_at]
    return chosen, chosen_by, len(earlier)


class TestAnySequence:
    @pytest.mark.parametrize("seed", range(WALKS))
    async def test_keeps_every_promise_of_the_queue(self, site: Site, seed: int) -> None:
        queue, dice = await Queue.open(site), Random(seed)
        for _ in range(STEPS):
            await queue.step(dice)
            await queue.require_promises()
        # A walk on which hardly anything succeeds proves nothing.
        assert len(queue.done) >= 0.7 * len(WEIGHTS), sorted(queue.done)
