"""The connection machine, each situation by itself."""

from dataclasses import replace
from itertools import islice

import pytest

from clients.core.connection import Phase, backoff, command_pauses
from clients.core.queue_state import from_snapshot, to_snapshot
from clients.core.session import Session, SessionConfig
from clients.core.session_actions import CloseSocket, EventsApplied, RenewCredential
from shared import frames
from shared.ids import Audience
from shared.problems import Problem, ProblemCode
from tests.unit.clients_core.floor import Floor, counter_id
from tests.unit.clients_core.wire import CONFIG, Wire


def refusal(code: ProblemCode) -> frames.Refused:
    return frames.Refused(problem=Problem(code=code, status=401, title=f"Refused: {code}."))


def phases(wire: Wire) -> list[Phase]:
    return [status.phase for status in wire.statuses]


class TestConnecting:
    def test_hello_without_a_state_asks_for_everything(self):
        wire = Wire().start()
        hello = wire.sent[0]
        assert isinstance(hello, frames.Hello)
        assert (hello.epoch, hello.last_revision) == (None, None)

    def test_live_comes_with_the_snapshot_and_not_before(self):
        wire = Wire().start()
        wire.arrive()
        assert phases(wire) == [Phase.CONNECTING]
        wire.snapshot_arrives()
        assert phases(wire) == [Phase.CONNECTING, Phase.LIVE]

    def test_one_snapshot_is_fetched_at_a_first_connect(self):
        wire = Wire().connect()
        assert wire.snapshots == 1

    def test_a_cached_state_is_continued(self):
        wire = Wire()
        wire.session.state = from_snapshot(wire.floor.snapshot(Audience.STAFF))
        wire.floor.create()
        wire.connect()
        assert wire.snapshots == 0
        assert wire.session.state.revision == 1

    def test_what_is_not_whole_is_shown_and_not_continued(self):
        wire = Wire()
        partial = from_snapshot(wire.floor.snapshot(Audience.STAFF))
        clock = wire.session.clock
        wire.session = Session(config=CONFIG, clock=clock, random=lambda: 0.5, state=partial, is_whole=False)
        assert wire.session.state == partial
        wire.connect()
        hello = wire.sent[0]
        assert (hello.epoch, hello.last_revision) == (None, None)
        assert wire.snapshots == 1
        wire.cut()
        wire.floor.create()
        wire.pass_time(60)
        wire.settle()
        assert wire.session.state.revision == 1
        assert wire.snapshots == 1, "what came since is whole, and continued"

    def test_a_cached_state_of_another_organization_is_not_continued(self):
        wire = Wire()
        snapshot = wire.floor.snapshot(Audience.STAFF)
        other = snapshot.organization.model_copy(update={"id": snapshot.counters[0].id})
        wire.session.state = from_snapshot(snapshot.model_copy(update={"organization": other}))
        wire.connect()
        assert wire.session.state.organization == wire.floor.organization

    def test_no_welcome_in_time_gives_the_socket_up(self):
        wire = Wire().start()
        wire.on_the_way.clear()
        wire.pass_time(10.0)
        assert any(isinstance(action, CloseSocket) for action in wire.actions)
        assert Phase.OFFLINE in phases(wire)


