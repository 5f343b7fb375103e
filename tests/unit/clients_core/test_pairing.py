"""A screen that waits for its key, on a stopwatch of the test's own."""

import asyncio
from collections import deque
from collections.abc import Callable
from itertools import pairwise

import pytest

from clients.core.errors import AnswerUnreadable, ClientError, Refusal, ServerNotTrusted, ServerUnreachable
from clients.core.pairing import (
    LATE_FOR_S,
    NOT_OURS_S,
    REFUSED_FOR_S,
    Pairing,
    PairingPhase,
    PairingReason,
    PairingShown,
    PairingTrouble,
)
from shared.pairing import PairingClaimed, PairingOpened, PairingState
from shared.problems import Problem, ProblemCode

AWAY = ServerUnreachable(server="http://s", reason="away")
LIVES_S = 600

Answer = PairingClaimed | ClientError


class Wall:
    """A server that answers as it is told, a stopwatch that `sleep` moves on, and what was shown."""

    def __init__(self, *answers: Answer, opening: tuple[ClientError, ...] = ()) -> None:
        self.elapsed = 1000.0
        self.shown: list[PairingShown] = []
        self.opened: list[float] = []
        self.claimed: list[tuple[float, str]] = []
        self._opening = deque(opening)
        self._answers = deque(answers)

    async def open_pairing(self, name: str) -> PairingOpened:
        assert name == "LOBBY-2"
        if self._opening:
            raise self._opening.popleft()
        self.opened.append(self.elapsed)
        n = len(self.opened)
        return PairingOpened(code=f"CODE{n}", secret=f"secret {n}", expires_in_s=LIVES_S, poll_every_s=3)

    async def claim_pairing(self, secret: str) -> PairingClaimed:
        self.claimed.append((self.elapsed, secret))
        answer = self._answers.popleft() if self._answers else state(PairingState.PENDING)
        if isinstance(answer, ClientError):
            raise answer
        return answer

    async def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.elapsed += seconds
        await asyncio.sleep(0)

    def pairing(self) -> Pairing:
        return Pairing(
            self,
            machine="LOBBY-2",
            reason=PairingReason.NEW,
            tell=self.shown.append,
            elapsed=lambda: self.elapsed,
            sleep=self.sleep,
        )

    async def key(self) -> str:
        return await self.pairing().key()

    async def run_until(self, condition: Callable[[], bool]) -> None:
        """Let it go on until then."""
        running = asyncio.create_task(self.key())
        async with asyncio.timeout(10):
            while not condition():
                await asyncio.sleep(0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    @property
    def pauses(self) -> list[float]:
        """Between one question and the next."""
        times = [at for at, _ in self.claimed]
        return [round(b - a, 3) for a, b in pairwise(times)]


def state(which: PairingState, poll_every_s: int = 3) -> PairingClaimed:
    return PairingClaimed(state=which, poll_every_s=poll_every_s)


APPROVED = PairingClaimed(
    state=PairingState.APPROVED, poll_every_s=3, device_key="cbd_key", name="Lobby, left"
)


def refusal(code: ProblemCode, **facts: int) -> Refusal:
    return Refusal(Problem(title="No.", status=400, code=code, facts=facts))


class TestApproved:
    async def test_the_code_is_shown_until_the_key_is_here(self) -> None:
        wall = Wall(state(PairingState.PENDING), APPROVED)
        assert await wall.key() == "cbd_key"
        assert [(each.phase, each.code) for each in wall.shown] == [
            (PairingPhase.ASKING, ""),
            (PairingPhase.WAITING, "CODE1"),
            (PairingPhase.APPROVED, "CODE1"),
        ]
        waiting, approved = wall.shown[1:]
        assert (waiting.ends_at, waiting.lives_s) == (1600.0, LIVES_S)
        assert approved.name == "Lobby, left"
        assert wall.claimed == [(1003.0, "secret 1"), (1006.0, "secret 1")]

    async def test_told_to_slow_down_it_does(self) -> None:
        wall = Wall(state(PairingState.SLOW_DOWN, 8), state(PairingState.PENDING, 8), APPROVED)
        await wall.key()
        assert wall.pauses == [8, 8]

    async def test_neither_key_nor_secret_is_shown(self) -> None:
        wall = Wall(APPROVED)
        await wall.key()
        assert "cbd_key" not in repr(wall.shown)
        assert "secret" not in repr(wall.shown)


class TestAgain:
    @pytest.mark.parametrize(
        "end",
        [state(PairingState.EXPIRED), refusal(ProblemCode.PAIRING_UNKNOWN)],
        ids=["expired", "forgotten"],
    )
    async def test_out_of_time_there_is_another_code_at_once(self, end: Answer) -> None:
        wall = Wall(end, APPROVED)
        await wall.key()
        assert wall.opened == [1000.0, 1003.0]
        assert [secret for _, secret in wall.claimed] == ["secret 1", "secret 2"]
        assert "CODE2" in [each.code for each in wall.shown]

    async def test_refused_it_says_so_for_a_minute_and_asks_again(self) -> None:
        wall = Wall(state(PairingState.REFUSED), APPROVED)
        await wall.key()
        assert wall.opened == [1000.0, 1003.0 + REFUSED_FOR_S]
        refused = next(each for each in wall.shown if each.phase is PairingPhase.REFUSED)
        assert refused.code == ""


class TestTrouble:
    async def test_a_server_that_is_away_is_waited_for(self) -> None:
        wall = Wall(APPROVED, opening=(AWAY,) * 20)
        assert await wall.key() == "cbd_key"
        assert PairingTrouble.UNREACHABLE in [each.trouble for each in wall.shown]
        assert wall.shown[-2].trouble is None
        assert 20 * 0.5 <= wall.opened[0] - 1000 <= 20 * 10

    async def test_away_while_the_code_is_shown_it_stays_and_what_was_approved_is_not_lost(self) -> None:
        wall = Wall(AWAY, AWAY, APPROVED)
        assert await wall.key() == "cbd_key"
        troubled = [each for each in wall.shown if each.trouble]
        assert [(each.code, each.trouble) for each in troubled] == [("CODE1", PairingTrouble.UNREACHABLE)]

    async def test_away_past_the_end_no_code_is_shown_that_nobody_can_type(self) -> None:
        wall = Wall(*(AWAY,) * 10_000)
        await wall.run_until(lambda: wall.elapsed > 1000 + LIVES_S + 30)
        assert (wall.shown[-1].code, wall.shown[-1].trouble) == ("", PairingTrouble.UNREACHABLE)
        assert {secret for _, secret in wall.claimed} == {"secret 1"}

    async def test_away_for_longer_than_an_approval_waits_it_begins_anew(self) -> None:
        wall = Wall(*(AWAY,) * 10_000)
        await wall.run_until(lambda: len(wall.opened) == 2)
        assert wall.opened[1] - 1000 >= LIVES_S + LATE_FOR_S

    async def test_too_many_screens_it_waits_as_long_as_it_is_told_but_a_minute_at_most(self) -> None:
        busy = [refusal(ProblemCode.TOO_MANY_REQUESTS, retry_after_s=each) for each in (7, 500)]
        wall = Wall(APPROVED, opening=tuple(busy))
        await wall.key()
        assert wall.opened == [1000 + 7 + 60]
        assert PairingTrouble.TOO_MANY in [each.trouble for each in wall.shown]

    @pytest.mark.parametrize(
        ("error", "trouble", "least_s"),
        [
            (ServerNotTrusted(server="s", reason="r"), PairingTrouble.NOT_TRUSTED, 0.5),
            (AnswerUnreadable(server="s", status=404), PairingTrouble.NOT_OURS, NOT_OURS_S),
            (refusal(ProblemCode.NOT_FOUND), PairingTrouble.NOT_OURS, NOT_OURS_S),
        ],
    )
    async def test_what_else_is_in_the_way_is_told_and_tried_again(
        self, error: ClientError, trouble: PairingTrouble, least_s: float
    ) -> None:
        wall = Wall(APPROVED, opening=(error,))
        await wall.key()
        assert wall.shown[1].trouble is trouble
        assert wall.opened[0] - 1000 >= least_s
