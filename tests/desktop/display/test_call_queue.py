"""No call overwrites another, none is announced twice, and old ones are not news."""

from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from clients.display_desktop.call_queue import HELD_S, PANELS, CallQueue, advance, observe
from shared.ids import Audience
from shared.tokens import LiveToken, RecentCall
from tests.unit.clients_core.floor import Floor, counter_id


@dataclass
class Board:
    """A floor, a queue that looks at it, and a stopwatch beside the server's clock."""

    floor: Floor = field(default_factory=Floor)
    queue: CallQueue = field(default_factory=CallQueue)
    elapsed: float = 500.0

    def look(self) -> "Board":
        snapshot = self.floor.snapshot(Audience.DISPLAY)
        self.queue = observe(
            self.queue,
            snapshot.recent_calls,
            epoch=snapshot.epoch,
            now=self.floor.now,
            elapsed=self.elapsed,
        )
        return self

    def wait(self, seconds: float) -> None:
        self.elapsed += seconds
        self.floor.now += timedelta(seconds=seconds)
        self.queue = advance(self.queue, self.elapsed)

    def call(self, counter: int = 0) -> LiveToken:
        token = self.floor.create()
        self.floor.call(token, counter_id(counter))
        self.look()
        return token

    @property
    def focus(self) -> list[str]:
        return [each.call.number for each in self.queue.focus]

    @property
    def fresh(self) -> list[str]:
        return [each.call.number for each in self.queue.focus if each.is_fresh(self.elapsed)]

    @property
    def recent(self) -> list[str]:
        return [call.number for call in self.queue.recent]


class TestFocus:
    def test_a_call_stands_alone_and_fresh(self):
        board = Board()
        board.call()
        assert board.focus == board.fresh == ["A001"]
        assert board.recent == []

    def test_two_at_once_stand_side_by_side_newest_first(self):
        board = Board()
        board.call(0)
        board.wait(1)
        board.call(1)
        assert board.focus == ["A002", "A001"]

    def test_a_third_waits_and_is_in_the_list_at_once(self):
        board = Board()
        for counter in range(3):
            board.call(counter)
        assert board.focus == ["A002", "A001"]
        assert board.recent == ["A003"]
        board.wait(HELD_S)
        assert "A003" in board.focus

    def test_a_later_call_replaces_those_that_had_their_time(self):
        board = Board()
        board.call(0)
        board.call(1)
        board.wait(HELD_S)
        board.call(2)
        assert board.focus == ["A003"]
        assert board.recent == ["A002", "A001"]

    def test_it_settles_after_half_a_minute_and_stays(self):
        board = Board()
        board.call()
        board.wait(29)
        assert board.fresh == ["A001"]
        assert board.queue.changes_at(board.elapsed) == board.elapsed + 1
        board.wait(1)
        assert board.focus == ["A001"]
        assert board.fresh == []
        assert board.queue.changes_at(board.elapsed) is None


class TestNews:
    def test_what_was_old_when_it_arrived_is_shown_but_no_news(self):
        board = Board()
        token = board.floor.create()
        board.floor.call(token, counter_id(0))
        board.floor.now += timedelta(seconds=31)
        board.look()
        assert board.focus == ["A001"]
        assert board.fresh == []

    def test_after_an_outage_only_the_young_ones_are_news(self):
        board = Board()
        for counter in range(2):
            board.floor.call(board.floor.create(), counter_id(counter))
        board.floor.now += timedelta(seconds=40)
        for counter in range(2):
            board.floor.call(board.floor.create(), counter_id(counter + 2))
        board.look()
        assert board.fresh == ["A004", "A003"]
        assert board.recent == ["A002", "A001"]

    def test_a_recall_is_news_again(self):
        board = Board()
        token = board.call()
        board.wait(60)
        board.floor.recall(token)
        board.look()
        assert board.fresh == ["A001"]

    def test_a_recall_from_the_list_comes_back_into_focus(self):
        board = Board()
        token = board.call(0)
        board.wait(10)
        board.call(1)
        board.wait(10)
        assert board.focus == ["A002"]
        board.floor.recall(token)
        board.look()
        assert board.focus == ["A001"]
        assert board.recent == ["A002"]

    def test_the_same_look_twice_changes_nothing(self):
        board = Board()
        board.call()
        before = board.queue
        assert board.look().queue == before

    def test_a_restored_database_does_not_repeat_what_is_shown(self):
        board = Board()
        board.call()
        board.wait(3)
        board.floor.restore()
        shown_at = board.queue.focus[0].shown_at
        board.look()
        assert board.queue.focus[0].shown_at == shown_at


class TestLeaving:
    def test_a_cancelled_call_leaves_and_the_last_known_one_stands_settled(self):
        board = Board()
        board.call(0)
        board.wait(10)
        second = board.call(1)
        board.floor.cancel(board.floor.tokens[second.id])
        board.look()
        assert board.focus == ["A001"]
        assert board.fresh == []

    def test_one_that_ended_while_it_waited_has_no_turn(self):
        board = Board()
        board.call(0)
        board.call(1)
        third = board.call(2)
        board.floor.start(board.floor.tokens[third.id])
        board.floor.complete(board.floor.tokens[third.id])
        board.look()
        board.wait(HELD_S)
        assert "A003" not in board.focus

    def test_a_token_called_elsewhere_stands_there_only(self):
        board = Board()
        token = board.call(0)
        board.wait(10)
        board.floor.call(board.floor.tokens[token.id], counter_id(4))
        board.look()
        assert [call.counter_id for call in board.queue.calls] == [counter_id(4)]
        assert board.focus == ["A001"]


class TestAlways:
    @given(st.lists(st.tuples(st.integers(0, 10_000), st.floats(0.0, 8.0)), max_size=60))
    def test_each_news_is_in_focus_five_seconds_or_leaves_for_a_reason(self, steps):
        board = Board()
        shown: dict[tuple[object, int], float] = {}
        for choice, pause_s in steps:
            board.floor.step(choice)
            board.look()
            ended = {call.id for call in board.floor.calls.values() if call.withdrawn}
            again = {call.id: call.announced_revision for call in board.floor.calls.values()}
            newest = {call.token_id: call.id for call in board.floor.calls.values()}
            in_focus = {(each.call.id, each.call.announced_revision) for each in board.queue.focus}
            for (call_id, revision), since in shown.items():
                if board.elapsed - since < HELD_S and (call_id, revision) not in in_focus:
                    call: RecentCall = board.floor.calls[call_id]
                    is_elsewhere = newest[call.token_id] != call_id
                    assert call_id in ended or again[call_id] != revision or is_elsewhere
            for each in board.queue.focus:
                if each.is_news:
                    key = (each.call.id, each.call.announced_revision)
                    shown.setdefault(key, each.shown_at)
            assert len(board.queue.focus) <= PANELS
            board.wait(pause_s)
