"""Websocket frames with everything wrong, before and after the hello, beside a client who behaves."""

import json
from dataclasses import dataclass, field
from time import monotonic, sleep

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from shared.frames import CloseCode, Hello
from tests.realtime.raw_socket import RawSocket, frame
from tests.security.bystander import Bystander
from tests.security.conftest import Say
from tests.security.fuzzed_server import FuzzedServer, Lobby, fuzzed_server
from tests.security.odd_frames import (
    CLOSE,
    TEXT,
    Wire,
    answered_wires,
    chatter,
    hellos,
    odd_wires,
)

FRAMES, FRAMES_AT_RELEASE = 50_000, 1_000_000
SESSIONS_A_RUN = 500
"""Hypothesis remembers what it has tried: a new run with another seed, before that is much."""

WARM_UP_FRAMES = 5_000
MEMORY_MAY_GROW = 1.10
SETTLES_WITHIN_S = 60.0

AUDIENCES = {"display": "display", "staff": "staff", "admin": "admin"}
"""Who follows which channel."""

NORMAL = 1000
KNOWN = {
    *(int(code) for code in CloseCode if code is not CloseCode.TRY_AGAIN),  # the database is there
    NORMAL,
    1002,  # the rules of the protocol are broken
    1007,  # no UTF-8
    1009,  # too large
}
"""How a socket may end. 1011 would say that something went wrong inside the server."""

pytestmark = [pytest.mark.security, pytest.mark.timeout(4 * 3600)]


@dataclass(frozen=True, kw_only=True)
class Session:
    """One socket's life: what is said, the last of it odd, and what comes after that unasked.

    Attributes:
        waits: whether it looks what comes of the odd one, before it goes on.
    """

    role: str
    greeted: bool
    before: list[Wire]
    odd: Wire
    waits: bool
    after: list[Wire]


@dataclass(kw_only=True)
class Tally:
    """What was sent, and how it ended."""

    frames: int = 0
    sockets: int = 0
    codes: dict[int, int] = field(default_factory=dict)


def sessions(lobby: Lobby) -> st.SearchStrategy[Session]:
    """Everything that somebody with these credentials, or with none, may try."""
    roles = st.sampled_from(sorted(AUDIENCES))
    dice = st.integers(0, 2**32)
    after = st.lists(answered_wires, max_size=1)
    greeted = st.builds(
        lambda role, dice, **more: Session(
            role=role, greeted=True, before=chatter(dice, lobby.credentials[role]), **more
        ),
        role=roles,
        dice=dice,
        odd=odd_wires,
        waits=st.booleans(),
        after=after,
    )
    silent = st.builds(
        Session,
        role=roles,
        greeted=st.just(False),
        before=dice.map(lambda dice: chatter(dice, None)),
        odd=odd_wires | hellos.map(lambda said: Wire(data=frame(TEXT, json.dumps(said).encode()))),
        waits=st.booleans(),
        after=after,
    )
    # Twice the weight on who got in: there is more that can go wrong.
    return greeted | greeted | silent


class Fuzzer:
    """Lives sessions against one server, each as a connection of its own."""

    def __init__(self, server: FuzzedServer, lobby: Lobby) -> None:
        self._server = server
        self._credentials = lobby.credentials
        self._sessions = sessions(lobby)
        self.tally = Tally()

    def send(self, frames: int, bystander: Bystander) -> None:
        """Send at least so many frames more."""
        until, run = self.tally.frames + frames, 0
        while self.tally.frames < until:
            run += 1
            self._run(seed_number=self.tally.frames + run)
            bystander.check()

    def _run(self, *, seed_number: int) -> None:
        @seed(seed_number)
        @settings(
            max_examples=SESSIONS_A_RUN,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        @given(self._sessions)
        def live(session: Session) -> None:
            self._live(session)

        live()

    def _live(self, session: Session) -> None:
        asked = {NORMAL}
        with RawSocket(self._server.port, AUDIENCES[session.role]) as socket:
            self.tally.sockets += 1
            if session.greeted:
                hello = Hello(credential=self._credentials[session.role], app_version="fuzz")
                socket.send(frame(TEXT, hello.model_dump_json(exclude_none=True).encode()))
                assert json.loads(socket.hear())["type"] == "welcome"
                self.tally.frames += 1
            for wire in [*session.before, session.odd]:
                socket.send(wire.data)
                self.tally.frames += wire.frames
            if not session.odd.answered:
                return  # it walks away in the middle of a frame
            if session.waits:
                socket.wait_until_read()
            # What comes after it may be read by nobody, and is not counted.
            for wire in session.after:
                socket.send(wire.data)
            socket.send(frame(CLOSE, NORMAL.to_bytes(2, "big")))
            asked |= {wire.asks_close for wire in [session.odd, *session.after] if wire.asks_close}
            code = socket.end()
        assert code in KNOWN | asked, f"ended with {code}"
        self.tally.codes[code] = self.tally.codes.get(code, 0) + 1


def settled_memory(server: FuzzedServer, *, at_most: float) -> int:
    """The server's memory once it is down to this, or after a while whatever it is."""
    deadline = monotonic() + SETTLES_WITHIN_S
    while (now := server.memory_bytes()) > at_most and monotonic() < deadline:
        sleep(1)
    return now


class TestFrames:
    def test_websocket_frames(self, say: Say, is_release: bool) -> None:
        with fuzzed_server() as server:
            lobby = server.new_lobby()
            fuzzer = Fuzzer(server, lobby)
            with Bystander(server, lobby) as bystander:
                fuzzer.send(WARM_UP_FRAMES, bystander)
                before = server.memory_bytes()
                fuzzer.send(FRAMES_AT_RELEASE if is_release else FRAMES, bystander)
                after = settled_memory(server, at_most=MEMORY_MAY_GROW * before)
            tally = fuzzer.tally
            codes = ", ".join(f"{code}: {count}" for code, count in sorted(tally.codes.items()))
            complaints = server.complaints()
            say(
                f"{tally.frames} frames on {tally.sockets} sockets ({codes}); memory"
                f" {before / 2**20:.0f} -> {after / 2**20:.0f} MB; {len(complaints)} errors in the log;"
                f" a healthy client heard {bystander.heard} events, none later than"
                f" {bystander.slowest_s:.2f} s"
            )
            assert complaints == []
            assert bystander.heard > 0
            assert after <= MEMORY_MAY_GROW * before
