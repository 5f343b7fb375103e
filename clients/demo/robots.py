"""Those who play the day on: visitors who take tokens, and colleagues at the other counters.

They use the server's HTTP API as the apps do, signed in as people, and live some six times faster than
City Hall's past, so that something happens every few seconds. What a person does in an app comes first:
a robot that is refused looks how things stand, and goes on from there.
"""

import asyncio
import logging
import random
import time
from dataclasses import dataclass
from uuid import uuid4

from clients.core.commands import CallNext, Cancel, Command, Complete, Create, NoShow, Open, Recall, Start
from clients.core.errors import ClientError, Refusal
from clients.core.http_api import HttpApi
from clients.demo.city_hall import POSTS, CityHall, Post
from clients.demo.day import HEAD_START_SHARES, HEAD_STARTS, LEAVER_SHARE, NO_SHOW_SHARE, TRADES, service_s
from shared.commands import Answer
from shared.ids import ACTIVE_STATUSES, Audience, CounterId, RequestId, TokenId, TokenStatus, TypeKey
from shared.problems import ProblemCode
from shared.tokens import LiveToken

FASTER = 6.0
"""How many times faster a service is than in the past."""

SHORTEST_S, LONGEST_S = 6.0, 80.0
ARRIVALS_EVERY_S = 11.0
WAITING_GOAL = {TypeKey("instant"): 9, TypeKey("browser"): 7, TypeKey("retail"): 6}
"""So many wait when all is well: a lobby that is neither empty nor besieged."""

RETRY_S = 3.0
ELSEWHERE_S = 15.0  # somebody took the counter over: look again later whether it is free