class TestFollowing:
    def test_a_frame_that_ends_at_or_before_mine_is_dropped(self):
        wire = Wire().connect()
        wire.floor.create()
        wire.publish()
        wire.double()
        wire.arrive()
        state = wire.session.state
        wire.arrive()
        assert wire.session.state is state

    def test_a_gap_fetches_a_snapshot_and_then_the_frames_behind_it(self):
        wire = Wire().connect()
        for _ in range(2):
            wire.floor.create()
            wire.publish()
        wire.drop()
        wire.arrive()
        assert len(wire.snapshots_asked) == 1
        wire.floor.create()
        wire.publish()
        wire.arrive()
        assert wire.session.state.revision == 0  # nothing shown that may be wrong
        wire.snapshot_arrives()
        assert wire.session.state.revision == 3

    def test_frames_heard_while_a_snapshot_is_fetched_are_applied_after_it(self):
        wire = Wire().connect()
        wire.floor.create()
        wire.on_the_way.append(frames.Resync(epoch=wire.floor.epoch, revision=1))
        wire.sent_upto = 1
        wire.arrive()
        early = wire.floor.snapshot(Audience.STAFF)
        wire.floor.create()
        wire.publish()
        wire.arrive()
        wire.do(wire.session.snapshot_received(wire.now, wire.snapshots_asked[0][0], early))
        assert wire.session.state.revision == 2
        assert [event.revision for event in wire.applied[-1].events] == [2]

    def test_a_gap_among_the_frames_that_waited_fetches_again(self):
        wire = Wire().start()
        wire.arrive()
        early = wire.floor.snapshot(Audience.STAFF)
        wire.arrive()
        for _ in range(2):
            wire.floor.create()
            wire.publish()
        wire.drop()
        wire.arrive()
        serial, _ = wire.snapshots_asked.popleft()
        wire.do(wire.session.snapshot_received(wire.now, serial, early))
        assert wire.session.state is None
        wire.settle()
        assert wire.session.state.revision == 2

    def test_a_frame_that_overlaps_is_applied_from_where_i_am(self):
        wire = Wire().connect()
        for _ in range(3):
            wire.floor.create()
        for upto in (2, 3):
            frame = wire.floor.frame(Audience.STAFF, 0, upto)
            wire.do(wire.session.frame_received(wire.now, frame))
        assert wire.session.state.revision == 3
        heard = [event.revision for applied in wire.applied for event in applied.events]
        assert heard == [1, 2, 3]

    def test_a_heartbeat_ahead_of_mine_tells_of_a_loss(self):
        wire = Wire().connect()
        wire.floor.create()
        wire.publish()
        wire.drop()
        wire.beat()
        wire.settle()
        assert wire.session.state.revision == 1

    def test_a_snapshot_of_an_earlier_socket_is_not_believed(self):
        wire = Wire().start()
        wire.arrive()
        serial, _ = wire.snapshots_asked.popleft()
        old = wire.floor.snapshot(Audience.STAFF)
        wire.cut()
        wire.floor.create()
        wire.settle()
        wire.do(wire.session.snapshot_received(wire.now, serial, old))
        assert wire.session.state.revision == 1

    def test_snapshots_that_never_suffice_end_the_connection(self):
        wire = Wire().connect()
        old = wire.floor.snapshot(Audience.STAFF)
        wire.floor.create()
        wire.on_the_way.append(frames.Resync(epoch=wire.floor.epoch, revision=1))
        wire.arrive()
        for _ in range(3):
            serial, _ = wire.snapshots_asked.popleft()
            wire.do(wire.session.snapshot_received(wire.now, serial, old))
            if wire.statuses[-1].phase is Phase.CONNECTING:
                wire.pass_time(2.0)
        assert wire.statuses[-1].phase is Phase.OFFLINE
        wire.settle()
        assert wire.session.state.revision == 1

    def test_another_epoch_brings_another_state(self):
        wire = Wire().connect()
        wire.floor.create()
        wire.restore()
        wire.settle()
        assert wire.session.state.epoch == wire.floor.epoch

    def test_acks_are_joined(self):
        wire = Wire().connect()
        for _ in range(20):
            wire.floor.create()
            wire.publish()
            wire.arrive()
        wire.pass_time(1.5)
        acks = [frame for frame in wire.sent if isinstance(frame, frames.Ack)]
        assert [ack.revision for ack in acks] == [20]

    def test_i_am_heard_every_heartbeat(self):
        wire = Wire().connect()
        for _ in range(6):
            wire.pass_time(15.0)
            wire.beat()
            wire.arrive()
        beats = [frame for frame in wire.sent if isinstance(frame, frames.ClientHeartbeat)]
        assert len(beats) == 3


