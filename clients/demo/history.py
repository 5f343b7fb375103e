"""City Hall's past: two weeks and this morning, played through the use cases with a clock of our own.

What is left is what a real past would have left: events, audit rows, stored answers, sessions of work.
The order of things is that of their moments, so a day plays the same from the same visitors.
"""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count
from uuid import UUID
from zoneinfo import ZoneInfo

from clients.demo import hours
from clients.demo.city_hall import HUMAN, HUMAN_COUNTER, POSTS, RECEPTION, CityHall, Post
from clients.demo.day import Visitor, dice_of, visitors_of_day, with_rush
from server.domain.errors import NobodyWaiting
from server.infra.crypto import MasterKey
from server.store.engine import Database
from server.usecases import calling, counters, tokens
from server.usecases.commanding import Commands, Request
from server.usecases.visitors import VisitorKeys
from shared.commands import CancelToken, CreateToken, OpenCounter
from shared.ids import CounterId, RequestId, TokenId, TokenSource

SEED = "City Hall"
PAST_DAYS = 10
VISITORS_A_DAY = 88.0
TODAY_FACTOR = 1.95  # the first of the month: everybody comes
RUSH = 32
RUSH_LASTS_S = 25 * 60.0
HUMAN_STOPS_S = 8 * 60.0  # Marta calls nobody in the last minutes, so that her counter is free