_SERVICE_MEANS = {trade.key: (trade.service_mean_s, trade.service_cv) for trade in TRADES}
_OTHER_SERVICE = (5 * 60.0, 0.8)  # of a customer type that somebody adds while we play
_SIGN_IN_AGAIN = frozenset({ProblemCode.UNAUTHENTICATED, ProblemCode.CREDENTIAL_EXPIRED})
_GIVE_WAY = frozenset(
    {ProblemCode.COUNTER_TAKEN, ProblemCode.COUNTER_ELSEWHERE, ProblemCode.NOT_YOUR_COUNTER}
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Login:
    """Where a robot signs in, and as whom."""

    server: str
    username: str
    password: str


class Robot:
    """Somebody who is signed in and does one thing after another until cancelled."""

    def __init__(self, login: Login, dice: random.Random) -> None:
        self.dice = dice
        self._login = login

    async def live(self) -> None:
        """Do what this robot does, whatever the server says; never returns."""
        async with HttpApi(server=self._login.server) as api:
            is_signed_in = False
            while True:
                try:
                    if not is_signed_in:
                        await api.sign_in(self._login.username, self._login.password)
                        is_signed_in = True
                    await self.do_one_thing(api)
                except Refusal as refusal:
                    is_signed_in = refusal.problem.code not in _SIGN_IN_AGAIN
                    await self.on_refusal(refusal.problem.code)
                except ClientError as error:
                    log.info("%s: %s", self._login.username, error)
                    await asyncio.sleep(RETRY_S)

    async def do_one_thing(self, api: HttpApi) -> None:
        """One step of this robot's life."""
        raise NotImplementedError

    async def on_refusal(self, code: ProblemCode) -> None:
        """The server said no."""
        log.info("%s: %s", self._login.username, code)
        await asyncio.sleep(RETRY_S)


class Door(Robot):
    """The ticket machine at the door: visitors take tokens, a few give them back."""

    def __init__(self, login: Login, dice: random.Random) -> None:
        super().__init__(login, dice)
        self._leavers: list[tuple[float, TokenId]] = []
        self._full: set[TypeKey] = set()
        self._wanted: TypeKey | None = None

    async def do_one_thing(self, api: HttpApi) -> None:
        """Wait for the next visitor, and give them a token."""
        report = await api.queues()
        waiting = {status.customer_type: status.waiting for status in report.queues}
        crowd = sum(waiting.values()) / sum(WAITING_GOAL.values())
        await asyncio.sleep(self.dice.expovariate(1 / (ARRIVALS_EVERY_S * min(4.0, max(0.25, crowd)))))
        await self._let_leave(api)
        self._wanted = self._choose(waiting)
        if self._wanted is None:
            return
        priority = self.dice.choices(HEAD_STARTS, HEAD_START_SHARES)[0]
        answer = await _send(api, Create(customer_type=self._wanted, priority=priority))
        if answer.token is not None and self.dice.random() < LEAVER_SHARE:
            leaves_at = time.monotonic() + self.dice.uniform(15, 60)
            self._leavers.append((leaves_at, answer.token.id))

    async def on_refusal(self, code: ProblemCode) -> None:
        """After hundreds of visitors a type's numbers are all given: the others go on."""
        if code is ProblemCode.QUEUE_FULL and self._wanted is not None:
            self._full.add(self._wanted)
            log.warning("All numbers of %s are given for today.", self._wanted)
            return
        await super().on_refusal(code)

    def _choose(self, waiting: dict[TypeKey, int]) -> TypeKey | None:
        trades = [trade for trade in TRADES if trade.key not in self._full]
        if not trades:
            return None
        # The longer a line already is, the fewer join it; none grows for ever.
        weights = [
            trade.share / (1 + (waiting.get(trade.key, 0) / WAITING_GOAL[trade.key]) ** 3) for trade in trades
        ]
        return self.dice.choices(trades, weights)[0].key

    async def _let_leave(self, api: HttpApi) -> None:
        due = [leaver for leaver in self._leavers if leaver[0] <= time.monotonic()]
        for leaver in due:
            self._leavers.remove(leaver)
            try:
                await _send(api, Cancel(token_id=leaver[1], reason="Could not wait any longer"))
            except Refusal as refusal:
                # Their turn came first.
                log.debug("no longer waiting: %s", refusal.problem.code)


class Clerk(Robot):
    """A colleague at a counter: calls, greets, serves, calls again."""

    def __init__(self, login: Login, dice: random.Random, *, post: Post, counter_id: CounterId) -> None:
        super().__init__(login, dice)
        self._post = post
        self._counter_id = counter_id
        self._knows_where_it_stands = False
        self._token: LiveToken | None = None
        self._found_served = False

    async def do_one_thing(self, api: HttpApi) -> None:
        """See one visitor through, or one step of it."""
        if not self._knows_where_it_stands:
            await self._look(api)
        if self._token is None:
            answer = await _send(api, CallNext(counter_id=self._counter_id))
            self._token = answer.token
        elif self._token.status is TokenStatus.CALLED:
            await self._receive(api, self._token)
        else:
            await self._serve(api, self._token)

    async def on_refusal(self, code: ProblemCode) -> None:
        """Nobody waits, or a person has changed something at this counter."""
        if code is ProblemCode.NOBODY_WAITING:
            await asyncio.sleep(self.dice.uniform(1, RETRY_S))
            return
        self._knows_where_it_stands, self._token = False, None
        log.info("%s: %s", self._post.username, code)
        await asyncio.sleep(ELSEWHERE_S if code in _GIVE_WAY else RETRY_S)

    async def _look(self, api: HttpApi) -> None:
        # Opening a counter that one has open already changes nothing but what it serves.
        await _send(api, Open(counter_id=self._counter_id, customer_types=self._post.serves))
        snapshot = await api.snapshot(Audience.STAFF)
        active = (
            token
            for token in snapshot.tokens
            if token.counter_id == self._counter_id and token.status in ACTIVE_STATUSES
        )
        self._token = next(active, None)
        self._found_served = self._token is not None
        self._knows_where_it_stands = True

    async def _receive(self, api: HttpApi, token: LiveToken) -> None:
        comes = self.dice.random() >= NO_SHOW_SHARE
        await asyncio.sleep(self.dice.uniform(2.5, 7) if comes else 9)
        if comes:
            answer = await _send(api, Start(token_id=token.id))
            self._token = answer.token
            return
        if self.dice.random() < 0.5:
            await _send(api, Recall(token_id=token.id))
            await asyncio.sleep(8)
        await self._give_up_on(api, token)
        self._token = None

    async def _give_up_on(self, api: HttpApi, token: LiveToken) -> None:
        while True:
            try:
                await _send(api, NoShow(token_id=token.id))
            except Refusal as refusal:
                # Until a minute is over, some screen has not shown the call yet.
                if refusal.problem.code is not ProblemCode.NO_SHOW_TOO_EARLY:
                    raise
                await asyncio.sleep(RETRY_S)
            else:
                return

    async def _serve(self, api: HttpApi, token: LiveToken) -> None:
        await asyncio.sleep(self._lasts_s(token))
        await _send(api, Complete(token_id=token.id))
        self._token = None
        await asyncio.sleep(self.dice.uniform(1, 4))

    def _lasts_s(self, token: LiveToken) -> float:
        if self._found_served:
            self._found_served = False
            return self.dice.uniform(2, 20)  # they have been here for a while
        mean_s, cv = _SERVICE_MEANS.get(token.customer_type, _OTHER_SERVICE)
        return min(LONGEST_S, max(SHORTEST_S, service_s(self.dice, mean_s=mean_s, cv=cv) / FASTER))


def robots_of(hall: CityHall, *, server: str, door: str, human: str) -> list[Robot]:
    """Everybody but the person who watches.

    Args:
        door: who gives the tokens, by user name.
        human: whose counter is left alone, by user name.
    """

    def login(username: str) -> Login:
        return Login(server=server, username=username, password=hall.passwords[username])

    clerks = [
        Clerk(
            login(post.username),
            random.Random(f"live:{post.username}"),
            post=post,
            counter_id=hall.counters[post.counter],
        )
        for post in POSTS
        if post.username != human
    ]
    return [Door(login(door), random.Random(f"live:{door}")), *clerks]


async def _send(api: HttpApi, command: Command) -> Answer:
    answer = await api.send(command, RequestId(uuid4()))
    assert isinstance(answer, Answer), "what a robot asks changes one token or counter"
    return answer
