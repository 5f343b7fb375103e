"""Each command once, however often it is asked: the same key gives the same answer and changes nothing."""

from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest

from server.domain.errors import IdempotencyMismatch, Refusal
from shared.commands import Answer
from shared.ids import TokenId
from tests.db.truths import everything, rows
from tests.site import Desk, Site

Step = Callable[[Desk, TokenId], Awaitable[Answer]]

# By name: what a token has behind it, the command, and the same with another body.
COMMANDS: dict[str, tuple[list[Step], Step, Step | None]] = {
    "create": ([], lambda desk, _: desk.take(), lambda desk, _: desk.take("retail")),
    "create, with a visitor": (
        [],
        lambda desk, _: desk.take(visitor={"name": "Ana"}),
        lambda desk, _: desk.take(visitor={"name": "Eva"}),
    ),
    "call next": ([], lambda desk, _: desk.call_next(), None),
    "call": ([], Desk.call, lambda desk, _: desk.call(TokenId(uuid4()))),
    "recall": ([Desk.call], Desk.recall, None),
    "start": ([Desk.call], Desk.start, None),
    "complete": ([Desk.call, Desk.start], Desk.complete, None),
    "no-show": ([Desk.call], lambda desk, id_: desk.no_show(id_, wait_s=0), None),
    "return": ([Desk.call], Desk.return_to_lane, None),
    "cancel": ([], Desk.cancel, lambda desk, id_: desk.cancel(id_, "Other")),
    "transfer": (
        [],
        lambda desk, id_: desk.transfer(id_, customer_type="retail"),
        lambda desk, id_: desk.transfer(id_, customer_type="retail", first_in_line=True),
    ),
    "park": ([Desk.call], Desk.park, lambda desk, id_: desk.park(id_, "Other")),
    "resume": ([Desk.call, Desk.park], Desk.resume, lambda desk, id_: desk.at(1).resume(id_)),
    "reinstate": ([Desk.call, lambda desk, id_: desk.no_show(id_, wait_s=0)], Desk.reinstate, None),
    "change": (
        [],
        lambda desk, id_: desk.change(id_, emergency="Faints"),
        lambda desk, id_: desk.change(id_, emergency="Faints", visitor=None),
    ),
    "undo": ([Desk.call], lambda desk, _: desk.undo(), None),
    "undo on a token": ([Desk.call], Desk.undo_on, None),
    "break": ([], lambda desk, _: desk.begin_break(), lambda desk, _: desk.begin_break("Other")),
    "end of a break": (
        [lambda desk, _: desk.begin_break()],
        lambda desk, _: desk.end_break(),
        None,
    ),
    "open": ([], lambda desk, _: desk.open("retail"), lambda desk, _: desk.open("browser")),
    "close": ([], lambda desk, _: desk.close(), None),
}


@pytest.fixture(params=COMMANDS, ids=lambda name: name.replace(" ", "_"))
def command(request: pytest.FixtureRequest) -> tuple[list[Step], Step, Step | None]:
    return COMMANDS[request.param]


class TestEveryCommand:
    async def test_again_gives_the_same_answer_and_changes_nothing(
        self, watched: Site, command: tuple[list[Step], Step, Step | None]
    ) -> None:
        prepared, act, other_body = command
        desk = await watched.person_at(0)
        token_id = (await desk.take(visitor={"name": "Ana Ruiz"})).token.id
        for step in prepared:
            await step(desk, token_id)
        keyed = desk.keyed(uuid4())
        first = await act(keyed, token_id)
        told = list(watched.committed)
        before = await everything(watched.database)
        assert await act(keyed, token_id) == first
        assert await everything(watched.database) == before
        assert watched.committed == told, "a retry tells nobody"
        others = [Desk.recall, Desk.complete] if other_body is None else [other_body, Desk.recall]
        for other in others:
            if other is act:
                continue
            with pytest.raises(IdempotencyMismatch):
                await other(keyed, token_id)
        assert await everything(watched.database) == before

    async def test_again_after_the_world_went_on_still_gives_the_first_answer(
        self, watched: Site, command: tuple[list[Step], Step, Step | None]
    ) -> None:
        prepared, act, _ = command
        desk, other = await watched.person_at(0), await watched.person_at(1)
        token_id = (await desk.take()).token.id
        for step in prepared:
            await step(desk, token_id)
        keyed = desk.keyed(uuid4())
        first = await act(keyed, token_id)
        for step in (
            desk.end_break,
            desk.finish,
            lambda: other.transfer(token_id, customer_type="browser"),
            lambda: other.call(token_id),
            other.finish,
            desk.close,
        ):
            try:
                await step()
            except (Refusal, AssertionError):
                continue
        before = await everything(watched.database)
        assert await act(keyed, token_id) == first
        assert await everything(watched.database) == before


class TestRefusals:
    async def test_are_not_kept_and_asked_anew(self, watched: Site) -> None:
        desk = await watched.person_at(0)
        token_id = (await desk.take()).token.id
        keyed = desk.keyed(uuid4())
        for _ in range(2):
            with pytest.raises(Refusal):
                await keyed.start(token_id)
        assert await rows(watched.database, "SELECT 1 FROM idempotency_keys WHERE answer IS NULL") == []
        await desk.call(token_id)
        assert (await keyed.start(token_id)).token.status == "serving"
