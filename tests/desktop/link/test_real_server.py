"""The apps' network side against the real server, over a road that breaks."""

import asyncio
import random
from collections.abc import Callable
from uuid import uuid4

import pytest

from clients.core import commands
from clients.core.client import Client, ClientConfig
from clients.core.messages import CommandFailed, CommandRefused, CommandSucceeded, Message
from clients.core.queue_state import QueueState, active_at, to_snapshot, waiting
from clients.core.session_actions import StateChanged, StatusChanged
from shared.ids import Audience, CounterId, RequestId, TokenStatus, UserRole
from tests.desktop.link.road import Road
from tests.live_server import LiveServer
from tests.site import PASSWORD, TYPES, Site

WITHIN_S = 40.0


class App:
    """One client, and what it was told."""

    def __init__(self, address: str, audience: Audience) -> None:
        self.told: list[Message] = []
        self.state: QueueState | None = None
        self.is_live = False
        config = ClientConfig(server=address, audience=audience, app_version="test")
        self.client = Client(config=config, credentials=None, emit=self._hear)

    def _hear(self, message: Message) -> None:
        self.told.append(message)
        if isinstance(message, StateChanged):
            self.state = message.state
        elif isinstance(message, StatusChanged):
            self.is_live = message.status.is_live

    async def do(self, command: commands.Command) -> Message:
        request_id = RequestId(uuid4())
        await self.client.send(command, request_id)
        return self.told[-1] if _is_about(self.told[-1], request_id) else self._outcome(request_id)

    def _outcome(self, request_id: RequestId) -> Message:
        return next(message for message in self.told if _is_about(message, request_id))


def _is_about(message: Message, request_id: RequestId) -> bool:
    kinds = CommandSucceeded | CommandRefused | CommandFailed
    return isinstance(message, kinds) and message.request_id == request_id


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not condition():
            await asyncio.sleep(0.01)


async def work(app: App, counter_id: CounterId, dice: random.Random, turns: int) -> list[Message]:
    """A clerk's day in a hurry: take tokens, call, serve, complete, cancel."""
    done = [await app.do(commands.Open(counter_id=counter_id, take_over=True))]
    for _ in range(turns):
        state = app.state
        assert state is not None
        active = active_at(state, counter_id)
        if active is None and waiting(state) and dice.random() < 0.6:
            command: commands.Command = commands.CallNext(counter_id=counter_id)
        elif active is None:
            command = commands.Create(customer_type=dice.choice(TYPES))
        elif active.status is TokenStatus.SERVING:
            command = commands.Complete(token_id=active.id)
        elif dice.random() < 0.3:
            command = commands.Recall(token_id=active.id)
        elif dice.random() < 0.2:
            command = commands.Cancel(token_id=active.id, reason="left")
        else:
            command = commands.Start(token_id=active.id)
        outcome = await app.do(command)
        done.append(outcome)
        if isinstance(outcome, CommandSucceeded):
            revision = outcome.answer.revision
            await until(lambda app=app, revision=revision: app.state.revision >= revision)
    return done


async def make_trouble(road: Road, dice: random.Random) -> None:
    # A share of the answers, not one every so often: a command that is tried alone would then lose
    # each of its answers.
    road.loss = 0.2
    while True:
        await asyncio.sleep(dice.uniform(0.5, 1.5))
        road.cut()


@pytest.fixture
async def clerks(site: Site) -> list[str]:
    people = [await site.add_person() for _ in range(3)]
    return [person.username for person in people]


class TestABreakingRoad:
    async def test_all_apps_end_with_the_servers_state_and_each_command_happened_once(
        self, live_server: LiveServer, site: Site, clerks: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # Cut this often, an app would sit out half a minute between two tries, and the test with it.
        monkeypatch.setattr("clients.core.connection.RETRY_MAX_S", 1.0)
        dice = random.Random(7)
        boss = await site.add_person(UserRole.ADMIN)
        device_key = await site.add_device()
        async with Road(live_server.port, dice) as road:
            desks = [App(road.address, Audience.STAFF) for _ in clerks]
            console, board = App(road.address, Audience.ADMIN), App(road.address, Audience.DISPLAY)
            apps = [*desks, console, board]
            for app, username in zip([*desks, console], [*clerks, boss.username], strict=True):
                await app.client.sign_in(username, PASSWORD)
            await board.client.start_device(device_key)
            await until(lambda: all(app.is_live for app in apps))

            trouble = asyncio.create_task(make_trouble(road, dice))
            outcomes = await asyncio.gather(
                *(work(app, site.counter_ids[i], random.Random(i), 20) for i, app in enumerate(desks))
            )
            trouble.cancel()
            road.loss = 0.0

            newest = max(
                message.answer.revision
                for done in outcomes
                for message in done
                if isinstance(message, CommandSucceeded)
            )
            await until(lambda: all(app.is_live and app.state.revision >= newest for app in apps))
            for app, audience in [(desks[0], "staff"), (console, "admin"), (board, "display")]:
                snapshot = await app.client._api.snapshot(Audience(audience))
                await until(lambda app=app, at=snapshot.revision: app.state.revision == at)
                assert to_snapshot(app.state, now=snapshot.now) == snapshot
            for app in apps:
                await app.client.aclose()

        assert road.answers_lost > 0
        failed = [m for done in outcomes for m in done if isinstance(m, CommandFailed)]
        assert failed == []
        created = [
            message.answer.token.number
            for done in outcomes
            for message in done
            if isinstance(message, CommandSucceeded) and message.answer.revision
            if message.answer.token and message.answer.token.status is TokenStatus.WAITING
        ]
        async with site.database.unit_of_work() as tx:
            rows = await tx.all("SELECT number FROM tokens", {})
        assert sorted(created) == sorted(row["number"] for row in rows)