class TestSilence:
    def test_a_silent_peer_is_left_after_two_and_a_half_heartbeats(self):
        wire = Wire().connect()
        wire.pass_time(74.0)
        assert wire.statuses[-1].is_live
        wire.pass_time(2.0)
        assert wire.statuses[-1].phase is not Phase.LIVE

    def test_a_pong_is_a_sign_of_life(self):
        wire = Wire(config=replace(CONFIG, silence_s=10.0)).connect()
        for _ in range(10):
            wire.pass_time(5.0)
            wire.do(wire.session.heard(wire.now))
        assert wire.statuses[-1].is_live
        heard_at = wire.session.clock.at(wire.now)
        wire.is_reachable = False
        wire.pass_time(12.0)
        offline = [status for status in wire.statuses if status.phase is Phase.OFFLINE]
        assert offline[0].since == offline[0].heard_at == heard_at

    def test_since_stays_while_it_is_tried_again(self):
        wire = Wire().connect()
        wire.is_reachable = False
        wire.cut()
        wire.pass_time(120.0)
        outage = [status for status in wire.statuses if status.phase is not Phase.LIVE][1:]
        assert len(outage) > 6
        assert len({status.since for status in outage}) == 1


class TestBackOff:
    def test_delays_grow_to_half_a_minute_and_never_beyond(self):
        longest = list(islice(backoff(lambda: 1.0), 10))
        assert longest == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0, 30.0, 30.0]
        assert list(islice(backoff(lambda: 0.0), 10)) == [0.5] * 10

    def test_a_person_who_waits_is_not_kept_long(self):
        longest = list(islice(command_pauses(lambda: 1.0), 6))
        assert longest == pytest.approx([0.2, 0.4, 0.8, 1.6, 2.0, 2.0])
        assert next(command_pauses(lambda: 0.0)) == pytest.approx(0.1)

    def test_a_server_that_always_hangs_up_is_asked_ever_more_seldom(self):
        wire = Wire().connect()
        delays_s = []
        for _ in range(8):
            wire.cut()
            until = wire.statuses[-1].next_try_at - wire.session.clock.at(wire.now)
            delays_s.append(until.total_seconds())
            wire.pass_time(delays_s[-1] + 0.001)
            wire.settle()
        assert max(delays_s[:2]) <= 2.0
        assert max(delays_s[4:]) > 8.0

    def test_a_connection_that_held_begins_anew_with_short_delays(self):
        wire = Wire().connect()
        wire.is_reachable = False
        wire.cut()
        wire.pass_time(300.0)
        wire.settle()
        wire.pass_time(6.0)
        wire.is_reachable = False
        wire.cut()
        status = wire.statuses[-1]
        assert (status.next_try_at - wire.session.clock.at(wire.now)).total_seconds() <= 1.0

    def test_a_person_may_try_at_once(self):
        wire = Wire().connect()
        wire.is_reachable = False
        wire.cut()
        wire.pass_time(100.0)
        wire.is_reachable = True
        wire.do(wire.session.retry_now(wire.now))
        assert wire.has_socket


