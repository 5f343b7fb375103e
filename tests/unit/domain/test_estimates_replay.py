"""What calibration is shown of a past day: the moment of each arrival, and nothing after it."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.domain.estimates.facts import PastDay
from server.domain.estimates.replay import replay
from tests.unit.domain.lobby_days import NOON, VISITORS, past_day

DAY = past_day(NOON, service_s=150, pause_s=20, head_start_s=900.0)


def with_another_end(day: PastDay, known: int, later_s: int) -> PastDay:
    """The same day up to the arrival of token `known`, and another one after it."""
    now = day.tokens[known].arrived_at
    late = timedelta(seconds=later_s)
    tokens = [
        replace(token, called_at=token.called_at + late)
        if token.called_at and token.called_at > now
        else token
        for token in day.tokens[: known + 1]
    ]
    calls = [
        replace(call, ended_at=call.ended_at + late) if call.ended_at > now else call
        for call in day.calls
        if call.called_at <= now
    ]
    opened = [
        replace(hours, open=tuple(replace(i, closes_at=i.closes_at + late) for i in hours.open))
        for hours in day.opened
    ]
    return replace(day, tokens=tuple(tokens), calls=tuple(calls), opened=tuple(opened))


class TestReplay:
    @given(known=st.integers(0, VISITORS - 1), later_s=st.integers(0, 7200))
    def test_what_comes_later_is_not_seen(self, known: int, later_s: int) -> None:
        seen = [facts for _, facts in replay(DAY)][: known + 1]
        assert [facts for _, facts in replay(with_another_end(DAY, known, later_s))] == seen

    def test_who_waits_and_who_is_served_is_as_it_was(self) -> None:
        for token, facts in replay(DAY):
            now = token.arrived_at
            assert facts.now == now
            earlier = [t for t in DAY.tokens if t.arrived_at < now and t.called_at and t.called_at > now]
            assert [t.place_at for t in facts.waiting] == [t.arrived_at for t in earlier]
            running = [c.called_at for c in DAY.calls if c.called_at < now < c.ended_at]
            assert [c.busy_since for c in facts.counters] == (running or [None])

    @given(first=st.integers(0, 9), every=st.integers(1, 7))
    def test_every_so_many_are_those_of_all(self, first: int, every: int) -> None:
        assert list(replay(DAY, first=first, every=every)) == list(replay(DAY))[first % every :: every]

    def test_who_has_cancelled_no_longer_waits(self) -> None:
        gone = replace(DAY.tokens[10], called_at=None, left_at=DAY.tokens[12].arrived_at)
        day = replace(DAY, tokens=(*DAY.tokens[:10], gone, *DAY.tokens[11:]))
        seen = [
            any(t.place_at == gone.arrived_at for t in facts.waiting) for _, facts in list(replay(day))[10:14]
        ]
        assert seen == [False, True, False, False]

    def test_a_closed_counter_is_not_open(self) -> None:
        empty = replace(DAY, calls=(), opened=(replace(DAY.opened[0], open=()),))
        assert all(not facts.counters for _, facts in replay(empty))