Step = Callable[[], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Shift:
    """Somebody works at a post, with moments in seconds after the opening.

    Args:
        to_s: None: still there where the past ends.
        to_the_last: stays on while nobody else would serve those who wait.
    """

    post: Post
    from_s: float
    to_s: float | None
    to_the_last: bool = True


def shifts_of_past_day(index: int, open_s: float) -> list[Shift]:
    """Two counters all day and a third over noon; who, goes round from day to day."""
    everything = [post for post in POSTS if not post.serves]
    some = [post for post in POSTS if post.serves]
    return [
        Shift(post=everything[index % len(everything)], from_s=0, to_s=open_s),
        Shift(post=some[index % len(some)], from_s=0, to_s=open_s),
        Shift(post=some[(index + 1) % len(some)], from_s=2.5 * 3600, to_s=min(open_s, 5 * 3600)),
    ]


def shifts_of_today(now_s: float) -> list[Shift]:
    """Three counters since the opening, and all six by now."""
    late = {"amina": 12 * 60.0, "ravi": 3 * 60.0, "sofia": 60.0}
    return [
        Shift(
            post=post,
            from_s=max(0.0, now_s - late.get(post.username, now_s)),
            to_s=now_s - HUMAN_STOPS_S if post.username == HUMAN else None,
            to_the_last=False,
        )
        for post in POSTS
    ]


class Clock:
    """The time of the past that is being played."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The moment of a command."""
        return self.now


class History:
    """Writes the past of City Hall into its database.

    Args:
        database: open; it may commit asynchronously, since nobody waits for this past.
        now: where the past ends.
        master_key: of the server, for the data of the visitors that it will open.
        progress: told after each day: how many of how many are done.
    """

    def __init__(
        self,
        database: Database,
        hall: CityHall,
        *,
        now: datetime,
        zone: ZoneInfo,
        master_key: MasterKey,
        progress: Callable[[int, int], None],
    ) -> None:
        self._hall = hall
        self._now = now.astimezone(zone)
        self._zone = zone
        self._progress = progress
        self._clock = Clock(now)
        self._commands = Commands(
            database, visitors=VisitorKeys(master_key), committed=lambda *_: None, clock=self._clock
        )

    async def write(self) -> int:
        """Play everything up to now; returns how many tokens were taken."""
        past = hours.past_work_days(self._now.date(), count=PAST_DAYS)
        taken = 0
        for index, date in enumerate(past):
            dice = dice_of(SEED, index - len(past))
            visitors = visitors_of_day(
                dice,
                mean=VISITORS_A_DAY,
                weekday=date.weekday(),
                opens_hour=hours.OPENS.hour,
                open_s=hours.open_s(),
            )
            day = self._day(hours.opening(date, self._zone), dice)
            await day.play(visitors, shifts_of_past_day(index, hours.open_s()))
            taken += len(visitors)
            self._progress(index + 1, len(past) + 1)
        taken += await self._play_today()
        self._progress(len(past) + 1, len(past) + 1)
        return taken

    async def _play_today(self) -> int:
        opening = hours.opening(self._now.date(), self._zone)
        now_s = (self._now - opening).total_seconds()
        dice = dice_of(SEED, 0)
        visitors = visitors_of_day(
            dice,
            mean=VISITORS_A_DAY * TODAY_FACTOR,
            weekday=self._now.weekday(),
            opens_hour=hours.OPENS.hour,
            open_s=hours.open_s(),
        )
        visitors = with_rush(dice, visitors, count=RUSH, from_s=now_s - RUSH_LASTS_S, to_s=now_s)
        visitors = [visitor for visitor in visitors if visitor.arrives_s < now_s]
        day = self._day(opening, dice)
        await day.play(visitors, shifts_of_today(now_s), until_s=now_s)
        return len(visitors)

    def _day(self, opening: datetime, dice: random.Random) -> "_Day":
        return _Day(self._commands, self._clock, self._hall, opening=opening, dice=dice)


@dataclass(kw_only=True)
class _Desk:
    """A post while it is played."""

    post: Post
    id: CounterId
    to_the_last: bool
    is_open: bool = True
    closes: bool = False
    token: TokenId | None = None
    is_serving: bool = False


@dataclass(kw_only=True)
class _Agenda:
    """What comes next: the earliest first, and of two at one moment the one planned first."""

    steps: list[tuple[float, int, Step]] = field(default_factory=list)
    ticket: "count[int]" = field(default_factory=count)

    def plan(self, at_s: float, step: Step) -> None:
        heappush(self.steps, (at_s, next(self.ticket), step))


class _Day:
    """One day as it happens, with seconds after the opening as its time."""

    def __init__(
        self, commands: Commands, clock: Clock, hall: CityHall, *, opening: datetime, dice: random.Random
    ) -> None:
        self._commands = commands
        self._clock = clock
        self._hall = hall
        self._opening = opening
        self._dice = dice
        self._agenda = _Agenda()
        self._time_s = 0.0
        self._desks: dict[str, _Desk] = {}
        self._visitors: dict[TokenId, Visitor] = {}
        self._waiting: set[TokenId] = set()

    async def play(
        self, visitors: list[Visitor], shifts: list[Shift], *, until_s: float | None = None
    ) -> None:
        """Play the day to its end, or stop in the middle of it.

        Args:
            until_s: where it stops with everything as it is, but for the counter of whoever watches,
                which is left free; None: until all are served and all have gone home.
        """
        for shift in shifts:
            self._plan(shift.from_s, self._opening_of(shift))
            if shift.to_s is not None:
                self._plan(shift.to_s, self._closing_of(shift))
        for visitor in visitors:
            self._plan(visitor.arrives_s, self._arrival_of(visitor))
        while self._agenda.steps and (until_s is None or self._agenda.steps[0][0] < until_s):
            self._time_s, _, step = heappop(self._agenda.steps)
            self._clock.now = self._opening + timedelta(seconds=self._time_s)
            await step()
        if until_s is not None and HUMAN_COUNTER in self._desks:
            self._clock.now = self._opening + timedelta(seconds=until_s)
            await self._free(self._desks[HUMAN_COUNTER])

    def _plan(self, at_s: float, step: Step) -> None:
        self._agenda.plan(at_s, step)

    def _request(self, username: str) -> Request:
        # Ids from the same dice, so that two runs write the same.
        request_id = RequestId(UUID(int=self._dice.getrandbits(128), version=4))
        return Request(actor=self._hall.actors[username], request_id=request_id, user_agent="callboard-demo")

    # Staff

    def _opening_of(self, shift: Shift) -> Step:
        post = shift.post

        async def open_desk() -> None:
            counter_id = self._hall.counters[post.counter]
            desk = _Desk(post=post, id=counter_id, to_the_last=shift.to_the_last)
            self._desks[post.counter] = desk
            body = OpenCounter(customer_types=post.serves)
            await counters.open_counter(self._commands, self._request(post.username), desk.id, body)
            await self._call_next(desk)

        return open_desk

    def _closing_of(self, shift: Shift) -> Step:
        async def stop_calling() -> None:
            desk = self._desks[shift.post.counter]
            desk.closes = True
            if desk.token is None:
                await self._call_next(desk)

        return stop_calling

    async def _call_next(self, desk: _Desk) -> None:
        if not desk.is_open or desk.token is not None:
            return
        if desk.closes and not (desk.to_the_last and self._waits_for(desk) and not self._covered(desk)):
            await self._close(desk)
            return
        if not self._waits_for(desk):
            return
        request = self._request(desk.post.username)
        try:
            answer = await calling.call_next(self._commands, request, desk.id)
        except NobodyWaiting:
            return
        assert answer.token is not None, "a call answers with its token"
        desk.token = answer.token.id
        self._waiting.discard(desk.token)
        visitor = self._visitors[desk.token]
        if visitor.comes:
            self._plan(self._time_s + visitor.walk_s, lambda: self._start(desk, visitor))
        else:
            self._plan(self._time_s + self._dice.uniform(65, 110), lambda: self._no_show(desk))

    async def _start(self, desk: _Desk, visitor: Visitor) -> None:
        assert desk.token is not None, "somebody was called"
        await calling.start(self._commands, self._request(desk.post.username), desk.token)
        desk.is_serving = True
        self._plan(self._time_s + visitor.service_s, lambda: self._complete(desk))

    async def _complete(self, desk: _Desk) -> None:
        assert desk.token is not None, "somebody is being served"
        await calling.complete(self._commands, self._request(desk.post.username), desk.token)
        self._leave(desk)

    async def _no_show(self, desk: _Desk) -> None:
        assert desk.token is not None, "somebody was called"
        request = self._request(desk.post.username)
        await calling.no_show(self._commands, request, desk.token, wait=timedelta(0))
        self._leave(desk)

    def _leave(self, desk: _Desk) -> None:
        desk.token, desk.is_serving = None, False
        self._plan(self._time_s + self._dice.uniform(4, 25), lambda: self._call_next(desk))

    async def _close(self, desk: _Desk) -> None:
        desk.is_open = False
        await counters.close_counter(self._commands, self._request(desk.post.username), desk.id)

    async def _free(self, desk: _Desk) -> None:
        """Have whoever is at this counter served by now, and close it."""
        if not desk.is_open:
            return
        if desk.token is not None:
            if not desk.is_serving:
                await calling.start(self._commands, self._request(desk.post.username), desk.token)
            await calling.complete(self._commands, self._request(desk.post.username), desk.token)
        await self._close(desk)

    def _waits_for(self, desk: _Desk) -> bool:
        serves = desk.post.serves
        return any(not serves or self._visitors[token].customer_type in serves for token in self._waiting)

    def _covered(self, desk: _Desk) -> bool:
        """Whether others, who stay, serve all that this one serves."""
        staying = [other for other in self._desks.values() if other.is_open and not other.closes]
        return any(not other.post.serves or other.post.serves == desk.post.serves for other in staying)

    # Visitors

    def _arrival_of(self, visitor: Visitor) -> Step:
        async def arrive() -> None:
            answer = await tokens.create_token(
                self._commands,
                self._request(RECEPTION),
                CreateToken(customer_type=visitor.customer_type, priority=visitor.priority),
                source=TokenSource.KIOSK if visitor.priority == 0 else TokenSource.STAFF,
            )
            assert answer.token is not None, "taking a token answers with it"
            token_id = answer.token.id
            self._visitors[token_id] = visitor
            self._waiting.add(token_id)
            if visitor.patience_s is not None:
                self._plan(self._time_s + visitor.patience_s, lambda: self._give_up(token_id))
            for desk in self._desks.values():
                if desk.is_open and desk.token is None:
                    self._plan(self._time_s + self._dice.uniform(2, 8), partial(self._call_next, desk))

        return arrive

    async def _give_up(self, token_id: TokenId) -> None:
        if token_id in self._waiting:
            self._waiting.discard(token_id)
            body = CancelToken(reason="Could not wait any longer")
            await tokens.cancel_token(self._commands, self._request(RECEPTION), token_id, body)