class TestRefusals:
    def test_an_ended_credential_is_renewed_and_the_state_goes_on(self):
        wire = Wire().connect()
        wire.do(wire.session.frame_received(wire.now, refusal(ProblemCode.CREDENTIAL_EXPIRED)))
        assert isinstance(wire.actions[-1], RenewCredential)
        wire.do(wire.session.credential_renewed(wire.now, "another"))
        wire.settle()
        hellos = [frame for frame in wire.sent if isinstance(frame, frames.Hello)]
        assert hellos[-1].credential == "another"
        assert wire.snapshots == 1

    def test_a_fresh_credential_that_is_refused_too_asks_for_a_person(self):
        wire = Wire().connect()
        for _ in range(2):
            wire.do(wire.session.frame_received(wire.now, refusal(ProblemCode.UNAUTHENTICATED)))
            wire.do(wire.session.credential_renewed(wire.now, "another"))
            wire.on_the_way.clear()
        assert wire.statuses[-2].phase is Phase.REFUSED

    def test_a_closed_socket_can_say_it_by_its_code(self):
        wire = Wire().connect()
        wire.cut(close_code=frames.CloseCode.FORBIDDEN)
        assert wire.statuses[-1].phase is Phase.REFUSED
        assert wire.statuses[-1].problem.code is ProblemCode.FORBIDDEN

    def test_a_wall_screen_asks_again_by_itself(self):
        config = SessionConfig(app_version="1", can_renew=False, retry_refused_s=60.0)
        wire = Wire(config=config, audience=Audience.DISPLAY).connect()
        wire.do(wire.session.frame_received(wire.now, refusal(ProblemCode.UNAUTHENTICATED)))
        assert wire.statuses[-1].phase is Phase.REFUSED
        wire.pass_time(61.0)
        wire.settle()
        assert wire.statuses[-1].is_live

    def test_a_server_that_is_not_ready_is_asked_again(self):
        wire = Wire().connect()
        wire.do(wire.session.frame_received(wire.now, refusal(ProblemCode.UNAVAILABLE)))
        assert wire.statuses[-1].phase is Phase.OFFLINE
        wire.settle()
        assert wire.statuses[-1].is_live

    def test_a_renewal_while_live_goes_out_on_the_socket(self):
        wire = Wire().connect()
        wire.do(wire.session.credential_renewed(wire.now, "another"))
        assert wire.sent[-1] == frames.Renew(credential="another")


class TestAges:
    def test_what_happened_during_an_outage_is_replayed_with_its_age(self):
        wire = Wire(audience=Audience.DISPLAY).connect()
        wire.cut()
        wire.is_reachable = False
        wire.floor.call(wire.floor.create(), counter_id(0))
        wire.pass_time(40.0)
        wire.floor.call(wire.floor.create(), counter_id(1))
        wire.settle()
        replayed: EventsApplied = wire.applied[-1]
        assert replayed.is_replayed
        assert [event.token.number for event in replayed.fresh()] == ["A002", "A002"]

    def test_ages_follow_the_servers_clock_not_this_machines(self):
        wire = Wire(audience=Audience.DISPLAY)
        local = replace(wire.session.clock, offset=wire.session.clock.offset.replace(year=2020))
        wire.session.clock = local
        wire.connect()
        wire.floor.create()
        wire.publish()
        wire.arrive()
        assert wire.applied[-1].ages_s == pytest.approx((1.0,), abs=1.0)


class TestReceipts:
    def test_a_receipt_goes_out_at_once(self):
        wire = Wire().connect()
        receipt = frames.ShownReceipt(revision=3)
        wire.do(wire.session.confirm(receipt))
        assert wire.sent[-1] == receipt

    def test_a_receipt_of_a_short_outage_is_sent_after_it(self):
        wire = Wire().connect()
        wire.cut()
        receipt = frames.ShownReceipt(revision=0)
        wire.do(wire.session.confirm(receipt))
        wire.settle()
        assert receipt in wire.sent


class TestStop:
    def test_nothing_is_done_after_a_stop(self):
        wire = Wire().connect()
        wire.do(wire.session.stop(wire.now))
        assert wire.session.wake_at is None
        wire.do(wire.session.frame_received(wire.now, wire.floor.frame(Audience.STAFF, 0)))
        assert wire.statuses[-1].phase is Phase.OFFLINE


def test_the_wire_shows_what_the_server_shows():
    wire = Wire(floor=Floor()).connect()
    state = wire.session.state
    assert to_snapshot(state, now=wire.floor.now) == wire.floor.snapshot(Audience.STAFF)
