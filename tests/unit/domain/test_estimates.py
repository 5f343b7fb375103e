"""The estimator's promises: ordered, monotone, without look-ahead."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.estimates import estimate, learn
from server.domain.estimates.facts import (
    CounterHours,
    CounterPlan,
    History,
    Interval,
    OpenCounter,
    PastCall,
    PastDay,
    PastToken,
    QueueFacts,
    WaitingToken,
)
from server.domain.estimates.model import Model
from server.domain.estimates.scoring import score, scores
from shared.queues import WaitRange

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NEW = Model()


def facts(*, ahead: int, counters: int, busy_s: int = 60) -> QueueFacts:
    return QueueFacts(
        now=NOON,
        customer_type="retail",
        waiting=tuple(
            WaitingToken(customer_type="retail", place_at=NOON - timedelta(seconds=10 * (ahead - n)))
            for n in range(ahead)
        ),
        counters=tuple(
            OpenCounter(counter=str(n), busy_since=NOON - timedelta(seconds=busy_s)) for n in range(counters)
        ),
    )


def past_day(at: datetime, *, service_s: float) -> PastDay:
    """Sixty visitors a minute apart at one counter, called in order."""
    tokens, calls, free = [], [], at
    for n in range(60):
        arrived = at + timedelta(seconds=60 * n)
        called = max(arrived, free)
        free = called + timedelta(seconds=service_s)
        tokens.append(PastToken(customer_type="retail", arrived_at=arrived, called_at=called))
        calls.append(
            PastCall(
                counter="1",
                customer_type="retail",
                called_at=called,
                ended_at=free,
                served=True,
                waited_s=(called - arrived).total_seconds(),
            )
        )
    hours = CounterHours(counter="1", open=(Interval(opens_at=at, closes_at=at + timedelta(hours=9)),))
    return PastDay(
        tokens=tuple(tokens), calls=tuple(calls), opened=(hours,), plan=CounterPlan(counters=(hours,))
    )


LEARNED = learn(
    History(days=tuple(past_day(NOON - timedelta(days=d, hours=4), service_s=150) for d in range(9, 0, -1))),
    now=NOON,
)


class TestEstimate:
    @given(
        ahead=st.integers(0, 80),
        counters=st.integers(1, 12),
        busy_s=st.integers(0, 2000),
        learned=st.booleans(),
    )
    def test_range_is_ordered_and_more_people_or_fewer_counters_never_lower_it(
        self, ahead: int, counters: int, busy_s: int, learned: bool
    ) -> None:
        model = LEARNED if learned else NEW
        now = facts(ahead=ahead, counters=counters, busy_s=busy_s)
        more = facts(ahead=ahead + 1, counters=counters, busy_s=busy_s)
        helped = replace(now, counters=(*now.counters, OpenCounter(counter="extra")))
        here, behind, with_extra = estimate(model, now), estimate(model, more), estimate(model, helped)
        assert here
        assert behind
        assert with_extra
        assert 0 <= here.low_s <= here.median_s <= here.high_s
        for figure in ("low_s", "median_s", "high_s"):
            assert getattr(behind, figure) >= getattr(here, figure)
            assert getattr(with_extra, figure) <= getattr(here, figure)

    def test_no_counter_now_or_planned_is_no_range(self) -> None:
        assert estimate(NEW, facts(ahead=3, counters=0)) is None

    def test_a_planned_opening_is_waited_for(self) -> None:
        opening = Interval(opens_at=NOON + timedelta(hours=1), closes_at=NOON + timedelta(hours=3))
        plan = CounterPlan(counters=(CounterHours(counter="1", open=(opening,)),))
        promised = estimate(NEW, replace(facts(ahead=3, counters=0), plan=plan))
        assert promised is not None
        assert promised.median_s >= 3600

    def test_a_planned_closing_raises_it(self) -> None:
        closing = Interval(opens_at=NOON - timedelta(hours=1), closes_at=NOON + timedelta(minutes=5))
        plan = CounterPlan(counters=(CounterHours(counter="0", open=(closing,)),))
        now = facts(ahead=20, counters=2)
        alone, planned = estimate(NEW, now), estimate(NEW, replace(now, plan=plan))
        assert alone
        assert planned
        assert planned.median_s > 1.3 * alone.median_s


class TestLearn:
    def test_service_time_is_found(self) -> None:
        assert LEARNED.occupation("retail").mean_s == pytest.approx(150, rel=0.02)

    def test_days_after_now_change_nothing(self) -> None:
        past = tuple(past_day(NOON - timedelta(days=d, hours=4), service_s=150) for d in (2, 1))
        future = past_day(NOON + timedelta(days=1), service_s=900)
        assert learn(History(days=(*past, future)), now=NOON) == learn(History(days=past), now=NOON)

    def test_json_gives_the_same_model_back(self) -> None:
        assert LEARNED.knots
        assert Model.from_json(LEARNED.to_json()) == LEARNED

    def test_another_version_is_refused(self) -> None:
        with pytest.raises(ValueError, match="version"):
            Model.from_json(NEW.to_json().replace('"version": 2', '"version": 99'))


class TestScore:
    def test_inside_outside_and_sum(self) -> None:
        promise = WaitRange(low_s=60, median_s=120, high_s=300)
        assert score(promise, 60)
        assert not score(promise, 301)
        total = scores([(promise, 100.0), (promise, 400.0)])
        assert total is not None
        assert (total.waits, total.share_inside, total.mae_s) == (2, 0.5, 150.0)
        assert scores([]) is None
