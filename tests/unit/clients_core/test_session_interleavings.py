"""Whatever the network does, in whatever order: afterwards the app shows the server's state."""

from collections.abc import Callable
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from clients.core.queue_state import to_snapshot
from shared.ids import Audience
from tests.unit.clients_core.wire import Wire

Doing = Callable[[Wire], None]


def command(choice: int) -> Doing:
    def do(wire: Wire) -> None:
        wire.floor.step(choice)
        wire.publish()

    return do


def unheard_command(choice: int) -> Doing:
    return lambda wire: wire.floor.step(choice) and None


def pass_time(seconds: float) -> Doing:
    return lambda wire: wire.pass_time(seconds)


def change_network(reachable: bool, sends_missed: bool) -> Doing:
    def do(wire: Wire) -> None:
        wire.is_reachable = reachable
        wire.sends_missed = sends_missed

    return do


# Evenly drawn, trouble would hardly ever leave a connection alone long enough to have a gap in it.
everyday = st.one_of(
    st.integers(0, 10_000).map(command),
    st.sampled_from(
        [
            Wire.arrive,
            Wire.arrive,
            Wire.snapshot_arrives,
            Wire.snapshot_arrives_late,
            Wire.beat,
        ]
    ),
)
frame_trouble = st.sampled_from([Wire.drop, Wire.double, Wire.swap, Wire.snapshot_fails])
socket_trouble = st.one_of(
    st.sampled_from([Wire.cut, Wire.restore, Wire.publish]),
    st.floats(0.1, 90.0).map(pass_time),
    st.integers(0, 10_000).map(unheard_command),
    st.builds(change_network, st.booleans(), st.booleans()),
)
doings = st.lists(st.one_of(everyday, everyday, everyday, frame_trouble, socket_trouble), max_size=60)


def must_be_true_where_it_is_current(wire: Wire) -> None:
    state, floor = wire.session.state, wire.floor
    if state is not None and (state.epoch, state.revision) == (
        floor.epoch,
        floor.revision,
    ):
        assert to_snapshot(state, now=floor.now) == floor.snapshot(Audience.STAFF)


def each_event_was_delivered_once_an_epoch_and_in_order(wire: Wire) -> None:
    heard = [(applied.epoch, each.revision) for applied in wire.applied for each in applied.events]
    for (epoch, revision), (next_epoch, next_revision) in pairwise(heard):
        assert epoch != next_epoch or revision < next_revision


class TestAnyInterleaving:
    @settings(max_examples=300, deadline=None)
    @given(doings=doings)
    def test_ends_with_the_servers_state(self, doings):
        wire = Wire().connect()
        for do in doings:
            do(wire)
            must_be_true_where_it_is_current(wire)
        wire.settle()
        must_be_true_where_it_is_current(wire)
        each_event_was_delivered_once_an_epoch_and_in_order(wire)

    @settings(max_examples=100, deadline=None)
    @given(doings=doings)
    def test_before_the_first_snapshot_too(self, doings):
        wire = Wire().start()
        for do in doings:
            do(wire)
        wire.settle()
        must_be_true_where_it_is_current(wire)
